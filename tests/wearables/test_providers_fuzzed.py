"""Whatever is missing or wrong in an answer, it is read or refused by name."""

import datetime as dt
import hashlib
import hmac
from zoneinfo import ZoneInfo

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wearables import test_garmin_readings, test_google, test_polar
from tests.wearables.fake_api import mutilated
from wearables.providers.base import IncomingWebhook, Unreadable, WebhookKeys
from wearables.providers.garmin import GARMIN
from wearables.providers.google import FITBIT
from wearables.providers.polar import POLAR

DAY = {"year": 2026, "month": 11, "day": 2}
GOOGLE = [
    ("sleep", {"dataPoints": [test_google.sleep_point()]}),
    (
        "active-minutes",
        {
            "rollupDataPoints": [
                {
                    "civilStartTime": {"date": DAY},
                    "activeMinutes": {
                        "activeMinutesRollupByActivityLevel": [
                            {"activityLevel": "MODERATE", "activeMinutesSum": "21"}
                        ]
                    },
                }
            ]
        },
    ),
    (
        "heart-rate",
        {
            "dataPoints": [
                {
                    "heartRate": {
                        "beatsPerMinute": "61",
                        "sampleTime": {"physicalTime": "2026-11-02T08:00:00Z"},
                    }
                }
            ]
        },
    ),
]
BED = test_garmin_readings.BED
PARTNER_NIGHT = {
    "calendarDate": "2026-11-02",
    "startTimeInSeconds": BED,
    "durationInSeconds": 60,
    "timeOffsetSleepRespiration": {"0": 14.0},
    "sleepLevelsMap": {"deep": [{"startTimeInSeconds": BED, "endTimeInSeconds": BED + 9}]},
    "naps": [{"napStartTimeInSeconds": BED, "napDurationInSeconds": 1500}],
}
PARTNER_DAY = {
    "calendarDate": "2026-11-02",
    "startTimeInSeconds": BED,
    "steps": 7,
    "timeOffsetHeartRateSamples": {"0": 61},
}
PERSONAL_HEART = {
    "heartRateValueDescriptors": [{"key": "timestamp", "index": 0}],
    "heartRateValues": [[BED * 1000, 61]],
}
ACTIVITY = {"activityId": 7, "startTimeGMT": "2026-11-02 06:30:00", "duration": 60.5}
GARMINS = [
    ("dailies", {"dailies": [PARTNER_DAY]}),
    ("sleeps", {"sleeps": [PARTNER_NIGHT]}),
    ("dailies", {"personal": {"data": [test_garmin_readings.GROUPED]}}),
    ("sleeps", {"personal": [test_garmin_readings.NIGHT]}),
    ("heart_rate", {"personal": PERSONAL_HEART}),
    ("activities", {"personal": [ACTIVITY]}),
]
CLOCK = test_polar.samples("2026-11-02", ("00:02:08", 61))
ZONES = test_polar.zones(("09:00:00", "MODERATE"), ("09:30:00", "LIGHT"))
POLARS = [
    ("activities", [test_polar.activity(samples=ZONES)]),
    ("sleep", {"nights": [test_polar.night()]}),
    ("continuous-heart-rate", [CLOCK]),
    ("exercises", [test_polar.exercise()]),
]
WEBHOOKS = [
    (
        FITBIT,
        [
            {
                "data": {
                    "healthUserId": "h",
                    "dataType": "sleep",
                    "intervals": [
                        {
                            "civilDateTimeInterval": {
                                "startTime": {"date": DAY},
                                "endTime": {"date": DAY},
                            }
                        }
                    ],
                }
            }
        ],
    ),
    (GARMIN, {"dailies": [{"userId": "a", "callbackURL": "https://x"}]}),
    (GARMIN, {"userPermissionsChange": [{"userId": "b", "permissions": ["X"]}]}),
    (POLAR, {"event": "SLEEP", "user_id": 475, "date": "2026-11-02"}),
    (POLAR, {"event": "EXERCISE", "user_id": 475, "entity_id": "2AC"}),
]


@settings(max_examples=300)
@given(st.data())
def test_any_answer_is_read_or_unreadable(data):
    cases = [
        (maker, *case)
        for maker, known in ((FITBIT, GOOGLE), (GARMIN, GARMINS), (POLAR, POLARS))
        for case in known
    ]
    maker, data_type, payload = data.draw(st.sampled_from(cases))
    answer = data.draw(mutilated(payload))

    try:
        readings = maker.read(data_type, answer, timezone=ZoneInfo("Europe/Berlin"))
    except Unreadable:
        readings = ()

    assert isinstance(readings, tuple)


@settings(max_examples=100)
@given(st.data())
def test_any_webhook_is_read_or_unreadable(data):
    maker, body = data.draw(st.sampled_from(WEBHOOKS))
    told = orjson.dumps(data.draw(mutilated(body)))
    request = IncomingWebhook(
        method="POST",
        query={"token": "t"},
        headers={
            "authorization": "Bearer s",
            "polar-webhook-signature": hmac.new(b"k", told, hashlib.sha256).hexdigest(),
        },
        body=told,
        received_at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
    )
    extras = {"webhook_token": "t", "webhook_secret": "s"}
    keys = WebhookKeys(client_id="us", client_secret="ours", extras=extras, secrets=("k",))

    try:
        status = maker.open_webhook(request, keys).status
    except Unreadable:
        status = 400

    assert status in {200, 204, 400}
