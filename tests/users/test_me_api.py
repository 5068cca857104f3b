"""The complete profile: read, changed in part, and never more than may be changed."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.forms.models import model_to_dict
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.races import at_once
from users.ids import uuid7
from users.models import SyncClock, User, UserProfile, UserSettings

URL = "/api/v1/users/me/"
SETTINGS_URL = "/api/v1/users/me/settings/"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db

PROFILE = {
    "display_name": "Ana Gruber",
    "bio": "Chasing a 120 kg deadlift.",
    "avatar_url": "https://example.com/ana.png",
    "location": "Vienna",
    "website": "https://ana.example/",
    "user_type": "trainer",
    "fitness_level": "intermediate",
    "height": 170.5,
    "body_weight_kg": 63.5,
    "date_of_birth": "1994-03-12",
    "sex": "female",
    "timezone": "Europe/Vienna",
    "visibility": "followers",
}
SETTINGS = {
    "dark_mode": True,
    "notification_workouts": False,
    "notification_nutrition": False,
    "notification_social": False,
    "measurement_system": "imperial",
    "primary_goal": "endurance",
    "workout_days_per_week": 5,
    "week_starts_on": 7,
    "language": "de-AT",
    "read_receipts": False,
    "messages_from": "connections",
}


def rows_of(user: User) -> dict[str, Any]:
    """Every column of the account, the profile and the settings."""
    tables = {User: "pk", UserProfile: "user", UserSettings: "user"}
    return {
        f"{model.__name__}.{name}": value
        for model, owner in tables.items()
        for name, value in model.objects.values().get(**{owner: user.pk}).items()
    }


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in after if before[name] != after[name]}


def refusals(response) -> list[tuple[str | None, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


# --- Reading -------------------------------------------------------------------------------------


def test_account_profile_and_settings_come_in_one_answer(api: APIClient, ana: User):
    UserProfile.objects.filter(user=ana).update(**PROFILE)
    UserSettings.objects.filter(user=ana).update(**SETTINGS)
    profile = UserProfile.objects.get(user=ana)

    response = api.get(URL)

    assert response.status_code == 200
    assert response.json() == {
        "id": str(ana.pk),
        "username": "ana",
        "email": "ana@example.com",
        "date_joined": zulu(ana.date_joined),
        "profile": {
            **PROFILE,
            "email": "ana@example.com",
            "avatar_thumbnail_url": "",
            "created_at": zulu(profile.created_at),
            "updated_at": zulu(profile.updated_at),
        },
        "settings": SETTINGS,
    }


def zulu(instant: dt.datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def test_a_new_account_answers_with_the_defaults(api: APIClient):
    answer = api.get(URL).json()

    told = answer["profile"].keys() - {"email", "created_at", "updated_at"}
    assert {name: answer["profile"][name] for name in told} == {
        "display_name": "ana",
        "bio": "",
        "avatar_url": "",
        "avatar_thumbnail_url": "",
        "location": "",
        "website": "",
        "user_type": "user",
        "fitness_level": "beginner",
        "height": None,
        "body_weight_kg": None,
        "date_of_birth": None,
        "sex": "",
        "timezone": "UTC",
        "visibility": "public",
    }
    assert answer["settings"] == {
        "dark_mode": False,
        "notification_workouts": True,
        "notification_nutrition": True,
        "notification_social": True,
        "measurement_system": "metric",
        "primary_goal": "strength",
        "workout_days_per_week": 3,
        "week_starts_on": 1,
        "language": "en",
        "read_receipts": True,
        "messages_from": "everyone",
    }


def test_everybody_sees_themselves_there(api: APIClient, bens_api: APIClient):
    names = [client.get(URL).json()["username"] for client in (api, bens_api)]

    assert names == ["ana", "ben"]


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
@pytest.mark.parametrize("url", [URL, SETTINGS_URL])
def test_without_a_token_there_is_nobody(anonymous: APIClient, ana: User, method: str, url: str):
    before = rows_of(ana)

    response = getattr(anonymous, method)(url)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert rows_of(ana) == before


@pytest.mark.parametrize("method", ["post", "put"])
def test_other_methods_are_refused(api: APIClient, method: str):
    assert getattr(api, method)(URL, {}).status_code == 405
    assert getattr(api, method)(SETTINGS_URL, {}).status_code == 405


def test_reading_costs_two_queries(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    with django_assert_num_queries(2):  # whose token it is, and the three rows joined
        api.get(URL)


@pytest.mark.parametrize("missing", [UserSettings, UserProfile])
def test_reading_heals_a_missing_row(api: APIClient, ana: User, missing):
    whole = api.get(URL).json()
    missing.objects.filter(user=ana).delete()

    answer = api.get(URL).json()

    for part in ("profile", "settings"):
        for name in whole[part].keys() - {"created_at", "updated_at"}:
            assert answer[part][name] == whole[part][name]
    assert missing.objects.filter(user=ana).count() == 1


# --- Changing ------------------------------------------------------------------------------------


def test_the_profile_is_changed_alone(api: APIClient, ana: User):
    before = rows_of(ana)

    with time_machine.travel(NOW, tick=False):
        response = api.patch(URL, {"profile": PROFILE})

    assert response.status_code == 200
    assert response.json()["profile"].items() >= PROFILE.items()
    assert changed(before, rows_of(ana)) == {
        f"UserProfile.{name}" for name in (*PROFILE, "revision", "updated_at")
    }
    assert UserProfile.objects.get(user=ana).updated_at == NOW


def test_the_settings_are_changed_alone(api: APIClient, ana: User):
    before = rows_of(ana)

    response = api.patch(URL, {"settings": SETTINGS})

    assert response.status_code == 200
    assert response.json()["settings"] == SETTINGS
    assert changed(before, rows_of(ana)) == {
        f"UserSettings.{name}" for name in (*SETTINGS, "revision", "updated_at")
    }


def test_both_are_changed_in_one_request(api: APIClient, ana: User):
    body = {"profile": {"bio": "New"}, "settings": {"language": "fr"}}

    response = api.patch(URL, body)

    assert response.status_code == 200
    assert (response.json()["profile"]["bio"], response.json()["settings"]["language"]) == (
        "New",
        "fr",
    )
    assert UserProfile.objects.get(user=ana).bio == "New"
    assert UserSettings.objects.get(user=ana).language == "fr"


@pytest.mark.parametrize("body", [{}, {"profile": {}}, {"profile": {}, "settings": {}}])
def test_nothing_to_change_changes_nothing(api: APIClient, ana: User, body):
    before = rows_of(ana), SyncClock.objects.get(user=ana).revision

    response = api.patch(URL, body)

    assert response.status_code == 200
    assert (rows_of(ana), SyncClock.objects.get(user=ana).revision) == before


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        (
            {"profile": {"bio": "New"}, "settings": {"workout_days_per_week": 8}},
            "settings.workout_days_per_week",
        ),
        ({"profile": {"bio": "New", "height": 20}}, "profile.height"),
        (
            {"profile": {"sex": "x"}, "settings": {"language": "fr"}},
            "profile.sex",
        ),
    ],
)
def test_one_bad_field_changes_nothing_at_all(api: APIClient, ana: User, body, attr: str):
    before = rows_of(ana)

    response = api.patch(URL, body)

    assert response.status_code == 400
    assert [found for found, _ in refusals(response)] == [attr]
    assert rows_of(ana) == before


def test_a_fault_of_the_second_part_undoes_the_first(
    api: APIClient, ana: User, monkeypatch: pytest.MonkeyPatch
):
    before = rows_of(ana)
    # What no serializer knows of, the database refuses.
    monkeypatch.setattr(
        "users.api.serializers.SettingsSerializer.to_internal_value",
        lambda self, data: {"workout_days_per_week": 8},
    )

    response = api.patch(URL, {"profile": {"bio": "New"}, "settings": {"dark_mode": True}})

    assert response.status_code == 400
    assert rows_of(ana) == before


def test_every_fault_is_named_at_once(api: APIClient):
    body = {"profile": {"height": 20, "timezone": "Mars"}, "settings": {"language": "?"}}

    response = api.patch(URL, body)

    assert {attr for attr, _ in refusals(response)} == {
        "profile.height",
        "profile.timezone",
        "settings.language",
    }


BAD = [
    ("profile", "display_name", ["", "   ", None, "x" * 151, {}, []]),
    ("profile", "bio", [None, "x" * 501, ["a"]]),
    ("profile", "avatar_url", [None, "no-url", "javascript:alert(1)", "//x", "http://", 7]),
    ("profile", "avatar_url", ["https://example.com/" + "x" * 500]),
    ("profile", "location", [None, "x" * 101]),
    ("profile", "website", ["no-url", "javascript:alert(1)", "data:text/html,x", "https://[::1"]),
    ("profile", "website", ["https://example.com/" + "x" * 200]),
    ("profile", "user_type", ["", None, "admin", "Trainer", 1, [], {}]),
    ("profile", "fitness_level", ["", None, "expert"]),
    ("profile", "height", ["", 49.9, 300.1, -170, 0, "tall", True, [], {}, 1e308, "1" * 400]),
    ("profile", "height", ["nan", "NaN", "inf", "-Infinity", "1e999", "170 cm"]),
    ("profile", "date_of_birth", ["", "1899-12-31", "2026-03-03", "2100-01-01", "1994-02-30"]),
    ("profile", "date_of_birth", ["12.03.1994", "0000-01-01", 19940312, True, "1994-03-12T00:00"]),
    ("profile", "sex", [None, "other", "Female"]),
    ("profile", "timezone", ["", None, "Mars/Olympus", "europe/vienna", "localtime", "+01:00"]),
    ("profile", "timezone", ["../../../etc/passwd", "x" * 51]),
    ("profile", "visibility", ["", None, "friends"]),
    ("settings", "dark_mode", [None, "maybe", 2, [], {}]),
    ("settings", "notification_workouts", [None, "perhaps"]),
    ("settings", "notification_nutrition", [None, -1]),
    ("settings", "notification_social", [None, {}]),
    ("settings", "measurement_system", ["", None, "stones"]),
    ("settings", "primary_goal", ["", None, "fun"]),
    (
        "settings",
        "workout_days_per_week",
        [-1, 8, 3.5, None, "", "three", True, 10**30, "9" * 999],
    ),
    ("settings", "week_starts_on", [0, 8, -1, 1.5, None, "", "monday", True, 10**30]),
    ("settings", "read_receipts", [None, "sometimes"]),
    ("settings", "messages_from", ["", None, "strangers", 1]),
    ("settings", "language", ["", None, "e", "english", "de_AT", "de-AT-1996", "d3", "en\u0430"]),
]


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [(part, field, value) for part, field, values in BAD for value in values],
)
@time_machine.travel(NOW, tick=False)
def test_what_is_out_of_range_is_refused_by_name(
    api: APIClient, ana: User, part: str, field: str, value
):
    before = rows_of(ana)

    response = api.patch(URL, {part: {field: value}})

    assert response.status_code == 400, response.content
    assert {attr for attr, _ in refusals(response)} == {f"{part}.{field}"}
    assert response.json()["type"] == "validation_error"
    assert rows_of(ana) == before


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("display_name", "x" * 150, "x" * 150),
        ("display_name", " Ana ", "Ana"),
        ("bio", "x" * 500, "x" * 500),
        ("bio", "", ""),
        ("height", 50, 50.0),
        ("height", 300, 300.0),
        ("height", "170.5", 170.5),
        ("height", None, None),
        ("date_of_birth", "1900-01-01", dt.date(1900, 1, 1)),
        ("date_of_birth", "2026-03-02", dt.date(2026, 3, 2)),
        ("date_of_birth", "2024-02-29", dt.date(2024, 2, 29)),
        ("date_of_birth", None, None),
        ("sex", "", ""),
        ("website", "", ""),
        ("timezone", "America/Argentina/ComodRivadavia", "America/Argentina/ComodRivadavia"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_what_is_just_within_range_is_stored(api: APIClient, ana: User, field, value, stored):
    response = api.patch(URL, {"profile": {field: value}})

    assert response.status_code == 200, response.content
    assert getattr(UserProfile.objects.get(user=ana), field) == stored


@pytest.mark.parametrize("value", ["en", "de-AT", "gsw", "zh-Hant", "es-419", "pt-BR"])
def test_a_language_tag_is_stored(api: APIClient, ana: User, value: str):
    response = api.patch(SETTINGS_URL, {"language": value})

    assert response.status_code == 200
    assert UserSettings.objects.get(user=ana).language == value


def test_no_column_can_be_written_but_those_that_are_offered(api: APIClient, ana: User, ben: User):
    before, bens = rows_of(ana), rows_of(ben)

    def everything(model, offered: dict[str, Any]) -> dict[str, Any]:
        foreign = {
            field.name: other(field.get_internal_type(), ben)
            for field in model._meta.get_fields()
            if field.concrete
        }
        attnames = {f"{name}_id": str(ben.pk) for name in ("user", "created_by")}
        return {**foreign, **attnames, "pk": str(ben.pk), **offered}

    body = {
        **everything(User, {}),
        "is_verified": True,
        "groups": [1],
        "user_permissions": [1],
        "profile": everything(UserProfile, PROFILE),
        "settings": everything(UserSettings, SETTINGS),
    }
    response = api.patch(URL, body)

    assert response.status_code == 200, response.content
    assert changed(before, rows_of(ana)) == {
        *(f"UserProfile.{name}" for name in (*PROFILE, "revision", "updated_at")),
        *(f"UserSettings.{name}" for name in (*SETTINGS, "revision", "updated_at")),
    }
    assert not ana.groups.exists()
    assert not ana.user_permissions.exists()
    assert rows_of(ben) == bens


def other(kind: str, ben: User) -> Any:
    """A value of the kind that is not ana's."""
    return {
        "BooleanField": True,
        "DateTimeField": "2001-01-01T00:00:00Z",
        "UUIDField": str(ben.pk),
        "OneToOneField": str(ben.pk),
        "ManyToManyField": [1],
        "BigIntegerField": 4711,
        "IntegerField": 4711,
        "FloatField": 99.0,
        "DateField": "2001-01-01",
    }.get(kind, "admin@example.com")


