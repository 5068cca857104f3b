"""Creates that a phone on a bad line repeats: one row, however often and from wherever."""

from typing import Any

import pytest
from django.db import IntegrityError
from rest_framework import mixins
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate
from rest_framework.viewsets import GenericViewSet

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.races import at_once
from users.api.owned import CreateOnceMixin
from users.api.serializers import PushDeviceSerializer
from users.ids import uuid7
from users.models import IdempotencyKey, Notification, PushDevice, User
from users.services import creation
from workouts.models import Exercise, Workout, WorkoutSet

DEVICES = "/api/v1/users/me/devices/"
EXERCISES = "/api/v1/exercises/"
WORKOUTS = "/api/v1/workouts/"
pytestmark = pytest.mark.django_db


def phone(**changes) -> dict[str, Any]:
    return {"platform": "fcm", "token": "one", "name": "Ana's phone", **changes}


def press(**changes) -> dict[str, Any]:
    return {"name": "Ana's press", "muscle_group": "chest", **changes}


def push_day(**changes) -> dict[str, Any]:
    return {"name": "Push day", "date": "2026-03-02", "start_time": "18:00:00", **changes}


creates = pytest.mark.parametrize(
    ("url", "model", "body"),
    [
        pytest.param(DEVICES, PushDevice, phone, id="devices"),
        pytest.param(EXERCISES, Exercise, press, id="exercises"),
        pytest.param(WORKOUTS, Workout, push_day, id="workouts"),
    ],
)


