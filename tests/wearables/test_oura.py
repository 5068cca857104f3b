import datetime as dt
import hashlib
import hmac
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wearables.fake_api import NOW, FakeApi, FakeAppApi, in_pages, mutilated, posted
from wearables.providers.base import (
    AlreadyDone,
    Forbidden,
    Forged,
    IncomingWebhook,
    Notice,
    NotThere,
    Provider,
    Subscription,
    Unreadable,
    WebhookKeys,
    Window,
)
from wearables.providers.oura import OURA, OuraProvider
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)

UTC = ZoneInfo("UTC")
RING = Source(kind="ring")
DAY = dt.date(2026, 11, 9)
WEEK = Window(dt.date(2026, 11, 3), DAY)
DOCUMENTS = "/v2/usercollection"
KEYS = WebhookKeys(
    client_id="client", client_secret="client-secret", extras={"webhook_token": "shake"}
)
PROVIDER: Provider = OuraProvider()

ACTIVITY = {
    "id": "a1",
    "day": "2026-11-09",
    "steps": 9876,
    "equivalent_walking_distance": 7450,
    "active_calories": 512,
    "total_calories": 2345,
    "medium_activity_time": 1500,
    "high_activity_time": 630,
    "low_activity_time": 9000,
    "resting_time": 30_000,
    "sedentary_time": 36_000,
    "score": 88,
}
NIGHT = {
    "id": "s1",
    "day": "2026-11-09",
    "type": "long_sleep",
    "bedtime_start": "2026-11-08T23:10:00+01:00",
    "bedtime_end": "2026-11-09T07:00:00+01:00",
    "time_in_bed": 28_200,
    "total_sleep_duration": 25_650,
    "deep_sleep_duration": 5430,
    "light_sleep_duration": 14_400,
    "rem_sleep_duration": 5820,
    "awake_time": 2550,
    "average_hrv": 48,
    "average_breath": 14.25,
    "lowest_heart_rate": 51,
    "sleep_phase_5_min": "4211",
}
NAP = {
    "id": "s2",
    "day": "2026-11-09",
    "type": "late_nap",
    "bedtime_start": "2026-11-09T15:00:00+01:00",
    "bedtime_end": "2026-11-09T15:40:00+01:00",
    "total_sleep_duration": 1800,
    "lowest_heart_rate": 49,
}
WORKOUT = {
    "id": "w1",
    "activity": "running",
    "day": "2026-11-09",
    "start_datetime": "2026-11-09T18:00:00+01:00",
    "end_datetime": "2026-11-09T18:45:30+01:00",
    "calories": 431.6,
    "distance": 7512.5,
    "intensity": "moderate",
    "label": None,
    "source": "confirmed",
}
SCORE = {"id": "d1", "day": "2026-11-09", "score": 82}
HEART_RATE = {"timestamp": "2026-11-09T01:00:00+00:00", "bpm": 55, "source": "sleep"}


def _read(data_type: str, payload: Any) -> tuple[Any, ...]:
    return OURA.read(data_type, payload, timezone=UTC)


def _nights(*sleeps: Any, scores: Any = ()) -> tuple[Any, ...]:
    return _read("sleep", {"sleep": list(sleeps), "daily_sleep": list(scores)})


def _day(**values: Any) -> DayReading:
    (reading,) = _read("daily_activity", {"daily_activity": [{"day": "2026-11-09", **values}]})
    return reading


def _workout(**values: Any) -> WorkoutReading:
    (reading,) = _read("workout", {"workout": [{**WORKOUT, **values}]})
    return reading


# --- Days --------------------------------------------------------------------------------------


def test_a_day_has_medium_and_high_activity_and_an_estimated_distance():
    (reading,) = _read("daily_activity", {"daily_activity": [ACTIVITY]})

    assert reading == DayReading(
        date=DAY,
        source=RING,
        steps=9876,
        distance=7.45,
        active_calories=512,
        total_calories=2345,
        active_minutes=36,  # 35 min 30 s, rounded
        worn_minutes=1286,
        estimated=("distance",),
    )


