"""A copy of everything that is a person's, of nobody else, and without what only we may know."""

import datetime as dt
import io
import json
import zipfile

import pytest
import time_machine
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from nutrition.models import FoodImage
from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.everything import (
    body_of,
    person_with_everything,
    private_storage,
    stored_files,
    use_a_folder_of_the_test,
    with_token,
)
from tests.users.races import at_once
from users import personal_data
from users.ids import uuid7
from users.models import AccountExport, Notification, OutboxMessage, Tombstone, User
from users.services import accounts, exports, outbox
from wearables.models import ActivityImport
from workouts.models import WorkoutImport

URL = "/api/v1/users/me/export/"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


def download_url(export_id: str) -> str:
    return f"{URL}{export_id}/download/"


def requested(client: APIClient) -> str:
    return str(client.post(URL).json()["id"])


def delivered() -> None:
    for message in OutboxMessage.objects.filter(kind="account_export"):
        outbox.deliver(message_id=message.pk)


def ready(client: APIClient) -> str:
    export_id = requested(client)
    delivered()
    return export_id


def opened(client: APIClient, export_id: str) -> zipfile.ZipFile:
    response = client.get(download_url(export_id))
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(body_of(response)))


# --- Asking --------------------------------------------------------------------------------------


def test_an_export_is_promised_once_while_it_is_in_preparation(api: APIClient, ana: User):
    first, second = api.post(URL), api.post(URL)

    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json() == second.json()
    assert first.json() == {
        "id": str(AccountExport.objects.get().pk),
        "status": "pending",
        "size_bytes": None,
        "created_at": first.json()["created_at"],
        "expires_at": None,
        "download_url": None,
    }
    message = OutboxMessage.objects.get()
    assert (message.kind, message.payload) == (
        "account_export",
        {"export_id": first.json()["id"]},
    )


def test_after_one_is_ready_another_can_be_asked_for(api: APIClient):
    first = ready(api)

    second = api.post(URL)

    assert second.status_code == 202
    assert second.json()["id"] != first


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_requests_at_once_one_starts_an_export():
    ana = UserFactory(username="ana")
    clients = [client_of(ana) for _ in range(16)]

    answers = at_once(16, lambda n: clients[n].post(URL))

    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [202]
    assert {answer.json()["id"] for answer in answers} == {str(AccountExport.objects.get().pk)}
    assert OutboxMessage.objects.filter(kind="account_export").count() == 1


# --- Writing -------------------------------------------------------------------------------------


def test_the_zip_holds_every_table_of_hers_and_no_row_of_anybody_else():
    ana, ben = person_with_everything("ana-canary"), person_with_everything("ben-canary")
    api = client_of(ana)

    archive = opened(api, ready(api))

    tables = {name: json.loads(archive.read(name)) for name in archive.namelist() if json_of(name)}
    assert tables.keys() == {
        f"{part.name}.json" for part in personal_data.registered() if part.name is not None
    }
    assert [name for name, rows in tables.items() if not rows] == []
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"ana-canary" in everything
    assert b"ben-canary" not in everything
    assert str(ben.pk).encode() not in everything
    assert [row["id"] for row in tables["account.json"]] == [str(ana.pk)]
    assert [row["name"] for row in tables["workouts.json"]] == ["ana-canary day", "ana-canary"]
    assert tables["profile.json"][0]["bio"] == "ana-canary"


def json_of(name: str) -> bool:
    return name.endswith(".json")


def test_the_zip_tells_no_secret():
    ana = person_with_everything("ana-canary")
    api = client_of(ana)

    archive = opened(api, ready(api))

    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "secret" not in everything
    assert ana.password not in everything
    assert "md5$" not in everything
    assert with_token(api) not in everything
    for word in ("password", "session_key", "token", "creation_hash", "revision"):
        assert f'"{word}"' not in everything


def test_the_picture_lies_in_the_zip_and_the_exports_before_do_not():
    ana = person_with_everything("ana-canary")
    api = client_of(ana)

    archive = opened(api, ready(api))

    imported = WorkoutImport.objects.get(user=ana).file.name
    files = {name: archive.read(name) for name in archive.namelist() if not json_of(name)}
    photo = FoodImage.objects.get(user=ana)
    assert files == {
        f"files/{imported}": b"ana-canary csv",
        f"files/{ActivityImport.objects.get(user=ana).file.name}": b"ana-canary fit",
        f"files/{photo.image.name}": b"ana-canary large",
        f"files/{photo.thumbnail.name}": b"ana-canary small",
        f"files/{ana.profile.avatar.name}": b"ana-canary large",
        f"files/{ana.profile.avatar_thumbnail.name}": b"ana-canary small",
        **{f"files/{one.image.name}": b"ana-canary picture" for one in ana.picture_set.all()},
        **{f"files/{one.thumbnail.name}": b"ana-canary small" for one in ana.picture_set.all()},
    }


