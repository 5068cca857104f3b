"""What shall go wrong, or differ, at a maker, for how often, for whom."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from tests.simulator.messages import HTML_TYPE, Answer, Call, Fault

# Of a call with somebody's token; "refresh_" and "exchange_" before the first four: of the token
# endpoint, when it is asked for a new token with an old one or with a code.
ON_CALLS: Final = (
    "rate_limited",
    "server_error",
    "timeout",
    "not_found",
    "forbidden",
    "unauthorized",
    "retired",
    "unreadable",
    "membership_lapsed",
)
ON_TOKENS: Final = {
    f"{step}_{short}": kind
    for step in ("refresh", "exchange")
    for short, kind in {
        "429": "rate_limited",
        "500": "server_error",
        "timeout": "timeout",
        "unreadable": "unreadable",
    }.items()
}
# While they last, the data differ, or what a maker is strict about.
ON_DATA: Final = (
    "pending_score",
    "unscorable",
    "tentative",
    "extra_fields",
    "unknown_values",
    "missing_fields",
    "testing_expiry",
    "strict_limits",
)
# They happen once, when they are posted.
AT_ONCE: Final = ("revoked", "jwt_dead")
KINDS: Final = frozenset({*ON_CALLS, *ON_TOKENS, *ON_DATA, *AT_ONCE})
PATIENCE_S: Final = 35.0
# What no maker leaves out: what something is, when it was, and how answers are built.
ALWAYS_THERE: Final = frozenset(
    {
        *(
            "id",
            "name",
            "userId",
            "user_id",
            "day",
            "date",
            "calendarDate",
            "summaryId",
            "sleep_id",
        ),
        *("start", "end", "startTime", "endTime", "bedtime_start", "bedtime_end", "start_time"),
        *("end_time", "sleep_start_time", "sleep_end_time", "timezone_offset", "cycle_id"),
        *("startTimeInSeconds", "startTimeOffsetInSeconds", "durationInSeconds", "activityId"),
        *("startUtcOffset", "endUtcOffset", "physicalTime", "year", "month", "day", "type"),
        *("sleepStartTimestampGMT", "sleepEndTimestampGMT", "timestamp", "start_datetime"),
        *(
            "end_datetime",
            "startTimeGMT",
            "startTimeLocal",
            "duration",
            "x_user_id",
            "healthUserId",
        ),
        *("score_state", "next_token", "nextPageToken", "heart_rate", "sample_time", "bpm", "hr"),
        *("sport_name", "activity", "exerciseType", "sport", "activityType", "typeKey", "nap"),
    }
)
NAMES_OF_KINDS: Final = frozenset(
    {
        *(
            "platform",
            "recordingMethod",
            "source",
            "intensity",
            "algorithm_version",
            "timeZoneName",
        ),
        *(
            "sport_name",
            "activity",
            "exerciseType",
            "sport",
            "detailed_sport_info",
            "activityType",
        ),
        *("formFactor", "stagesStatus", "sleep_analysis_reason", "typeKey", "validation"),
    }
)


@dataclass
class Scenario:
    """``times`` is how often it still happens; None is until it is taken away."""

    number: int
    kind: str
    provider: str
    person: str = ""
    path: str = ""  # a part of the path
    times: int | None = None
    options: dict[str, Any] = field(default_factory=dict)

    def is_for(self, slug: str, person: str, path: str) -> bool:
        return (
            self.provider == slug
            and self.person in {"", person}
            and self.path in path
            and self.times != 0
        )


class Scenarios:
    def __init__(self) -> None:
        self.all: list[Scenario] = []
        self._made = 0

    def add(self, **given: Any) -> Scenario:
        self._made += 1
        self.all.append(Scenario(number=self._made, **given))
        return self.all[-1]

    def clear(self, **which: Any) -> int:
        """Take away those with these values; answers how many."""
        left = [s for s in self.all if any(getattr(s, k) != v for k, v in which.items())]
        cleared, self.all = len(self.all) - len(left), left
        return cleared

    def on(self, kind: str, slug: str, person: str, path: str = "") -> Scenario | None:
        matching = (s for s in self.all if s.kind == kind and s.is_for(slug, person, path))
        return next(matching, None)

    def take(self, kinds: Collection[str], call: Call) -> Scenario | None:
        """The first of these kinds that is for a call, once less from now on."""
        person = call.grant.person if call.grant else ""
        for scenario in self.all:
            is_meant = call.is_for_object or scenario.kind != "not_found" or scenario.path
            fits = scenario.kind in kinds and scenario.is_for(call.slug, person, call.path)
            if fits and is_meant:
                scenario.times = scenario.times and scenario.times - 1
                return scenario
        return None


def disturb(call: Call, kinds: Collection[str]) -> Answer | None:
    """Do to a call what a scenario wants: nothing, a wait, another answer or a Fault."""
    with call.world.lock:
        scenario = call.world.scenarios.take(kinds, call)
    if scenario is None:
        return None
    kind = ON_TOKENS.get(scenario.kind, scenario.kind)
    options = scenario.options
    if kind == "timeout":
        call.world.stopping.wait(float(options.get("delay_s", PATIENCE_S)))
        return None
    if kind == "unreadable":
        return Answer("<html><title>Be right back", content_type=HTML_TYPE)
    raise _fault(call, kind, options)


def _fault(call: Call, kind: str, options: dict[str, Any]) -> Fault:
    if kind == "rate_limited":
        return Fault(429, headers=_limit_headers(call, options))
    if kind == "membership_lapsed":
        body = {"error": "deactivated_user"} if call.slug == "whoop" else None
        return Fault(403, "The membership has lapsed.", body=body)
    status = {"server_error": 500, "not_found": 404, "unauthorized": 401, "retired": 410}.get(
        kind, 403
    )
    return Fault(int(options.get("status", status)))


def _limit_headers(call: Call, options: dict[str, Any]) -> dict[str, str]:
    """What a maker tells of its limits; ``headers`` "none" silences it.

    ``retry_after`` is in seconds and, with ``as_date``, said as an HTTP date.
    """
    if options.get("headers") == "none":
        return {}
    usual = {"garmin": 14, "oura": 30}.get(call.slug)
    seconds = options.get("retry_after", usual)
    headers = {}
    if seconds is not None:
        headers["Retry-After"] = str(seconds)
        if options.get("as_date"):
            headers["Retry-After"] = format_datetime(_later(call, float(seconds)), usegmt=True)
    if call.slug == "oura":
        headers["X-RateLimit-Limit"] = "5000"
        headers["X-RateLimit-Window"] = "300"
        headers["X-RateLimit-Reset"] = str(int(_later(call, float(seconds or 30)).timestamp()))
        headers["X-RateLimit-Tier"] = "token"
    if call.slug == "whoop":
        headers["X-RateLimit-Limit"] = "100, 100;window=60, 10000;window=86400"
        headers["X-RateLimit-Remaining"] = "0"
        headers["X-RateLimit-Reset"] = str(options.get("reset_s", 42))
    return headers


def _later(call: Call, seconds: float) -> datetime:
    return call.world.now() + timedelta(seconds=seconds)


def alter(call: Call, answer: Answer) -> Answer:
    """The same answer with more, fewer or other values, where a scenario wants that."""
    if not isinstance(answer.body, dict | list):
        return answer
    body = json.loads(json.dumps(answer.body))
    person = call.grant.person if call.grant else ""
    changes = {"extra_fields": _more, "missing_fields": _fewer, "unknown_values": _others}
    for kind, change in changes.items():
        if call.world.scenarios.on(kind, call.slug, person, call.path):
            body = change(body)
    return Answer(body, answer.status, answer.headers, answer.content_type)


def _more(value: Any) -> Any:
    if isinstance(value, list):
        return [_more(item) for item in value]
    if isinstance(value, dict):
        new = {"added_in_2027": {"value": 1, "unit": "furlong"}}
        return {key: _more(item) for key, item in value.items()} | new
    return value


def _fewer(value: Any) -> Any:
    if isinstance(value, list):
        return [_fewer(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _fewer(item)
            for key, item in value.items()
            if key in ALWAYS_THERE or isinstance(item, dict | list)
        }
    return value


def _others(value: Any) -> Any:
    if isinstance(value, list):
        return [_others(item) for item in value]
    if isinstance(value, dict):
        return {
            key: "SOMETHING_NEW"
            if key in NAMES_OF_KINDS and isinstance(item, str)
            else _others(item)
            for key, item in value.items()
        }
    return value
