"""What every provider of data is to us, and what may happen when it is asked.

A provider is one module: its dialect as data and as readers of its answers. It stores nothing and
waits for nothing. Whoever runs it gives it an Api, which speaks HTTP under one policy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal, Protocol
from zoneinfo import ZoneInfo

from wearables.readings import Reading

Mode = Literal["oauth", "personal_key", "push", "file"]


# --- What may happen ---------------------------------------------------------------------------


class ProviderError(Exception):
    """``code`` is for machines and short; it never holds what the other side sent."""

    code = "provider_error"


class ReauthRequired(ProviderError):
    """The person has to connect again: nothing else helps."""

    code = "reauth_required"


class Forbidden(ProviderError):
    """Not for us: a scope that is missing, a membership that has lapsed."""

    code = "forbidden"


class NotThere(ProviderError):
    """No such object, or not yet."""

    code = "not_found"


class AlreadyDone(ProviderError):
    code = "already_done"


class Retired(ProviderError):
    """The provider has given up this address for good."""

    code = "retired"


class Refused(ProviderError):
    """Our request is wrong. Asking again would not help."""

    code = "refused"


class Unreadable(ProviderError):
    """An answer that is not what it should be."""

    code = "unreadable"


class RateLimited(ProviderError):
    """``retry_after_s`` is None where the provider does not say."""

    code = "rate_limited"

    def __init__(self, retry_after_s: float | None = None) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class Unavailable(ProviderError):
    """It may work later: a timeout, a refused connection, an error of their server."""

    code = "unavailable"


class Forged(ProviderError):
    """A webhook that does not prove where it is from."""

    code = "forged"


# --- How it is asked ---------------------------------------------------------------------------


class Api(Protocol):
    """HTTP with one connection's credentials; see wearables.providers.http.

    ``base`` names one of the provider's addresses. Raises what is defined above; a 401 was
    answered with one fresh token and one more try before it is ReauthRequired.
    """

    timezone: ZoneInfo  # the person's: of the provider's profile, else of ours
    external_user_id: str
    mode: Mode  # how this connection was made
    urls: Mapping[str, str]  # the provider's configured addresses, by name
    # What the answer with the token held besides it; empty but while somebody connects.
    token_extras: Mapping[str, Any]

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        base: str = "api",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of an answer; None for a 204."""

    def get_bytes(self, path: str, params: Mapping[str, Any] | None = None) -> bytes: ...

    def access_token(self) -> str:
        """The token that comes with every call, for whoever wants it in an address."""

    def get_url(self, url: str) -> Any:
        """The JSON behind an address that the provider named; the caller has checked it."""

    def post(
        self,
        path: str,
        json: Any = None,
        *,
        base: str = "api",
        headers: Mapping[str, str] | None = None,
    ) -> Any: ...

    def delete(self, path: str, *, base: str = "api") -> None: ...


class AppApi(Protocol):
    """HTTP with our own credentials, for what belongs to no person: subscriptions.

    Without headers of its own: each call brings what the provider wants there.
    """

    client_id: str
    client_secret: str
    extras: Mapping[str, str]

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        basic: bool = False,
        base: str = "api",
    ) -> Any: ...


# --- What it is asked for ----------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """Days of the person, both ends in it."""

    first: date
    last: date

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The start of the first day and the end, exclusive, of the last."""
        start = datetime.combine(self.first, datetime.min.time(), zone)
        end = datetime.combine(self.last + timedelta(days=1), datetime.min.time(), zone)
        return start.astimezone(UTC), end.astimezone(UTC)

    def split(self, days: int) -> Iterator["Window"]:
        """Windows of at most so many days, the newest first."""
        last = self.last
        while last >= self.first:
            first = max(self.first, last - timedelta(days=days - 1))
            yield Window(first, last)
            last = first - timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class DataType:
    """One kind of data that a provider is asked for by itself."""

    name: str
    # What of wearables.readings it fills: "steps", "sleep", "hrv", "heart_rate", "workouts" ...
    metrics: frozenset[str]
    # Any one of these is enough; empty where the provider grants all or nothing.
    scopes: frozenset[str] = frozenset()
    # The longest window of one fetch. The provider's own, shorter limits are its module's affair.
    chunk_days: int = 30


@dataclass(frozen=True, kw_only=True)
class Page:
    """Part of an answer: what it says in our terms, and as it came (JSON), for replays."""

    readings: tuple[Reading, ...]
    payload: Any = None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a webhook tells: something of this person is new, changed or gone.

    Nothing in it is data, but ``payload`` of a provider that cannot be asked (Garmin's push). As
    JSON it lies in the database until it is worked through.
    """

    external_user_id: str
    kind: Literal["changed", "deleted", "deregistered", "permissions"] = "changed"
    data_type: str = ""
    object_id: str = ""
    # Days to read again, ISO, where no object is named.
    first: str = ""
    last: str = ""
    url: str = ""
    payload: Any = None


