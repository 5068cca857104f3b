import base64
import datetime as dt

import orjson
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from wearables.providers.base import Forged, IncomingWebhook, Notice, Unreadable, WebhookKeys
from wearables.providers.google import FITBIT

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
KEY = ec.derive_private_key(7, ec.SECP256R1())
PEM = (
    KEY.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


def webhook(body: object, *, received_at: dt.datetime = NOON, **headers: str) -> IncomingWebhook:
    return IncomingWebhook(
        method="POST",
        query={},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body if isinstance(body, bytes) else orjson.dumps(body),
        received_at=received_at,
    )


def keys(**extras: str) -> WebhookKeys:
    return WebhookKeys(
        client_id="us", client_secret="ours", extras={"webhook_secret": "s3cret", **extras}
    )


def event(operation: str = "UPSERT", data_type: str = "sleep", **interval: object) -> dict:
    days = {"startTime": {"date": civil(1)}, "endTime": {"date": civil(2)}}
    return {
        "data": {
            "version": "1",
            "healthUserId": "h-77",
            "operation": operation,
            "dataType": data_type,
            "intervals": [interval or {"civilDateTimeInterval": days}],
        }
    }


def civil(day: int) -> dict:
    return {"year": 2026, "month": 11, "day": day}


def opened(request: IncomingWebhook, **extras: str):
    return FITBIT.open_webhook(request, keys(**extras))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": "Bearer s3cret"}, 200),
        ({"authorization": "Bearer wrong"}, 401),
        ({}, 401),
    ],
)
def test_of_the_pair_that_verifies_us_only_the_one_with_our_secret_is_welcome(headers, status):
    answer = opened(webhook({"type": "verification"}, **headers))

    assert (answer.status, answer.notices) == (status, ())


@pytest.mark.parametrize("as_list", [True, False])
def test_an_event_is_one_notice_for_each_interval_whether_alone_or_in_a_list(as_list):
    body = [event()] if as_list else event()

    answer = opened(webhook(body, authorization="Bearer s3cret"))

    assert answer.status == 204
    assert answer.notices == (
        Notice(external_user_id="h-77", data_type="sleep", first="2026-11-01", last="2026-11-02"),
    )


def test_a_deletion_is_told_as_one_and_what_we_do_not_read_is_passed_over():
    body = [event("DELETE", "exercise"), event(data_type="blood-glucose")]

    answer = opened(webhook(body, authorization="s3cret"))

    assert [(one.kind, one.data_type) for one in answer.notices] == [("deleted", "exercise")]


def test_an_interval_without_civil_days_is_read_as_all_days_that_it_may_be():
    physical = {"startTime": "2026-11-02T23:30:00Z", "endTime": "2026-11-03T06:00:00Z"}

    answer = opened(webhook(event(physicalTimeInterval=physical), authorization="Bearer s3cret"))

    (notice,) = answer.notices
    assert (notice.first, notice.last) == ("2026-11-01", "2026-11-04")


@pytest.mark.parametrize("given", ["Bearer s3cret", "Bearer older"])
def test_while_the_secret_changes_both_are_good(given):
    answer = opened(webhook(event(), authorization=given), webhook_secret_old="older")

    assert len(answer.notices) == 1


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer s3cre", "bearer S3CRET", "sécret"])
def test_without_our_secret_an_event_is_forged(given):
    with pytest.raises(Forged):
        opened(webhook(event(), authorization=given))


def test_where_no_secret_is_set_nothing_is_believed():
    empty = WebhookKeys(client_id="us", client_secret="ours", extras={"webhook_secret": ""})

    with pytest.raises(Forged):
        FITBIT.open_webhook(webhook(event(), authorization=""), empty)


def signed(body: bytes, *, raw: bool = False) -> str:
    der = KEY.sign(body, ec.ECDSA(SHA256()))
    if not raw:
        return base64.b64encode(der).decode()
    halves = (number.to_bytes(32) for number in utils.decode_dss_signature(der))
    return base64.urlsafe_b64encode(b"".join(halves)).decode()


@pytest.mark.parametrize("header", ["x_healthapi_signature", "google_health_api_signature"])
@pytest.mark.parametrize("raw", [True, False])
def test_a_signature_of_the_configured_key_replaces_the_secret(header, raw):
    body = orjson.dumps(event())

    answer = opened(
        webhook(body, **{header: signed(body, raw=raw)}),
        webhook_public_key=PEM.replace("\n", "\\n"),
    )

    assert len(answer.notices) == 1


@pytest.mark.parametrize(
    ("signature", "pem"),
    [
        (signed(b"something else"), PEM),
        ("not base64!", PEM),
        ("AAAA", PEM),
        (signed(orjson.dumps(event())), ""),
        (signed(orjson.dumps(event())), "-----BEGIN nothing"),
    ],
    ids=["of another body", "no base64", "too short", "no key", "broken key"],
)
def test_another_signature_is_forged(signature, pem):
    with pytest.raises(Forged):
        opened(webhook(event(), x_healthapi_signature=signature), webhook_public_key=pem)


def test_a_replay_within_five_minutes_has_the_key_of_its_first():
    moments = [NOON, NOON + dt.timedelta(seconds=299), NOON + dt.timedelta(seconds=300)]

    first, again, later = (
        opened(webhook(event(), received_at=moment, authorization="Bearer s3cret")).key
        for moment in moments
    )
    other = opened(webhook(event("DELETE"), authorization="Bearer s3cret")).key

    assert first == again
    assert len({first, later, other}) == 3


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"7",
        [7],
        {"data": []},
        {"data": {"dataType": "sleep"}},
        event(physicalTimeInterval={"startTime": "soon"}),
        event(physicalTimeInterval={"startTime": "1990-01-01", "endTime": "2026-01-01"}),
        event(civilDateTimeInterval={"startTime": {"date": {"year": 2026}}}),
    ],
    ids=["cut off", "a number", "of numbers", "no data", "nobody's", "no time", "ages", "no day"],
)
def test_an_event_of_another_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        opened(webhook(body, authorization="Bearer s3cret"))
