"""What watches told: the heart rate of a day and of a month, the days; and events of a maker.

benchmarks/wearables_data.py writes down the statements that the product runs for heart rates, and
the limit runs just those. What is made of the rows is that of wearables/api/ (heart_rate.py,
daily.py). Who changes it there changes it here.
"""

import hashlib
import hmac
import os
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson

from benchmarks.case import (
    PAGE_SIZE,
    WEARABLES,
    Case,
    Db,
    Environ,
    Request,
    Sample,
    Statement,
    Visitor,
    first_page,
)
from benchmarks.noted import Noted

STATEMENTS = "wearables.json"  # below VAR_DIR
HOUR = timedelta(hours=1)

ZONE = Statement("SELECT timezone, body_weight_kg FROM users_userprofile WHERE user_id = $1")
_COLUMNS = (
    *("revision", "id", "created_at", "updated_at", "creation_hash", "user_id", "steps"),
    *("distance", "active_calories", "total_calories", "active_minutes", "floors_climbed"),
    *("resting_heart_rate", "device_id", "date", "sources", "sync_date"),
)
_SHOWN = (
    *("id", "device", "date", "steps", "distance", "active_calories", "total_calories"),
    *("active_minutes", "floors_climbed", "resting_heart_rate", "sources", "sync_date"),
)
DAYS = Statement(f"""
    SELECT {", ".join(f"wearables_dailyactivity.{name}" for name in _COLUMNS)}
    FROM wearables_dailyactivity WHERE wearables_dailyactivity.user_id = $1
    ORDER BY wearables_dailyactivity.date DESC, wearables_dailyactivity.id DESC
    LIMIT {PAGE_SIZE + 1}
""")  # noqa: S608 - our own columns


@cache
def _statements() -> dict[str, Noted]:
    noted = orjson.loads((Path(os.environ["VAR_DIR"]) / STATEMENTS).read_bytes())
    return {name: Noted(**parts) for name, parts in noted.items()}


def day_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    day = random.choice(sample.days)
    return Request("GET", f"/api/v1/heart-rate/?from={day}&to={day}")


def day(db: Db, user_id: UUID, environ: Environ) -> Any:
    return _heart_rates(db, user_id, environ, "minute")


def month_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    first, last = sample.days[0], sample.days[-1]
    return Request("GET", f"/api/v1/heart-rate/?from={first}&to={last}&resolution=hour")


def month(db: Db, user_id: UUID, environ: Environ) -> Any:
    return _heart_rates(db, user_id, environ, "hour")


def _heart_rates(db: Db, user_id: UUID, environ: Environ, resolution: str) -> Any:
    given = parse_qs(environ["QUERY_STRING"])
    [profile] = ZONE.rows(db, user_id)
    zone = ZoneInfo(profile["timezone"])
    first, last = (date.fromisoformat(given[name][0]) for name in ("from", "to"))
    start, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    values: dict[str, Any] = {"user": user_id, "start": start, "end": end}
    if resolution == "hour":
        # All zones of the data are whole hours away from UTC, in summer as well.
        hours = list(pairwise(start + HOUR * n for n in range((end - start) // HOUR + 1)))
        values["starts"], values["untils"] = (list(bounds) for bounds in zip(*hours, strict=True))
    rows = _statements()[resolution].rows(db, values)
    return {"from": start, "to": end, "resolution": resolution, "results": rows}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", "/api/v1/daily-activity/")


def days(db: Db, user_id: UUID, environ: Environ) -> Any:
    rows = DAYS.rows(db, user_id)
    for row in rows:
        row["device"] = row.pop("device_id")
        row["sources"] = orjson.Fragment(row["sources"])
    page = first_page(environ, rows, ("date", "id"))
    page["results"] = [{name: row[name] for name in _SHOWN} for row in page["results"]]
    return page


def event_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    """Of Oura, whose token is what it signs with: a night that nobody has told of so far."""
    told_at = str(int(clock.time()))
    body = orjson.dumps(
        {
            "event_type": "update",
            "data_type": "sleep",
            "object_id": uuid4(),
            "event_time": datetime.now(UTC),
            "user_id": f"person-{random.randrange(100_000)}",
        }
    )
    mac = hmac.new(visitor.token.encode(), told_at.encode() + body, hashlib.sha256).hexdigest()
    signature = (("x-oura-timestamp", told_at), ("x-oura-signature", mac))
    return Request("POST", "/webhooks/oura/", body, signature)


CASES = (
    Case("heart-day", day_request, day, goal=0.45, world=WEARABLES),
    Case("heart-month", month_request, month, goal=0.45, world=WEARABLES),
    Case("daily-activity", days_request, days, goal=0.45, world=WEARABLES),
)
EVENTS = Case(
    "webhooks", event_request, None, goal=0, statuses=(204,), writes=True, world=WEARABLES
)