def test_a_person_says_for_themselves_whether_they_train_others(api: APIClient, ana: User):
    api.patch(URL, {"profile": {"user_type": "trainer"}})

    assert UserProfile.objects.get(user=ana).user_type == "trainer"
    ana.refresh_from_db()
    assert (ana.is_staff, ana.is_superuser) == (False, False)


def test_changing_costs_the_same_however_much_changes(
    api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
):
    # Whose token it is, the rows before and after, and for the transaction its two marks; for
    # each part the clock, the update and two marks.
    with django_assert_num_queries(13):
        api.patch(URL, {"profile": PROFILE, "settings": SETTINGS})
    with django_assert_num_queries(9):
        api.patch(URL, {"profile": {"bio": "New"}})
    with django_assert_num_queries(9):
        api.patch(URL, {"settings": {"dark_mode": False}})


def test_changing_heals_missing_rows(api: APIClient, ana: User):
    UserProfile.objects.filter(user=ana).delete()
    UserSettings.objects.filter(user=ana).delete()

    response = api.patch(URL, {"profile": {"bio": "New"}, "settings": {"dark_mode": True}})

    assert response.status_code == 200
    assert UserProfile.objects.get(user=ana).bio == "New"
    assert UserSettings.objects.get(user=ana).dark_mode is True