def refusals(response) -> list[tuple[str | None, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def post(client: APIClient, url: str, body: dict[str, Any], key: str = ""):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(url, body, headers=headers)


def rows(model) -> list[dict[str, Any]]:
    return list(model.objects.order_by("pk").values())


# --- One after the other -------------------------------------------------------------------------


@creates
def test_the_same_id_and_content_answer_the_stored_row(api: APIClient, url: str, model, body):
    content = body(id=str(uuid7()))

    first = post(api, url, content)
    before = rows(model)
    second = post(api, url, dict(reversed(content.items())))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["id"] == content["id"]
    assert rows(model) == before


@creates
def test_the_same_key_and_content_answer_the_stored_row(api: APIClient, url: str, model, body):
    first, second = post(api, url, body(), "a key"), post(api, url, body(), "a key")

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert model.objects.count() == 1
    assert IdempotencyKey.objects.get().object_id == model.objects.get().pk


@creates
def test_the_answer_shows_the_row_as_it_is_by_now(api: APIClient, url: str, model, body):
    content = body(id=str(uuid7()))
    post(api, url, content)
    api.patch(f"{url}{content['id']}/", {"name": "Renamed"})

    again = post(api, url, content)

    assert again.status_code == 200
    assert again.json()["name"] == "Renamed"
    assert model.objects.count() == 1


@creates
def test_the_same_id_with_other_content_is_a_conflict(api: APIClient, url: str, model, body):
    content = body(id=str(uuid7()))
    post(api, url, content)
    before = rows(model)

    response = post(api, url, {**content, "name": "Other"})

    assert response.status_code == 409
    assert refusals(response) == [(None, "id_taken")]
    assert rows(model) == before


@creates
def test_the_same_key_with_other_content_is_refused(api: APIClient, url: str, model, body):
    post(api, url, body(), "a key")
    before = rows(model)

    response = post(api, url, body(name="Other"), "a key")

    assert response.status_code == 422
    assert refusals(response) == [(None, "idempotency_key_reused")]
    assert rows(model) == before
    assert IdempotencyKey.objects.count() == 1


def test_a_key_belongs_to_one_kind_of_create(api: APIClient):
    post(api, EXERCISES, press(), "a key")

    response = post(api, WORKOUTS, push_day(), "a key")

    assert response.status_code == 422
    assert not Workout.objects.exists()


@creates
def test_another_persons_id_is_a_conflict_that_tells_nothing(
    api: APIClient, bens_api: APIClient, url: str, model, body
):
    content = body(id=str(uuid7()), name="Ben's canary")
    post(bens_api, url, content)
    before = rows(model)

    same = post(api, url, {**content, "token": "hers"} if url == DEVICES else content)
    other = post(api, url, body(id=content["id"], name="Hers"))

    assert (same.status_code, other.status_code) == (409, 409)
    assert same.content == other.content
    assert refusals(same) == [(None, "id_taken")]
    assert b"canary" not in same.content
    assert rows(model) == before
    assert api.get(url).json()["results"] == []


@creates
def test_another_persons_key_is_a_key_of_its_own(
    api: APIClient, bens_api: APIClient, url: str, model, body
):
    his = post(bens_api, url, body(), "a key")

    hers = post(api, url, body(name="Hers"), "a key")

    assert (his.status_code, hers.status_code) == (201, 201)
    assert hers.json()["id"] != his.json()["id"]
    assert hers.json()["name"] == "Hers"


@creates
def test_a_late_repetition_does_not_bring_back_what_was_deleted(
    api: APIClient, url: str, model, body
):
    content = body(id=str(uuid7()))
    post(api, url, content)
    by_key = post(api, url, body(name="By key", token="two"), "a key").json()["id"]
    for pk in (content["id"], by_key):
        assert api.delete(f"{url}{pk}/").status_code == 204

    again = post(api, url, content)
    again_by_key = post(api, url, body(name="By key", token="two"), "a key")

    assert (again.status_code, again_by_key.status_code) == (409, 409)
    assert refusals(again) == refusals(again_by_key) == [(None, "deleted")]
    assert rows(model) == []


@creates
def test_an_id_that_another_person_has_deleted_is_free(
    api: APIClient, bens_api: APIClient, url: str, model, body
):
    content = body(id=str(uuid7()))
    post(bens_api, url, content)
    bens_api.delete(f"{url}{content['id']}/")

    response = post(api, url, content)

    assert response.status_code == 201
    assert model.objects.count() == 1


@creates
def test_without_an_id_or_a_key_every_create_is_a_new_one(api: APIClient, url: str, model, body):
    first = post(api, url, body(name="One"))
    second = post(api, url, body(name="Two", token="two"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]
    assert not IdempotencyKey.objects.exists()


def test_an_id_goes_before_a_key(api: APIClient):
    content = push_day(id=str(uuid7()))

    first, second = (post(api, WORKOUTS, content, key) for key in ("one key", "another"))

    assert (first.status_code, second.status_code) == (201, 200)
    assert not IdempotencyKey.objects.exists()


@creates
def test_a_refused_create_keeps_no_key(api: APIClient, url: str, model, body):
    refused = post(api, url, body(name=None), "a key")

    accepted = post(api, url, body(), "a key")

    assert (refused.status_code, accepted.status_code) == (400, 201)
    assert model.objects.count() == 1


def test_a_create_that_fails_late_keeps_no_key(api: APIClient, ana: User):
    body = push_day(sets=[{"exercise": str(uuid7()), "reps": 5}])

    refused = post(api, WORKOUTS, body, "a key")

    assert refused.status_code == 400
    assert (Workout.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    body["sets"][0]["exercise"] = str(ExerciseFactory().pk)
    assert post(api, WORKOUTS, body, "a key").status_code == 201


def test_a_service_that_fails_leaves_neither_key_nor_row(ana: User):
    def fail(object_id, hashed):
        raise IntegrityError

    with pytest.raises(IntegrityError):
        creation.create_once(
            model=Notification,
            user_id=ana.pk,
            content={"text": "x"},
            create=fail,
            idempotency_key="a key",
        )

    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    "key",
    ["x" * 256, "a\x00b", "a\nb", "a\tb", "a\x7fb", "\x1b[31m", "\xa0"],
    ids=["long", "nul", "newline", "tab", "delete", "escape", "no-break-space"],
)
@creates
def test_a_key_that_is_too_long_or_not_printable_is_refused(
    api: APIClient, url: str, model, body, key: str
):
    response = api.post(url, body(), HTTP_IDEMPOTENCY_KEY=key)

    assert response.status_code == 400
    assert [attr for attr, _ in refusals(response)] == ["Idempotency-Key"]
    assert rows(model) == []


@pytest.mark.parametrize("key", ["x" * 255, "é", "{}", "'; DROP TABLE x; --", " "])
def test_any_printable_key_will_do(api: APIClient, key: str):
    first, second = (api.post(WORKOUTS, push_day(), HTTP_IDEMPOTENCY_KEY=key) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert Workout.objects.count() == 1


@pytest.mark.parametrize("id_", ["1", "", "x" * 36, [], {}, None])
@creates
def test_what_is_no_id_is_refused_by_name(api: APIClient, url: str, model, body, id_):
    response = post(api, url, body(id=id_))

    assert response.status_code == 400, response.content
    assert [attr for attr, _ in refusals(response)] == ["id"]
    assert rows(model) == []


@pytest.mark.parametrize("id_", [7, 10**30, True, 1.5])
def test_a_number_is_no_id(api: APIClient, id_):
    response = post(api, DEVICES, phone(id=id_))

    assert response.status_code == 400
    assert refusals(response) == [("id", "invalid")]
    assert not PushDevice.objects.exists()


class RenamingViewSet(CreateOnceMixin, mixins.UpdateModelMixin, GenericViewSet[PushDevice]):
    """The plainest viewset that creates once and changes."""

    queryset = PushDevice.objects.all()
    serializer_class = PushDeviceSerializer


def test_an_id_is_chosen_once(ana: User):
    device, other = (
        PushDevice.objects.create(user=ana, platform="fcm", token=token) for token in "ab"
    )
    request = APIRequestFactory().patch("/", {"id": str(other.pk), "name": "New"})
    force_authenticate(request, ana)

    response = RenamingViewSet.as_view({"patch": "partial_update"})(request, pk=device.pk)

    assert (response.status_code, response.data["id"]) == (200, str(device.pk))
    assert set(PushDevice.objects.values_list("pk", "name")) == {
        (device.pk, "New"),
        (other.pk, ""),
    }


def test_keys_are_forgotten_after_their_time(api: APIClient):
    post(api, WORKOUTS, push_day(), "old")
    old = IdempotencyKey.objects.get()
    post(api, WORKOUTS, push_day(), "new")
    new = IdempotencyKey.objects.exclude(pk=old.pk).get()

    count = creation.remove_old_keys(before=new.created_at)

    assert count == 1
    assert IdempotencyKey.objects.get() == new


@pytest.mark.parametrize("url", [DEVICES, EXERCISES, WORKOUTS])
def test_without_a_token_nothing_is_created(anonymous: APIClient, url: str):
    response = post(anonymous, url, phone(id=str(uuid7())), "a key")

    assert response.status_code == 401
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1.5}, False),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ({"a": None}, {}, False),
        ({"a": "1"}, {"a": 1}, False),
    ],
)
def test_content_is_the_same_whatever_the_order_of_its_keys(one, other, same):
    assert (creation.content_hash(one) == creation.content_hash(other)) is same


