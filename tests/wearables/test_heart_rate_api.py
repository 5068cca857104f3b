import pytest

from tests.wearables.told import NOW, WATCH, at, garmin, rates
from users.models import User
from wearables.models import WearableDevice
from wearables.services.ingest import store

pytestmark = pytest.mark.django_db

URL = "/api/v1/heart-rate/"
DAY = {"from": "2026-03-02", "to": "2026-03-02"}


@pytest.fixture
def watch(ana: User) -> WearableDevice:
    """Two samples in one minute, and one in another hour."""
    device = garmin(ana)
    told = rates((at(9, 0, 15), 60), (at(9, 0, 45), 71), (at(10, 5), 80), source=WATCH)
    store(device=device, readings=[told], now=NOW)
    return device


def test_samples_as_they_are(api, watch):
    answer = api.get(URL, {**DAY, "resolution": "raw"}).json()

    assert answer == {
        "from": "2026-03-02T00:00:00Z",
        "to": "2026-03-03T00:00:00Z",
        "resolution": "raw",
        "results": [
            {"at": "2026-03-02T09:00:15Z", "bpm": 60, "source": str(watch.pk)},
            {"at": "2026-03-02T09:00:45Z", "bpm": 71, "source": str(watch.pk)},
            {"at": "2026-03-02T10:05:00Z", "bpm": 80, "source": str(watch.pk)},
        ],
    }


@pytest.mark.parametrize(
    ("resolution", "starts"),
    [
        ("minute", ["2026-03-02T09:00:00Z", "2026-03-02T10:05:00Z"]),
        ("hour", ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z"]),
    ],
)
def test_by_the_minute_and_by_the_hour(api, watch, resolution, starts):
    answer = api.get(URL, {**DAY, "resolution": resolution}).json()

    assert answer["results"] == [
        {"start": starts[0], "min": 60, "avg": 65.5, "max": 71, "count": 2},
        {"start": starts[1], "min": 80, "avg": 80.0, "max": 80, "count": 1},
    ]


def test_by_the_persons_own_day(ana, api, watch):
    ana.profile.timezone = "Pacific/Auckland"  # 13 hours ahead
    ana.profile.save()

    answer = api.get(URL, {"from": "2026-03-02", "to": "2026-03-03", "resolution": "day"}).json()

    assert (answer["from"], answer["to"]) == ("2026-03-01T11:00:00Z", "2026-03-03T11:00:00Z")
    assert answer["results"] == [
        {"start": "2026-03-01T11:00:00Z", "min": 60, "avg": 70.3, "max": 80, "count": 3}
    ]


def test_instants_bound_it_half_open(api, watch):
    span = {"from": "2026-03-02T10:00:45+01:00", "to": "2026-03-02T10:05:00Z"}

    answer = api.get(URL, {**span, "resolution": "raw"}).json()

    assert [row["bpm"] for row in answer["results"]] == [71]


def test_minutes_up_to_now_are_usual(api):
    answer = api.get(URL, {"from": "2199-01-01"})

    assert answer.status_code == 400
    assert api.get(URL, DAY).json()["resolution"] == "minute"


@pytest.mark.parametrize("resolution", ["raw", "minute", "hour", "day"])
def test_it_takes_two_queries_and_the_look_at_who_asks(
    api, watch, resolution, django_assert_num_queries
):
    with django_assert_num_queries(3):
        api.get(URL, {**DAY, "resolution": resolution})


@pytest.mark.parametrize(
    ("resolution", "last"),
    [
        ("raw", "2026-03-03"),
        ("minute", "2026-03-15"),
        ("hour", "2026-06-09"),
        ("day", "2028-05-09"),
    ],
)
def test_each_resolution_has_its_longest_stretch(ana, api, resolution, last):
    ana.profile.timezone = "Europe/Vienna"
    ana.profile.save()
    year, month, day = map(int, last.split("-"))

    longest = api.get(URL, {"from": "2026-03-02", "to": last, "resolution": resolution})
    longer = api.get(
        URL,
        {
            "from": "2026-03-02",
            "to": f"{year}-{month:02}-{day + 1:02}",
            "resolution": resolution,
        },
    )

    assert (longest.status_code, longer.status_code) == (200, 400)
    assert [(one["attr"], one["code"]) for one in longer.json()["errors"]] == [
        ("from", "span_too_long")
    ]


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({}, "from", "required"),
        ({"from": "yesterday"}, "from", "invalid"),
        ({"from": "2026-02-30"}, "from", "invalid"),
        ({"from": "2026-03-02T10:00:00"}, "from", "invalid"),
        ({"from": "2026-03-02T25:00:00Z"}, "from", "invalid"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from", "out_of_range"),
        ({"from": "9999-12-31", "to": "9999-12-31"}, "from", "out_of_range"),
        ({"from": "2026-03-02", "to": ""}, "to", "invalid"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "from", "out_of_range"),
        ({**DAY, "resolution": "second"}, "resolution", "invalid_choice"),
    ],
)
def test_what_is_not_understood_is_named(api, query, attr, code):
    answer = api.get(URL, query)

    assert answer.status_code == 400
    assert [(one["attr"], one["code"]) for one in answer.json()["errors"]] == [(attr, code)]


def test_a_stranger_sees_nothing_of_it_and_nobody_else_anything(bens_api, anonymous, watch):
    assert bens_api.get(URL, DAY).json()["results"] == []
    assert anonymous.get(URL, DAY).status_code == 401
