"""Supabase access tokens, against a real key server on this machine."""

import base64
import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from tests.conftest import client_of
from users.api import supabase
from users.api.authentication import SessionTokenAuthentication
from users.api.supabase import KeySet, KeysUnavailable, SupabaseAuthentication
from users.api.viewsets import MeView
from users.models import ExternalIdentity, User, UserProfile, UserSettings
from users.services import accounts

URL = "/api/v1/users/me/"
ISSUER = "https://gym.supabase.co/auth/v1"
ANA = "0b9a4c1e-6d53-4d0f-9a53-0d4b3f3c7a11"
BEN = "7a1de7a4-90a5-4a0c-8f5e-5b5b3b2f9c22"
ABSENT = object()
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
REFUSED = {
    "type": "client_error",
    "errors": [
        {
            "code": "authentication_failed",
            "detail": "This access token is not valid. Log in again.",
            "attr": None,
        }
    ],
}
UNAVAILABLE = {
    "type": "server_error",
    "errors": [
        {
            "code": "unavailable",
            "detail": "The service is not available at the moment. Try again.",
            "attr": None,
        }
    ],
}


# --- Keys and tokens ---------------------------------------------------------------------------


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Keys:
    rsa: Any = field(default_factory=rsa_key)
    p256: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    # Not published at first.
    next_rsa: Any = field(default_factory=rsa_key)
    attackers_rsa: Any = field(default_factory=rsa_key)
    attackers_p256: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    # Published, and no good.
    short_rsa: Any = field(default_factory=lambda: rsa_key(1024))
    p384: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP384R1()))
    k256: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256K1()))
    ed25519: Any = field(default_factory=ed25519.Ed25519PrivateKey.generate)
    secret: bytes = b"a secret that the key server should never have shown"


@pytest.fixture(scope="module")
def keys() -> Keys:
    return Keys()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    names = {"RSA": "RS256", "EC": "ES256", "Ed25519": "EdDSA"}
    [algorithm] = {name for part, name in names.items() if type(key).__name__.startswith(part)}
    public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**public, "use": "sig", **more}


def good_set(keys: Keys) -> dict[str, Any]:
    return {
        "keys": [jwk(keys.rsa, kid="rsa", alg="RS256"), jwk(keys.p256, kid="p256", alg="ES256")]
    }


def strange_set(keys: Keys) -> dict[str, Any]:
    """The good keys among others that must never count."""
    strange: list[Any] = [
        jwk(keys.short_rsa, kid="short"),
        jwk(keys.p384, kid="p384"),
        jwk(keys.p384, kid="p384-as-es256", alg="ES256"),
        jwk(keys.k256, kid="k256"),
        jwk(keys.ed25519, kid="ed25519"),
        jwk(keys.attackers_rsa),
        jwk(keys.attackers_rsa, kid=""),
        jwk(keys.attackers_rsa, kid=7),
        jwk(keys.attackers_rsa, kid="for-encryption", use="enc"),
        jwk(keys.attackers_rsa, kid="for-rs512", alg="RS512"),
        jwk(keys.attackers_p256, kid="p256-as-rs256", alg="RS256"),
        json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(keys.attackers_rsa)) | {"kid": "private"},
        {"kty": "oct", "kid": "oct", "k": b64(keys.secret)},
        {"kty": "oct", "kid": "oct-as-rs256", "k": b64(keys.secret), "alg": "RS256"},
        {"kty": "RSA", "kid": "half", "n": "AQAB"},
        {"kty": ["RSA"], "kid": "list"},
        {
            "kty": "EC",
            "crv": "P-256",
            "kid": "off-curve",
            "x": b64(b"1" * 32),
            "y": b64(b"1" * 32),
        },
        {},
        None,
        "rsa",
        7,
    ]
    return {"keys": [*strange, *good_set(keys)["keys"]]}


def changed(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (values | changes).items() if value is not ABSENT}


def claims_of(subject: str = ANA, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "iss": ISSUER,
        "sub": subject,
        "aud": "authenticated",
        "role": "authenticated",
        "iat": now - 10,
        "exp": now + 3600,
        "aal": "aal1",
        "session_id": str(uuid.uuid4()),
        "email": "ana@example.com",
        "phone": "",
        "is_anonymous": False,
        "app_metadata": {"provider": "email"},
        "user_metadata": {},
    }
    return changed(usual, changes)


def compact(header: Any, claims: Any, signature_of: Callable[[bytes], bytes]) -> str:
    signed = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{b64(signature_of(signed.encode()))}"


