"""The model's endpoint: what it is asked, and that nothing it does harms or holds up a worker."""

import datetime as dt
import gzip
import ipaddress
import logging
import runpy
import socket
import ssl
import time
import traceback
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from tests.users import fake_model
from tests.users.fake_model import KEY, MODEL, raw, says, sends
from users.services import language_model
from users.services.language_model import ModelFailed, ModelUnavailable

SETTINGS = Path(__file__).resolve().parents[2] / "config" / "settings.py"
MESSAGES = [{"role": "user", "content": "Three days, please."}]
SCHEMA = {"type": "object"}
LATE, AWAY = "The model did not answer in time.", "The model cannot be reached."
TIME_LIMIT_S = 0.3


@pytest.fixture
def model(settings):
    with fake_model.set_up(settings) as model:
        yield model


@pytest.fixture
def certificate(tmp_path):
    """Of 127.0.0.1, by itself: a file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls_model(settings, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with fake_model.set_up(settings, context) as model:
        yield model


def ask() -> str:
    return language_model.complete(messages=MESSAGES, schema=SCHEMA)


# --- Setting it up -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("AI_BASE_URL", "models.example.com/v1", "AI_BASE_URL must be an address"),
        ("AI_BASE_URL", "file:///etc/passwd", "AI_BASE_URL must be an address"),
        ("AI_API_KEY", "one\ntwo", "AI_API_KEY must be printable ASCII"),
        ("AI_API_KEY", "clé", "AI_API_KEY must be printable ASCII"),
        ("AI_TIMEOUT_S", "0", "AI_TIMEOUT_S must be from 1 to 300 seconds"),
        ("AI_TIMEOUT_S", "301", "AI_TIMEOUT_S must be from 1 to 300 seconds"),
    ],
)
def test_a_setting_that_cannot_work_stops_the_program(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)

    with pytest.raises(ImproperlyConfigured) as raised:
        runpy.run_path(str(SETTINGS))

    assert message in str(raised.value)
    # It may be a secret.
    assert len(value) < 2 or value not in str(raised.value)


def test_the_settings_are_those_of_the_environment(monkeypatch):
    monkeypatch.setenv("AI_BASE_URL", "https://models.example.com/v1")
    monkeypatch.setenv("AI_MODEL", MODEL)
    monkeypatch.setenv("AI_API_KEY", KEY)
    monkeypatch.setenv("AI_TIMEOUT_S", "300")

    read = runpy.run_path(str(SETTINGS))

    assert (read["AI_BASE_URL"], read["AI_MODEL"], read["AI_API_KEY"], read["AI_TIMEOUT_S"]) == (
        "https://models.example.com/v1",
        MODEL,
        KEY,
        300,
    )


# --- Asking --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "name", "is_on"),
    [
        ("", "", False),
        ("http://127.0.0.1:9", "", False),
        ("", MODEL, False),
        ("http://127.0.0.1:9", MODEL, True),
    ],
)
def test_it_is_off_until_an_endpoint_and_a_model_are_named(settings, url, name, is_on):
    settings.AI_BASE_URL, settings.AI_MODEL = url, name

    assert language_model.is_configured() is is_on


def test_while_it_is_off_nobody_is_asked(model, settings):
    settings.AI_MODEL = ""

    with pytest.raises(ModelFailed, match=r"^No model is set up\.$"):
        ask()

    assert model.bodies == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_endpoint_is_asked_in_its_protocol_with_the_key_as_bearer(model, settings, slash):
    model.answers = [says("Gladly.")]
    settings.AI_BASE_URL = model.url + slash

    answer = ask()

    assert answer == "Gladly."
    assert model.paths == ["/v1/chat/completions"]
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert model.headers[0]["Content-Type"] == "application/json"
    assert model.bodies == [
        {
            "model": MODEL,
            "messages": MESSAGES,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": SCHEMA},
            },
        }
    ]


def test_an_endpoint_without_keys_gets_none(model, settings):
    model.answers = [says("Gladly.")]
    settings.AI_API_KEY = ""

    ask()

    assert "Authorization" not in model.headers[0]


def test_what_the_machine_has_set_for_other_programs_is_not_obeyed(model, monkeypatch, tmp_path):
    model.answers = [says("Gladly.")]
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    answer = ask()

    assert answer == "Gladly."
    assert model.headers[0]["Authorization"] == f"Bearer {KEY}"


# --- Refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_request_is_not_worth_another_try(model, status):
    model.answers = [raw(b"{}", status=status)]

    with pytest.raises(ModelFailed, match=f"^The model answered with status {status}.$") as raised:
        ask()

    assert not isinstance(raised.value, ModelUnavailable)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_too_many_requests_and_a_servers_error_may_heal(model, status):
    model.answers = [raw(b"{}", status=status)]

    with pytest.raises(ModelUnavailable, match=f"^The model answered with status {status}.$"):
        ask()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(model, status):
    model.answers = [raw(b"", status=status, Location=f"{model.url}/elsewhere"), says("Hello.")]

    with pytest.raises(ModelFailed, match=f"^The model answered with status {status}.$"):
        ask()

    assert model.paths == ["/v1/chat/completions"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (says(None, refusal="I do not do sports."), "The model refused."),
        (says("", finish_reason="content_filter"), "The model refused."),
        (says('{"name": "Thr', finish_reason="length"), "The model's answer was cut off."),
        (says(None), "The model's answer has no text."),
        (sends({"choices": [{"message": {"content": [1]}}]}), "The model's answer has no text."),
    ],
)
def test_an_answer_without_a_plan_says_why(model, answer, message):
    model.answers = [answer]

    with pytest.raises(ModelFailed) as raised:
        ask()

    assert str(raised.value) == message


@pytest.mark.parametrize(
    "document",
    [
        *(None, 5, [], {}, {"error": {"message": "Overloaded."}}),
        *({"choices": wrong} for wrong in (None, [], {}, ["text"], [{}], [{"message": None}])),
        {"choices": [{"message": "text"}]},
    ],
)
def test_an_answer_of_another_form_is_refused(model, document):
    model.answers = [sends(document)]

    with pytest.raises(ModelFailed, match=r"^The model's answer has not the expected form\.$"):
        ask()


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Please log in.</html>", b"\xff\xfe", b'{"choices": [NaN]}', b"[" * 5000],
)
def test_what_is_not_json_is_refused(model, body):
    model.answers = [raw(body)]

    with pytest.raises(ModelFailed, match=r"^The model's answer is not JSON\.$"):
        ask()


def test_a_packed_answer_is_not_unpacked(model):
    bomb = gzip.compress(b" " * 50_000_000)
    model.answers = [raw(bomb, Content_Encoding="gzip")]

    with pytest.raises(ModelFailed, match=r"^The model's answer is not JSON\.$"):
        ask()


# --- Time and size -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer", [fake_model.says_nothing, fake_model.drips_headers, fake_model.drips_text]
)
def test_whoever_takes_longer_than_the_time_limit_is_cut_off(model, settings, answer):
    model.answers = [answer]
    settings.AI_TIMEOUT_S = TIME_LIMIT_S

    began = time.monotonic()
    with pytest.raises(ModelUnavailable) as raised:
        ask()

    assert str(raised.value) == LATE
    assert TIME_LIMIT_S <= time.monotonic() - began < 5


def test_an_answer_without_an_end_is_read_up_to_the_limit(model, monkeypatch):
    model.answers = [fake_model.never_ends]

    with pytest.raises(ModelFailed, match=r"^The model's answer is too long\.$"):
        ask()

    # What is beyond the limit lay in the buffers of the two ends.
    assert model.sent < 8 * language_model.MAX_ANSWER_BYTES


def test_an_answer_of_exactly_the_limit_is_read(model, monkeypatch):
    body = b'{"choices": [{"message": {"content": "Gladly."}}]}'
    model.answers = [raw(body)]
    monkeypatch.setattr(language_model, "MAX_ANSWER_BYTES", len(body))

    assert ask() == "Gladly."

    monkeypatch.setattr(language_model, "MAX_ANSWER_BYTES", len(body) - 1)
    with pytest.raises(ModelFailed, match=r"^The model's answer is too long\.$"):
        ask()


@pytest.mark.parametrize(
    "answer",
    [
        fake_model.hangs_up,
        lambda handler: None,
        lambda handler: handler.wfile.write(b"220 mail.example.com ESMTP\r\n"),
        lambda handler: handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: " + b"x" * 70_000),
    ],
    ids=["hangs up", "says nothing", "speaks another protocol", "long header"],
)
def test_a_connection_that_breaks_may_heal(model, answer):
    model.answers = [answer]

    with pytest.raises(ModelUnavailable) as raised:
        ask()

    assert str(raised.value) == AWAY


def test_a_refused_connection_may_heal(settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.AI_BASE_URL = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        settings.AI_MODEL = MODEL

        with pytest.raises(ModelUnavailable) as raised:
            ask()

    assert str(raised.value) == AWAY


# --- Secrets -------------------------------------------------------------------------------------


def test_a_certificate_that_nobody_vouches_for_is_not_trusted_with_anything(tls_model):
    tls_model.answers = [says("Gladly.")]

    with pytest.raises(ModelUnavailable) as raised:
        ask()

    assert str(raised.value) == AWAY
    assert isinstance(raised.value.__cause__, ssl.SSLCertVerificationError)
    assert tls_model.headers == []


def test_a_trusted_certificate_is_spoken_to(tls_model, monkeypatch, certificate):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls_model.answers = [says("Gladly.")]

    answer = ask()

    assert answer == "Gladly."
    assert tls_model.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("answer", [fake_model.drips_headers, fake_model.drips_text])
def test_the_time_limit_holds_behind_tls(tls_model, monkeypatch, certificate, settings, answer):
    settings.AI_TIMEOUT_S = TIME_LIMIT_S
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls_model.answers = [answer]

    began = time.monotonic()
    with pytest.raises(ModelUnavailable) as raised:
        ask()

    assert str(raised.value) == LATE
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "answer",
    [raw(b"{}", status=401), raw(b"{}", status=500), raw(b"?"), fake_model.hangs_up],
)
def test_neither_logs_nor_errors_tell_the_key(model, caplog, answer):
    model.answers = [answer]

    with caplog.at_level(logging.DEBUG), pytest.raises(ModelFailed) as raised:
        ask()

    told = "".join(traceback.format_exception(raised.value))
    assert "The model" in told
    assert KEY not in told + caplog.text
