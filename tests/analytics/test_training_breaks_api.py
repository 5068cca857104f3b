"""Days off over HTTP."""

import datetime as dt
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from analytics.models import TrainingBreak
from tests.factories.analytics import TrainingBreakFactory
from users.localtime import reading_of
from users.models import Tombstone, User

pytestmark = pytest.mark.django_db

URL = "/api/v1/training-breaks/"
MONDAY = dt.date(2026, 3, 2)


def test_a_break_is_taken_with_its_reason(api: APIClient, ana: User) -> None:
    body = {
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-09",
        "reason": "illness",
        "notes": "Flu",
    }

    answer = api.post(URL, body, format="json")

    assert answer.status_code == 201
    assert {name: answer.data[name] for name in body} == body
    assert TrainingBreak.objects.get(user=ana).pk == TrainingBreak.objects.get().pk


def test_a_break_begins_today_and_lasts_unless_it_says_otherwise(
    api: APIClient, ana: User
) -> None:
    ana.profile.timezone = "Pacific/Kiritimati"
    ana.profile.save()

    answer = api.post(URL, {}, format="json")

    found = TrainingBreak.objects.get()
    assert answer.data["starts_on"] == str(reading_of(found.created_at, ana.profile.timezone))[:10]
    assert (found.ends_on, found.reason) == (None, "rest")


@pytest.mark.parametrize("with_id", [True, False])
def test_a_repeated_request_takes_one_break(api: APIClient, *, with_id: bool) -> None:
    body = {"starts_on": "2026-03-02", **({"id": str(uuid4())} if with_id else {})}

    answers = [
        api.post(URL, body, format="json", headers={"Idempotency-Key": "once"}) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].data == answers[1].data
    assert TrainingBreak.objects.count() == 1


def test_a_second_break_without_an_end_is_a_conflict(api: APIClient, ana: User) -> None:
    TrainingBreakFactory(user=ana, ends_on=None)

    answer = api.post(URL, {"starts_on": "2026-04-02"}, format="json")

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["detail"] == "You are on a break already."
    assert TrainingBreak.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"starts_on": "2026-03-02", "ends_on": "2026-03-02"}, "ends_on"),
        ({"starts_on": "1969-12-31"}, "starts_on"),
        ({"starts_on": "20260302"}, "starts_on"),
        ({"starts_on": "2026-03-02", "reason": "holiday"}, "reason"),
        ({"starts_on": "2026-03-02", "notes": "x" * 201}, "notes"),
    ],
)
def test_a_break_that_makes_no_sense_is_refused(
    api: APIClient, body: dict[str, str], attr: str
) -> None:
    answer = api.post(URL, body, format="json")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not TrainingBreak.objects.exists()


def test_a_break_ends(api: APIClient, ana: User) -> None:
    found = TrainingBreakFactory(user=ana, ends_on=None)

    answer = api.patch(f"{URL}{found.pk}/", {"ends_on": "2026-03-05"}, format="json")

    assert answer.status_code == 200
    stored = TrainingBreak.objects.get()
    assert (stored.starts_on, stored.ends_on) == (MONDAY, dt.date(2026, 3, 5))
    assert stored.revision > found.revision


def test_a_break_does_not_end_before_it_starts(api: APIClient, ana: User) -> None:
    found = TrainingBreakFactory(user=ana)

    answer = api.patch(f"{URL}{found.pk}/", {"ends_on": "2026-03-01"}, format="json")

    assert answer.status_code == 400
    assert TrainingBreak.objects.get().ends_on == found.ends_on


def test_a_break_is_deleted_with_a_tombstone(api: APIClient, ana: User) -> None:
    found = TrainingBreakFactory(user=ana)

    answer = api.delete(f"{URL}{found.pk}/")

    assert answer.status_code == 204
    assert not TrainingBreak.objects.exists()
    assert Tombstone.objects.get(resource="analytics.trainingbreak").object_id == found.pk


def test_breaks_come_latest_first_and_narrowed(api: APIClient, ana: User) -> None:
    for start in (MONDAY, dt.date(2026, 5, 4), dt.date(2026, 4, 6)):
        TrainingBreakFactory(user=ana, starts_on=start)

    everything = api.get(URL)
    some = api.get(URL, {"date_after": "2026-04-06", "date_before": "2026-05-03"})

    days = [row["starts_on"] for row in everything.data["results"]]
    assert days == ["2026-05-04", "2026-04-06", "2026-03-02"]
    assert [row["starts_on"] for row in some.data["results"]] == ["2026-04-06"]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_another_persons_break_is_not_there(bens_api: APIClient, ana: User, method: str) -> None:
    found = TrainingBreakFactory(user=ana)

    answer = getattr(bens_api, method)(f"{URL}{found.pk}/", {"notes": "mine"}, format="json")

    assert answer.status_code == 404
    assert bens_api.get(URL).data["results"] == []
    assert TrainingBreak.objects.get().notes == ""


def test_strangers_see_nothing(anonymous: APIClient) -> None:
    assert anonymous.get(URL).status_code == 401