def test_a_strangers_change_is_theirs(bens_api: APIClient, ana: User, ben: User):
    before = rows_of(ana)

    response = bens_api.patch(URL, {"id": str(ana.pk), "profile": {"bio": "Ben's"}})

    assert response.status_code == 200
    assert rows_of(ana) == before
    assert UserProfile.objects.get(user=ben).bio == "Ben's"


@pytest.mark.django_db(transaction=True)
def test_changes_of_different_fields_at_once_are_all_kept():
    ana = UserFactory(username="ana")
    fields = list(PROFILE)
    clients = [client_of(ana) for _ in fields]

    codes = at_once(
        len(fields),
        lambda n: clients[n].patch(URL, {"profile": {fields[n]: PROFILE[fields[n]]}}).status_code,
    )

    assert codes == [200] * len(fields)
    stored = model_to_dict(UserProfile.objects.get(user=ana), fields)
    assert stored == {**PROFILE, "date_of_birth": dt.date(1994, 3, 12)}


# --- The settings alone --------------------------------------------------------------------------


def test_the_settings_have_an_address_of_their_own(api: APIClient, ana: User):
    response = api.patch(SETTINGS_URL, {"dark_mode": True, "language": "fr"})

    assert response.status_code == 200
    assert response.json() == api.get(SETTINGS_URL).json()
    stored = UserSettings.objects.get(user=ana)
    assert (stored.dark_mode, stored.language) == (True, "fr")


