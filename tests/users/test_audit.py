"""What staff do is in the trail, and the trail shows when somebody has tampered with it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.analytics import BodyMetricFactory
from tests.factories.social import PostFactory, ReportFactory
from tests.factories.users import PASSWORD, UserFactory
from tests.users.admin_client import browser_of, form_of, queries_of
from tests.users.races import at_once
from users.ids import uuid7
from users.models import AuditEntry, OutboxMessage, StaffAction, User
from users.services import accounts, audit
from users.services.audit import Note, Trail

pytestmark = pytest.mark.django_db
ACCOUNTS, TRAIL = (
    reverse("admin:users_user_changelist"),
    reverse("admin:users_auditentry_changelist"),
)


@pytest.fixture
def root(db) -> User:
    return UserFactory(username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(root: User) -> Client:
    return browser_of(root)


@pytest.fixture
def trail(root: User, ana: User) -> list[AuditEntry]:
    """Three entries, of which the second is about ana."""
    notes = [
        Note(action=StaffAction.RUN, detail={"action": "try_again"}),
        Note(action=StaffAction.CHANGE, person=ana.pk, object_id=str(ana.pk), reason="She asked."),
        Note(action=StaffAction.OTHER),
    ]
    return audit.write(Trail(staff=root, address="192.0.2.7", request_id="r1", notes=notes))


def page_of(user: User) -> str:
    return reverse("admin:users_user_change", args=[user.pk])


def erase(user: User) -> None:
    accounts.close_account(user=user)
    accounts.erase_account(user_id=str(user.pk))


# --- What gets in ----------------------------------------------------------------------------


def test_a_saved_form_leaves_who_changed_which_fields_of_whom(desk, root, ana):
    form = form_of(desk.get(page_of(ana))) | {"first_name": "Anna", "profile-0-bio": "Runs."}
    before = AuditEntry.objects.count()

    desk.post(page_of(ana), form, REMOTE_ADDR="192.0.2.7", headers={"X-Request-ID": "req-1"})

    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.latest("number")
    assert (entry.staff, entry.staff_name, entry.action) == (root, "root", "change")
    assert (entry.model, entry.object_id, entry.person) == ("users.User", str(ana.pk), ana.pk)
    assert entry.detail == {"fields": ["first_name", "userprofile.bio"]}
    assert (entry.address, entry.request_id) == ("192.0.2.7", "req-1")
    assert not LogEntry.objects.exists()


def test_a_refused_form_leaves_nothing(desk, ana):
    form = form_of(desk.get(page_of(ana))) | {"email": "nobody"}
    before = AuditEntry.objects.count()

    response = desk.post(page_of(ana), form)

    assert response.status_code == 200
    # The page that is shown again has her health values on it.
    later = AuditEntry.objects.filter(number__gt=before)
    assert [entry.action for entry in later] == ["view"]


def test_an_action_that_fails_half_way_changes_nothing_and_leaves_a_line_in_the_log(
    desk, ana, ben, monkeypatch, caplog
):
    def close_all_but_ana(*, user: User) -> None:
        if user == ana:
            raise RuntimeError
        User.objects.filter(pk=user.pk).update(is_active=False)

    monkeypatch.setattr(accounts, "close_account", close_all_but_ana)
    chosen = {"_selected_action": [str(ana.pk), str(ben.pk)], "confirmed": "yes"}

    with pytest.raises(RuntimeError):
        desk.post(ACCOUNTS, {"action": "close_and_erase"} | chosen)

    assert User.objects.filter(is_active=True, pk__in=[ana.pk, ben.pk]).count() == 2
    assert not AuditEntry.objects.exists()
    assert "failed at users_user_changelist: RuntimeError" in caplog.text


def test_an_action_that_tells_nothing_is_in_the_trail_all_the_same(desk):
    messages = [
        OutboxMessage.objects.create(kind="email", payload={}, failed_at="2026-01-01T00:00Z")
        for _ in range(2)
    ]

    desk.post(
        reverse("admin:users_outboxmessage_changelist"),
        {"action": "try_again", "_selected_action": [str(one.pk) for one in messages]},
    )

    entries = AuditEntry.objects.order_by("number")
    assert [(one.action, one.detail) for one in entries] == [("run", {"action": "try_again"})] * 2
    assert {one.object_id for one in entries} == {str(one.pk) for one in messages}
    assert {one.model for one in entries} == {"users.OutboxMessage"}


def test_what_is_deleted_is_named_with_whose_it_was(desk, ana):
    key = ana.emailaddress_set.get().pk

    desk.post(reverse("admin:account_emailaddress_delete", args=[key]), {"post": "yes"})

    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.model) == ("delete", "account.EmailAddress")
    assert (entry.object_id, entry.person) == (str(key), ana.pk)


def test_a_decision_of_a_moderator_is_about_the_person_and_not_about_who_reported(desk, ana, ben):
    report = ReportFactory(user=ben, target=PostFactory(author=ana))
    page = reverse("admin:social_report_change", args=[report.pk])

    desk.post(page, {"verb": "dismiss", "note": "Fine.", "last": ""})

    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.detail, entry.person) == ("run", {"action": "dismiss"}, ana.pk)
    assert (entry.model, entry.object_id) == ("social.Report", str(report.pk))


def test_a_log_in_of_staff_is_in_the_trail_and_that_of_others_is_not(root, ana):
    for name in ("root", "ana"):
        Client().post("/accounts/login/", {"login": name, "password": PASSWORD})

    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.staff, entry.address) == ("login", root, "127.0.0.1")


def test_the_history_of_a_row_is_what_the_trail_says_of_it(desk, ana, trail):
    page = desk.get(reverse("admin:users_user_history", args=[ana.pk]))

    assert list(page.context["action_list"]) == []
    AuditEntry._base_manager.filter(number=2).update(model="users.User")
    assert list(desk.get(page.request["PATH_INFO"]).context["action_list"]) == [trail[1]]


# --- What does not get out -------------------------------------------------------------------


def test_an_entry_cannot_be_changed_or_removed(trail):
    with pytest.raises(TypeError):
        trail[0].save()
    with pytest.raises(TypeError):
        trail[0].delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.filter(number=1).update(reason="Other")
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.count() == 3
    assert audit.verify_trail() == []


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("UPDATE users_auditentry SET reason = 'x' WHERE number = 2", "Entry 2 is not what"),
        ("UPDATE users_auditentry SET staff_name = 'x' WHERE number = 3", "Entry 3 is not what"),
        ("UPDATE users_auditentry SET address = NULL WHERE number = 1", "Entry 1 is not what"),
        ("UPDATE users_auditentry SET at = at + '1 s' WHERE number = 1", "Entry 1 is not what"),
        ("DELETE FROM users_auditentry WHERE number = 2", "Entry 2 is missing."),
        ("DELETE FROM users_auditentry WHERE number = 3", "Entry 3 is missing."),
        ("DELETE FROM users_auditentry", "Entries 1 to 3 are missing."),
        ("UPDATE users_audithead SET number = 2", "Entry 2 is not the one"),
        ("DELETE FROM users_audithead", "Entry 3 is beyond the end"),
        (
            "UPDATE users_auditentry SET reason = '', object_id = '', person = NULL,"
            " person_salt = '' WHERE number = 2",
            "Entry 2 was blanked by no erasure.",
        ),
    ],
)
def test_tampering_is_found(trail, damage, problem):
    with connection.cursor() as cursor:
        cursor.execute(damage)

    found = audit.verify_trail()

    assert found[0].startswith(problem)


def test_of_an_erased_person_the_trail_keeps_what_was_done_and_not_to_whom(trail, ana):
    erase(ana)

    entry = AuditEntry.objects.get(number=2)
    assert (entry.action, entry.staff_name, entry.address) == ("change", "root", "192.0.2.7")
    assert (entry.person, entry.object_id, entry.reason) == (None, "", "")
    assert AuditEntry.objects.get(number=4).detail == {"about": [[2, 2]], "by": []}
    assert audit.verify_trail() == []


def test_staff_who_are_erased_leave_their_name_in_the_trail(trail, root):
    erase(root)

    kept = AuditEntry.objects.filter(number__lte=3)
    assert set(kept.values_list("staff", "staff_name", "address")) == {(None, "root", None)}
    assert AuditEntry.objects.get(number=4).detail == {"about": [], "by": [[1, 3]]}
    assert audit.verify_trail() == []


@pytest.mark.django_db(transaction=True)
def test_entries_made_at_once_are_one_chain():
    root = UserFactory(is_staff=True)
    note = Note(action=StaffAction.OTHER)

    at_once(6, lambda _: audit.write(Trail(staff=root, notes=[note])))

    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == [
        *range(1, 7)
    ]
    assert audit.verify_trail() == []


# --- Its page --------------------------------------------------------------------------------


def test_entries_are_found_by_staff_person_and_object_and_lead_to_them(desk, ana, trail):
    key = uuid7()
    audit.write(
        Trail(notes=[Note(action=StaffAction.ADD, model="users.User", object_id=str(key))])
    )

    def numbers(term: str) -> list[int]:
        return [one.number for one in desk.get(TRAIL, {"q": term}).context["cl"].result_list]

    assert numbers("root") == [3, 2, 1]
    assert numbers("an") == numbers(str(ana.pk)) == [2]
    assert numbers(str(key)) == [4]
    assert page_of(ana) in desk.get(TRAIL, {"q": "ana"}).content.decode()
    # The session, its person, the counts with and without the search, the page.
    assert queries_of(desk, TRAIL) == queries_of(desk, f"{TRAIL}?q={key}") == 6


def test_the_trail_is_for_those_who_may_view_it_and_nobody_changes_it(trail):
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__endswith="_auditentry"))
    reader, stranger = browser_of(staff), browser_of(UserFactory(is_staff=True))
    page = reverse("admin:users_auditentry_change", args=[trail[1].pk])

    assert stranger.get(page).status_code == 403
    assert reader.get(page).status_code == 200
    assert reader.post(page, {"reason": "Other"}).status_code == 403
    assert reader.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert audit.verify_trail() == []


def test_looking_at_health_values_is_in_the_trail(desk, root, ana, ben):
    BodyMetricFactory(user=ana)
    BodyMetricFactory(user=ben)

    desk.get(reverse("admin:analytics_bodymetric_changelist"))

    entries = AuditEntry.objects.filter(action="view", model="analytics.BodyMetric")
    assert {(one.person, one.staff) for one in entries} == {(ana.pk, root), (ben.pk, root)}
