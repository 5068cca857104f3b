"""An export of Apple Health of any size, as a phone writes it: the same for the same size."""

import datetime as dt
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

from tests.wearables.apple_files import DTD, PHONE, record, workout

ENTRY = "apple_health_export/export.xml"
MEGABYTE = 1024**2
FIRST_DAY = dt.date(2016, 1, 1)
ZONE = "+0100"
# What a day has of each, and the most that is told at a time.
SUMS = (
    *(("ActiveEnergyBurned", "kcal", 260, 9), ("BasalEnergyBurned", "kcal", 130, 20)),
    *(("StepCount", "count", 90, 300), ("DistanceWalkingRunning", "km", 90, 1)),
)
RATES = 300
NIGHT = (("Core", 180), ("Deep", 60), ("REM", 70), ("Awake", 10), ("Core", 120))
TRAINS_EVERY = 3


def write(path: Path, megabytes: int) -> None:
    """A zip whose document is as long as that, or a day longer."""
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n{DTD.format("")}<HealthData locale="en_GB">\n'
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(ENTRY, "w", force_zip64=True) as file,
    ):
        written = file.write(head.encode())
        days = _days()
        while written < megabytes * MEGABYTE:
            written += file.write("".join(f" {one}\n" for one in next(days)).encode())
        file.write(b"</HealthData>\n")


def _days() -> Iterator[list[str]]:
    random = Random(7)
    for number in count():
        day = dt.datetime.combine(FIRST_DAY + dt.timedelta(days=number), dt.time())
        elements = [*_sums(day, random), *_rates(day, random), *_night(day)]
        if number % TRAINS_EVERY == 0:
            start, end = _told(day + dt.timedelta(hours=18)), _told(day + dt.timedelta(hours=19))
            elements.append(workout("Running", startDate=start, endDate=end, duration=60))
        yield elements


def _sums(day: dt.datetime, random: Random) -> Iterator[str]:
    for kind, unit, times, most in SUMS:
        every = dt.timedelta(hours=16) / times
        for number in range(times):
            start = day + dt.timedelta(hours=6) + every * number
            value = round(random.random() * most, 3)
            value = round(value) if unit == "count" else value
            told = (_told(start), _told(start + every))
            if kind == "StepCount" and number % 3 == 0:
                yield record(kind, value, unit, *told, source="Ana\u2019s iPhone", device=PHONE)
            else:
                yield record(kind, value, unit, *told)


def _rates(day: dt.datetime, random: Random) -> Iterator[str]:
    every = dt.timedelta(hours=24) / RATES
    for number in range(RATES):
        at = _told(day + every * number + dt.timedelta(seconds=random.randrange(200)))
        yield record("HeartRate", random.randrange(48, 150), "count/min", at)
    yield record("RestingHeartRate", random.randrange(48, 60), "count/min", _told(day))


def _night(day: dt.datetime) -> Iterator[str]:
    start = day - dt.timedelta(minutes=60)
    for stage, minutes in NIGHT:
        end = start + dt.timedelta(minutes=minutes)
        value = f"HKCategoryValueSleepAnalysisAsleep{stage}".replace("AsleepAwake", "Awake")
        kind = "HKCategoryTypeIdentifierSleepAnalysis"
        yield record(kind, value, "", _told(start), _told(end))
        start = end


def _told(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} {ZONE}"
