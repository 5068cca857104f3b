"""What moderators and staff do about people, from the list of accounts."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from social.models import Achievement, ModerationAction, UserAchievement
from social.services import achievements
from tests.factories.users import UserFactory
from tests.social.told import keep_promises, told
from tests.users.admin_client import browser_of
from users.errors import Conflict
from users.models import OutboxMessage, Tombstone, User

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:users_user_changelist")
EARNED = reverse("admin:social_userachievement_changelist")
ME = "/api/v1/users/me/"
LOGIN = "/_allauth/app/v1/auth/login"
REASON = "Insults in three groups."


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


@pytest.fixture
def desk() -> Client:
    return browser_of(
        staff_who_may(
            *("view_user", "change_report", "add_userachievement"),
            *("view_userachievement", "delete_userachievement"),
        )
    )


def act(desk: Client, action: str, *rows: object, url: str = PEOPLE, **more: str) -> list[str]:
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [str(row.pk) for row in rows], **more}
    answer = desk.post(url, chosen, follow=True)
    return [str(message) for message in answer.context.get("messages", ())]


def mails() -> list[str]:
    rows = OutboxMessage.objects.filter(kind="email").order_by("pk")
    return [f"{row['subject']} {row['body']}" for row in rows.values_list("payload", flat=True)]


# --- Shutting out, and letting in --------------------------------------------------------------


def test_a_suspended_person_is_out_at_once_and_told_why(
    desk: Client, api: APIClient, anonymous: APIClient, ana: User
):
    ana.set_password("a-long-password-2026")
    ana.save()

    asked = act(desk, "suspend", ana)
    too_short = act(desk, "suspend", ana, confirmed="yes", reason="Spam.")
    is_in = User.objects.get(pk=ana.pk).is_active
    said = act(desk, "suspend", ana, confirmed="yes", reason=REASON)

    assert (asked, too_short, is_in) == ([], [], True)
    assert said == ["ana is suspended; a mail tells them why."]
    credentials = {"username": "ana", "password": "a-long-password-2026"}
    assert api.get(ME).status_code == 401
    assert anonymous.post(LOGIN, credentials, format="json").status_code == 401
    assert ModerationAction.objects.get().note == REASON
    [mail] = mails()
    assert "suspended" in mail
    assert REASON in mail


def test_a_reinstated_person_may_log_in_again(desk: Client, ana: User):
    act(desk, "suspend", ana, confirmed="yes", reason=REASON)

    said = act(desk, "reinstate", ana, confirmed="yes", reason="They have apologized.")

    assert said == ["ana is reinstated; a mail tells them why."]
    assert User.objects.get(pk=ana.pk).is_active
    assert ["open again" in mail for mail in mails()] == [False, True]


def test_twice_is_once_and_staff_are_left_alone(desk: Client, ana: User):
    colleague = UserFactory(username="colleague", is_staff=True)
    act(desk, "suspend", ana, confirmed="yes", reason=REASON)

    said = act(desk, "suspend", ana, colleague, confirmed="yes", reason=REASON)

    assert said == [
        "ana: The account is shut already.",
        "colleague: Staff are not suspended here.",
    ]
    assert len(mails()) == ModerationAction.objects.count() == 1


def test_who_may_not_moderate_or_award_is_not_offered_it(ana: User):
    reader = browser_of(staff_who_may("view_user"))

    said = act(reader, "suspend", ana, confirmed="yes", reason=REASON)

    assert said == []
    assert User.objects.get(pk=ana.pk).is_active
    assert "Award" not in reader.get(PEOPLE).content.decode()


# --- Achievements ----------------------------------------------------------------------------


@pytest.fixture
def first() -> Achievement:
    return Achievement.objects.create(
        code="first", name="First steps", category="workout", metric="workouts", threshold=1
    )


def test_an_award_is_given_once_and_told(desk: Client, ana: User, first: Achievement):
    said = act(desk, "award", ana, confirmed="yes", achievement=str(first.pk))
    again = act(desk, "award", ana, confirmed="yes", achievement=str(first.pk))
    keep_promises()

    assert said == ["ana has earned First steps."]
    assert again == ["ana has First steps already."]
    assert told(ana) == [("achievement_earned", "You earned First steps.")]


def test_a_revoked_award_is_gone_from_the_phone_too(desk: Client, ana: User, first: Achievement):
    achievements.award_by_hand(user_id=ana.pk, achievement_id=first.pk, now=timezone.now())
    earned = UserAchievement.objects.get()

    asked = act(desk, "revoke", earned, url=EARNED)
    is_there = UserAchievement.objects.exists()
    said = act(desk, "revoke", earned, url=EARNED, confirmed="yes")

    assert (asked, is_there) == ([], True)
    assert said == ["ana: First steps is revoked."]
    assert not UserAchievement.objects.exists()
    assert Tombstone.objects.filter(user=ana, object_id=earned.pk).exists()


def test_what_somebody_has_reached_is_not_revoked(ana: User, first: Achievement, monkeypatch):
    monkeypatch.setattr(
        achievements, "metrics_of", lambda people, *, now: {ana.pk: {"workouts": 1}}
    )
    achievements.award_by_hand(user_id=ana.pk, achievement_id=first.pk, now=timezone.now())
    earned = UserAchievement.objects.get()

    with pytest.raises(Conflict) as refused:
        achievements.revoke(earned=earned, now=timezone.now())

    assert refused.value.code == "still_reached"
    assert UserAchievement.objects.get() == earned