@dataclass(frozen=True, kw_only=True)
class IncomingWebhook:
    """A request to /webhooks/{provider}/; header names are in lower case."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class WebhookAnswer:
    """What to say at once, and what was told. ``key`` is the same for a replay of an event."""

    status: int = 204
    body: Mapping[str, Any] | None = None
    key: str = ""
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WebhookKeys:
    """What a provider's webhooks are checked with: settings, and secrets that it gave us."""

    client_id: str
    client_secret: str
    extras: Mapping[str, str]
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """One agreement to be told. ``subject`` is its name among those of the provider."""

    subject: str
    external_id: str
    expires_at: datetime | None = None
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who has connected, by the provider."""

    external_user_id: str
    timezone: str = ""  # IANA
    name: str = ""
    # What the person grants, where it is not in the scopes of the token (Garmin).
    permissions: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """How a person signs in. Addresses are settings: "authorize", "token" and "revoke"."""

    scopes: tuple[str, ...]
    scope_separator: str = " "
    pkce: bool = False
    client_auth: Literal["client_secret_post", "client_secret_basic"] = "client_secret_post"
    authorize_params: Mapping[str, str] = field(default_factory=dict)
    refresh_params: Mapping[str, str] = field(default_factory=dict)
    # Whether a refresh token dies when it is used.
    single_use_refresh: bool = False
    # Whether revoking ends one token alone, and not all that a person has granted us.
    revokes_alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a provider gives, as data: metric -> "measured", "estimated" or "none", with limits."""

    metrics: Mapping[str, str]
    webhooks: bool
    history_days: int | None  # None: no limit is documented
    notes: tuple[str, ...] = ()


class Provider(Protocol):
    """A maker whose servers we ask. Push and file providers have data alone (``Described``)."""

    slug: str
    title: str
    device_type: str
    kind: str  # wearables.readings.Kind of its device
    modes: tuple[Mode, ...]
    capabilities: Capabilities
    data_types: tuple[DataType, ...]
    oauth: OAuth | None
    # Refresh so long before a token ends.
    refresh_margin: timedelta
    # Whether it may be polled at all (Garmin's partners may not).
    polls: Mapping[Mode, bool]
    # Names by which its data come through Apple Health or Health Connect, as prefixes.
    apps: tuple[str, ...]
    # Limits of it are of all our people together, not of one connection (WHOOP).
    shares_limits: bool

    def identify(self, api: Api) -> Identity:
        """Whose token it is; registers them where the provider wants that."""

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        """Everything of a kind in these days, a page at a time, each record once."""

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        """What a notice tells of: the object that it names, read anew, or its deletion."""

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        """The readings of a stored payload: what fetch made of it, once more."""

    def request_history(self, api: Api, window: Window) -> None:
        """Have it send history by webhook, where it is the only way (Garmin's partners)."""

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        """Tell it that the person leaves. Raises what any call does; the caller goes on."""

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        """A token for a personal key, and when it ends. Raises ReauthRequired."""

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        """Check it over its raw body, in constant time; raises Forged, or Unreadable."""

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        """Make, renew and adopt what should be subscribed; answers all that there is now."""


DAY_S: Final = 86_400
