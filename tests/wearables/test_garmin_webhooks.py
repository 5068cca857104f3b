import datetime as dt

import orjson
import pytest

from wearables.providers.base import Forged, IncomingWebhook, Notice, Unreadable, WebhookKeys
from wearables.providers.garmin import GARMIN
from wearables.providers.garmin_partner import is_garmins

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
API = "https://apis.garmin.com"
DAILIES = f"{API}/wellness-api/rest/dailies"
KEYS = WebhookKeys(client_id="us", client_secret="ours", extras={"webhook_token": "t0ken"})


def opened(body: object, *, said: str = "t0ken", keys: WebhookKeys = KEYS, at=NOON):
    request = IncomingWebhook(
        method="POST",
        query={"token": said},
        headers={},
        body=body if isinstance(body, bytes) else orjson.dumps(body),
        received_at=at,
    )
    return GARMIN.open_webhook(request, keys)


@pytest.mark.parametrize("token", ["", "T0KEN", "t0ke", "t0ken ", "tökèn"])
def test_what_comes_without_our_secret_address_is_forged(token):
    with pytest.raises(Forged):
        opened({"dailies": []}, said=token)


def test_where_no_token_is_set_nothing_is_believed():
    unset = WebhookKeys(client_id="us", client_secret="ours", extras={})

    with pytest.raises(Forged):
        opened({"dailies": []}, said="", keys=unset)


def test_a_push_is_one_notice_for_each_person_with_what_came():
    ana = [{"userId": "a", "summaryId": "1"}, {"userId": "a", "summaryId": "3"}]
    ben = {"userId": "b", "summaryId": "2"}

    answer = opened({"dailies": [ana[0], ben, ana[1]], "epochs": [ben], "moods": 7})

    assert answer.status == 200
    assert answer.notices == (
        Notice(external_user_id="a", data_type="dailies", payload={"dailies": ana}),
        Notice(external_user_id="b", data_type="dailies", payload={"dailies": [ben]}),
    )


def test_a_ping_names_where_to_fetch_and_nothing_beside_it_is_kept():
    url = f"{DAILIES}?uploadStartTimeInSeconds=1&uploadEndTimeInSeconds=2&token=xyz"
    row = {"userId": "a", "callbackURL": url, "steps": 99}

    answer = opened({"manuallyUpdatedActivities": [row], "sleeps": [row]})

    assert answer.notices == (
        Notice(external_user_id="a", data_type="activities", url=url),
        Notice(external_user_id="a", data_type="sleeps", url=url),
    )


def test_who_leaves_and_who_changes_what_we_may_read_is_told():
    body = {
        "deregistrations": [{"userId": "a"}],
        "userPermissionsChange": [{"userId": "b", "permissions": ["ACTIVITY_EXPORT"]}],
    }

    answer = opened(body)

    assert answer.notices == (
        Notice(external_user_id="a", kind="deregistered"),
        Notice(external_user_id="b", kind="permissions", payload=["ACTIVITY_EXPORT"]),
    )


def test_a_replay_has_the_key_of_its_first_but_leaving_again_later_has_not():
    body = {"deregistrations": [{"userId": "a"}]}

    first, again, later = (
        opened(body, at=NOON + dt.timedelta(seconds=seconds)).key for seconds in (0, 200, 86_400)
    )

    assert first == again != later


@pytest.mark.parametrize(
    "body",
    [
        b"",
        [],
        {"dailies": {}},
        {"dailies": ["a"]},
        {"dailies": [{"steps": 1}]},
        {"dailies": [{"userId": "a", "callbackURL": 7.5}]},
        {"userPermissionsChange": [{"userId": "a"}]},
    ],
    ids=["empty", "list", "object", "texts", "nobody's", "no address", "no permissions"],
)
def test_a_body_of_another_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        opened(body)