# --- At the same moment --------------------------------------------------------------------------


def stormed(url: str, bodies: list[dict[str, Any]], key: str = "", people: int = 1) -> list[Any]:
    """The answers to all of these, sent at once from as many connections."""
    users = [UserFactory() for _ in range(people)]
    clients = [client_of(users[n % people]) for n in range(len(bodies))]
    return at_once(len(bodies), lambda n: post(clients[n], url, bodies[n], key))


@pytest.mark.django_db(transaction=True)
@creates
def test_sixteen_equal_creates_with_an_id_make_one_row(url: str, model, body):
    answers = stormed(url, [body(id=str(uuid7()))] * 16)

    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert model.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@creates
def test_sixteen_equal_creates_with_a_key_make_one_row(url: str, model, body):
    answers = stormed(url, [body()] * 16, key="a key")

    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert model.objects.count() == IdempotencyKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_workout_that_is_sent_sixteen_times_has_its_sets_once():
    exercise = str(ExerciseFactory().pk)
    sets = [{"exercise": exercise, "reps": 5, "weight": 100.0}] * 3

    answers = stormed(WORKOUTS, [push_day(id=str(uuid7()), sets=sets)] * 16)

    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [201]
    assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_of_sixteen_contents_with_one_key_one_is_stored():
    answers = stormed(WORKOUTS, [push_day(name=f"Day {n}") for n in range(16)], key="a key")

    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 15
    [created] = [answer.json()["name"] for answer in answers if answer.status_code == 201]
    assert Workout.objects.get().name == created


@pytest.mark.django_db(transaction=True)
@creates
def test_of_eight_people_with_one_id_one_has_it(url: str, model, body):
    object_id = str(uuid7())
    bodies = [body(id=object_id, name=f"{n}", token=f"{n}") for n in range(8)]

    answers = stormed(url, bodies, people=8)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    [created] = [answer.json()["name"] for answer in answers if answer.status_code == 201]
    assert model.objects.get().name == created
