"""Sign-up, verification, log-in, reset, second factor and sessions, as a phone sees them."""

import re
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import hashers
from django.test import Client
from rest_framework.test import APIClient

from tests.factories.users import PASSWORD, UserFactory
from users.models import OutboxMessage, Session, User
from users.sessions import session_key_of

BASE = "/_allauth/app/v1"
ME = "/api/v1/users/me/"
NEW_PASSWORD = "another-long-secret"
pytestmark = pytest.mark.django_db


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def code_in(message: OutboxMessage) -> str:
    found = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", message.payload["body"], re.MULTILINE)
    assert found
    return found[1]


def latest_mail() -> OutboxMessage:
    message = OutboxMessage.objects.filter(kind="email").order_by("-created_at").first()
    assert message
    return message


def sign_up(email="zoe@example.com", username="zoe", password=PASSWORD):
    body = {"email": email, "username": username, "password": password}
    return APIClient().post(f"{BASE}/auth/signup", body)


def log_in(username: str, password: str = PASSWORD):
    return APIClient().post(f"{BASE}/auth/login", {"username": username, "password": password})


def token_of(response) -> str:
    return response.json()["meta"]["session_token"]


def test_a_person_signs_up_verifies_by_code_and_is_logged_in(db):
    pending = sign_up()
    before = with_token(token_of(pending)).get(ME)

    verified = with_token(token_of(pending)).post(
        f"{BASE}/auth/email/verify", {"key": code_in(latest_mail())}
    )

    assert (pending.status_code, before.status_code, verified.status_code) == (401, 401, 200)
    me = with_token(token_of(verified)).get(ME)
    assert (me.status_code, me.json()["email"]) == (200, "zoe@example.com")


def test_a_new_account_has_its_profile_and_settings(db):
    sign_up()

    zoe = User.objects.get(username="zoe")
    assert (zoe.profile.email, zoe.settings.workout_days_per_week) == ("zoe@example.com", 3)


def test_sign_up_answers_the_same_for_a_taken_address_and_tells_its_owner(db):
    UserFactory(username="zoe", email="zoe@example.com")

    taken = sign_up(email="ZOE@example.com", username="somebody")
    fresh = sign_up(email="new@example.com", username="newcomer")

    def shape(response):
        answer = response.json()
        answer["meta"].pop("session_token")
        return response.status_code, answer

    assert shape(taken) == shape(fresh)
    assert User.objects.filter(username="somebody").count() == 0
    subjects = OutboxMessage.objects.order_by("created_at").values_list(
        "payload__subject", flat=True
    )
    assert "already exists" in subjects[0].lower()


def test_a_taken_address_costs_the_same_hash_as_a_new_one(monkeypatch):
    UserFactory(username="zoe", email="zoe@example.com")
    hashed = []
    real = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or real(*args)
    )

    sign_up(email="zoe@example.com", username="somebody")
    for_taken = len(hashed)
    sign_up(email="new@example.com", username="newcomer")

    assert for_taken == len(hashed) - for_taken > 0


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"password": "short"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"password": "p" * 129}, "password"),
        ({"username": "ab"}, "username"),
        ({"username": "me"}, "username"),
        ({"email": "no-address"}, "email"),
    ],
)
def test_sign_up_names_what_is_wrong(change, param):
    response = sign_up(**change)

    assert response.status_code == 400
    assert param in {error["param"] for error in response.json()["errors"]}
    assert User.objects.count() == 0


def test_a_username_differing_in_case_alone_is_taken(ana):
    response = sign_up(username="ANA")

    assert response.status_code == 400
    assert User.objects.count() == 1


def test_log_in_works_by_username_and_by_address_whatever_their_case(ana):
    by_name = log_in("ANA")
    by_address = APIClient().post(
        f"{BASE}/auth/login", {"email": "Ana@Example.com", "password": PASSWORD}
    )

    assert (by_name.status_code, by_address.status_code) == (200, 200)


def test_an_unverified_person_is_not_let_in():
    UserFactory(username="zoe", verified=False)

    response = log_in("zoe")

    assert response.status_code == 401
    assert with_token(token_of(response)).get(ME).status_code == 401


def test_wrong_password_and_unknown_name_answer_alike(ana):
    wrong, unknown = log_in("ana", "not-the-password"), log_in("nobody", "not-the-password")

    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())


def test_the_sixth_wrong_log_in_within_five_minutes_is_not_even_tried(ana):
    for _ in range(5):
        log_in("ana", "not-the-password")

    response = log_in("ana")

    assert response.status_code in {400, 429}
    assert Session.objects.count() == 0