@pytest.mark.parametrize(
    "url",
    [
        "http://apis.garmin.com/wellness-api/rest/dailies",
        "ftp://apis.garmin.com/wellness-api/rest/dailies",
        "file:///wellness-api/rest/dailies",
        "gopher://apis.garmin.com/wellness-api/rest/dailies",
        "//apis.garmin.com/wellness-api/rest/dailies",
        "apis.garmin.com/wellness-api/rest/dailies",
        "/wellness-api/rest/dailies",
        "",
        "https:///wellness-api/rest/dailies",
        "https://evil.example/wellness-api/rest/dailies",
        "https://apis.garmin.com.evil.example/wellness-api/rest/dailies",
        "https://evilapis.garmin.com/wellness-api/rest/dailies",
        "https://garmin.com/wellness-api/rest/dailies",
        "https://apis.garmin.com./wellness-api/rest/dailies",
        "https://apis.garmin.com@evil.example/wellness-api/rest/dailies",
        "https://user:pass@apis.garmin.com/wellness-api/rest/dailies",
        "https://@apis.garmin.com/wellness-api/rest/dailies",
        "https://evil.example#@apis.garmin.com/wellness-api/rest/dailies",
        "https://evil.example\\@apis.garmin.com/wellness-api/rest/dailies",
        "https://apis.garmin.com\\.evil.example/wellness-api/rest/dailies",
        "https://apis.garmin.com:8443/wellness-api/rest/dailies",
        "https://apis.garmin.com:0/wellness-api/rest/dailies",
        "https://apis.garmin.com:port/wellness-api/rest/dailies",
        "https://apis.garmin.com:99999/wellness-api/rest/dailies",
        "https://127.0.0.1/wellness-api/rest/dailies",
        "https://[::1]/wellness-api/rest/dailies",
        "https://[apis.garmin.com/wellness-api/rest/dailies",
        "https://169.254.169.254/latest/meta-data",
        "https://apis.garmin.com/wellness-api/rest/../../oauth/token",
        "https://apis.garmin.com/wellness-api/rest/%2e%2e/%2e%2e/oauth/token",
        "https://apis.garmin.com/wellness-api/rest/..%2f..%2foauth",
        "https://apis.garmin.com/wellness-api/rest//evil.example/x",
        "https://apis.garmin.com/wellness-api/rest/",
        "https://apis.garmin.com/wellness-api/resting/dailies",
        "https://apis.garmin.com/partner-gateway/rest/dailies",
        "https://apis.garmin.com/x/wellness-api/rest/dailies",
        "https://apis.garmin.com/wellness-api/rest/dailies;@evil.example",
        "https://apis.garmin.com/wellness-api/rest/dailies#fragment",
        "https://apis.garmin.com/wellness-api/rest/dailies?a=b\r\nHost: evil.example",
        "https://apis.garmin.com\t/wellness-api/rest/dailies",
        " https://apis.garmin.com/wellness-api/rest/dailies",
        "https://apis.garmin.com/wellness-api/rest/dailies ",
        "https://apis.gаrmin.com/wellness-api/rest/dailies",  # noqa: RUF001 - a Cyrillic letter
        "https://apis.garmin.com\x00.evil.example/wellness-api/rest/dailies",
        f"https://apis.garmin.com/wellness-api/rest/dailies?token={'x' * 2000}",
    ],
    ids=range(45),
)
def test_an_address_that_is_not_garmins_is_never_followed(url):
    assert not is_garmins(url, api=API)


@pytest.mark.parametrize(
    ("url", "api"),
    [
        (f"{DAILIES}?uploadStartTimeInSeconds=1&token=WFg0aE5s%2B_-.~=", API),
        ("https://apis.garmin.com:443/wellness-api/rest/sleeps?token=1", API),
        ("HTTPS://APIS.GARMIN.COM/wellness-api/rest/hrv", API),
        (
            "http://127.0.0.1:9900/garmin/api/wellness-api/rest/dailies?token=1",
            "http://127.0.0.1:9900/garmin/api",
        ),
    ],
)
def test_an_address_below_the_configured_one_is_followed(url, api):
    assert is_garmins(url, api=api)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9901/garmin/api/wellness-api/rest/dailies",
        "http://127.0.0.1/garmin/api/wellness-api/rest/dailies",
        "http://localhost:9900/garmin/api/wellness-api/rest/dailies",
        "http://127.0.0.1:9900/oura/api/wellness-api/rest/dailies",
        "https://apis.garmin.com/wellness-api/rest/dailies",
    ],
)
def test_with_a_simulator_no_other_place_is_followed_either(url):
    assert not is_garmins(url, api="http://127.0.0.1:9900/garmin/api")
