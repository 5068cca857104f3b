"""Readings as sources give them, and what they are about, for tests."""

import datetime as dt
from typing import Any

from tests.factories.wearables import DeviceFactory, PhoneFactory
from wearables.models import HeartRateData, WearableDevice
from wearables.readings import DayReading, HeartRateReading, SleepReading, Source
from wearables.services.heart_rate import store_samples
from wearables.services.partitions import ensure_months

DAY = dt.date(2026, 3, 2)
NOW = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
WATCH = Source(kind="watch")
RING = Source(kind="ring")
BAND = Source(kind="band")
STRAP = Source(kind="strap")
PHONE = Source(name="Ana's iPhone", kind="phone")


def at(hour: int, minute: int = 0, second: int = 0, *, day: dt.date = DAY) -> dt.datetime:
    """An instant of a day, in UTC; hour 24 and later belong to the next one."""
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    return midnight + dt.timedelta(hours=hour, minutes=minute, seconds=second)


def day(source: Source = WATCH, date: dt.date = DAY, **values: Any) -> DayReading:
    return DayReading(date=date, source=source, **values)


def sleep(
    external_id: str = "night",
    *,
    start: dt.datetime | None = None,
    hours: float = 8,
    source: Source = RING,
    date: dt.date = DAY,
    **values: Any,
) -> SleepReading:
    """From 23:00 of the day before, unless something else is said."""
    begins = start or at(-1)
    return SleepReading(
        external_id=external_id,
        source=source,
        date=date,
        start=begins,
        end=begins + dt.timedelta(hours=hours),
        **values,
    )


def rates(*samples: tuple[dt.datetime, int], source: Source = WATCH) -> HeartRateReading:
    return HeartRateReading(source=source, samples=samples)


def garmin(user: Any) -> WearableDevice:
    return DeviceFactory(user=user, device_type="garmin", provider="garmin", name="Forerunner")


def oura(user: Any) -> WearableDevice:
    return DeviceFactory(user=user)


def polar(user: Any) -> WearableDevice:
    return DeviceFactory(user=user, device_type="other", provider="polar", name="Loop")


def iphone(user: Any) -> WearableDevice:
    return PhoneFactory(user=user)


def put(device: WearableDevice, *readings: HeartRateReading, **options: Any) -> int:
    """Store samples of DAY, as the ingest does; how many are new or different."""
    ensure_months([DAY])
    return store_samples(user_id=device.user_id, device_id=device.pk, readings=readings, **options)


def stored(user: Any) -> list[tuple[dt.datetime, int, int]]:
    """The person's samples: when, how fast, and how many it stands for."""
    rows = HeartRateData.objects.filter(user=user).order_by("timestamp")
    return list(rows.values_list("timestamp", "heart_rate", "samples"))
