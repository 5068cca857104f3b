"""Leaving: out at once, the name free at once, and nothing left once a worker was there."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import PASSWORD, UserFactory
from tests.users.everything import (
    person_with_everything,
    rows_by_table,
    stored_files,
    tables_that_mention,
    use_a_folder_of_the_test,
)
from tests.users.races import at_once
from users import personal_data
from users.ids import uuid7
from users.models import (
    ErasedIdentity,
    OutboxMessage,
    Session,
    SyncClock,
    Trainer,
    User,
    UserProfile,
)
from users.services import accounts, audit, exports, outbox
from workouts.models import Workout

URL = "/api/v1/users/me/"
ACCOUNTS = "/_allauth/app/v1/auth"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


def leave(client: APIClient, password: str | None = PASSWORD):
    return client.delete(URL, {} if password is None else {"password": password})


def work_off(kind: str) -> list[bool]:
    messages = list(OutboxMessage.objects.filter(kind=kind))
    return [outbox.deliver(message_id=message.pk) for message in messages]


def refusals(response) -> list[tuple[str | None, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


# --- The password --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    ["wrong", "", None, PASSWORD.upper(), f" {PASSWORD}"],
    ids=["wrong", "empty", "none", "uppercase", "space"],
)
def test_without_the_password_nobody_leaves(api: APIClient, ana: User, password):
    before, sessions = rows_by_table(ana), Session.objects.count()

    response = leave(api, password)

    assert response.status_code == 400
    code = "blank" if password == "" else "incorrect"
    assert refusals(response) == [("password", code)]
    assert (rows_by_table(ana), Session.objects.count()) == (before, sessions)
    assert not OutboxMessage.objects.exists()
    assert api.get(URL).status_code == 200


@pytest.mark.parametrize("password", [7, [], {}, True, "x" * 501, None])
def test_what_is_no_password_is_refused_by_name(api: APIClient, ana: User, password):
    response = api.delete(URL, {"password": password})

    assert response.status_code == 400
    assert [attr for attr, _ in refusals(response)] == ["password"]
    assert User.objects.get(pk=ana.pk).is_active


def test_a_password_with_a_nul_is_refused(api: APIClient, ana: User):
    response = api.generic(
        "DELETE", URL, b'{"password": "a\\u0000"}', content_type="application/json"
    )

    assert response.status_code == 400
    assert User.objects.get(pk=ana.pk).is_active


def test_after_ten_wrong_passwords_in_a_minute_the_right_one_has_to_wait(
    api: APIClient, bens_api: APIClient, ana: User, ben: User
):
    guesses = [leave(api, f"guess {n}").status_code for n in range(10)]

    response = leave(api)

    assert guesses == [400] * 10
    assert response.status_code == 429
    assert refusals(response) == [(None, "throttled")]
    assert response.headers["Retry-After"] == "60"
    assert User.objects.get(pk=ana.pk).is_active
    assert leave(bens_api).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_ten_are_looked_at():
    ana = UserFactory(username="ana")
    clients = [client_of(ana) for _ in range(16)]

    codes = at_once(16, lambda n: leave(clients[n], f"guess {n}").status_code)

    assert codes.count(400) <= 10
    assert set(codes) == {400, 429}
    assert User.objects.get(pk=ana.pk).is_active


def test_who_has_no_password_leaves_without_one(api: APIClient, ana: User):
    ana.set_unusable_password()
    ana.save()
    api = client_of(ana)

    response = leave(api, None)

    assert response.status_code == 204
    assert not User.objects.get(pk=ana.pk).is_active


def test_without_a_token_there_is_nobody_to_leave(anonymous: APIClient, ana: User):
    response = leave(anonymous)

    assert response.status_code == 401
    assert User.objects.get(pk=ana.pk).is_active


# --- At once -------------------------------------------------------------------------------------


def test_every_token_is_refused_at_once(api: APIClient, ana: User):
    other_phone = client_of(ana)

    response = leave(api)

    assert response.status_code == 204
    assert response.content == b""
    assert [client.get(URL).status_code for client in (api, other_phone)] == [401, 401]
    assert not User.objects.get(pk=ana.pk).has_usable_password()


@pytest.mark.parametrize("field", ["username", "email"])
def test_nobody_can_log_in_any_more(anonymous: APIClient, field: str):
    # Failed log-ins are counted by name, and a test may run again soon.
    user = UserFactory(username=f"ana-{uuid7()}")
    body = {field: getattr(user, field), "password": PASSWORD}
    before = anonymous.post(f"{ACCOUNTS}/login", body).status_code

    leave(client_of(user))
    response = APIClient().post(f"{ACCOUNTS}/login", body)

    assert before == 200
    assert response.status_code == 400
    assert not Session.objects.filter(user__isnull=False).exists()


def test_the_name_and_the_address_are_free_at_once(api: APIClient, ana: User):
    leave(api)

    response = APIClient().post(
        f"{ACCOUNTS}/signup",
        {"username": "ana", "email": "ana@example.com", "password": PASSWORD},
    )

    assert response.status_code == 401  # until the address is verified
    new = User.objects.get(username="ana")
    assert (new.email, new.is_active) == ("ana@example.com", True)
    assert new.pk != ana.pk
    assert not User.objects.get(pk=ana.pk).is_active


def test_nobody_can_take_the_name_that_a_closed_account_will_bear(api: APIClient, ana: User):
    for name in (f"erased-{ana.pk.hex}", f"erased-{ana.pk}"):
        UserFactory(username=name, email=f"{name}@erased.invalid")

    response = leave(api)

    assert response.status_code == 204


def test_others_do_not_find_who_has_left(api: APIClient, bens_api: APIClient, ana: User):
    leave(api)

    assert bens_api.get("/api/v1/users/ana/").status_code == 404
    assert bens_api.get("/api/v1/users/?q=ana").json()["results"] == []


def test_mail_that_was_promised_is_forgotten(api: APIClient, ana: User):
    promised = {
        "subject": "Your code",
        "body": "1234",
        "html": "",
        "sender": "us@example.com",
    }
    hers = outbox.promise(kind="email", recipients=["ana@example.com"], **promised)
    given_up = outbox.promise(kind="email", recipients=["ana@example.com"], **promised)
    OutboxMessage.objects.filter(pk=given_up.pk).update(failed_at=given_up.created_at)
    bens = outbox.promise(kind="email", recipients=["ben@example.com"], **promised)

    leave(api)

    assert set(OutboxMessage.objects.filter(kind="email")) == {bens}
    assert not OutboxMessage.objects.filter(pk=hers.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_leaving_from_several_phones_at_once_is_leaving_once():
    ana = UserFactory(username="ana")
    clients = [client_of(ana) for _ in range(4)]

    codes = at_once(4, lambda n: leave(clients[n]).status_code)
    work_off("erase_account")

    assert 204 in codes
    assert set(codes) <= {204, 401}
    assert not User.objects.filter(pk=ana.pk).exists()


# --- Once a worker was there ---------------------------------------------------------------------


def test_nothing_of_hers_is_left_in_any_table_or_file_and_everything_of_his_is():
    ana, ben = person_with_everything("ana-canary"), person_with_everything("ben-canary")
    his_rows, his_files = rows_by_table(ben), [f for f in stored_files() if "ben" in f]
    his_own = [
        str(row[column])
        for label, column in (
            ("users.AccountExport", "file"),
            ("workouts.WorkoutImport", "file"),
            ("nutrition.FoodImage", "image"),
            ("nutrition.FoodImage", "thumbnail"),
            ("wearables.ActivityImport", "file"),
        )
        for row in his_rows[label]
    ]
    staff = UserFactory(is_staff=True)
    log = LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(ana.pk),
        object_repr="ana-canary",
        change_message="Renamed ana-canary",
        action_flag=CHANGE,
    )
    exports.request_export(user_id=ana.pk)
    assert set(tables_that_mention("ana-canary")) > {"users_user", "account_emailaddress"}
    assert set(tables_that_mention(str(ana.pk))) > {"users_user", "workouts_workoutset"}

    leave(client_of(ana))
    delivered = work_off("erase_account")

    assert delivered == [True]
    # What staff did stays under their name.
    assert tables_that_mention("ana-canary") == {"users_auditentry": 1}
    assert audit.verify_trail() == []
    # What was promised still names the export; its worker will find nothing.
    assert tables_that_mention(str(ana.pk)) == {}
    assert tables_that_mention(ana.pk.hex) == {}
    assert [part.label for part in personal_data.registered() if part.rows(ana.pk).exists()] == []
    assert rows_by_table(ben) == his_rows
    assert stored_files() == sorted([*his_files, *his_own])
    log.refresh_from_db()
    assert (log.user, log.object_id, log.object_repr, log.change_message) == (
        staff,
        None,
        "erased",
        "",
    )


@pytest.mark.parametrize("model", [User, Trainer, EmailAddress, Workout])
def test_the_admins_log_no_longer_says_whom_it_is_about(model):
    ana = person_with_everything("ana-canary")
    key = {User: ana.pk, Trainer: ana.pk, EmailAddress: EmailAddress.objects.get(user=ana).pk}
    kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
    logged = {
        "user": UserFactory(is_staff=True),
        "object_id": str(key.get(model) or model.objects.filter(user=ana).latest("date").pk),
        "object_repr": "ana-canary",
        "action_flag": CHANGE,
    }
    about_her = LogEntry.objects.create(content_type=kind, **logged)
    # Another kind of thing may bear the same number.
    about_a_group = LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(Group), **logged
    )

    leave(client_of(ana))
    work_off("erase_account")

    about_her.refresh_from_db()
    about_a_group.refresh_from_db()
    assert (about_her.object_id, about_her.object_repr) == (None, "erased")
    assert (about_a_group.object_id, about_a_group.object_repr) == (
        logged["object_id"],
        "ana-canary",
    )


def test_work_that_was_promised_before_finds_nothing_to_do():
    ana = person_with_everything("ana-canary")
    exports.request_export(user_id=ana.pk)
    notification_id = ana.notification_set.get().pk
    outbox.promise(kind="push", notification_id=str(notification_id))
    leave(client_of(ana))
    work_off("erase_account")

    delivered = work_off("account_export") + work_off("push")

    assert delivered == [True, True]
    assert stored_files() == []
    assert tables_that_mention(str(ana.pk)) == {}


def test_erasing_twice_is_the_same_as_once(api: APIClient, ana: User, ben: User):
    leave(api)
    [message] = OutboxMessage.objects.filter(kind="erase_account")

    delivered = [outbox.deliver(message_id=message.pk) for _ in range(2)]
    accounts.erase_account(user_id=str(ana.pk))

    assert delivered == [True, False]
    assert list(User.objects.all()) == [ben]


def test_an_erasure_that_fails_half_way_is_repeated_as_a_whole(monkeypatch):
    ana = person_with_everything("ana-canary")
    leave(client_of(ana))
    before, files = rows_by_table(ana), stored_files()

    def fail(self) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(User, "delete", fail)
        with pytest.raises(ConnectionError):
            work_off("erase_account")
    between = rows_by_table(ana), stored_files()
    work_off("erase_account")

    assert between == (before, files)
    assert tables_that_mention(str(ana.pk)) == {}
    assert stored_files() == []


def test_an_account_that_was_not_closed_is_not_erased(ana: User):
    before = rows_by_table(ana)

    accounts.erase_account(user_id=str(ana.pk))

    assert rows_by_table(ana) == before


def test_of_another_issuers_person_only_a_digest_is_kept():
    ana = person_with_everything("ana-canary")
    identity = ana.external_identities.get()

    leave(client_of(ana))
    work_off("erase_account")

    assert ErasedIdentity.objects.count() == 1
    assert tables_that_mention(str(identity.subject)) == {}


def test_who_left_and_came_back_begins_anew(api: APIClient, ana: User):
    UserProfile.objects.filter(user=ana).update(bio="Before")
    leave(api)
    work_off("erase_account")

    again = UserFactory(username="ana")

    assert again.profile.bio == ""
    assert SyncClock.objects.count() == 1
    assert client_of(again).get(URL).json()["profile"]["bio"] == ""
