"""Signing in at each maker: the page, codes, tokens, and the ends of them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode, urlsplit

from tests.simulator.grants import CODE_LIFETIME, TESTING_LIFETIME, Code, Grant
from tests.simulator.messages import HTML_TYPE, Answer, Call, Fault, Route
from tests.simulator.pages import consent_page
from tests.simulator.people import Person
from tests.simulator.scenarios import ON_TOKENS, disturb

GOOGLE_PREFIX: Final = "https://www.googleapis.com/auth/googlehealth."
GARMIN_PERMISSIONS: Final = (
    "ACTIVITY_EXPORT",
    "HEALTH_EXPORT",
    "HISTORICAL_DATA_EXPORT",
    "MCT_EXPORT",
    "WORKOUT_IMPORT",
    "COURSE_IMPORT",
)


@dataclass(frozen=True)
class Dialect:
    """``refresh`` tells what becomes of a refresh token when it is used."""

    title: str
    scopes: tuple[str, ...]
    lifetime_s: int
    refresh: Literal["kept", "single", "rotating", "none"]
    pkce: Literal["required", "optional", "ignored"] = "ignored"
    client_auth: frozenset[str] = frozenset({"post", "basic"})
    shortest_state: int = 0
    # Not chosen unless the person says so.
    off_by_default: frozenset[str] = frozenset()


DIALECTS: Final[Mapping[str, Dialect]] = {
    "fitbit": Dialect(
        title="Google Health",
        scopes=tuple(
            f"{GOOGLE_PREFIX}{name}.readonly"
            for name in (
                *("activity_and_fitness", "health_metrics_and_measurements", "sleep"),
                *("settings", "profile", "location"),
            )
        ),
        lifetime_s=3599,
        refresh="kept",
        pkce="optional",
        client_auth=frozenset({"post"}),
    ),
    "garmin": Dialect(
        title="Garmin Connect",
        scopes=GARMIN_PERMISSIONS,
        lifetime_s=86_400,
        refresh="rotating",
        pkce="required",
        client_auth=frozenset({"post"}),
        off_by_default=frozenset({"HISTORICAL_DATA_EXPORT"}),
    ),
    "oura": Dialect(
        title="Oura",
        scopes=(
            *("email", "personal", "daily", "heartrate", "workout", "tag", "session"),
            *("spo2", "spo2Daily", "ring_configuration", "heart_health", "stress"),
        ),
        lifetime_s=86_400,
        refresh="single",
    ),
    "whoop": Dialect(
        title="WHOOP",
        scopes=(
            *("read:recovery", "read:cycles", "read:sleep", "read:workout", "read:profile"),
            *("read:body_measurement", "offline"),
        ),
        lifetime_s=3600,
        refresh="single",
        client_auth=frozenset({"post"}),
        shortest_state=8,
    ),
    "polar": Dialect(
        title="Polar Flow",
        scopes=("accesslink.read_all",),
        lifetime_s=315_359_999,
        refresh="none",
        client_auth=frozenset({"basic"}),
    ),
}


def client_of(slug: str) -> tuple[str, str]:
    return f"{slug}-client", f"{slug}-secret"


def is_client(slug: str, given: tuple[str, str]) -> bool:
    pairs = zip(given, client_of(slug), strict=True)
    return all(hmac.compare_digest(one.encode(), other.encode()) for one, other in pairs)


# --- The page ----------------------------------------------------------------------------------


def authorize(call: Call) -> Answer:
    """Ask the person; `?person=…&approve=1` is a person who says yes at once.

    Further for scripts: `grant=` with the scopes to grant, with spaces, instead of all that were
    asked for (of Garmin the permissions), and `deny=1`.
    """
    dialect, query = DIALECTS[call.slug], call.query
    redirect_uri = query.get("redirect_uri", "")
    if query.get("client_id") != client_of(call.slug)[0]:
        raise Fault(400, "Unknown client_id.")
    if not urlsplit(redirect_uri).scheme or urlsplit(redirect_uri).fragment:
        raise Fault(400, "redirect_uri is not an address.")
    if query.get("deny"):
        return _back(call, error="access_denied")
    if problem := _problem(call, dialect):
        return _back(call, error=problem)
    asked = _asked(call, dialect)
    if not query.get("approve"):
        people = list(call.world.people)
        page = consent_page(dialect.title, query, people, asked, dialect.off_by_default)
        return Answer(page, content_type=HTML_TYPE)
    person = call.world.person(query.get("person", ""))
    chosen = _chosen(call, asked, dialect)
    code = secrets.token_urlsafe(24)
    call.world.grants.codes[code] = Code(
        slug=call.slug,
        person=person.id,
        redirect_uri=redirect_uri,
        scopes=frozenset(chosen),
        challenge=query.get("code_challenge", "") if dialect.pkce != "ignored" else "",
        made_at=call.world.now(),
        wants_refresh=_wants_refresh(call, person, chosen),
    )
    # Google and Oura say in the address what was granted.
    told = {"scope": " ".join(chosen)} if call.slug in {"fitbit", "oura"} else {}
    return _back(call, code=code, **told)


def _problem(call: Call, dialect: Dialect) -> str:
    query = call.query
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if len(query.get("state", "")) < dialect.shortest_state:
        return "invalid_state"
    challenged = query.get("code_challenge_method") == "S256" and query.get("code_challenge")
    if dialect.pkce == "required" and not challenged:
        return "invalid_request"
    if dialect.pkce == "optional" and query.get("code_challenge") and not challenged:
        return "invalid_request"
    if call.slug != "garmin" and set(query.get("scope", "").split()) - set(dialect.scopes):
        return "invalid_scope"
    return ""


def _asked(call: Call, dialect: Dialect) -> list[str]:
    # Garmin's are set in its portal; without any, an app gets the least that others have.
    if call.slug == "garmin":
        return list(dialect.scopes)
    asked = set(call.query.get("scope", "").split())
    return [scope for scope in dialect.scopes if scope in asked]


def _chosen(call: Call, asked: list[str], dialect: Dialect) -> list[str]:
    if "grant" in call.query or call.query.get("form"):
        granted = set(call.query.get("grant", "").split())
        return [scope for scope in asked if scope in granted]
    return [scope for scope in asked if scope not in dialect.off_by_default]


def _wants_refresh(call: Call, person: Person, chosen: list[str]) -> bool:
    if call.slug == "whoop":
        return "offline" in chosen
    if call.slug == "fitbit":
        again = bool(call.world.grants.of("fitbit", person.id))
        asked = "consent" in call.query.get("prompt", "").split()
        return call.query.get("access_type") == "offline" and (asked or not again)
    return call.slug != "polar"


def _back(call: Call, **said: str) -> Answer:
    redirect_uri, state = call.query["redirect_uri"], call.query.get("state", "")
    joint = "&" if urlsplit(redirect_uri).query else "?"
    told = said | ({"state": state} if state else {})
    return Answer(status=302, headers={"Location": f"{redirect_uri}{joint}{urlencode(told)}"})


# --- Tokens ------------------------------------------------------------------------------------


def token(call: Call) -> Answer:
    """Give tokens for a code or for a refresh token."""
    dialect, form = DIALECTS[call.slug], call.form()
    _require_client(call, dialect, form)
    kind = form.get("grant_type", "")
    step = {"authorization_code": "exchange", "refresh_token": "refresh"}.get(kind)
    if step is None or (step == "refresh" and dialect.refresh == "none"):
        raise refusal("unsupported_grant_type")
    with call.world.lock:
        call.grant = call.world.grants.holding(call.slug, form.get("refresh_token", ""))
    kinds = [name for name in ON_TOKENS if name.startswith(step)]
    if instead := disturb(call, kinds):
        return instead
    with call.world.lock:
        return _exchange(call, form) if step == "exchange" else _refresh(call, form)


def refusal(error: str, *, status: int = 400) -> Fault:
    return Fault(status, body={"error": error, "error_description": "The simulator refuses."})


def _require_client(call: Call, dialect: Dialect, form: Mapping[str, str]) -> None:
    posted = form.get("client_id", ""), form.get("client_secret", "")
    given = {"post": posted, "basic": call.basic()}
    if not any(is_client(call.slug, given[way]) for way in dialect.client_auth):
        raise refusal("invalid_client", status=401)


def _exchange(call: Call, form: Mapping[str, str]) -> Answer:
    world, dialect = call.world, DIALECTS[call.slug]
    code = world.grants.codes.get(form.get("code", ""))
    if code is None or code.slug != call.slug or code.is_used:
        raise refusal("invalid_grant")
    # Whatever is wrong with it, a code that was shown is worth nothing afterwards.
    code.is_used = True
    if world.now() - code.made_at > CODE_LIFETIME:
        raise refusal("invalid_grant")
    # Polar's documents ask for the address only where it was in the first request.
    if form.get("redirect_uri", "") != code.redirect_uri:
        raise refusal("invalid_grant")
    if code.challenge and not _proves(form.get("code_verifier", ""), code.challenge):
        raise refusal("invalid_grant")
    grant = Grant(call.slug, code.person, code.scopes, made_at=world.now())
    if world.scenarios.on("testing_expiry", call.slug, code.person):
        grant.refresh_ends_at = world.now() + TESTING_LIFETIME
    world.grants.all.append(grant)
    call.grant = grant
    return _tokens(call, grant, dialect, with_refresh=code.wants_refresh)


def _proves(verifier: str, challenge: str) -> bool:
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def _refresh(call: Call, form: Mapping[str, str]) -> Answer:
    world, dialect = call.world, DIALECTS[call.slug]
    used = form.get("refresh_token", "")
    grant = world.grants.holding(call.slug, used)
    if grant is None or not grant.may_refresh(used, world.now()):
        raise refusal("invalid_grant")
    call.grant = grant
    if dialect.refresh == "single":
        grant.refresh.discard(used)
    again = dialect.refresh != "kept"
    if call.slug == "whoop":
        again = "offline" in form.get("scope", "").split()
    return _tokens(call, grant, dialect, with_refresh=again)


def _tokens(call: Call, grant: Grant, dialect: Dialect, *, with_refresh: bool) -> Answer:
    world, lifetime = call.world, dialect.lifetime_s
    # Google's may have 2,048 characters, so here they do.
    length = 1016 if call.slug == "fitbit" else 32
    said: dict[str, object] = {
        "access_token": grant.new_access(world.now(), lifetime, length=length),
        "token_type": "Bearer" if call.slug in {"fitbit", "oura"} else "bearer",
        "expires_in": lifetime,
    }
    if with_refresh:
        said["refresh_token"] = grant.new_refresh()
    if call.slug in {"fitbit", "whoop"}:
        said["scope"] = " ".join(sorted(grant.scopes))
    if call.slug == "garmin":
        said["refresh_token_expires_in"] = 7_775_998
    if call.slug == "polar":
        said["x_user_id"] = int(world.user_id("polar", world.person(grant.person)))
    if grant.refresh_ends_at:
        left = grant.refresh_ends_at - world.now()
        said["refresh_token_expires_in"] = int(left.total_seconds()) - 1
    return Answer(said, headers={"Cache-Control": "no-store"})


def revoke(call: Call) -> Answer:
    """Google's and Oura's; the others have a call of their API for it."""
    name = "access_token" if call.slug == "oura" else "token"
    shown = call.form().get(name) or call.query.get(name, "")
    grant = call.world.grants.holding(call.slug, shown)
    if grant is None:
        raise refusal("invalid_token")
    grant.is_dead = True
    call.grant = grant
    return Answer({})


ROUTES: Final = {
    "authorize": (Route("GET", "", authorize, auth="open"),),
    "token": (Route("POST", "", token, auth="open", locks=False),),
    "revoke": (
        Route("POST", "", revoke, auth="open"),
        Route("GET", "", revoke, auth="open"),
    ),
}
