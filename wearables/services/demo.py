"""What devices told of the demo's people: days, nights, and the heart of the last days."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from users.localtime import UTC, instant_of, reading_of
from users.models import User
from users.ownership import advance_clock
from users.selectors import time_zone_of
from wearables.models import ConnectionMode, DeviceType, WearableDevice
from wearables.readings import (
    DayReading,
    HeartRateReading,
    Reading,
    SleepReading,
    Source,
    Stage,
    StageReading,
)
from wearables.services import ingest

DEMO_DEVICE: Final = "demo-data"
_DAYS: Final = 60
_HEART_DAYS: Final = 2
# Behind whatever a newcomer connects: what that tells is to be seen.
_STORE: Final = Source(kind="hub")
# Deep, light, REM, light, and a moment awake: 90 minutes of a night.
_CYCLE: Final[tuple[tuple[Stage, int], ...]] = (
    ("light", 25),
    ("deep", 20),
    ("light", 20),
    ("rem", 20),
    ("awake", 5),
)


def add_wearables(*, users: Sequence[User], now: datetime, seed: int) -> int:
    """Give each person sixty days of a device; answers the days."""
    days = 0
    for user in users:
        random = Random(f"{seed} {user.username} watch")  # noqa: S311 - a demo keeps no secret
        zone = time_zone_of(user.pk)
        today = reading_of(now, zone).date()
        readings = list(_told(random, today=today, zone=zone, now=now))
        ingest.store(device=_device(user), readings=readings)
        days += _DAYS
    return days


def _device(user: User) -> WearableDevice:
    device = WearableDevice(
        user=user,
        device_type=DeviceType.OTHER,
        provider="other",
        connection_mode=ConnectionMode.FILE,
        device_id=DEMO_DEVICE,
        name="Demo data",
    )
    device.insert_at(advance_clock(user.pk))
    return device


def _told(random: Random, *, today: date, zone: str, now: datetime) -> Iterator[Reading]:
    resting = random.randint(48, 62)
    for ago in range(_DAYS, 0, -1):
        day = today - timedelta(days=ago)
        tired = random.gauss(0, 1)
        yield _day(random, day, resting=round(resting + tired))
        # Of the night that ends on the next day: last night has its sleep too.
        yield _night(random, day + timedelta(days=1), zone=zone, tired=tired)
    since = today - timedelta(days=_HEART_DAYS)
    yield HeartRateReading(
        source=_STORE, samples=list(_beats(random, instant_of(since, time(), zone), now, resting))
    )


def _day(random: Random, day: date, *, resting: int) -> DayReading:
    steps = max(1200, round(random.gauss(9000, 2800)))
    active = round(steps * 0.045)
    return DayReading(
        date=day,
        source=_STORE,
        steps=steps,
        distance=round(steps * 0.00074, 2),
        active_calories=active,
        total_calories=1700 + active,
        active_minutes=round(steps / 220),
        floors_climbed=random.randint(0, 18),
        resting_heart_rate=resting,
        worn_minutes=random.randint(1100, 1440),
    )


def _night(random: Random, day: date, *, zone: str, tired: float) -> SleepReading:
    bedtime = instant_of(day - timedelta(days=1), time(22, 40), zone)
    start = bedtime + timedelta(minutes=round(random.gauss(0, 30)))
    stages: list[StageReading] = []
    minutes: dict[Stage, int] = {"deep": 0, "light": 0, "rem": 0, "awake": 0}
    at = start
    for _ in range(random.choice((4, 5, 5, 5))):
        for stage, usual in _CYCLE:
            length = max(1, round(random.gauss(usual, 3)))
            end = at + timedelta(minutes=length)
            stages.append(StageReading(start=at, end=end, stage=stage))
            minutes[stage] += length
            at = end
    return SleepReading(
        external_id=f"demo-{day}",
        source=_STORE,
        date=day,
        start=start,
        end=at,
        duration=minutes["deep"] + minutes["light"] + minutes["rem"],
        deep_sleep=minutes["deep"],
        light_sleep=minutes["light"],
        rem_sleep=minutes["rem"],
        awake=minutes["awake"],
        hrv=round(max(18.0, 58 - 7 * tired + random.gauss(0, 4)), 1),
        hrv_method="rmssd",
        respiratory_rate=round(random.gauss(14.2, 0.5), 1),
        is_nap=False,
        stages=tuple(stages),
    )


def _beats(
    random: Random, since: datetime, now: datetime, resting: int
) -> Iterator[tuple[datetime, int]]:
    at, bpm = since.astimezone(UTC), float(resting + 12)
    while at < now:
        target = resting + (4 if at.hour in range(6) else 22)
        bpm += 0.2 * (target - bpm) + random.gauss(0, 2.5)
        yield at, max(40, min(180, round(bpm)))
        at += timedelta(minutes=1)
