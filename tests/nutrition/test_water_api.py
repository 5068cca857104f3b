"""Water over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from nutrition.models import WaterIntake
from tests.factories.nutrition import WaterIntakeFactory
from users.ids import uuid7

pytestmark = pytest.mark.django_db

URL = "/api/v1/water/"


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def test_a_glass_is_logged_now_by_the_persons_clock(api, ana, monkeypatch):
    monkeypatch.setattr(
        timezone, "now", lambda: dt.datetime(2026, 3, 2, 23, 30, 10, tzinfo=dt.UTC)
    )
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()

    response = api.post(URL, {"amount_ml": 250})

    assert response.status_code == 201
    row = response.json()
    assert (row["date"], row["time"], row["amount_ml"]) == ("2026-03-03", "08:30:10", 250)


def test_the_same_glass_is_stored_once(api):
    content = {"id": str(uuid7()), "date": "2026-03-02", "time": "09:00", "amount_ml": 250}

    answers = [api.post(URL, content) for _ in range(2)]
    other = api.post(URL, {**content, "amount_ml": 300})

    assert [answer.status_code for answer in answers] == [201, 200]
    assert (other.status_code, errors(other)) == (409, [("id_taken", None)])
    assert WaterIntake.objects.get().amount_ml == 250


def test_a_glass_is_changed_and_taken_back(api, ana):
    glass = WaterIntakeFactory(user=ana)

    changed = api.patch(f"{URL}{glass.pk}/", {"amount_ml": 300, "id": str(uuid7())})

    assert (changed.json()["id"], changed.json()["amount_ml"]) == (str(glass.pk), 300)
    assert api.get(f"{URL}{glass.pk}/").json()["amount_ml"] == 300
    assert api.delete(f"{URL}{glass.pk}/").status_code == 204
    assert not WaterIntake.objects.exists()


def test_the_list_is_of_the_latest_first_and_narrows(api, ana, django_assert_num_queries):
    late = WaterIntakeFactory(user=ana, time=dt.time(20))
    early = WaterIntakeFactory(user=ana)
    WaterIntakeFactory(user=ana, date=dt.date(2026, 3, 1))

    with django_assert_num_queries(2):
        rows = api.get(URL, {"date": "2026-03-02"}).json()["results"]

    assert [row["id"] for row in rows] == [str(late.pk), str(early.pk)]
    assert len(api.get(URL, {"date_before": "2026-03-01"}).json()["results"]) == 1


@pytest.mark.parametrize("amount", [0, -5, 10_001, 2.5, "much", None])
def test_an_amount_that_nobody_drinks_is_refused(api, amount):
    response = api.post(URL, {"amount_ml": amount})

    assert response.status_code == 400
    assert [attr for _, attr in errors(response)] == ["amount_ml"]
    assert not WaterIntake.objects.exists()


def test_another_persons_glass_does_not_exist(bens_api, anonymous, ana):
    glass = WaterIntakeFactory(user=ana)
    url = f"{URL}{glass.pk}/"

    answers = [
        bens_api.get(url),
        bens_api.patch(url, {"amount_ml": 1}),
        bens_api.delete(url),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert bens_api.get(URL).json()["results"] == []
    assert anonymous.get(URL).status_code == 401
    assert WaterIntake.objects.get().amount_ml == 250