def test_what_a_day_does_not_tell_is_none_and_what_it_tells_as_0_is_0():
    reading = _day(steps=0, equivalent_walking_distance=0, medium_activity_time=0)

    assert reading == DayReading(
        date=DAY, source=RING, steps=0, distance=0.0, estimated=("distance",)
    )


def test_numbers_may_come_as_text_and_fields_that_nobody_knows():
    reading = _day(steps="9876", active_calories="511.7", total_calories="many", met={"items": []})

    assert reading == DayReading(date=DAY, source=RING, steps=9876, active_calories=512)


# --- Nights ------------------------------------------------------------------------------------


def test_a_night_has_its_score_its_stages_and_the_resting_heart_rate_of_its_day():
    night, day = _nights(NIGHT, scores=[SCORE])

    midnight = dt.datetime(2026, 11, 8, 22, 10, tzinfo=dt.UTC)
    minutes = dt.timedelta(minutes=1)
    assert night == SleepReading(
        external_id="s1",
        source=RING,
        date=DAY,
        start=midnight,
        end=dt.datetime(2026, 11, 9, 6, 0, tzinfo=dt.UTC),
        duration=428,  # 427 min 30 s
        deep_sleep=90,
        light_sleep=240,
        rem_sleep=97,
        awake=42,
        sleep_score=82,
        hrv=48.0,
        hrv_method="rmssd",
        respiratory_rate=14.25,
        is_nap=False,
        stages=(
            StageReading(start=midnight, end=midnight + 5 * minutes, stage="awake"),
            StageReading(start=midnight + 5 * minutes, end=midnight + 10 * minutes, stage="light"),
            StageReading(start=midnight + 10 * minutes, end=midnight + 20 * minutes, stage="deep"),
        ),
    )
    assert day == DayReading(
        date=DAY, source=RING, resting_heart_rate=51, estimated=("resting_heart_rate",)
    )


def test_of_two_sleeps_and_a_nap_the_longest_has_the_score_of_the_day():
    short = {**NIGHT, "id": "s0", "total_sleep_duration": 12_000, "lowest_heart_rate": 60}

    readings = _nights(short, NAP, NIGHT, scores=[SCORE])

    sleeps = [one for one in readings if isinstance(one, SleepReading)]
    days = [one for one in readings if isinstance(one, DayReading)]
    assert [(one.external_id, one.is_nap, one.sleep_score) for one in sleeps] == [
        ("s0", False, None),
        ("s2", True, None),
        ("s1", False, 82),
    ]
    assert [one.resting_heart_rate for one in days] == [51]


@pytest.mark.parametrize(
    ("type_", "is_nap"),
    [("long_sleep", False), ("late_nap", True), ("sleep", True), ("siesta", None), (None, None)],
)
def test_whether_it_is_a_nap_goes_by_its_type(type_, is_nap):
    (sleep, *_) = _nights({**NIGHT, "type": type_})

    assert sleep.is_nap is is_nap


@pytest.mark.parametrize("type_", ["deleted", "rest"])
def test_what_is_no_sleep_any_more_is_removed(type_):
    readings = _nights({"id": "s1", "type": type_}, scores=[SCORE])

    assert readings == (Deletion(kind="sleep", external_id="s1"),)


def test_a_sleep_that_is_told_again_with_another_start_keeps_its_id():
    moved = {
        **NIGHT,
        "bedtime_start": "2026-11-08T23:40:00+01:00",
        "sleep_analysis_reason": "bedtime_edit",
    }

    (sleep, _) = _nights(moved)

    assert (sleep.external_id, sleep.start) == (
        "s1",
        dt.datetime(2026, 11, 8, 22, 40, tzinfo=dt.UTC),
    )


def test_the_night_on_which_clocks_go_back_lasts_an_hour_longer():
    (sleep, _) = _nights(
        {
            **NIGHT,
            "day": "2026-10-25",
            "bedtime_start": "2026-10-24T23:00:00+02:00",
            "bedtime_end": "2026-10-25T07:00:00+01:00",
            "sleep_phase_5_min": "2" * 108,
        }
    )

    assert sleep.end - sleep.start == dt.timedelta(hours=9)
    (stage,) = sleep.stages
    assert (stage.start, stage.end) == (sleep.start, sleep.end)