def test_a_picture_that_got_lost_does_not_keep_the_rest_back(caplog):
    ana = person_with_everything("ana-canary")
    api = client_of(ana)
    default_storage.delete(ana.profile.avatar.name)

    archive = opened(api, ready(api))

    imported = WorkoutImport.objects.get(user=ana).file.name
    photo = FoodImage.objects.get(user=ana)
    assert {name for name in archive.namelist() if not json_of(name)} == {
        f"files/{ana.profile.avatar_thumbnail.name}",
        f"files/{imported}",
        f"files/{ActivityImport.objects.get(user=ana).file.name}",
        f"files/{photo.image.name}",
        f"files/{photo.thumbnail.name}",
        *(f"files/{one.image.name}" for one in ana.picture_set.all()),
        *(f"files/{one.thumbnail.name}" for one in ana.picture_set.all()),
    }
    assert f"users.UserProfile {ana.pk} has lost its file." in caplog.text


def test_an_export_becomes_ready_and_its_person_is_told(api: APIClient, ana: User):
    export_id, now = requested(api), dt.datetime.now(dt.UTC)

    with time_machine.travel(now, tick=False):
        delivered()

    export = AccountExport.objects.get()
    assert (export.status, export.expires_at) == ("ready", now + dt.timedelta(days=7))
    assert export.size_bytes == private_storage().size(export.file.name)
    notice = Notification.objects.get()
    assert (notice.user, notice.category, notice.kind, notice.target) == (
        ana,
        "account",
        "account_export_ready",
        export,
    )
    answer = api.get(f"{URL}{export_id}/").json()
    assert answer["download_url"] == f"http://testserver{download_url(export_id)}"
    assert answer["size_bytes"] == export.size_bytes


def test_a_message_that_is_delivered_twice_makes_one_file_and_tells_once(
    api: APIClient, ana: User
):
    export_id = requested(api)
    message = OutboxMessage.objects.get()

    answers = [outbox.deliver(message_id=message.pk) for _ in range(2)]
    before = AccountExport.objects.values().get()
    exports.build_export(export_id=export_id)

    assert answers == [True, False]
    assert AccountExport.objects.values().get() == before
    assert Notification.objects.count() == 1
    assert stored_files() == [f"exports/{export_id}.zip"]


def test_a_try_that_fails_is_repeated_and_leaves_no_second_file(api: APIClient, monkeypatch):
    export_id = requested(api)
    message = OutboxMessage.objects.get()

    def fail(**kwargs) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(exports, "notify", fail)
        with pytest.raises(OSError, match="No space"):
            outbox.deliver(message_id=message.pk)
    between = AccountExport.objects.get().status, Notification.objects.count()
    outbox.deliver(message_id=message.pk)

    assert between == ("pending", 0)
    assert AccountExport.objects.get().status == "ready"
    assert stored_files() == [f"exports/{export_id}.zip"]


def test_an_export_that_is_deleted_while_it_is_written_stays_deleted(
    api: APIClient, monkeypatch, django_capture_on_commit_callbacks
):
    export_id = requested(api)
    write = exports.write_export

    def write_while_the_person_deletes(**kwargs) -> None:
        write(**kwargs)
        assert api.delete(f"{URL}{export_id}/").status_code == 204

    monkeypatch.setattr(exports, "write_export", write_while_the_person_deletes)
    with django_capture_on_commit_callbacks(execute=True):
        delivered()

    assert not AccountExport.objects.exists()
    assert not Notification.objects.exists()
    assert stored_files() == []


def test_an_account_that_is_erased_while_its_export_is_written_leaves_nothing(
    api: APIClient, ana: User, monkeypatch
):
    requested(api)
    write = exports.write_export

    def write_while_the_person_leaves(**kwargs) -> None:
        write(**kwargs)
        User.objects.filter(pk=ana.pk).update(is_active=False)
        accounts.erase_account(user_id=str(ana.pk))

    monkeypatch.setattr(exports, "write_export", write_while_the_person_leaves)
    delivered()

    assert not User.objects.filter(pk=ana.pk).exists()
    assert not AccountExport.objects.exists()
    assert stored_files() == []


