"""What staff do about accounts and jobs: through services, asked twice where it matters."""

from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of
from users.models import OutboxMessage, Session, User
from users.services import jobs, rescue
from workouts.models import PlanGeneration, WorkoutImport

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:users_user_changelist")


@pytest.fixture
def desk() -> Client:
    cache.clear()
    return browser_of(staff_who_may("view_user", "view_emailaddress", "delete_session"))


def staff_who_may(*codenames: str) -> User:
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return staff


def act(desk: Client, url: str, action: str, *rows: object, **more: str) -> list[str]:
    """Run it on these rows; answers what the page says afterwards."""
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [str(row.pk) for row in rows], **more}
    answer = desk.post(url, chosen, follow=True)
    return [str(message) for message in answer.context.get("messages", ())]


def mails() -> list[dict[str, object]]:
    return list(OutboxMessage.objects.filter(kind="email").values_list("payload", flat=True))


# --- Addresses -------------------------------------------------------------------------------


def test_a_link_that_staff_send_verifies_the_address(desk: Client, ana: User):
    EmailAddress.objects.filter(user=ana).update(verified=False)

    said = act(desk, PEOPLE, "send_verification_link", ana)

    assert said == [f"ana: a link is on its way to {ana.email}."]
    [mail] = mails()
    assert mail["recipients"] == [ana.email]
    [link] = [line for line in str(mail["body"]).splitlines() if line.startswith("http")]
    path = urlsplit(link).path
    assert [Client().get(path).status_code, Client().post(path).status_code] == [200, 200]
    assert EmailAddress.objects.get(user=ana).verified
    assert Client().post(path).status_code == 404


def test_two_clicks_send_one_link_and_a_verified_address_gets_none(
    desk: Client, ana: User, ben: User
):
    EmailAddress.objects.filter(user=ana).update(verified=False)
    EmailAddress.objects.filter(user=ben).update(verified=True)
    act(desk, PEOPLE, "send_verification_link", ana)

    said = act(desk, PEOPLE, "send_verification_link", ana, ben)

    assert said == [
        "ana: A link was sent less than five minutes ago.",
        "ben: There is no address to verify.",
    ]
    assert len(mails()) == 1


# --- Sessions --------------------------------------------------------------------------------


def test_somebody_is_logged_out_everywhere_after_a_question(
    desk: Client, api: APIClient, bens_api: APIClient, ana: User
):
    UserSession.objects.create(user=ana, session_key="1", ip="127.0.0.1", user_agent="phone")
    assert act(desk, PEOPLE, "end_sessions", ana) == []
    assert api.get("/api/v1/users/me/").status_code == 200

    said = act(desk, PEOPLE, "end_sessions", ana, confirmed="yes")

    assert said == ["ana: 1 sessions ended."]
    assert api.get("/api/v1/users/me/").status_code == 401
    assert bens_api.get("/api/v1/users/me/").status_code == 200
    assert not UserSession.objects.filter(user=ana).exists()
    assert act(desk, PEOPLE, "end_sessions", ana, confirmed="yes") == ["ana: 0 sessions ended."]


@pytest.mark.parametrize("action", ["send_verification_link", "end_sessions"])
def test_only_superusers_act_upon_superusers_and_readers_upon_nobody(action: str, desk: Client):
    chief = UserFactory(username="chief", is_superuser=True, is_staff=True)
    EmailAddress.objects.filter(user=chief).update(verified=False)
    client_of(chief)
    reader = browser_of(staff_who_may("view_user"))

    said = [act(one, PEOPLE, action, chief, confirmed="yes") for one in (desk, reader)]

    assert not any("chief" in message for messages in said for message in messages)
    assert Session.objects.filter(user=chief).count() == 1
    assert mails() == []


# --- Jobs ------------------------------------------------------------------------------------


def generation(user: User, status: str = "failed") -> PlanGeneration:
    return PlanGeneration.objects.create(
        user=user, method="ai", wish={}, status=status, attempts=5, error="It failed too often."
    )


def test_a_failed_job_is_tried_again_as_a_new_one(ana: User):
    desk = browser_of(staff_who_may("view_plangeneration", "change_plangeneration"))
    url = reverse("admin:workouts_plangeneration_changelist")
    job = generation(ana)

    said = act(desk, url, "try_again", job)
    again = act(desk, url, "try_again", job)

    assert (said, again) == (["1 will be tried again."], ["0 will be tried again."])
    job.refresh_from_db()
    assert (job.status, job.attempts, job.error) == ("pending", 0, "")


def test_a_person_has_one_of_their_jobs_tried_at_a_time(ana: User, ben: User):
    failed = [generation(ana), generation(ana), generation(ben)]

    count = rescue.retry_jobs(model=PlanGeneration, ids=[job.pk for job in failed])

    assert count == 2
    states = PlanGeneration.objects.order_by("pk").values_list("status", flat=True)
    assert list(states) == ["pending", "failed", "pending"]


def test_a_job_whose_file_is_gone_cannot_be_tried_again(ana: User):
    job = WorkoutImport.objects.create(
        user=ana, file_name="a.csv", status="failed", timezone="UTC"
    )

    count = rescue.retry_jobs(model=WorkoutImport, ids=[job.pk])

    assert count == 0
    job.refresh_from_db()
    assert job.status == "failed"


def test_an_import_that_is_stopped_ends_in_the_hands_of_its_worker(ana: User):
    desk = browser_of(staff_who_may("view_workoutimport", "change_workoutimport"))
    url = reverse("admin:workouts_workoutimport_changelist")
    job = WorkoutImport.objects.create(
        user=ana, file_name="a.csv", status="running", attempts=1, timezone="UTC"
    )
    revision = job.revision
    assert act(desk, url, "stop", job) == []
    assert WorkoutImport.objects.get(pk=job.pk).status == "running"

    said = act(desk, url, "stop", job, confirmed="yes")

    assert said == ["1 stopped."]
    with pytest.raises(jobs.JobCancelled):
        jobs.keep(job, rows_done=1)
    job.refresh_from_db()
    assert (job.status, job.error, job.rows_done) == ("failed", rescue.STOPPED, 0)
    assert job.revision > revision
    assert act(desk, url, "stop", job, confirmed="yes") == ["None of these waits or runs."]