def test_the_date_is_the_one_that_oura_gives_wherever_the_person_was():
    tokyo = {
        **NIGHT,
        "bedtime_start": "2026-11-09T00:10:00+09:00",
        "bedtime_end": "2026-11-09T07:00:00+09:00",
    }

    (sleep, _) = _nights(tokyo)
    (undated, _) = _nights({**tokyo, "day": None})

    assert sleep.date == undated.date == DAY
    assert sleep.end.astimezone(dt.UTC).date() == dt.date(2026, 11, 8)


def test_a_sleep_without_anything_optional_has_times_alone():
    (sleep,) = _nights({name: NIGHT[name] for name in ("id", "bedtime_start", "bedtime_end")})

    assert sleep == SleepReading(
        external_id="s1",
        source=RING,
        date=DAY,
        start=dt.datetime(2026, 11, 8, 22, 10, tzinfo=dt.UTC),
        end=dt.datetime(2026, 11, 9, 6, 0, tzinfo=dt.UTC),
    )


def test_the_finer_stages_are_taken_and_end_with_the_sleep():
    nap = {**NAP, "sleep_phase_30_sec": "12x" + "3" * 100, "sleep_phase_5_min": "4444"}

    (sleep,) = _nights(nap)

    assert [stage.stage for stage in sleep.stages] == ["deep", "light", "rem"]
    assert sleep.stages[2].start == sleep.start + dt.timedelta(seconds=90)
    assert sleep.stages[2].end == sleep.end


# --- Heart rate and workouts -------------------------------------------------------------------


def test_gaps_in_heart_rate_are_left_out():
    rows = [
        HEART_RATE,
        {"timestamp": "2026-11-09T01:05:00Z", "bpm": None},
        {"timestamp_unix": 1_794_186_600_000, "bpm": "57"},
    ]

    (reading,) = _read("heartrate", {"heartrate": rows})

    assert reading == HeartRateReading(
        source=RING,
        samples=[
            (dt.datetime(2026, 11, 9, 1, 0, tzinfo=dt.UTC), 55),
            (dt.datetime(2026, 11, 9, 1, 10, tzinfo=dt.UTC), 57),
        ],
    )
    assert _read("heartrate", {"heartrate": []}) == ()


def test_a_workout_is_a_session_of_our_sports():
    assert _workout() == WorkoutReading(
        external_id="w1",
        source=RING,
        sport="running",
        started_at=dt.datetime(2026, 11, 9, 17, 0, tzinfo=dt.UTC),
        finished_at=dt.datetime(2026, 11, 9, 17, 45, 30, tzinfo=dt.UTC),
        distance=7.5125,
        calories=432,
    )


@pytest.mark.parametrize(
    ("activity", "sport", "name"),
    [
        ("strengthTraining", "strength", ""),
        ("cross_country_skiing", "cross_country_skiing", ""),
        ("Indoor cycling", "indoor_cycling", ""),
        ("houseWork", "other", "House work"),
        ("other", "other", ""),
        (None, "other", ""),
    ],
)
def test_a_sport_that_nobody_knows_keeps_its_name(activity, sport, name):
    reading = _workout(activity=activity)

    assert (reading.sport, reading.name) == (sport, name)


def test_a_workout_that_was_typed_in_says_so():
    reading = _workout(source="manual", label="Parkrun")

    assert (reading.source.kind, reading.name) == ("manual", "Parkrun")


# --- Asking ------------------------------------------------------------------------------------


def test_a_person_is_who_oura_says():
    api = FakeApi({f"{DOCUMENTS}/personal_info": {"id": "person-1", "age": 40}})

    assert PROVIDER.identify(api).external_user_id == "person-1"