def test_the_database_holds_the_hash_of_a_token_alone(ana):
    token = token_of(log_in("ana"))

    [session] = Session.objects.all()
    assert session.session_key == session_key_of(token)
    assert with_token(session.session_key).get(ME).status_code == 401
    browser = APIClient()
    browser.cookies["sessionid"] = session.session_key
    assert browser.get("/admin/").status_code == 302


def test_a_request_with_a_token_writes_no_session_and_sets_no_cookie(
    ana, django_assert_num_queries
):
    client = with_token(token_of(log_in("ana")))
    before = list(Session.objects.values())

    with django_assert_num_queries(2):  # whose token; the account with profile and settings
        response = client.get(ME)

    assert response.status_code == 200
    assert not response.cookies
    assert list(Session.objects.values()) == before


def test_a_replaced_secret_key_ends_no_session_while_it_is_a_fallback(ana, settings):
    client = with_token(token_of(log_in("ana")))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]

    with_fallback = client.get(ME).status_code
    settings.SECRET_KEY_FALLBACKS = []

    assert (with_fallback, client.get(ME).status_code) == (200, 401)


def test_log_out_ends_the_token_at_once(ana):
    client = with_token(token_of(log_in("ana")))

    client.delete(f"{BASE}/auth/session")

    assert client.get(ME).status_code == 401
    assert Session.objects.count() == 0


def test_a_person_sees_and_ends_their_other_sessions(ana):
    phone, tablet = (with_token(token_of(log_in("ana"))) for _ in range(2))
    listed = phone.get(f"{BASE}/auth/sessions").json()["data"]
    other = next(row["id"] for row in listed if not row["is_current"])

    phone.delete(f"{BASE}/auth/sessions", {"sessions": [other]}, format="json")

    assert len(listed) == 2
    assert (phone.get(ME).status_code, tablet.get(ME).status_code) == (200, 401)


def test_a_changed_password_ends_the_other_sessions(ana):
    phone, thief = (with_token(token_of(log_in("ana"))) for _ in range(2))

    changed = phone.post(
        f"{BASE}/account/password/change",
        {"current_password": PASSWORD, "new_password": NEW_PASSWORD},
    )

    assert changed.status_code == 200
    phone = with_token(token_of(changed))
    assert (phone.get(ME).status_code, thief.get(ME).status_code) == (200, 401)
    assert log_in("ana", NEW_PASSWORD).status_code == 200


def test_a_disabled_account_is_refused_at_once(ana):
    client = with_token(token_of(log_in("ana")))

    User.objects.filter(pk=ana.pk).update(is_active=False)

    assert client.get(ME).status_code == 401


def test_a_forgotten_password_is_reset_by_code(ana):
    asked = APIClient().post(f"{BASE}/auth/password/request", {"email": ana.email})
    client = with_token(token_of(asked))

    reset = client.post(
        f"{BASE}/auth/password/reset", {"key": code_in(latest_mail()), "password": NEW_PASSWORD}
    )

    assert (asked.status_code, reset.status_code) == (401, 401)
    assert log_in("ana", PASSWORD).status_code == 400
    assert log_in("ana", NEW_PASSWORD).status_code == 200


def test_a_reset_for_an_unknown_address_answers_as_for_a_known_one(ana):
    known = APIClient().post(f"{BASE}/auth/password/request", {"email": ana.email})
    unknown = APIClient().post(f"{BASE}/auth/password/request", {"email": "no@example.com"})

    assert known.status_code == unknown.status_code
    assert known.json()["data"] == unknown.json()["data"]


def test_with_a_second_factor_the_password_alone_opens_nothing(ana):
    client = with_token(token_of(log_in("ana")))
    client.post(f"{BASE}/auth/reauthenticate", {"password": PASSWORD})
    secret = client.get(f"{BASE}/account/authenticators/totp").json()["meta"]["secret"]
    activated = client.post(f"{BASE}/account/authenticators/totp", {"code": _code(secret)})

    half = log_in("ana")
    half_way = with_token(token_of(half))
    before = half_way.get(ME).status_code
    with time_machine.travel(time.time() + 30):
        whole = half_way.post(f"{BASE}/auth/2fa/authenticate", {"code": _code(secret)})

    assert activated.status_code == 200

    assert (half.status_code, before, whole.status_code) == (401, 401, 200)
    assert with_token(token_of(whole)).get(ME).status_code == 200


def _code(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))


def test_an_admin_logs_in_with_a_cookie_that_the_table_does_not_show(admin_user):
    browser = Client()
    EmailAddress.objects.create(
        user=admin_user, email=admin_user.email, verified=True, primary=True
    )

    browser.post("/accounts/login/", {"login": "admin", "password": "password"})

    assert browser.get("/admin/").status_code == 200
    assert not Session.objects.filter(session_key=browser.cookies["sessionid"].value).exists()
