"""What holds for every answer, and what the machines around us ask."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import middleware
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from pythonjsonlogger.orjson import OrjsonFormatter
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.test import APIClient

from config import health, logs
from tests.conftest import client_of
from tests.factories.users import UserFactory
from tests.users.admin_client import browser_of
from users.api import throttling, viewsets

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _forget_migrations():
    health._all_migrations_applied.cache_clear()


def run_django(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_process_says_that_it_lives_without_asking_the_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_a_probe_may_come_by_an_address_that_is_no_name_of_ours(path, client, db):
    assert client.get(path, headers={"Host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.django_db
class TestReadiness:
    def test_it_is_ready_with_database_redis_and_every_migration(self, client):
        response = client.get("/readyz")

        assert response.status_code == 200
        assert response.json()["checks"] == {"database": True, "redis": True, "migrations": True}

    def test_it_is_not_ready_while_a_migration_is_missing(self, client):
        leaf = MigrationLoader(connection).graph.leaf_nodes("workouts")[0]
        MigrationRecorder(connection).record_unapplied(*leaf)

        response = client.get("/readyz")

        assert (response.status_code, response.json()["checks"]["migrations"]) == (503, False)

    def test_it_is_not_ready_without_redis(self, client, settings):
        nowhere = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
        settings.CACHES = {"default": nowhere}

        response = client.get("/readyz")

        assert (response.status_code, response.json()["checks"]["redis"]) == (503, False)


@pytest.mark.django_db
class TestOutages:
    def test_a_lost_database_is_a_503_with_retry_after(self, api, monkeypatch):
        def lose(*args, **kwargs):
            raise OperationalError("server closed the connection unexpectedly: secret-host")

        monkeypatch.setattr(viewsets.accounts, "healed_settings", lose)

        response = api.get("/api/v1/users/me/settings/")

        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.json()["errors"][0]["code"] == "unavailable"
        assert b"secret-host" not in response.content

    def test_staff_get_a_page_that_needs_no_server_of_ours(
        self, monkeypatch, django_assert_num_queries
    ):
        def lose(*args, **kwargs):
            raise OperationalError("server closed the connection unexpectedly: secret-host")

        desk = browser_of(UserFactory(is_staff=True, is_superuser=True))
        desk.get("/admin/")
        monkeypatch.setattr(middleware, "get_user", lose)

        with django_assert_num_queries(0):
            response = desk.get("/admin/")

        page = response.content.decode()
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert response.headers["Content-Type"].startswith("text/html")
        assert "<h1>The service is not available at the moment. Try again.</h1>" in page
        assert "secret-host" not in page

    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            ("/admin/nothing/here/", "text/html"),
            ("/nothing", "text/html"),
            ("/api/v1/nothing/", "application/json"),
            ("/webhooks", "application/json"),
        ],
    )
    def test_an_address_of_nothing_is_answered_in_the_words_of_its_asker(self, path, kind):
        response = browser_of(UserFactory(is_staff=True, is_superuser=True)).get(path)

        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith(kind)
        assert "Not found." in response.content.decode()

    def test_a_fault_of_ours_is_a_500_that_tells_nothing(self, api, monkeypatch):
        def break_down(*args, **kwargs):
            raise RuntimeError("secret")

        monkeypatch.setattr(viewsets.accounts, "healed_settings", break_down)
        api.raise_request_exception = False

        response = api.get("/api/v1/users/me/settings/")

        assert response.status_code == 500
        assert b"secret" not in response.content

    def test_the_api_goes_on_while_redis_is_away_and_does_not_ask_it_again_at_once(
        self, api, monkeypatch
    ):
        asked = []

        class Away(throttling._Counter):
            def _tell(self, key, count):
                asked.append(key)
                raise RedisConnectionError

        monkeypatch.setattr(throttling, "_counter", Away())

        statuses = [api.get("/api/v1/users/me/").status_code for _ in range(3)]

        assert (statuses, len(asked)) == ([200] * 3, 1)


@pytest.mark.django_db
class TestLimits:
    def test_a_person_who_asks_too_often_is_told_when_to_come_back(self, ana, settings):
        settings.API_RATE_PER_MINUTE = 3
        phone = client_of(ana)

        statuses = [phone.get("/api/v1/users/me/").status_code for _ in range(4)]
        refused = phone.get("/api/v1/users/me/")

        assert statuses.count(200) >= 3
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60

    def test_guessing_tokens_is_limited_by_address(self, settings):
        settings.API_ANONYMOUS_RATE_PER_MINUTE = 3
        guesser = APIClient()
        guesser.credentials(HTTP_AUTHORIZATION="Bearer nmn_guess")

        statuses = [guesser.get("/api/v1/users/me/").status_code for _ in range(8)]

        assert statuses[:3] == [401] * 3
        assert statuses[-1] == 429


@pytest.mark.django_db
def test_every_answer_is_closed_to_caches_frames_and_foreign_content(api):
    headers = api.get("/api/v1/users/me/").headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v1/workouts", "/_allauth/nothing"])
def test_an_address_that_is_not_there_is_a_404_in_our_shape(path, client, db):
    response = client.get(path)

    assert response.status_code == 404
    assert response.json()["errors"][0]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api/v1/users/me/", "/_allauth/app/v1/config"])
def test_a_call_over_plain_http_is_refused_and_not_redirected(path, client, settings, db):
    settings.SECURE_SSL_REDIRECT = True

    plain, secure = client.get(path), client.get(path, secure=True)

    assert (plain.status_code, plain.json()["errors"][0]["code"]) == (403, "https_required")
    assert secure.status_code in {200, 401}


@pytest.mark.django_db
class TestBoundary:
    @pytest.mark.parametrize(
        "body",
        [
            "[" * 3000 + "]" * 3000,
            '{"username": [[[' + "[" * 40 + "]" * 40 + "]]]}",
            '{"username": "\\ud800", "password": "x"}',
            '{"username": "ana", "password": "\\ud800"}',
            '{"username": "a\\u0000b", "password": "x"}',
            '{"username": ' + "1" * 6000 + "}",
            "[]",
            "{",
            "null",
        ],
    )
    @pytest.mark.parametrize("path", ["auth/login", "auth/signup", "auth/password/request"])
    def test_no_body_of_an_account_request_gives_a_500(self, body, path, client):
        response = client.post(f"/_allauth/app/v1/{path}", body, content_type="application/json")

        assert response.status_code == 400

    def test_a_body_without_a_length_is_refused_and_not_taken_for_an_empty_one(self, api):
        response = api.generic(
            "PATCH", "/api/v1/users/me/", "", headers={"Transfer-Encoding": "chunked"}
        )

        assert response.status_code == 411

    def test_a_foreign_host_is_refused(self, api):
        assert api.get("/api/v1/workouts/", headers={"Host": "evil.example"}).status_code == 400

    @pytest.mark.parametrize(
        "path", ["/api/v1/users/me/avatar/", "/api/v1/workouts/", "/api/docs/"]
    )
    def test_options_is_not_a_method_of_ours(self, api, path):
        assert api.options(path).status_code == 405

    @pytest.mark.parametrize("path", ["account/phone", "auth/phone/verify", "tokens/refresh"])
    def test_what_we_do_not_have_is_not_found(self, api, path):
        assert api.get(f"/_allauth/app/v1/{path}").status_code == 404

    def test_too_many_sign_ups_are_told_when_to_come_back(self, client):
        body = {"email": "z@example.com", "username": "zoe", "password": "a-long-enough-secret"}
        url = "/_allauth/app/v1/auth/signup"
        client.post(url, body, content_type="application/json")

        again = client.post(url, {**body, "username": "zoe2"}, content_type="application/json")

        assert (again.status_code, again.headers["Retry-After"]) == (429, "60")


@pytest.mark.django_db
class TestRequestIds:
    def test_an_answer_names_its_request(self, api):
        response = api.get("/api/v1/users/me/", headers={"X-Request-ID": "abc-123"})

        assert response.headers["X-Request-ID"] == "abc-123"

    @pytest.mark.parametrize("given", ["a b", "a\nb", "x" * 65, "é", '{"a":1}'])
    def test_a_name_that_could_spoil_a_log_is_replaced(self, api, given):
        response = api.get("/api/v1/users/me/", headers={"X-Request-ID": given})

        assert response.headers["X-Request-ID"] != given
        assert response.headers["X-Request-ID"].isalnum()

    def test_a_log_line_is_one_json_object_with_the_request_and_no_query(self, api, settings):
        lines = []
        handler = logging.Handler()
        handler.setFormatter(
            OrjsonFormatter(
                settings.LOGGING["formatters"]["json"]["fmt"],
                style="{",
                rename_fields=settings.LOGGING["formatters"]["json"]["rename_fields"],
            )
        )
        handler.addFilter(logs.RequestIdFilter())
        handler.emit = lambda record: lines.append(handler.format(record))
        logging.getLogger("numeneon.request").addHandler(handler)

        api.get("/api/v1/users/?q=secret-name", headers={"X-Request-ID": "abc"})
        logging.getLogger("numeneon.request").removeHandler(handler)

        [line] = [json.loads(line) for line in lines]
        assert line["request_id"] == "abc"
        assert line["message"] == "GET api/v1/users/ 200"
        assert "secret-name" not in json.dumps(line)


class TestMetrics:
    def test_requests_are_counted_by_route_and_not_by_id(self, client, db):
        client.get("/api/v1/workouts/019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9/")

        text = client.get("/metrics").content.decode()

        assert 'route="api/v1/workouts/<uuid:pk>/",status="401"' in text
        assert "019a2f5e" not in text

    def test_with_a_token_they_are_its_bearers_alone(self, client, settings, db):
        settings.METRICS_TOKEN = "let-me-in"

        refused = client.get("/metrics")
        allowed = client.get("/metrics", headers={"Authorization": "Bearer let-me-in"})

        assert (refused.status_code, allowed.status_code) == (404, 200)

    def test_in_production_they_are_nobodys_without_a_token(self, client, settings):
        settings.PRODUCTION, settings.METRICS_TOKEN = True, ""

        assert client.get("/metrics").status_code == 404


class TestStarting:
    @pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "WEARABLE_KEYS"])
    def test_production_refuses_to_start_without(self, missing):
        environ = {"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "example.com"}
        environ["WEARABLE_KEYS"] = Fernet.generate_key().decode()
        del environ[missing]

        result = run_django("check", **environ)

        assert result.returncode != 0
        assert f"{missing} is not set" in result.stderr

    @pytest.mark.parametrize("keys", ["short", "not base64!", ",", "x" * 44])
    def test_keys_that_are_none_are_refused(self, keys):
        result = run_django("check", ENVIRONMENT="development", WEARABLE_KEYS=keys)

        assert "WEARABLE_KEYS must be Fernet keys" in result.stderr

    def test_a_flag_that_is_no_flag_is_refused(self):
        result = run_django("check", ENVIRONMENT="development", DEBUG="maybe")

        assert "DEBUG must be 1 or 0" in result.stderr

    def test_keys_of_a_stranger_are_refused(self):
        result = run_django(
            "check",
            ENVIRONMENT="development",
            SUPABASE_ISSUER="http://example.com",
        )

        assert "SUPABASE_JWKS_URL must be an https address" in result.stderr