def test_what_a_lost_worker_wrote_goes_with_its_export(
    api: APIClient, django_capture_on_commit_callbacks
):
    export_id = requested(api)
    private_storage().save(f"exports/{export_id}.zip", io.BytesIO(b"half of it"))

    with django_capture_on_commit_callbacks(execute=True):
        response = api.delete(f"{URL}{export_id}/")

    assert response.status_code == 204
    assert stored_files() == []


# --- Fetching ------------------------------------------------------------------------------------


def test_the_zip_is_a_download(api: APIClient):
    response = api.get(download_url(ready(api)))

    body = body_of(response)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="numeneon.zip"'
    assert response.headers["Cache-Control"] == "no-store"
    assert int(response.headers["Content-Length"]) == len(body)
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_there_is_nothing_to_fetch_before_it_is_ready(api: APIClient):
    response = api.get(download_url(requested(api)))

    assert response.status_code == 404


def test_after_its_time_an_export_is_not_given_out_even_before_it_is_removed(api: APIClient):
    export_id = ready(api)
    AccountExport.objects.update(expires_at=NOW - dt.timedelta(seconds=1))

    assert api.get(download_url(export_id)).status_code == 404
    assert api.get(f"{URL}{export_id}/").json()["download_url"] is None
    assert stored_files() == [f"exports/{export_id}.zip"]


def test_the_files_of_expired_exports_are_removed_and_the_others_stay(
    api: APIClient, bens_api: APIClient
):
    hers, his = ready(api), ready(bens_api)
    AccountExport.objects.filter(pk=hers).update(expires_at=NOW)
    AccountExport.objects.filter(pk=his).update(expires_at=NOW + dt.timedelta(seconds=1))

    counts = [exports.remove_expired_exports(now=NOW) for _ in range(2)]

    assert counts == [1, 0]
    assert stored_files() == [f"exports/{his}.zip"]
    assert api.get(download_url(hers)).status_code == 404
    answer = api.get(f"{URL}{hers}/").json()
    assert (answer["status"], answer["download_url"]) == ("expired", None)


def test_phones_hear_that_an_export_has_expired(api: APIClient):
    ready(api)
    before = AccountExport.objects.get().revision
    AccountExport.objects.update(expires_at=NOW)

    exports.remove_expired_exports(now=NOW)

    assert AccountExport.objects.get().revision > before + 1


def test_an_export_is_deleted_with_its_file(
    api: APIClient, ana: User, django_capture_on_commit_callbacks
):
    export_id = ready(api)

    with django_capture_on_commit_callbacks(execute=True):
        response = api.delete(f"{URL}{export_id}/")

    assert response.status_code == 204
    assert stored_files() == []
    assert api.get(download_url(export_id)).status_code == 404
    assert Tombstone.objects.get().resource == "users.accountexport"


def test_the_list_shows_hers_newest_first(api: APIClient, bens_api: APIClient):
    first = ready(api)
    second = requested(api)
    requested(bens_api)

    response = api.get(URL)

    assert [row["id"] for row in response.json()["results"]] == [second, first]


# --- Whose ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("get", ""), ("delete", ""), ("get", "download/")])
def test_for_a_stranger_an_export_does_not_exist(
    api: APIClient, bens_api: APIClient, method: str, path: str
):
    export_id = ready(api)
    files = stored_files()

    theirs = getattr(bens_api, method)(f"{URL}{export_id}/{path}")
    nobodys = getattr(bens_api, method)(f"{URL}{uuid7()}/{path}")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content == nobodys.content
    assert AccountExport.objects.get().status == "ready"
    assert stored_files() == files
    assert bens_api.get(URL).json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("get", "{}/"), ("delete", "{}/"), ("get", "{}/download/")],
)
def test_without_a_token_there_is_nobody(
    api: APIClient, anonymous: APIClient, method: str, path: str
):
    export_id = ready(api)

    response = getattr(anonymous, method)(URL + path.format(export_id))

    assert response.status_code == 401
    assert AccountExport.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "patch"])
def test_an_export_cannot_be_written(api: APIClient, method: str):
    export_id = requested(api)

    response = getattr(api, method)(f"{URL}{export_id}/", {"status": "ready"})

    assert response.status_code == 405
    assert AccountExport.objects.get().status == "pending"