def test_all_pages_are_read_and_each_document_once():
    other_day = {**ACTIVITY, "id": "a2", "day": "2026-11-08"}
    path = f"{DOCUMENTS}/daily_activity"
    api = FakeApi({path: in_pages("data", "next_token", [other_day], [], [ACTIVITY])})

    pages = list(PROVIDER.fetch(api, "daily_activity", WEEK, mode="oauth"))

    dates = [reading.date for page in pages for reading in page.readings]
    assert dates == [dt.date(2026, 11, 8), DAY]
    assert api.asked(path) == [
        {"start_date": "2026-11-02", "end_date": "2026-11-11"},
        {"start_date": "2026-11-02", "end_date": "2026-11-11", "next_token": "1"},
        {"start_date": "2026-11-02", "end_date": "2026-11-11", "next_token": "2"},
    ]


def test_pages_that_lead_back_are_given_up():
    path = f"{DOCUMENTS}/workout"
    api = FakeApi({path: {"data": [WORKOUT], "next_token": "again"}})

    with pytest.raises(Unreadable):
        list(PROVIDER.fetch(api, "workout", WEEK, mode="oauth"))

    assert len(api.calls) == 2


def test_documents_of_days_that_may_be_incomplete_are_left_out():
    days = ["2026-11-02", "2026-11-03", "2026-11-10", "2026-11-11"]
    documents = [{**ACTIVITY, "day": day} for day in days]
    api = FakeApi({f"{DOCUMENTS}/daily_activity": {"data": documents, "next_token": None}})

    (page,) = PROVIDER.fetch(api, "daily_activity", WEEK, mode="oauth")

    assert [one.date.isoformat() for one in page.readings] == ["2026-11-03", "2026-11-10"]


def test_sleep_is_joined_with_its_score_and_its_payload_reads_the_same_again():
    api = FakeApi(
        {
            f"{DOCUMENTS}/sleep": in_pages("data", "next_token", [NIGHT], [NAP]),
            f"{DOCUMENTS}/daily_sleep": {"data": [SCORE]},
        }
    )

    (page,) = PROVIDER.fetch(api, "sleep", WEEK, mode="oauth")

    assert page.payload == {"sleep": [NIGHT, NAP], "daily_sleep": [SCORE]}
    assert [one.sleep_score for one in page.readings if isinstance(one, SleepReading)] == [
        82,
        None,
    ]
    assert PROVIDER.read("sleep", page.payload, timezone=UTC) == page.readings


def test_heart_rate_is_asked_for_a_week_at_a_time_in_the_days_of_the_person():
    path = f"{DOCUMENTS}/heartrate"
    api = FakeApi({path: {"data": [HEART_RATE], "next_token": ""}}, timezone="Europe/Berlin")
    days = Window(dt.date(2026, 10, 20), dt.date(2026, 10, 29))

    pages = list(PROVIDER.fetch(api, "heartrate", days, mode="oauth"))

    assert len(pages) == 2
    assert api.asked(path) == [
        # Summer time ends in it.
        {
            "start_datetime": "2026-10-22T22:00:00Z",
            "end_datetime": "2026-10-29T23:00:00Z",
        },
        {
            "start_datetime": "2026-10-19T22:00:00Z",
            "end_datetime": "2026-10-22T22:00:00Z",
        },
    ]


def test_a_wearer_without_data_has_no_readings():
    empty = {"data": [], "next_token": None}
    api = FakeApi({f"{DOCUMENTS}/sleep": empty, f"{DOCUMENTS}/daily_sleep": empty})

    (page,) = PROVIDER.fetch(api, "sleep", WEEK, mode="oauth")

    assert page.readings == ()


def test_what_is_not_granted_is_for_the_caller_to_mark():
    api = FakeApi({f"{DOCUMENTS}/workout": Forbidden()})

    with pytest.raises(Forbidden):
        list(PROVIDER.fetch(api, "workout", WEEK, mode="oauth"))


def test_leaving_is_told_to_oura():
    address = "revoke?access_token=access%20token"
    api = FakeApi({address: None})

    PROVIDER.disconnect(api, refresh_token="again")

    assert api.calls == [("POST", address, None)]


