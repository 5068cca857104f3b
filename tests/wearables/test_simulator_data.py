"""The simulated makers: what they say of days and nights, in which portions."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.people import STAGES, Sleep
from tests.simulator.running import Simulator, running_simulator

SUNDAY = "2026-03-01T12:00:00+00:00"
OURA = "/oura/api/v2/usercollection"
WHOOP = "/whoop/api/v2"
GOOGLE = "/fitbit/api/v4/users/me/dataTypes"
GARMIN = "/garmin/api/wellness-api/rest"
PERSONAL = "/garmin/personal"
POLAR = "/polar/api/v3"
KEY = f"{PERSONAL}/personalapitoken-service/personal-api/personal-api-key/token"
MIDNIGHT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture(name="simulator")
def fixture_simulator() -> Iterator[Simulator]:
    with running_simulator() as simulator:
        simulator.control("clock", {"now": SUNDAY})
        yield simulator


def token(simulator: Simulator, slug: str) -> str:
    """A token that opens everything of a maker."""
    if slug == "personal":
        headers = {"Authorization": "ApiKey sim-ana-personal-key"}
        return simulator.request("POST", KEY, headers=headers).body.decode()
    said = simulator.connect(slug)["access_token"]
    if slug == "polar":
        post(simulator, f"{POLAR}/users", said, {"member-id": "us"})
    return said


def post(simulator: Simulator, path: str, bearer: str, body: dict):
    headers = {"Authorization": f"Bearer {bearer}"}
    return simulator.request("POST", path, headers=headers, json_body=body)


def roll_up(simulator: Simulator, bearer: str, kind: str, first: dt.date, days: int):
    start, end = (
        {"date": {"year": on.year, "month": on.month, "day": on.day}}
        for on in (first, first + dt.timedelta(days=days))
    )
    body = {"range": {"start": start, "end": end}, "windowSizeDays": 1}
    return post(simulator, f"{GOOGLE}/{kind}/dataPoints:dailyRollUp", bearer, body)


# --- Portions ----------------------------------------------------------------------------------


def oura_sleeps(simulator: Simulator) -> Iterator[list[str]]:
    bearer = token(simulator, "oura")
    query = {"start_date": "2025-11-01", "end_date": "2026-03-01"}
    while True:
        page = simulator.get(f"{OURA}/sleep", bearer, **query).json()
        yield [row["id"] for row in page["data"] if row["type"] != "rest"]
        if page["next_token"] is None:
            return
        query["next_token"] = page["next_token"]


def whoop_sleeps(simulator: Simulator) -> Iterator[list[str]]:
    bearer = token(simulator, "whoop")
    query = {"limit": "25", "start": "2025-10-01T00:00:00Z"}
    while True:
        page = simulator.get(f"{WHOOP}/activity/sleep", bearer, **query).json()
        yield [row["id"] for row in page["records"]]
        if not page["next_token"]:
            return
        query["nextToken"] = page["next_token"]


def google_sleeps(simulator: Simulator) -> Iterator[list[str]]:
    bearer = token(simulator, "fitbit")
    query = {"filter": 'sleep.interval.civil_end_time >= "2025-10-01T00:00:00"'}
    while True:
        page = simulator.get(f"{GOOGLE}/sleep/dataPoints", bearer, **query).json()
        yield [row["name"].rpartition("/")[2] for row in page["dataPoints"]]
        if not page["nextPageToken"]:
            return
        query["pageToken"] = page["nextPageToken"]


@pytest.mark.parametrize(
    ("slug", "pages", "most"),
    [("oura", oura_sleeps, 20), ("whoop", whoop_sleeps, 25), ("fitbit", google_sleeps, 25)],
)
def test_the_pages_have_each_sleep_once(simulator, slug, pages, most):
    world, ana = simulator.world, simulator.world.person("sim-ana")
    slept = world.sleeps(ana, ana.first_day, world.today(ana))

    found = list(pages(simulator))

    names = [name for page in found for name in page]
    assert len(found) > 4
    assert max(map(len, found)) <= most
    assert sorted(names) == sorted(world.uuid(slug, ana, sleep.key) for sleep in slept)


@pytest.mark.parametrize(
    ("kind", "longest"),
    [("steps", 90), ("distance", 90), ("total-calories", 14), ("active-minutes", 14)],
)
def test_google_sums_up_so_many_days_and_no_more(simulator, kind, longest):
    bearer, first = token(simulator, "fitbit"), dt.date(2025, 12, 1)

    replies = [roll_up(simulator, bearer, kind, first, longest + more) for more in (0, 1)]

    assert [reply.status for reply in replies] == [200, 400]
    reason = replies[1].json()["error"]["details"][0]["reason"]
    assert reason == "INVALID_ROLLUP_QUERY_DURATION"


@pytest.mark.parametrize(
    ("slug", "path", "statuses"),
    [
        ("whoop", f"{WHOOP}/cycle?limit={{}}", {25: 200, 26: 400}),
        (
            "personal",
            f"{PERSONAL}/sleep-service/sleep/dailySleepSummariesByDate?startDate=2026-01-01"
            "&endDate=2026-{}",
            {"01-31": 200, "02-01": 400},
        ),
        (
            "personal",
            f"{PERSONAL}/usersummary-service/v2/dailysummaries?startDate=2025-02-01"
            "&endDate=2026-{}",
            {"01-31": 200, "02-01": 400},
        ),
        (
            "personal",
            f"{PERSONAL}/usersummary-service/stats/steps/daily/2026-01-01/2026-01-{{}}",
            {28: 200, 29: 400},
        ),
        (
            "polar",
            f"{POLAR}/users/activities?from=2026-02-01&to=2026-{{}}",
            {"02-28": 200, "03-01": 400},
        ),
        (
            "oura",
            f"{OURA}/heartrate?start_datetime=2026-01-01T00:00:00Z&end_datetime=2026-01-31T{{}}Z",
            {"00:00:00": 200, "00:00:01": 400},
        ),
    ],
)
def test_what_is_too_much_at_once_is_refused(simulator, slug, path, statuses):
    bearer = token(simulator, slug)

    answered = {each: simulator.get(path.format(each), bearer).status for each in statuses}

    assert answered == statuses


def test_google_filters_sleep_by_its_end_alone(simulator):
    bearer = token(simulator, "fitbit")
    wanted = 'sleep.interval.civil_{}_time >= "2026-02-28T00:00:00"'

    replies = [
        simulator.get(f"{GOOGLE}/sleep/dataPoints", bearer, filter=wanted.format(edge))
        for edge in ("end", "start")
    ]

    assert [reply.status for reply in replies] == [200, 400]
    assert len(replies[0].json()["dataPoints"]) == 2


# --- Days --------------------------------------------------------------------------------------


def days_of_everybody(simulator: Simulator, on: str) -> dict[str, int | str | None]:
    """How many steps each maker says, of a day; None where it says nothing of it."""
    following = str(dt.date.fromisoformat(on) + dt.timedelta(days=1))
    oura = simulator.get(
        f"{OURA}/daily_activity", token(simulator, "oura"), start_date=on, end_date=on
    ).json()["data"]
    google = roll_up(
        simulator, token(simulator, "fitbit"), "steps", dt.date.fromisoformat(on), 1
    ).json()["rollupDataPoints"]
    garmin = simulator.get(
        f"{PERSONAL}/usersummary-service/v2/dailysummaries",
        token(simulator, "personal"),
        startDate=on,
        endDate=following,
    ).json()["data"]
    polar = simulator.get(f"{POLAR}/users/activities/{on}", token(simulator, "polar"))
    return {
        "oura": oura[0]["steps"] if oura else None,
        "google": google[0]["steps"]["countSum"] if google else None,
        "garmin": next(
            (row["movement"].get("totalSteps") for row in garmin if row["calendarDate"] == on),
            None,
        ),
        "polar": polar.json()["steps"] if polar.status == 200 else None,
    }


def test_an_edited_number_is_said_by_all_and_a_zero_is_a_zero(simulator):
    simulator.control("day", {"date": "2026-02-27", "steps": 0})

    said = days_of_everybody(simulator, "2026-02-27")

    assert said == {"oura": 0, "google": "0", "garmin": 0, "polar": 0}


def test_a_day_that_was_not_worn_is_missing(simulator):
    simulator.control("day", {"date": "2026-02-27", "absent": True})

    said = days_of_everybody(simulator, "2026-02-27")

    assert said == dict.fromkeys(("oura", "google", "garmin", "polar"))


def test_who_never_wore_anything_has_no_data(simulator):
    simulator.control("people", {"id": "sim-ana", "timezone": "Europe/Berlin", "days": 0})
    bearer = token(simulator, "oura")

    answers = [
        simulator.get(f"{OURA}/{kind}", bearer).json()["data"]
        for kind in ("daily_activity", "sleep", "heartrate")
    ]

    assert answers == [[], [], []]


def test_the_same_seed_lives_the_same_days_and_another_seed_others():
    days = []
    for seed in (7, 7, 8):
        with running_simulator(seed) as simulator:
            days.append(simulator.control("day?date=2026-02-27")["steps"])

    assert days[0] == days[1]
    assert days[0] != days[2]


def test_today_grows_until_the_evening(simulator):
    whole = simulator.control("day?date=2026-03-01")["steps"]
    bearer = token(simulator, "oura")
    steps = []

    for clock in ("05:30", "14:00", "22:30"):
        simulator.control("clock", {"now": f"2026-03-01T{clock}:00+00:00"})
        said = simulator.get(
            f"{OURA}/daily_activity", bearer, start_date="2026-03-01", end_date="2026-03-01"
        )
        steps.append(said.json()["data"][0]["steps"])

    # Europe/Berlin is awake from seven to eleven; a ring sees a little less than there was.
    seen = round(whole * 0.95)
    assert steps == [0, round(seen * 0.5), seen]


def test_google_lists_what_every_device_saw_and_reconciles_it(simulator):
    simulator.control("day", {"date": "2026-02-27", "steps": 6400})
    bearer = token(simulator, "fitbit")
    wanted = " AND ".join(
        f'steps.interval.civil_start_time {sign} "2026-02-{day}T00:00:00"'
        for sign, day in ((">=", 27), ("<", 28))
    )
    query = urlencode({"filter": wanted})

    listed, merged = (
        simulator.get(f"{GOOGLE}/steps/{call}?{query}", bearer).json()["dataPoints"]
        for call in ("dataPoints", "dataPoints:reconcile")
    )

    assert {point["dataSource"]["device"]["formFactor"] for point in listed} == {
        "FITNESS_BAND",
        "PHONE",
    }
    assert sum(int(point["steps"]["count"]) for point in merged) == 6400
    assert not any("dataSource" in point for point in merged)


# --- Nights ------------------------------------------------------------------------------------


@given(
    st.fixed_dictionaries({stage: st.integers(0, 30_000) for stage in STAGES}).filter(
        lambda seconds: sum(seconds.values()) > 0
    )
)
def test_the_stages_of_a_night_follow_each_other_and_add_up(seconds):
    sleep = Sleep("night", MIDNIGHT, seconds, MIDNIGHT)

    spans = list(sleep.hypnogram())

    lengths = dict.fromkeys(STAGES, 0.0)
    for stage, start, end in spans:
        lengths[stage] += (end - start).total_seconds()
    assert lengths == seconds
    assert [span[1] for span in spans] == [sleep.start, *(span[2] for span in spans[:-1])]
    assert spans[-1][2] == sleep.end


def test_a_moved_start_leaves_the_name(simulator):
    bearer = token(simulator, "oura")
    query = {"start_date": "2026-02-27", "end_date": "2026-02-27"}
    before = simulator.get(f"{OURA}/sleep", bearer, **query).json()["data"][0]
    moved = "2026-02-26T22:00:00+01:00"

    simulator.control("sleep", {"date": "2026-02-27", "start": moved})

    after = simulator.get(f"{OURA}/sleep/{before['id']}", bearer).json()
    assert after["bedtime_start"] == "2026-02-26T22:00:00.000+01:00"
    assert after["bedtime_end"] == before["bedtime_end"]
    assert after["sleep_analysis_reason"] == "bedtime_edit"


def test_a_deleted_sleep_is_deleted_in_the_list_and_not_found_by_its_name(simulator):
    oura, whoop = token(simulator, "oura"), token(simulator, "whoop")
    gone = simulator.control("sleep?date=2026-02-27", method="DELETE")["ids"]
    query = {"start_date": "2026-02-27", "end_date": "2026-02-27"}

    listed = simulator.get(f"{OURA}/sleep", oura, **query).json()["data"]

    assert [row["type"] for row in listed if row["id"] == gone["oura"]] == ["deleted"]
    assert simulator.get(f"{OURA}/sleep/{gone['oura']}", oura).status == 404
    assert simulator.get(f"{WHOOP}/activity/sleep/{gone['whoop']}", whoop).status == 404


def test_the_night_of_the_clock_change_has_two_offsets(simulator):
    simulator.control("clock", {"now": "2026-10-25T12:00:00+00:00"})
    night = {"start": "2026-10-24T23:00:00+02:00", "end": "2026-10-25T07:00:00+01:00"}
    simulator.control("sleep", {"date": "2026-10-25", **night})
    bearer = token(simulator, "fitbit")

    said = simulator.get(
        f"{GOOGLE}/sleep/dataPoints",
        bearer,
        filter='sleep.interval.civil_end_time >= "2026-10-25T00:00:00"',
    ).json()["dataPoints"][0]["sleep"]

    assert said["interval"]["startUtcOffset"] == "7200s"
    assert said["interval"]["endUtcOffset"] == "3600s"
    assert said["interval"]["civilEndTime"]["time"] == {"hours": 7}
    assert said["summary"]["minutesInSleepPeriod"] == "540"


def test_a_traveller_wakes_up_where_they_are(simulator):
    travels = [{"from": "2026-02-20", "timezone": "Asia/Tokyo"}]
    simulator.control("people", {"id": "sim-ana", "timezone": "Europe/Berlin", "travels": travels})
    bearer = token(simulator, "whoop")
    query = {"start": "2026-02-17T12:00:00Z", "end": "2026-02-22T12:00:00Z", "limit": "25"}

    records = simulator.get(f"{WHOOP}/activity/sleep", bearer, **query).json()["records"]

    offsets = [row["timezone_offset"] for row in records if not row["nap"]]
    assert offsets == sorted(offsets, reverse=True)
    assert set(offsets) == {"+09:00", "+01:00"}


def test_a_score_may_wait_and_then_come(simulator):
    bearer = token(simulator, "whoop")
    simulator.control("scenario", {"provider": "whoop", "kind": "pending_score"})
    path = f"{WHOOP}/activity/sleep?limit=1"

    waiting = simulator.get(path, bearer).json()["records"][0]
    simulator.control("scenario?kind=pending_score", method="DELETE")
    scored = simulator.get(path, bearer).json()["records"][0]

    assert (waiting["score_state"], "score" in waiting) == ("PENDING_SCORE", False)
    assert (scored["score_state"], "score" in scored) == ("SCORED", True)
    assert waiting["id"] == scored["id"]


@pytest.mark.parametrize(
    ("kind", "more", "fewer"),
    [("extra_fields", {"added_in_2027"}, set()), ("missing_fields", set(), {"average_hrv"})],
)
def test_a_maker_may_say_more_or_less_than_usual(simulator, kind, more, fewer):
    bearer = token(simulator, "oura")
    usual = simulator.get(f"{OURA}/sleep", bearer).json()["data"][0]
    simulator.control("scenario", {"provider": "oura", "kind": kind})

    said = simulator.get(f"{OURA}/sleep", bearer).json()["data"][0]

    assert set(said) - set(usual) == more
    assert fewer <= set(usual) - set(said)
    assert {"id", "day", "bedtime_start", "bedtime_end", "type"} <= set(said)


# --- Manners -----------------------------------------------------------------------------------


def test_garmin_is_not_to_be_polled(simulator):
    bearer = token(simulator, "garmin")

    replies = [simulator.get(f"{GARMIN}/{path}", bearer) for path in ("dailies", "user/id")]

    assert [reply.status for reply in replies] == [403, 200]


def test_a_backfill_of_garmin_is_promised_once_to_who_may_have_it(simulator):
    end = int(dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp())
    window = f"summaryStartTimeInSeconds={end - 29 * 86_400}&summaryEndTimeInSeconds={end}"
    shy = token(simulator, "garmin")
    permissions = "HEALTH_EXPORT HISTORICAL_DATA_EXPORT"
    open_ = simulator.connect("garmin", grant=permissions)["access_token"]

    asked = [(shy, "dailies"), (open_, "dailies"), (open_, "dailies"), (open_, "activities")]
    statuses = [
        simulator.get(f"{GARMIN}/backfill/{kind}?{window}", bearer).status
        for bearer, kind in asked
    ]

    assert statuses == [403, 202, 409, 403]


def test_polar_reads_nobody_before_they_are_registered(simulator):
    bearer = simulator.connect("polar")["access_token"]
    path = f"{POLAR}/users/sleep"

    before = simulator.get(path, bearer).status
    registered = [
        post(simulator, f"{POLAR}/users", bearer, {"member-id": "us"}).status for _ in range(2)
    ]

    assert (before, registered) == (403, [200, 409])
    assert simulator.get(path, bearer).status == 200


def test_polar_has_only_the_exercises_after_the_registration(simulator):
    bearer = token(simulator, "polar")
    before = simulator.get(f"{POLAR}/exercises", bearer).json()

    simulator.control("clock", {"now": "2026-03-02T20:00:00+00:00"})
    simulator.control("workout", {"date": "2026-03-02", "sport": "running", "kcal": 512})

    after = simulator.get(f"{POLAR}/exercises", bearer).json()
    assert before == []
    assert [row["calories"] for row in after if row["start_time"] >= "2026-03-02"] == [512]
