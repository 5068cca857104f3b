"""Who has asked the makers to be told."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class OuraSubscription:
    """One event of one kind of data; it ends unless it is renewed."""

    id: str
    callback_url: str
    event_type: str
    data_type: str
    ends_at: datetime


@dataclass
class GoogleSubscriber:
    """Of a whole project."""

    id: str
    project: str
    endpoint: str
    secret: str
    configs: list[dict[str, object]]


@dataclass
class PolarWebhook:
    """The only one of a client."""

    id: str
    url: str
    events: list[str]
    secret: str
    is_active: bool = True


@dataclass
class Subscribers:
    oura: dict[str, OuraSubscription] = field(default_factory=dict)
    google: dict[str, GoogleSubscriber] = field(default_factory=dict)
    polar: PolarWebhook | None = None
    # What Garmin's partners asked for: (person, type, first second, last second) -> delivered.
    backfills: dict[tuple[str, str, int, int], bool] = field(default_factory=dict)
    # By which Garmin lets a notified partner read: token -> what it opens.
    pulls: dict[str, dict[str, object]] = field(default_factory=dict)