def test_any_mutilated_payload_gives_readings_or_is_unreadable():
    payload = {
        "daily_activity": [ACTIVITY],
        "sleep": [NIGHT, NAP],
        "daily_sleep": [SCORE],
        "heartrate": [HEART_RATE],
        "workout": [WORKOUT],
    }

    @settings(max_examples=200, deadline=None)
    @given(data_type=st.sampled_from(sorted(payload)), broken=mutilated(payload))
    def read(data_type, broken):
        try:
            readings = _read(data_type, broken)
        except Unreadable:
            return
        assert isinstance(readings, tuple)

    read()


# --- Notices -----------------------------------------------------------------------------------


def _notice(data_type: str, object_id: str = "x1", **values: Any) -> Notice:
    return Notice(external_user_id="person-1", data_type=data_type, object_id=object_id, **values)


@pytest.mark.parametrize(
    ("data_type", "document", "kind"),
    [("daily_activity", ACTIVITY, DayReading), ("workout", WORKOUT, WorkoutReading)],
)
def test_a_notice_has_its_object_read_by_id(data_type, document, kind):
    api = FakeApi({f"{DOCUMENTS}/{data_type}/x1": document})

    (page,) = PROVIDER.fetch_notice(api, _notice(data_type))

    assert [type(reading) for reading in page.readings] == [kind]
    assert PROVIDER.read(data_type, page.payload, timezone=UTC) == page.readings


@pytest.mark.parametrize(
    ("notice", "object_"),
    [
        (_notice("sleep", "s1"), {**NIGHT, "average_hrv": 50}),
        (_notice("daily_sleep", "d1"), {**SCORE, "score": 83}),
    ],
)
def test_whichever_is_told_first_a_night_is_read_with_its_score(notice, object_):
    api = FakeApi(
        {
            f"{DOCUMENTS}/{notice.data_type}/{notice.object_id}": object_,
            f"{DOCUMENTS}/sleep": {"data": [NIGHT, NAP]},
            f"{DOCUMENTS}/daily_sleep": {"data": [SCORE]},
        }
    )

    (page,) = PROVIDER.fetch_notice(api, notice)

    night = next(one for one in page.readings if getattr(one, "external_id", "") == "s1")
    is_sleep = notice.data_type == "sleep"
    assert (night.hrv, night.sleep_score) == ((50.0, 82) if is_sleep else (48.0, 83))


def test_an_object_that_is_not_ready_is_not_there_yet():
    with pytest.raises(NotThere):
        list(PROVIDER.fetch_notice(FakeApi({}), _notice("sleep")))


@pytest.mark.parametrize("data_type", ["sleep", "workout"])
def test_a_deleted_object_is_removed_without_asking(data_type):
    api = FakeApi({})

    (page,) = PROVIDER.fetch_notice(api, _notice(data_type, kind="deleted"))

    assert page.readings == (Deletion(kind=data_type, external_id="x1"),)
    assert PROVIDER.read(data_type, page.payload, timezone=UTC) == page.readings
    assert api.calls == []


@pytest.mark.parametrize("object_id", ["../../oauth/revoke", "", "a b", "é"])
def test_an_id_leads_nowhere_else(object_id):
    api = FakeApi({})

    with pytest.raises(Unreadable):
        list(PROVIDER.fetch_notice(api, _notice("sleep", object_id)))

    assert api.calls == []


# --- Webhooks ----------------------------------------------------------------------------------


def _event(**values: Any) -> dict[str, Any]:
    return {
        "event_type": "update",
        "data_type": "sleep",
        "object_id": "s1",
        "event_time": "2026-11-10T11:59:00+00:00",
        "user_id": "person-1",
        **values,
    }


def _signed(
    body: bytes, *, at: dt.datetime = NOW, secret: bytes = b"client-secret", **headers: Any
):
    stamp = str(int(at.timestamp()))
    signature = hmac.new(secret, stamp.encode() + body, hashlib.sha256).hexdigest().upper()
    return posted(body, **{"x_oura_timestamp": stamp, "x_oura_signature": signature, **headers})


def _opened(**values: Any) -> Any:
    return PROVIDER.open_webhook(_signed(orjson.dumps(_event(**values))), KEYS)


