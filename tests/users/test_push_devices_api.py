"""Phones on which we may ring: registered as often as they like, each for one person."""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.ids import uuid7
from users.models import PushDevice, SyncClock, Tombstone, User

URL = "/api/v1/users/me/devices/"
pytestmark = pytest.mark.django_db


def phone(**changes):
    return {"platform": "fcm", "token": "one", "name": "Ana's phone", **changes}


def url_of(device: PushDevice) -> str:
    return f"{URL}{device.pk}/"


def rows() -> list[dict]:
    return list(PushDevice.objects.order_by("pk").values())


def refusals(response) -> list[tuple[str | None, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


# --- Registering ---------------------------------------------------------------------------------


def test_a_phone_is_registered_and_its_token_is_never_shown(api: APIClient, ana: User):
    response = api.post(URL, phone())

    assert response.status_code == 201
    device = PushDevice.objects.get()
    assert (device.user, device.platform, device.token) == (ana, "fcm", "one")
    assert response.json() == {
        "id": str(device.pk),
        "platform": "fcm",
        "name": "Ana's phone",
        "created_at": response.json()["created_at"],
    }
    answers = [
        response,
        api.get(URL),
        api.get(url_of(device)),
        api.patch(url_of(device), {"name": "x"}),
        api.get("/api/v1/sync/"),
    ]
    assert [b'"one"' in answer.content or b"token" in answer.content for answer in answers] == [
        False
    ] * 5


def test_the_same_id_twice_makes_one_phone(api: APIClient):
    body = phone(id=str(uuid7()))

    first, second = api.post(URL, body), api.post(URL, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["id"] == body["id"]
    assert PushDevice.objects.count() == 1


def test_a_phone_that_registers_at_every_start_stays_one(api: APIClient):
    first = api.post(URL, phone()).json()["id"]

    second = api.post(URL, phone())

    assert second.status_code == 201
    assert PushDevice.objects.get().pk != first
    assert str(Tombstone.objects.get().object_id) == first


def test_a_token_moves_to_whoever_registers_it_last(
    api: APIClient, bens_api: APIClient, ana: User, ben: User
):
    hers = api.post(URL, phone()).json()["id"]
    before = SyncClock.objects.get(user=ana).revision

    response = bens_api.post(URL, phone(name="Now Ben's"))

    assert response.status_code == 201
    device = PushDevice.objects.get()
    assert (device.user, device.token, device.name) == (ben, "one", "Now Ben's")
    assert api.get(URL).json()["results"] == []
    grave = Tombstone.objects.get()
    assert (grave.user, str(grave.object_id)) == (ana, hers)
    assert grave.revision == SyncClock.objects.get(user=ana).revision > before
    assert hers not in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_several_people_who_register_one_token_at_once_one_has_it():
    clients = [client_of(UserFactory()) for _ in range(6)]

    codes = at_once(6, lambda n: clients[n].post(URL, phone()).status_code)

    assert 201 in codes
    # Who lost the race may try again; nobody hears of a fault of ours.
    assert set(codes) <= {201, 409, 503}
    assert PushDevice.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "attr", "code"),
    [
        ({"platform": "pager"}, "platform", "invalid_choice"),
        ({"platform": None}, "platform", "null"),
        ({"token": ""}, "token", "blank"),
        ({"token": "x" * 501}, "token", "max_length"),
        ({"token": None}, "token", "null"),
        ({"token": ["one"]}, "token", "invalid"),
        ({"name": "x" * 101}, "name", "max_length"),
        ({"name": None}, "name", "null"),
        ({"id": "1"}, "id", "invalid"),
        ({"id": None}, "id", "null"),
        ({"id": 10**50}, "id", "invalid"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(api: APIClient, changes, attr: str, code: str):
    response = api.post(URL, phone(**changes))

    assert response.status_code == 400, response.content
    assert refusals(response) == [(attr, code)]
    assert rows() == []


@pytest.mark.parametrize("missing", ["platform", "token"])
def test_what_is_needed_is_asked_for(api: APIClient, missing: str):
    body = phone()
    del body[missing]

    response = api.post(URL, body)

    assert response.status_code == 400
    assert refusals(response) == [(missing, "required")]
    assert rows() == []


@pytest.mark.parametrize(
    "body",
    [
        b'{"platform": "fcm", "token": "a\\u0000b"}',
        b'{"platform": "fcm", "token": "\\udc00"}',
        b'{"platform": "fcm", "token": NaN}',
        b'{"platform": "fcm", "token": {"a": ' + b"[" * 100 + b"]" * 100 + b"}}",
        b"[1]",
        b"{",
    ],
)
def test_what_cannot_be_understood_is_refused(api: APIClient, body: bytes):
    response = api.generic("POST", URL, body, content_type="application/json")

    assert response.status_code == 400
    assert rows() == []


# --- Changing ------------------------------------------------------------------------------------


def test_a_phone_is_renamed_and_gets_a_new_token(api: APIClient, ana: User):
    api.post(URL, phone())
    device = PushDevice.objects.get()

    response = api.patch(url_of(device), {"name": "Old phone", "token": "two"})

    assert response.status_code == 200
    assert response.json()["name"] == "Old phone"
    changed = PushDevice.objects.get()
    assert (changed.pk, changed.token, changed.name) == (device.pk, "two", "Old phone")
    assert changed.revision == SyncClock.objects.get(user=ana).revision > device.revision
    assert changed.updated_at > device.updated_at


def test_a_new_token_moves_here_from_whoever_had_it(
    api: APIClient, bens_api: APIClient, ana: User, ben: User
):
    his = bens_api.post(URL, phone(token="two")).json()["id"]
    api.post(URL, phone())
    device = PushDevice.objects.get(user=ana)

    response = api.patch(url_of(device), {"token": "two"})

    assert response.status_code == 200
    assert PushDevice.objects.get().pk == device.pk
    grave = Tombstone.objects.get()
    assert (grave.user, str(grave.object_id)) == (ben, his)


def test_the_same_token_again_changes_nothing_for_others(api: APIClient, ana: User):
    api.post(URL, phone())
    device = PushDevice.objects.get()

    response = api.patch(url_of(device), {"token": "one"})

    assert response.status_code == 200
    assert PushDevice.objects.get().pk == device.pk
    assert not Tombstone.objects.exists()


@pytest.mark.parametrize("whose", ["ben's", "ana's other", "nobody's"])
def test_an_id_cannot_be_changed_into_another_ones(
    api: APIClient, bens_api: APIClient, ana: User, whose: str
):
    api.post(URL, phone())
    mine = PushDevice.objects.get()
    others = {
        "ben's": lambda: bens_api.post(URL, phone(token="bens")).json()["id"],
        "ana's other": lambda: api.post(URL, phone(token="hers")).json()["id"],
        "nobody's": lambda: str(uuid7()),
    }
    target = others[whose]()
    before = [row for row in rows() if row["id"] != mine.pk]

    response = api.patch(url_of(mine), {"id": target, "token": "two", "name": "Mine now"})

    assert response.status_code == 200
    assert response.json()["id"] == str(mine.pk)
    assert [row for row in rows() if row["id"] != mine.pk] == before
    assert PushDevice.objects.get(pk=mine.pk).token == "two"


def test_no_column_can_be_written_but_those_that_are_offered(api: APIClient, ana: User, ben: User):
    foreign = {
        "user": str(ben.pk),
        "user_id": str(ben.pk),
        "created_at": "2001-01-01T00:00:00Z",
        "updated_at": "2001-01-01T00:00:00Z",
        "revision": 4711,
        "creation_hash": "x",
        "pk": str(uuid7()),
    }
    api.post(URL, phone(**foreign))
    device = PushDevice.objects.get()
    [before] = rows()

    api.patch(url_of(device), {**foreign, "name": "New"})

    [after] = rows()
    assert device.user == ana
    assert device.revision != 4711
    assert device.created_at.year > 2001
    assert {name for name in after if after[name] != before[name]} == {
        "name",
        "revision",
        "updated_at",
    }


@pytest.mark.parametrize(
    ("body", "attr"),
    [({"platform": "pager"}, "platform"), ({"token": ""}, "token"), ({"name": None}, "name")],
)
def test_a_bad_change_changes_nothing(api: APIClient, body, attr: str):
    api.post(URL, phone())
    before = rows()

    response = api.patch(url_of(PushDevice.objects.get()), body)

    assert response.status_code == 400
    assert [found for found, _ in refusals(response)] == [attr]
    assert rows() == before


def test_a_phone_is_forgotten(api: APIClient):
    api.post(URL, phone())
    device = PushDevice.objects.get()

    response = api.delete(url_of(device))

    assert response.status_code == 204
    assert rows() == []
    assert Tombstone.objects.get().object_id == device.pk
    assert api.get(url_of(device)).status_code == 404


def test_a_phone_cannot_be_replaced(api: APIClient):
    api.post(URL, phone())

    response = api.put(url_of(PushDevice.objects.get()), phone(name="x"))

    assert response.status_code == 405


# --- Whose ---------------------------------------------------------------------------------------


def test_the_list_shows_hers_newest_first(api: APIClient, bens_api: APIClient):
    ids = [api.post(URL, phone(token=f"t{n}")).json()["id"] for n in range(3)]
    bens_api.post(URL, phone(token="bens"))

    response = api.get(URL)

    assert [row["id"] for row in response.json()["results"]] == ids[::-1]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_for_a_stranger_a_phone_does_not_exist(api: APIClient, bens_api: APIClient, method: str):
    api.post(URL, phone())
    before = rows()

    theirs = getattr(bens_api, method)(url_of(PushDevice.objects.get()), {"name": "Ben's"})
    nobodys = getattr(bens_api, method)(f"{URL}{uuid7()}/", {"name": "Ben's"})

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.content == nobodys.content
    assert rows() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("get", "{}/"), ("patch", "{}/"), ("delete", "{}/")],
)
def test_without_a_token_there_is_nobody(
    api: APIClient, anonymous: APIClient, method: str, path: str
):
    api.post(URL, phone())
    before = rows()

    response = getattr(anonymous, method)(URL + path.format(before[0]["id"]), phone(token="two"))

    assert response.status_code == 401
    assert rows() == before


def test_requests_cost_a_constant_number_of_queries(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    for n in range(10):
        api.post(URL, phone(token=f"t{n}"))

    with django_assert_num_queries(2):  # whose token it is, and the page
        api.get(URL)