def signer(algorithm: str, key: Any) -> Callable[[bytes], bytes]:
    return lambda message: jwt.get_algorithm_by_name(algorithm).sign(message, key)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def by_rsa(keys: Keys, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A token signed by the published RSA key, right but for what is named."""
    usual = {"alg": "RS256", "typ": "JWT", "kid": "rsa"}
    return compact(changed(usual, header or {}), claims_of(**claims), signer("RS256", keys.rsa))


def by_p256(keys: Keys, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    usual = {"alg": "ES256", "typ": "JWT", "kid": "p256"}
    return compact(changed(usual, header or {}), claims_of(**claims), signer("ES256", keys.p256))


def by(algorithm: str, key: Any, kid: str, **header: Any) -> str:
    """A token with good claims, signed by whatever key."""
    return compact(
        {"alg": algorithm, "typ": "JWT", "kid": kid, **header}, claims_of(), signer(algorithm, key)
    )


def by_secret(secret: bytes, *, kid: str = "rsa") -> str:
    return compact({"alg": "HS256", "typ": "JWT", "kid": kid}, claims_of(), hs256(secret))


def unsigned(alg: Any) -> str:
    return compact({"alg": alg, "typ": "JWT", "kid": "rsa"}, claims_of(), lambda _: b"")


def public_bytes(key: Any, encoding: serialization.Encoding) -> bytes:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    public: bytes = key.public_key().public_bytes(encoding, kind)
    return public


def with_signature(token: str, change: Callable[[bytes], bytes]) -> str:
    head, _, signature = token.rpartition(".")
    return f"{head}.{b64(change(unb64(signature)))}"


def with_claims(token: str, **changes: Any) -> str:
    header, payload, signature = token.split(".")
    altered = changed(json.loads(unb64(payload)), changes)
    return f"{header}.{b64(json.dumps(altered).encode())}.{signature}"


def with_header(token: str, **changes: Any) -> str:
    header, rest = token.split(".", 1)
    altered = changed(json.loads(unb64(header)), changes)
    return f"{b64(json.dumps(altered).encode())}.{rest}"


def certificate_of(key: Any, path: Path) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key, as one PEM file."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(PEM) + secret)
    return path


def flipped(signature: bytes, at: int) -> bytes:
    return signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]


def der(signature: bytes) -> bytes:
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    return encode_dss_signature(r, s)


# --- Servers and clients -----------------------------------------------------------------------


class KeyServer(ThreadingHTTPServer):
    """Answers every GET with ``document``, and counts."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/auth/v1/.well-known/jwks.json"
        self.document: bytes = b"{}"
        self.status = 200
        self.location = ""
        self.fetches = 0
        self.gate = threading.Event()
        self.gate.set()
        self.is_asked = threading.Event()
        self.byte_takes_s = 0.0
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def publish(self, document: Any) -> None:
        self.document = json.dumps(document).encode()

    def go_away(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, *args: Any) -> None:
        """A client that left early is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.fetches += 1
        self.server.is_asked.set()
        self.server.gate.wait(10)
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.send_header("Content-Length", str(len(self.server.document)))
        self.end_headers()
        if not self.server.byte_takes_s:
            self.wfile.write(self.server.document)
            return
        for byte in self.server.document:
            self.wfile.write(bytes([byte]))
            time.sleep(self.server.byte_takes_s)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def key_server(keys: Keys) -> Iterator[KeyServer]:
    server = KeyServer()
    server.publish(good_set(keys))
    yield server
    server.gate.set()
    server.go_away()


@pytest.fixture
def attackers_server(keys: Keys) -> Iterator[KeyServer]:
    server = KeyServer()
    server.publish({"keys": [jwk(keys.attackers_rsa, kid="rsa", alg="RS256")]})
    yield server
    server.go_away()


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def key_set(key_server: KeyServer, clock: Clock) -> KeySet:
    return KeySet(key_server.url, clock=clock)


@pytest.fixture
def phone(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    key_server: KeyServer,
    key_set: KeySet,
) -> APIClient:
    settings.SUPABASE_ISSUER = ISSUER
    settings.SUPABASE_JWKS_URL = key_server.url
    settings.SUPABASE_AUDIENCE = "authenticated"
    classes = [SessionTokenAuthentication, SupabaseAuthentication]
    monkeypatch.setattr(MeView, "authentication_classes", classes)
    monkeypatch.setattr(supabase, "_key_sets", {key_server.url: key_set})
    # A 503 is an answer here, not an error of the test.
    return APIClient(raise_request_exception=False)


def get(phone: APIClient, token: str) -> Any:
    return phone.get(URL, headers={"Authorization": f"Bearer {token}"})


# --- Who comes in ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("make", [by_rsa, by_p256], ids=["RS256", "ES256"])
def test_a_right_token_answers_with_that_persons_profile(
    phone: APIClient, keys: Keys, make: Callable[..., str]
) -> None:
    get(phone, make(keys, sub=BEN))

    response = get(phone, make(keys))

    ana = ExternalIdentity.objects.select_related("user").get(issuer=ISSUER, subject=ANA).user
    assert response.status_code == 200
    assert response.json()["id"] == str(ana.pk)
    assert response.json()["username"] == ana.username
    assert User.objects.count() == 2


@pytest.mark.django_db
def test_both_algorithms_and_every_later_token_mean_the_same_person(
    phone: APIClient, keys: Keys
) -> None:
    tokens = [by_rsa(keys), by_p256(keys), by_rsa(keys), by_p256(keys, sub=ANA.upper())]

    ids = {get(phone, token).json()["id"] for token in tokens}

    assert len(ids) == 1
    assert User.objects.count() == 1


ACCEPTED: dict[str, dict[str, Any]] = {
    "audience in a list": {"aud": ["gym", "authenticated"]},
    "expired within the leeway": {"exp": -20},
    "issued within the leeway": {"iat": 20},
    "valid from within the leeway": {"nbf": 20},
    "no is_anonymous": {"is_anonymous": ABSENT},
}


@pytest.mark.django_db
@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_a_right_token_may_be(phone: APIClient, keys: Keys, changes: dict[str, Any]) -> None:
    now = int(time.time())
    claims = {k: now + v if isinstance(v, int) else v for k, v in changes.items()}

    response = get(phone, by_rsa(keys, **claims))

    assert response.status_code == 200


@pytest.mark.django_db
def test_an_address_in_a_token_does_not_open_the_account_of_that_address(
    phone: APIClient, keys: Keys, ben: User
) -> None:
    metadata = {"email": "ben@example.com", "email_verified": True, "sub": BEN, "role": "admin"}
    token = by_rsa(keys, email="ben@example.com", user_metadata=metadata)

    response = get(phone, token)

    assert response.status_code == 200
    assert response.json()["id"] != str(ben.pk)
    assert response.json()["email"].endswith(".invalid")
    assert not ben.external_identities.exists()
    assert User.objects.count() == 2
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.django_db
def test_the_same_subject_of_another_issuer_is_another_person(
    phone: APIClient, keys: Keys, settings: Settings
) -> None:
    first = get(phone, by_rsa(keys))
    settings.SUPABASE_ISSUER = "https://other.supabase.co/auth/v1"

    second = get(phone, by_rsa(keys, iss="https://other.supabase.co/auth/v1"))

    assert first.json()["id"] != second.json()["id"]
    assert get(phone, by_rsa(keys)).status_code == 401


@pytest.mark.django_db
def test_a_disabled_account_is_refused_at_once(phone: APIClient, keys: Keys) -> None:
    token = by_rsa(keys)
    user_id = get(phone, token).json()["id"]

    User.objects.filter(pk=user_id).update(is_active=False)
    response = get(phone, token)

    assert response.status_code == 401
    assert response.json() == REFUSED


@pytest.mark.django_db
def test_an_erased_person_does_not_come_back_by_an_older_token(
    phone: APIClient, keys: Keys
) -> None:
    token = by_rsa(keys)
    get(phone, token)
    erase(User.objects.get())

    polling = get(phone, token)
    later = get(phone, by_rsa(keys, iat=int(time.time()) + 5))

    assert (polling.status_code, later.status_code) == (401, 200)
    assert User.objects.count() == 1


def erase(user: User) -> None:
    accounts.close_account(user=user)
    accounts.erase_account(user_id=str(user.pk))


@pytest.mark.django_db
def test_a_request_costs_one_query_to_know_the_person(
    phone: APIClient, keys: Keys, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = by_rsa(keys)
    get(phone, token)

    with django_assert_num_queries(2):  # the identity with its person; the profile
        response = get(phone, token)

    assert response.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_sixteen_first_requests_at_once_make_one_person(
    phone: APIClient, keys: Keys, key_server: KeyServer
) -> None:
    token = by_rsa(keys)
    start = threading.Barrier(16)

    def first_request(_: int) -> Any:
        try:
            start.wait(10)
            return get(APIClient(), token)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(first_request, range(16)))

    assert [response.status_code for response in responses] == [200] * 16
    assert len({response.json()["id"] for response in responses}) == 1
    assert ExternalIdentity.objects.count() == 1
    assert [model.objects.count() for model in (User, UserProfile, UserSettings)] == [1, 1, 1]
    assert key_server.fetches == 1


# --- Who does not ------------------------------------------------------------------------------

Forgery = Callable[[Keys, str], str]  # the keys and the address of the attacker's server


def claim(**changes: Any) -> Forgery:
    return lambda keys, _: by_rsa(keys, **changes)


def claim_at(**offsets_s: int) -> Forgery:
    return lambda keys, _: by_rsa(keys, **{k: int(time.time()) + v for k, v in offsets_s.items()})


def head(**changes: Any) -> Forgery:
    return lambda keys, _: by_rsa(keys, header=changes)


def es256_signature(r: int, s: int) -> Forgery:
    signature = r.to_bytes(32) + s.to_bytes(32)
    return lambda keys, _: with_signature(by_p256(keys), lambda _: signature)


def rs256_signature(change: Callable[[bytes], bytes]) -> Forgery:
    return lambda keys, _: with_signature(by_rsa(keys), change)


def p256_signature(change: Callable[[bytes], bytes]) -> Forgery:
    return lambda keys, _: with_signature(by_p256(keys), change)


def text(token: str) -> Forgery:
    return lambda *_: token


ALGORITHMS: dict[str, Forgery] = {
    "alg none": text(unsigned("none")),
    "alg None": text(unsigned("None")),
    "alg nOnE": text(unsigned("nOnE")),
    "alg none, signed all the same": head(alg="none"),
    "alg missing": head(alg=ABSENT),
    "alg empty": head(alg=""),
    "alg null": head(alg=None),
    "alg a list": head(alg=["RS256"]),
    "alg rs256": head(alg="rs256"),
    "alg unknown": head(alg="XX999"),
    "HS256 with an empty key": text(by_secret(b"")),
    "HS256 with the RSA key as PEM": lambda keys, _: by_secret(public_bytes(keys.rsa, PEM)),
    "HS256 with the RSA key as PEM without the last line break": (
        lambda keys, _: by_secret(public_bytes(keys.rsa, PEM).strip())
    ),
    "HS256 with the RSA key as DER": lambda keys, _: by_secret(public_bytes(keys.rsa, DER)),
    "HS256 with the RSA key as JWK": (
        lambda keys, _: by_secret(json.dumps(jwk(keys.rsa, kid="rsa", alg="RS256")).encode())
    ),
    "HS256 with the P-256 key as PEM": (
        lambda keys, _: by_secret(public_bytes(keys.p256, PEM), kid="p256")
    ),
    "HS256 with a published secret": lambda keys, _: by_secret(keys.secret, kid="oct"),
    "HS256 with a published secret said to be RS256": (
        lambda keys, _: by_secret(keys.secret, kid="oct-as-rs256")
    ),
    "RS256 said, signed with a published secret": (
        lambda keys, _: with_header(by_secret(keys.secret, kid="oct-as-rs256"), alg="RS256")
    ),
    "RS384": lambda keys, _: by("RS384", keys.rsa, "rsa"),
    "RS512": lambda keys, _: by("RS512", keys.rsa, "rsa"),
    "PS256": lambda keys, _: by("PS256", keys.rsa, "rsa"),
    "EdDSA with a published key": lambda keys, _: by("EdDSA", keys.ed25519, "ed25519"),
    "ES384 with a published key": lambda keys, _: by("ES384", keys.p384, "p384"),
    "ES256K with a published key": lambda keys, _: by("ES256K", keys.k256, "k256"),
    "ES256 said, signed with P-384": (
        lambda keys, _: with_header(by("ES384", keys.p384, "p384-as-es256"), alg="ES256")
    ),
    "ES256 said, signed with secp256k1": (
        lambda keys, _: with_header(by("ES256K", keys.k256, "k256"), alg="ES256")
    ),
    "RS256 with a published key of 1024 bits": lambda keys, _: by_short_rsa(keys),
    "RS256 with a key published with its secret": (
        lambda keys, _: by("RS256", keys.attackers_rsa, "private")
    ),
    "RS256 with a key for encryption": (
        lambda keys, _: by("RS256", keys.attackers_rsa, "for-encryption")
    ),
    "RS256 with a key for RS512": lambda keys, _: by("RS256", keys.attackers_rsa, "for-rs512"),
    "RS256 naming the P-256 key": lambda keys, _: by("RS256", keys.rsa, "p256"),
    "ES256 naming the RSA key": lambda keys, _: by("ES256", keys.p256, "rsa"),
}
SIGNATURES: dict[str, Forgery] = {
    "RS256 of a stranger": lambda keys, _: by("RS256", keys.attackers_rsa, "rsa"),
    "ES256 of a stranger": lambda keys, _: by("ES256", keys.attackers_p256, "p256"),
    "RS256 stripped": rs256_signature(lambda _: b""),
    "ES256 stripped": p256_signature(lambda _: b""),
    "RS256 with one bit flipped": rs256_signature(lambda signature: flipped(signature, 100)),
    "RS256 with a byte more": rs256_signature(lambda signature: signature + b"\0"),
    "RS256 with a byte before": rs256_signature(lambda signature: b"\0" + signature),
    "RS256 with a byte less": rs256_signature(lambda signature: signature[:-1]),
    "RS256 all zeros": rs256_signature(lambda _: bytes(256)),
    "RS256 one": rs256_signature(lambda _: (1).to_bytes(256)),
    "ES256 with r tampered": p256_signature(lambda signature: flipped(signature, 5)),
    "ES256 with s tampered": p256_signature(lambda signature: flipped(signature, 40)),
    "ES256 as DER": p256_signature(der),
    "ES256 with a byte more": p256_signature(lambda signature: signature + b"\0"),
    "ES256 with half of it": p256_signature(lambda signature: signature[:32]),
    "ES256 with r and s swapped": p256_signature(lambda both: both[32:] + both[:32]),
    "ES256 with r = s = 0": es256_signature(0, 0),
    "ES256 with r = s = 1": es256_signature(1, 1),
    "ES256 with r = s = the order": es256_signature(P256_ORDER, P256_ORDER),
    "ES256 with r = 0": es256_signature(0, 1),
    "RS256 with another subject put in": lambda keys, _: with_claims(by_rsa(keys), sub=BEN),
    "ES256 with another subject put in": lambda keys, _: with_claims(by_p256(keys), sub=BEN),
    "RS256 with a later end put in": (
        lambda keys, _: with_claims(by_rsa(keys), exp=int(time.time()) + 9999)
    ),
    "RS256 with a header put in": lambda keys, _: with_header(by_rsa(keys), typ="at+jwt"),
    "RS256 with the signature of another token": (
        lambda keys, _: by_rsa(keys).rpartition(".")[0] + "." + by_rsa(keys, sub=BEN).split(".")[2]
    ),
}
CLAIMS: dict[str, Forgery] = {
    "iss of another": claim(iss="https://evil.supabase.co/auth/v1"),
    "iss with more after it": claim(iss=f"{ISSUER}.evil.example"),
    "iss with a slash after it": claim(iss=f"{ISSUER}/"),
    "iss with less": claim(iss=ISSUER[:-3]),
    "iss in capitals": claim(iss=ISSUER.upper()),
    "iss in a list": claim(iss=[ISSUER]),
    "iss empty": claim(iss=""),
    "iss null": claim(iss=None),
    "iss missing": claim(iss=ABSENT),
    "aud anon": claim(aud="anon"),
    "aud of another": claim(aud=["gym", "shop"]),
    "aud with more after it": claim(aud="authenticated2"),
    "aud as a key": claim(aud={"authenticated": True}),
    "aud empty": claim(aud=""),
    "aud an empty list": claim(aud=[]),
    "aud null": claim(aud=None),
    "aud missing": claim(aud=ABSENT),
    "role anon": claim(role="anon"),
    "role service_role": claim(role="service_role"),
    "role supabase_admin": claim(role="supabase_admin"),
    "role Authenticated": claim(role="Authenticated"),
    "role in a list": claim(role=["authenticated"]),
    "role null": claim(role=None),
    "role missing": claim(role=ABSENT),
    "role told by the person": claim(role=ABSENT, user_metadata={"role": "authenticated"}),
    "exp past": claim_at(exp=-31),
    "exp long past": claim(exp=1),
    "exp negative": claim(exp=-1),
    "exp null": claim(exp=None),
    "exp a word": claim(exp="never"),
    "exp infinite": claim(exp=float("inf")),
    "exp no number": claim(exp=float("nan")),
    "exp missing": claim(exp=ABSENT),
    "iat in the future": claim_at(iat=40),
    "iat null": claim(iat=None),
    "iat a word": claim(iat="now"),
    "iat missing": claim(iat=ABSENT),
    "nbf in the future": claim_at(nbf=40),
    "nbf a word": claim(nbf="then"),
    "sub missing": claim(sub=ABSENT),
    "sub null": claim(sub=None),
    "sub empty": claim(sub=""),
    "sub a number": claim(sub=7),
    "sub an address": claim(sub="ana@example.com"),
    "sub nearly a UUID": claim(sub=ANA[:-1]),
    "sub with SQL": claim(sub="' OR 1=1 --"),
    "sub with NUL": claim(sub=f"{ANA}\0"),
    "is_anonymous": claim(is_anonymous=True),
    "is_anonymous as a word": claim(is_anonymous="true"),
    "is_anonymous as a number": claim(is_anonymous=1),
}
HEADERS: dict[str, Forgery] = {
    "crit unknown": head(crit=["mfa"], mfa=True),
    "crit that PyJWT knows": head(crit=["b64"], b64=True),
    "crit empty": head(crit=[]),
    "crit null": head(crit=None),
    "b64 false": head(b64=False),
    "jku of the attacker": lambda keys, url: by("RS256", keys.attackers_rsa, "rsa", jku=url),
    "jku of the attacker with a new kid": (
        lambda keys, url: by("RS256", keys.attackers_rsa, "new", jku=url)
    ),
    "x5u of the attacker": lambda keys, url: by("RS256", keys.attackers_rsa, "rsa", x5u=url),
    "kid an address": lambda keys, url: by("RS256", keys.attackers_rsa, url),
    "iss of the attacker": (
        lambda keys, url: compact(
            {"alg": "RS256", "kid": "rsa"},
            claims_of(iss=url.removesuffix("/.well-known/jwks.json")),
            signer("RS256", keys.attackers_rsa),
        )
    ),
    "jwk embedded": (
        lambda keys, _: by("RS256", keys.attackers_rsa, "rsa", jwk=jwk(keys.attackers_rsa))
    ),
    "x5c embedded": (
        lambda keys, _: by(
            "RS256",
            keys.attackers_rsa,
            "rsa",
            x5c=[base64.b64encode(public_bytes(keys.attackers_rsa, DER)).decode()],
        )
    ),
    "kid unknown": head(kid="unknown"),
    "kid unknown, of a stranger": lambda keys, _: by("RS256", keys.attackers_rsa, "unknown"),
    "kid missing": head(kid=ABSENT),
    "kid missing, with a published key that has none": (
        lambda keys, _: with_kid(keys.attackers_rsa, ABSENT)
    ),
    "kid empty": lambda keys, _: with_kid(keys.attackers_rsa, ""),
    "kid a number": lambda keys, _: with_kid(keys.attackers_rsa, 7),
    "kid null": head(kid=None),
    "kid a list": head(kid=["rsa"]),
    "kid a key": head(kid={"rsa": "rsa"}),
    "kid a path": text(by_secret(b"", kid="../../../../../../dev/null")),
    "kid SQL": text(by_secret(b"x", kid="x' UNION SELECT 'x' --")),
    "kid a command": head(kid="rsa|touch /tmp/kid"),
    "kid with NUL": head(kid="rsa\0"),
    "kid with half a character": head(kid="\ud800"),
    "kid with a space": head(kid="rsa "),
    "kid in capitals": head(kid="RSA"),
    "kid very long": head(kid="rsa" * 2000),
}
SHAPES: dict[str, Forgery] = {
    "only dots": text(".."),
    "garbage": text("a.b.c"),
    "not base64": text("!!!.???.###"),
    "not ASCII": text("é.é.é"),
    "header no JSON": text(f"{b64(b'{')}.{b64(b'{}')}.AAAA"),
    "header a list": text(f"{b64(b'[]')}.{b64(b'{}')}.AAAA"),
    "header very deep": text(f"{b64(b'[' * 9000)}.{b64(b'{}')}.AAAA"),
    "header not UTF-8": text(f"{b64(bytes([255]))}.{b64(b'{}')}.AAAA"),
    "header empty": lambda keys, _: "." + by_rsa(keys).split(".", 1)[1],
    "claims empty": lambda keys, _: "{0}..{2}".format(*by_rsa(keys).split(".")),
    "claims a list": lambda keys, _: signed_as(keys, [claims_of()]),
    "claims null": lambda keys, _: signed_as(keys, None),
    "claims a text": lambda keys, _: signed_as(keys, json.dumps(claims_of())),
    "claims none": lambda keys, _: signed_as(keys, {}),
    "a token in a token": lambda keys, _: signed_as(keys, by_rsa(keys)),
    "right, but 20 kB": claim(user_metadata={"about": "a" * 15_000}),
    "1 MB": text(f"{'A' * 350_000}.{'A' * 350_000}.{'A' * 350_000}"),
}
FORGERIES = ALGORITHMS | SIGNATURES | CLAIMS | HEADERS | SHAPES


def by_short_rsa(keys: Keys) -> str:
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        return jwt.encode(claims_of(), keys.short_rsa, "RS256", headers={"kid": "short"})


def with_kid(key: Any, kid: Any) -> str:
    header = changed({"alg": "RS256", "typ": "JWT"}, {"kid": kid})
    return compact(header, claims_of(), signer("RS256", key))


def signed_as(keys: Keys, claims: Any) -> str:
    header = {"alg": "RS256", "typ": "JWT", "kid": "rsa"}
    return compact(header, claims, signer("RS256", keys.rsa))


@pytest.mark.django_db
@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused_and_leaves_nothing(
    phone: APIClient,
    keys: Keys,
    key_server: KeyServer,
    attackers_server: KeyServer,
    forge: Forgery,
) -> None:
    key_server.publish(strange_set(keys))
    forgery = forge(keys, attackers_server.url)

    response = get(phone, forgery)

    assert response.status_code == 401
    assert response.json() == REFUSED
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert User.objects.count() == 0
    assert ExternalIdentity.objects.count() == 0
    assert attackers_server.fetches == 0


@pytest.mark.django_db
def test_the_set_that_the_forgeries_meet_lets_right_tokens_in(
    phone: APIClient, keys: Keys, key_server: KeyServer
) -> None:
    key_server.publish(strange_set(keys))

    responses = [get(phone, by_rsa(keys)), get(phone, by_p256(keys))]

    assert [response.status_code for response in responses] == [200, 200]


def test_the_forgeries_are_many() -> None:
    assert len(FORGERIES) == len(ALGORITHMS | SIGNATURES) + len(CLAIMS) + len(HEADERS | SHAPES)
    assert len(FORGERIES) >= 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forgery",
    ["alg none", "HS256 with an empty key", "garbage", "crit null", "kid missing", "kid empty"],
)
def test_a_token_that_cannot_be_right_is_no_reason_to_ask_for_keys(
    phone: APIClient, keys: Keys, key_server: KeyServer, forgery: str
) -> None:
    response = get(phone, FORGERIES[forgery](keys, ""))

    assert response.status_code == 401
    assert key_server.fetches == 0


# --- Not ours to judge -------------------------------------------------------------------------

OTHERS = {
    "nothing": "",
    "a password": "Basic YW5hOmFuYQ==",
    "no token": "Bearer ",
    "one part": "Bearer abc",
    "two parts": "Bearer a.b",
    "five parts": "Bearer a.b.c.d.e",
    "a session token": "Bearer nmn_abc",
    "a session token with dots": "Bearer nmn_a.b.c",
}


@pytest.mark.parametrize("authorization", OTHERS.values(), ids=OTHERS)
def test_what_is_no_jwt_is_left_to_others(settings: Settings, authorization: str) -> None:
    settings.SUPABASE_ISSUER = ISSUER
    request = Request(APIRequestFactory().get(URL, headers={"Authorization": authorization}))

    assert SupabaseAuthentication().authenticate(request) is None


@pytest.mark.django_db
def test_without_an_issuer_no_token_is_looked_at(
    phone: APIClient, keys: Keys, key_server: KeyServer, settings: Settings
) -> None:
    settings.SUPABASE_ISSUER = ""

    response = get(phone, by_rsa(keys, iss=""))

    assert response.status_code == 401
    assert response.json()["errors"][0]["code"] == "not_authenticated"
    assert key_server.fetches == 0


@pytest.mark.django_db
def test_a_session_token_works_as_before(
    phone: APIClient,
    ana: User,
    key_server: KeyServer,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    anas_phone = client_of(ana)

    with django_assert_num_queries(2):  # the session with its person; the profile
        response = anas_phone.get(URL)

    assert response.status_code == 200
    assert response.json()["id"] == str(ana.pk)
    assert key_server.fetches == 0
    assert not ExternalIdentity.objects.exists()


# --- The keys ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_keys_are_fetched_once_in_ten_minutes(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    fetches = []
    for after_s in (0, 1, 598, 1, 1, 599):
        clock.now_s += after_s
        assert get(phone, by_rsa(keys)).status_code == 200
        assert get(phone, by_p256(keys)).status_code == 200
        fetches.append(key_server.fetches)

    assert fetches == [1, 1, 1, 2, 2, 3]


@pytest.mark.django_db
def test_all_requests_share_the_keys_of_the_configured_server(
    phone: APIClient, keys: Keys, key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supabase, "_key_sets", {})

    responses = [get(phone, by_rsa(keys)), get(phone, by_p256(keys))]

    assert [response.status_code for response in responses] == [200, 200]
    assert key_server.fetches == 1


@pytest.mark.django_db
def test_a_new_key_is_accepted_after_one_fetch(
    phone: APIClient, keys: Keys, key_server: KeyServer
) -> None:
    get(phone, by_rsa(keys))
    new = jwk(keys.next_rsa, kid="next", alg="RS256")
    key_server.publish({"keys": [new, *good_set(keys)["keys"]]})

    responses = [get(phone, by("RS256", keys.next_rsa, "next")), get(phone, by_rsa(keys))]

    assert [response.status_code for response in responses] == [200, 200]
    assert key_server.fetches == 2


@pytest.mark.django_db
def test_a_removed_key_is_refused_when_the_cache_has_expired(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    get(phone, by_rsa(keys))
    key_server.publish({"keys": [jwk(keys.p256, kid="p256")]})

    clock.now_s += 599
    before = get(phone, by_rsa(keys))
    clock.now_s += 1
    after = get(phone, by_rsa(keys))

    assert before.status_code == 200
    assert after.status_code == 401
    assert after.json() == REFUSED
    assert get(phone, by_p256(keys)).status_code == 200


@pytest.mark.django_db
def test_an_empty_set_is_an_answer(phone: APIClient, keys: Keys, key_server: KeyServer) -> None:
    key_server.publish({"keys": []})

    response = get(phone, by_rsa(keys))

    assert response.status_code == 401
    assert response.json() == REFUSED


@pytest.mark.django_db
def test_known_keys_go_on_while_the_server_is_gone(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    get(phone, by_rsa(keys))
    key_server.go_away()

    statuses = []
    for _ in range(12):
        clock.now_s += 300
        statuses.append(get(phone, by_rsa(keys)).status_code)

    assert statuses == [200] * 12


@pytest.mark.django_db
def test_a_failing_server_is_asked_twice_a_minute_and_believed_when_it_is_back(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    get(phone, by_rsa(keys))
    key_server.status = 500

    fetches = []
    for after_s in (600, 1, 28, 1, 29):
        clock.now_s += after_s
        assert get(phone, by_rsa(keys)).status_code == 200
        fetches.append(key_server.fetches)
    key_server.status = 200
    key_server.publish({"keys": []})
    clock.now_s += 1

    assert fetches == [2, 2, 2, 3, 3]
    assert get(phone, by_rsa(keys)).status_code == 401


@pytest.mark.django_db
def test_no_known_key_and_no_server_is_503(
    phone: APIClient, keys: Keys, key_server: KeyServer
) -> None:
    key_server.go_away()

    response = get(phone, by_rsa(keys))

    assert response.status_code == 503
    assert response.json() == UNAVAILABLE
    assert response.headers["Retry-After"] == "30"
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_an_unknown_key_during_an_outage_is_not_called_a_forgery(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    get(phone, by_rsa(keys))
    key_server.status = 502
    token = by("RS256", keys.next_rsa, "next")

    during = [get(phone, token), get(phone, token), get(phone, by_rsa(keys))]
    key_server.status = 200
    key_server.publish({"keys": [jwk(keys.next_rsa, kid="next")]})
    clock.now_s += 30
    afterwards = get(phone, token)

    assert [response.status_code for response in during] == [503, 503, 200]
    assert afterwards.status_code == 200
    assert key_server.fetches == 3


@pytest.mark.django_db
def test_two_hundred_random_kids_cause_one_fetch_in_thirty_seconds(
    phone: APIClient, keys: Keys, key_server: KeyServer, clock: Clock
) -> None:
    get(phone, by_rsa(keys))
    forgeries = [by("ES256", keys.attackers_p256, str(uuid.uuid4())) for _ in range(200)]

    statuses = set()
    for number, forgery in enumerate(forgeries):
        clock.now_s += 29.9 / 200
        statuses.add(get(phone, forgery).status_code)
        if number % 50 == 0:
            assert get(phone, by_rsa(keys)).status_code == 200
    fetches = key_server.fetches
    clock.now_s += 30
    get(phone, forgeries[0])
    get(phone, forgeries[1])

    assert statuses == {401}
    assert fetches == 2  # the first, and one extra
    assert key_server.fetches == 3
    assert User.objects.count() == 1


NO_KEY_SETS = {
    "nothing": b"",
    "a page": b"<html>Bad gateway</html>",
    "a list": b"[]",
    "no keys": b"{}",
    "keys null": b'{"keys": null}',
    "keys a key": b'{"keys": {}}',
    "not UTF-8": b'{"keys": ["\xff"]}',
}


@pytest.mark.parametrize("document", NO_KEY_SETS.values(), ids=NO_KEY_SETS)
def test_an_answer_that_is_no_key_set_counts_as_none(
    keys: Keys, key_server: KeyServer, key_set: KeySet, clock: Clock, document: bytes
) -> None:
    known = key_set.find("rsa")
    key_server.document = document
    clock.now_s += 600

    assert known is not None
    assert key_set.find("rsa") is known
    assert key_server.fetches == 2


@pytest.mark.parametrize(("size", "is_read"), [(256 * 1024, True), (256 * 1024 + 1, False)])
def test_an_answer_may_have_256_kb(
    key_server: KeyServer,
    key_set: KeySet,
    size: int,
    is_read: bool,  # noqa: FBT001
) -> None:
    key_server.document = key_server.document.ljust(size)

    if is_read:
        assert key_set.find("rsa") is not None
    else:
        with pytest.raises(KeysUnavailable):
            key_set.find("rsa")


def test_a_redirect_is_not_followed(
    key_server: KeyServer, key_set: KeySet, attackers_server: KeyServer
) -> None:
    key_server.status = 302
    key_server.location = attackers_server.url

    with pytest.raises(KeysUnavailable):
        key_set.find("rsa")

    assert key_server.fetches == 1
    assert attackers_server.fetches == 0


def test_a_silent_server_is_left_in_time(
    key_server: KeyServer, key_set: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supabase, "_TIMEOUT_S", 0.1)
    key_server.gate.clear()
    started = time.monotonic()

    with pytest.raises(KeysUnavailable):
        key_set.find("rsa")

    assert 0.1 <= time.monotonic() - started < 2


def test_a_dripping_server_is_left_in_time(
    key_server: KeyServer, key_set: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supabase, "_TIMEOUT_S", 0.1)
    key_server.byte_takes_s = 0.01
    started = time.monotonic()

    with pytest.raises(KeysUnavailable):
        key_set.find("rsa")

    assert 0.1 <= time.monotonic() - started < 2


def test_https_believes_a_known_certificate_and_no_other(
    keys: Keys,
    key_server: KeyServer,
    clock: Clock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = certificate_of(keys.rsa, tmp_path / "server.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    key_server.socket = context.wrap_socket(key_server.socket, server_side=True)
    key_set = KeySet(key_server.url.replace("http:", "https:"), clock=clock)

    with pytest.raises(KeysUnavailable):
        key_set.find("rsa")
    assert key_server.fetches == 0
    clock.now_s += 30
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    assert key_set.find("rsa") is not None
    assert key_server.fetches == 1


def test_a_fetch_does_not_hold_up_requests_whose_key_is_known(
    key_server: KeyServer, key_set: KeySet, clock: Clock
) -> None:
    known = key_set.find("rsa")
    clock.now_s += 600
    key_server.gate.clear()
    key_server.is_asked.clear()

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(key_set.find, "rsa")
        assert key_server.is_asked.wait(5)
        meanwhile = key_set.find("rsa")
        was_still_asking = not asking.done()
        key_server.gate.set()

    assert meanwhile is known
    assert was_still_asking
    assert asking.result() is not known
    assert key_server.fetches == 2


def test_requests_with_a_new_key_wait_for_one_fetch(
    keys: Keys, key_server: KeyServer, key_set: KeySet
) -> None:
    key_set.find("rsa")
    key_server.publish({"keys": [jwk(keys.next_rsa, kid="next")]})
    start = threading.Barrier(8)

    def find(_: int) -> Any:
        start.wait(10)
        return key_set.find("next")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(find, range(8)))

    assert found[0] is not None
    assert len(set(found)) == 1
    assert key_server.fetches == 2


def test_who_waits_too_long_for_a_fetch_is_told_so(
    key_server: KeyServer, key_set: KeySet, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_server.gate.clear()

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(key_set.find, "rsa")
        assert key_server.is_asked.wait(5)
        monkeypatch.setattr(supabase, "_TIMEOUT_S", 0.05)
        with pytest.raises(KeysUnavailable):
            key_set.find("rsa")
        key_server.gate.set()

    assert asking.result() is not None


STRANGE_KIDS = [
    "short", "p384", "p384-as-es256", "k256", "ed25519", "", "for-encryption", "for-rs512",
    "p256-as-rs256", "private", "oct", "oct-as-rs256", "half", "list", "off-curve",
]  # fmt: skip


@pytest.mark.parametrize("kid", STRANGE_KIDS)
def test_a_key_that_is_not_for_us_is_ignored(
    keys: Keys, key_server: KeyServer, key_set: KeySet, kid: str
) -> None:
    key_server.publish(strange_set(keys))

    assert key_set.find(kid) is None
    assert key_set.find("rsa") is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://gym.supabase.co/auth/v1/.well-known/jwks.json",
        "http://127.0.0.1:54321/auth/v1/.well-known/jwks.json",
        "http://localhost:54321/keys",
        "http://[::1]:54321/keys",
    ],
)
def test_keys_may_come_from(url: str) -> None:
    key_set = KeySet(url)

    assert key_set._keys == {}  # it asks nobody before a token comes


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gym.supabase.co/keys",
        "https://",
        "http://gym.supabase.co/keys",
        "http://127.0.0.1.evil.example/keys",
        "http://127.0.0.1@evil.example/keys",
        "http://localhost.evil.example/keys",
        "http://10.0.0.1/keys",
        "http://[fe80::1]/keys",
        "ftp://localhost/keys",
        "file:///etc/keys.json",
        "data:application/json,{}",
    ],
)
def test_keys_may_not_come_from(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        KeySet(url)