def _handshake(token: str, keys: WebhookKeys = KEYS) -> Any:
    query = {"verification_token": token, "challenge": "c-1"}
    request = IncomingWebhook(method="GET", query=query, headers={}, body=b"", received_at=NOW)
    return PROVIDER.open_webhook(request, keys)


def test_the_handshake_answers_the_challenge():
    answer = _handshake("shake")

    assert (answer.status, answer.body, answer.notices) == (200, {"challenge": "c-1"}, ())


@pytest.mark.parametrize("token", ["wrong", "", "shäke"])
def test_a_handshake_with_another_token_is_forged(token):
    with pytest.raises(Forged):
        _handshake(token)


def test_without_a_token_of_ours_nobody_can_shake_hands():
    with pytest.raises(Forged):
        _handshake("", WebhookKeys(client_id="client", client_secret="secret", extras={}))


def test_an_event_names_its_object():
    answer = _opened()

    assert answer.status == 204
    assert answer.notices == (
        Notice(external_user_id="person-1", kind="changed", data_type="sleep", object_id="s1"),
    )


@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_the_case_of_a_signature_does_not_matter(case):
    request = _signed(orjson.dumps(_event()))
    signature = case(request.headers["x-oura-signature"])
    headers = {**request.headers, "x-oura-signature": signature}

    answer = PROVIDER.open_webhook(posted(request.body, **headers), KEYS)

    assert len(answer.notices) == 1


BODY = orjson.dumps(_event())


@pytest.mark.parametrize(
    "request_",
    [
        posted(BODY),
        _signed(BODY, secret=b"another"),
        _signed(BODY, x_oura_signature="äöü"),
        _signed(BODY, x_oura_timestamp="1"),
        _signed(BODY, at=NOW - dt.timedelta(minutes=5, seconds=1)),
        _signed(BODY, at=NOW + dt.timedelta(minutes=5, seconds=1)),
        # Signed over the same JSON in other bytes.
        posted(BODY + b" ", **_signed(BODY).headers),
    ],
    ids=["unsigned", "key", "text", "time", "stale", "early", "bytes"],
)
def test_what_does_not_prove_itself_is_forged(request_):
    with pytest.raises(Forged):
        PROVIDER.open_webhook(request_, KEYS)


def test_without_a_secret_of_ours_nothing_is_believed():
    keys = WebhookKeys(client_id="client", client_secret="", extras={})

    with pytest.raises(Forged):
        PROVIDER.open_webhook(_signed(BODY, secret=b""), keys)


def test_an_event_from_five_minutes_ago_is_still_heard():
    request = _signed(BODY, at=NOW - dt.timedelta(minutes=5))

    assert len(PROVIDER.open_webhook(request, KEYS).notices) == 1


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"data_type":"sleep"'])
def test_a_signed_body_of_another_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        PROVIDER.open_webhook(_signed(body), KEYS)


def test_what_we_do_not_read_is_accepted_and_passed_over():
    answer = _opened(data_type="vo2_max")

    assert (answer.status, answer.notices) == (204, ())


def test_a_deletion_of_a_day_has_the_latest_days_read_again():
    answer = _opened(event_type="delete", data_type="daily_activity")

    (notice,) = answer.notices
    assert (notice.kind, notice.first, notice.last) == ("changed", "2026-11-03", "2026-11-11")


def test_days_that_are_read_again_come_as_in_any_sync():
    api = FakeApi(
        {f"{DOCUMENTS}/sleep": {"data": [NIGHT]}, f"{DOCUMENTS}/daily_sleep": {"data": []}}
    )
    notice = _notice("daily_sleep", "", first="2026-11-03", last="2026-11-10")

    (page,) = PROVIDER.fetch_notice(api, notice)

    assert [type(reading) for reading in page.readings] == [SleepReading, DayReading]


def test_a_deletion_of_a_sleep_names_it():
    (notice,) = _opened(event_type="delete").notices

    assert (notice.kind, notice.data_type, notice.object_id) == ("deleted", "sleep", "s1")