def test_settings_out_of_range_are_refused_by_name(api: APIClient, ana: User):
    before = rows_of(ana)

    response = api.patch(SETTINGS_URL, {"workout_days_per_week": 8, "dark_mode": True})

    assert response.status_code == 400
    assert refusals(response) == [("workout_days_per_week", "max_value")]
    assert rows_of(ana) == before


def test_missing_settings_are_healed_there_too(api: APIClient, ana: User):
    UserSettings.objects.filter(user=ana).delete()

    response = api.get(SETTINGS_URL)

    assert response.json()["workout_days_per_week"] == 3
    assert UserSettings.objects.filter(user=ana).count() == 1


def test_a_strangers_settings_are_theirs(bens_api: APIClient, ana: User):
    before = rows_of(ana)

    response = bens_api.patch(SETTINGS_URL, {"user": str(ana.pk), "dark_mode": True})

    assert response.status_code == 200
    assert rows_of(ana) == before


# --- What no phone sends -------------------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, SETTINGS_URL])
@pytest.mark.parametrize(
    "body",
    [
        b'{"profile": {"bio": "a\\u0000b"}, "language": "e\\u0000"}',
        b'{"profile": {"bio": "\\ud800"}, "language": "\\ud800"}',
        b'{"profile": {"bio": "\xff\xfe"}}',
        b'{"profile": {"height": NaN}, "workout_days_per_week": NaN}',
        b'{"profile": {"height": Infinity}}',
        b'{"profile": {"height": 1e999}, "workout_days_per_week": 1e999}',
        b'{"profile": {"height": -1e999}, "workout_days_per_week": -1e999}',
        b'{"profile": ' + b"[" * 100 + b"]" * 100 + b', "language": ' + b"[" * 9 + b"]" * 9 + b"}",
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"profile": {"height": ' + b"9" * 5000 + b'}, "workout_days_per_week": 99999999999999}',
        b'{"settings": {"workout_days_per_week": 99999999999999999999}, "language": 1e400}',
        b'{"profile": {"height": 170',
        b"profile=1",
        b"null",
        b"[]",
        b"7",
        b'"profile"',
        b'{"profile": null, "language": null}',
        b'{"profile": [], "language": []}',
        b'{"profile": "x", "dark_mode": "x"}',
        b'{"settings": 1, "dark_mode": [1]}',
        b'{"\\u0000": 1}',
    ],
    ids=lambda body: repr(body[:40]) if isinstance(body, bytes) else "",
)
def test_what_cannot_be_understood_is_refused_and_changes_nothing(
    api: APIClient, ana: User, url: str, body: bytes
):
    before = rows_of(ana)

    response = api.generic("PATCH", url, body, content_type="application/json")

    assert response.status_code == 400, response.content
    assert rows_of(ana) == before


def test_a_body_of_more_than_a_megabyte_is_refused(api: APIClient, ana: User):
    before = rows_of(ana)

    response = api.patch(URL, {"profile": {"bio": "x" * 1024 * 1024}})

    assert response.status_code == 413
    assert refusals(response) == [(None, "payload_too_large")]
    assert rows_of(ana) == before


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_another_content_type_is_refused(api: APIClient, ana: User, content_type: str):
    before = rows_of(ana)

    response = api.generic("PATCH", URL, b'{"profile": {}}', content_type=content_type)

    assert response.status_code == 415
    assert rows_of(ana) == before


def test_text_of_every_script_is_kept_as_it_is(api: APIClient, ana: User):
    text = "Ana 🏋️ アナ анна \u202eana\u202c ‍ <script>alert(1)</script> '; DROP TABLE x; --"

    response = api.patch(URL, {"profile": {"bio": text}})

    assert response.json()["profile"]["bio"] == text
    assert UserProfile.objects.get(user=ana).bio == text


def test_an_unknown_token_is_nobody(ana: User):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer nmn_{uuid7()}")

    response = client.get(URL)

    assert response.status_code == 401
