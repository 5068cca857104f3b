import datetime as dt

import pytest

from tests.factories.wearables import SleepFactory
from tests.wearables.told import DAY, NOW, WATCH, at, garmin, oura, sleep
from wearables.models import SleepData
from wearables.readings import Deletion, StageReading
from wearables.services.ingest import store

pytestmark = pytest.mark.django_db

URL = "/api/v1/sleep/"


def test_a_night_with_its_values_and_its_stages(ana, api, django_assert_num_queries):
    ring = oura(ana)
    stages = (
        StageReading(start=at(-1), end=at(0), stage="light"),
        StageReading(start=at(0), end=at(0, 30), stage="deep"),
    )
    night = sleep(
        duration=437,
        deep_sleep=82,
        light_sleep=246,
        rem_sleep=109,
        awake=27,
        sleep_score=81,
        hrv=58.0,
        hrv_method="rmssd",
        respiratory_rate=14.4,
        stages=stages,
    )
    store(device=ring, readings=[night], now=NOW)
    row = SleepData.objects.get(user=ana)

    with django_assert_num_queries(2):  # who asks, and the sleep
        answer = api.get(f"{URL}{row.pk}/").json()

    assert answer == {
        "id": str(row.pk),
        "device": str(ring.pk),
        "source_name": "",
        "date": "2026-03-02",
        "sleep_start": "2026-03-01T23:00:00Z",
        "sleep_end": "2026-03-02T07:00:00Z",
        "duration": 437,
        "deep_sleep": 82,
        "light_sleep": 246,
        "rem_sleep": 109,
        "awake": 27,
        "sleep_score": 81,
        "score_source": "oura",
        "hrv": 58.0,
        "hrv_method": "rmssd",
        "respiratory_rate": 14.4,
        "role": "main",
        "reason": "Oura: the night's sleep",
        "is_final": True,
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": row.updated_at.isoformat().replace("+00:00", "Z"),
        "stages": [
            {"start": 0, "duration": 3600, "stage": "light"},
            {"start": 3600, "duration": 1800, "stage": "deep"},
        ],
    }


def test_duplicates_are_shown_to_whoever_asks_for_them(ana, api, django_assert_num_queries):
    store(device=oura(ana), readings=[sleep("ours"), sleep("nap", start=at(13), hours=1)], now=NOW)
    store(device=garmin(ana), readings=[sleep("theirs", source=WATCH, hours=7)], now=NOW)
    ids = {row.external_id: str(row.pk) for row in SleepData.objects.all()}

    with django_assert_num_queries(2):  # who asks, and the page
        usual = api.get(URL).json()["results"]
    duplicates = api.get(URL, {"role": "duplicate"}).json()["results"]

    assert [row["id"] for row in usual] == [ids["nap"], ids["ours"]]
    assert "stages" not in usual[0]
    assert [row["id"] for row in duplicates] == [ids["theirs"]]
    assert api.get(f"{URL}{ids['theirs']}/").json()["role"] == "duplicate"


def test_nights_between_two_dates_come_latest_first(ana, api):
    ring = oura(ana)
    for number in range(4):
        SleepFactory(device=ring, date=DAY + dt.timedelta(days=number))

    page = api.get(URL, {"date_after": "2026-03-03", "date_before": "2026-03-04", "page_size": 1})
    rest = api.get(page.json()["next"])

    assert [row["date"] for row in page.json()["results"]] == ["2026-03-04"]
    assert [row["date"] for row in rest.json()["results"]] == ["2026-03-03"]


def test_what_its_source_has_deleted_is_gone_for_the_person_and_their_phones(ana, api):
    ring = oura(ana)
    store(device=ring, readings=[sleep()], now=NOW)
    row = SleepData.objects.get(user=ana)
    cursor = api.get("/api/v1/sync/").json()["cursor"]

    store(device=ring, readings=[Deletion(kind="sleep", external_id="night")], now=NOW)

    assert api.get(URL).json()["results"] == []
    assert api.get(f"{URL}{row.pk}/").status_code == 404
    changes = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]
    assert [(one["id"], one["deleted"]) for one in changes] == [(str(row.pk), True)]


@pytest.mark.parametrize(
    ("query", "attr"), [({"role": "dream"}, "role"), ({"date_before": "x"}, "date_before")]
)
def test_what_is_not_understood_is_named(api, query, attr):
    answer = api.get(URL, query)

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


def test_the_sleep_of_others_is_not_there(ana, bens_api):
    row = SleepFactory(device=oura(ana))

    assert bens_api.get(f"{URL}{row.pk}/").status_code == 404
    assert bens_api.get(URL).json()["results"] == []


def test_nobody_sees_sleep_without_signing_in(ana, anonymous):
    row = SleepFactory(device=oura(ana))

    assert anonymous.get(URL).status_code == 401
    assert anonymous.get(f"{URL}{row.pk}/").status_code == 401


def test_phones_hear_of_a_night(ana, api):
    cursor = api.get("/api/v1/sync/").json()["cursor"]

    store(device=oura(ana), readings=[sleep()], now=NOW)

    changes = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]
    nights = [one["data"] for one in changes if one["resource"] == "wearables.sleepdata"]
    assert nights == api.get(URL).json()["results"]