def test_a_replay_has_the_key_of_its_event_and_another_event_has_another():
    again = PROVIDER.open_webhook(_signed(BODY, at=NOW - dt.timedelta(minutes=2)), KEYS)
    others = [
        _opened(event_time="2026-11-10T11:59:30+00:00"),
        _opened(object_id="s2"),
        _opened(data_type="daily_sleep"),
        _opened(event_type="create"),
        _opened(user_id="person-2"),
    ]

    assert again.key == _opened().key
    assert len({again.key, *(other.key for other in others)}) == 6


# --- Subscriptions -----------------------------------------------------------------------------

URL = "https://numeneon.test/webhooks/oura/"
DESK = "/v2/webhook/subscription"
PAIRS = [
    (data_type, event)
    for data_type in ("daily_activity", "daily_sleep", "sleep", "workout")
    for event in ("create", "update", "delete")
]


def _held(**values: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{data_type}-{event}",
            "callback_url": URL,
            "event_type": event,
            "data_type": data_type,
            "expiration_time": "2026-12-09T00:00:00",
            **values,
        }
        for data_type, event in PAIRS
    ]


def _made(body: Any) -> dict[str, Any]:
    return {**body, "id": f"{body['data_type']}-{body['event_type']}-new"}


def _keep(answers: dict[str, Any], **extras: str) -> tuple[FakeAppApi, list[Subscription]]:
    api = FakeAppApi(answers, **(extras or {"webhook_token": "shake"}))
    return api, PROVIDER.keep_subscriptions(api, url=URL, known={}, now=NOW)


def test_each_event_of_each_data_type_is_subscribed_to_once():
    api, kept = _keep({f"GET {DESK}": [], f"POST {DESK}": _made})

    assert [(*one.subject.split("."),) for one in kept] == PAIRS
    assert api.calls[1] == (
        f"POST {DESK}",
        {
            "callback_url": URL,
            "verification_token": "shake",
            "event_type": "create",
            "data_type": "daily_activity",
        },
    )
    assert api.headers[1] == {"x-client-id": "client", "x-client-secret": "client-secret"}


def test_what_is_there_already_is_adopted():
    api, kept = _keep({f"GET {DESK}": _held()})

    assert len(api.calls) == 1
    assert kept[0] == Subscription(
        subject="daily_activity.create",
        external_id="daily_activity-create",
        expires_at=dt.datetime(2026, 12, 9, tzinfo=dt.UTC),
    )


def test_a_subscription_is_renewed_before_it_ends():
    first, *rest = _held()
    ending = {**first, "expiration_time": "2026-11-16T12:00:00Z"}
    renewed = {**first, "expiration_time": "2026-12-16T12:00:00Z"}

    api, kept = _keep(
        {
            f"GET {DESK}": [ending, *rest],
            f"PUT {DESK}/renew/daily_activity-create": renewed,
        }
    )

    assert len(api.calls) == 2
    assert kept[0].expires_at == dt.datetime(2026, 12, 16, 12, tzinfo=dt.UTC)


def test_one_that_has_ended_meanwhile_is_made_anew():
    first, *rest = _held()
    ended = {**first, "expiration_time": "2026-11-10T11:00:00Z"}

    _, kept = _keep({f"GET {DESK}": [ended, *rest], f"POST {DESK}": _made})

    assert kept[0].external_id == "daily_activity-create-new"
    assert len(kept) == 12


def test_one_that_leads_elsewhere_is_led_here():
    first, *rest = _held()
    elsewhere = {**first, "callback_url": "https://old.test/webhooks/oura/"}

    api, kept = _keep(
        {f"GET {DESK}": [elsewhere, *rest], f"PUT {DESK}/daily_activity-create": first}
    )

    assert [call for call, _ in api.calls] == [
        f"GET {DESK}",
        f"PUT {DESK}/daily_activity-create",
    ]
    assert kept[0].external_id == "daily_activity-create"


def test_one_that_another_of_us_has_just_made_is_adopted_the_next_time():
    _, kept = _keep({f"GET {DESK}": [], f"POST {DESK}": AlreadyDone()})

    assert kept == []


def test_without_a_token_for_the_handshake_nothing_is_asked():
    api, kept = _keep({}, webhook_token="")

    assert (api.calls, kept) == ([], [])
