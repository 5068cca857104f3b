"""People with watches, and the heart rates of three months of theirs; needs Django.

    python -m benchmarks.wearables_data --beats 5000000 [--fresh]

fills the database of DATABASE_URL, unless it holds just this already, logs the visitors in, writes
the sample to its output and the product's statements for heart rates to VAR_DIR. There is about
one person for 266,000 heart rates: a watch told one for each 15 seconds of the last 30 days, and
of the two months before, each minute is kept as one. A quarter of them have a ring as well, which
tells one for each five minutes. They are stored hour by hour of everybody, as watches send them.
Ten times as many people have days and nights alone (benchmarks/daily_data.py), and a few, whom the
jobs import for, have nothing.
"""

import argparse
import datetime as dt
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from random import Random
from unittest.mock import patch
from uuid import UUID

import django

django.setup()

import orjson  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from tqdm import tqdm  # noqa: E402

from benchmarks import daily_data, loaded  # noqa: E402
from benchmarks.case import Sample, Visitor  # noqa: E402
from benchmarks.cases.wearables import STATEMENTS  # noqa: E402
from benchmarks.heart_rates import IMPORTERS  # noqa: E402
from benchmarks.noted import Noted  # noqa: E402
from benchmarks.nutrition_data import last_day  # noqa: E402
from benchmarks.rows import copy, uuid7_at  # noqa: E402
from users.models import SyncClock, User, UserProfile, UserSettings  # noqa: E402
from wearables.selectors import heart_rate  # noqa: E402
from wearables.services.partitions import months_from  # noqa: E402

SEED = 13
WORN_DAYS = 120
FULL_DAYS, THINNED_DAYS = 30, 60
EVERY_S, RING_EVERY_S = 15, 300
RING_OF = 4  # of so many people, one has a ring
BEATS_OF_ONE = (
    FULL_DAYS * 86_400 // EVERY_S
    + THINNED_DAYS * 1_440
    + (FULL_DAYS + THINNED_DAYS) * 86_400 // RING_EVERY_S // RING_OF
)
OTHERS = 10  # people without heart rates for each with some
LOGGED_IN = 200
ZONES = ("Europe/Vienna", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Sao_Paulo")
LOADERS = ("benchmarks/daily_data.py", "benchmarks/heart_rates.py")

_WEARERS = """
    CREATE TEMPORARY TABLE heart AS
    SELECT u.id AS user_id, row_number() OVER (ORDER BY u.username) AS place,
        (SELECT id FROM wearables_wearabledevice d WHERE d.user_id = u.id
            AND d.provider = 'garmin') AS watch,
        (SELECT id FROM wearables_wearabledevice d WHERE d.user_id = u.id
            AND d.provider = 'oura') AS ring
    FROM users_user u WHERE u.id = ANY(%(people)s::uuid[])
"""
# Filled before it is one of the table's months: its index is built once, its keys checked at once.
_CREATE = """
    CREATE TABLE {month} (LIKE wearables_heartratedata INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
"""
_FILL = """
    INSERT INTO {month} (user_id, "timestamp", heart_rate, lowest, highest, samples, source_rank,
        device_id)
    SELECT user_id, at, bpm, CASE WHEN samples > 1 THEN bpm - 3 END,
        CASE WHEN samples > 1 THEN bpm + 5 END, samples, rank, device
    FROM (
        SELECT user_id, hour + make_interval(secs => tick.s) AS at, tick.samples, tick.rank,
            tick.device, (58 + 20 * abs(sin(extract(epoch FROM hour) / 7000 + place))
                + 9 * random())::smallint AS bpm
        FROM (
            SELECT hour, heart.*, hour >= %(full)s::timestamptz AS is_full
            FROM generate_series(%(begin)s::timestamptz, %(end)s::timestamptz
                - interval '1 hour', interval '1 hour') AS hour, heart
            ORDER BY hour, place
        ) worn
        CROSS JOIN LATERAL (
            SELECT s, 1 AS rank, watch AS device,
                CASE WHEN is_full THEN 1 ELSE 60 / %(every)s::int END AS samples
            FROM generate_series(0, 3599, CASE WHEN is_full THEN %(every)s::int ELSE 60 END) AS s
            UNION ALL
            SELECT s + 7, 3, ring, 1 FROM generate_series(0, 3599, %(ring)s::int) AS s
            WHERE ring IS NOT NULL
        ) tick
    ) told
"""
_ATTACH = """
    ALTER TABLE wearables_heartratedata ATTACH PARTITION {month}
    FOR VALUES FROM ('{first} 00:00+00') TO ('{following} 00:00+00')
"""
# What the jobs of an earlier run left, parts before what they are of.
_LEFT = (
    *("wearables_heartratedata", "wearables_heartratekeeping", "wearables_dailyactivity"),
    *("wearables_dailyactivitysource", "wearables_sleepdata", "wearables_recordedworkout"),
    *("workouts_workoutset", "workouts_workout", "wearables_activityimport"),
)


def prepare(*, beats: int, fresh: bool) -> Sample:
    """The database as a run wants it, whatever an earlier one left there."""
    wanted = {"beats": beats, "until": str(last_day())}
    wanted["loader"] = loaded.fingerprint(__file__, LOADERS)
    note = json.dumps(wanted)
    is_loaded = loaded.note() == note and not fresh
    if not is_loaded:
        loaded.empty()
    call_command("migrate", verbosity=0, interactive=False)
    if is_loaded:
        for username in IMPORTERS:
            forget(User.objects.get(username=username))
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE users_outboxmessage, wearables_webhookevent")
    else:
        call_command("load_catalogue", stdout=sys.stderr)
        _load(max(1, round(beats / BEATS_OF_ONE)))
        loaded.vacuum()
        loaded.write_note(note)
    _note_statements()
    return _log_in()


def forget(person: User) -> None:
    """Remove what was stored for somebody of IMPORTERS, as if it had never been there."""
    with connection.cursor() as cursor:
        for table in _LEFT:
            cursor.execute(f"DELETE FROM {table} WHERE user_id = %s", [person.pk])  # noqa: S608
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(_LEFT)}")


def _load(wearers: int) -> None:
    random = Random(SEED)
    first = last_day() - dt.timedelta(days=WORN_DAYS)
    joined = dt.datetime.combine(first, dt.time(), dt.UTC)
    total = wearers * (1 + OTHERS) + len(IMPORTERS)
    people = [uuid7_at(joined, random) for _ in range(total)]
    worn = people[: -len(IMPORTERS)]
    with transaction.atomic():
        _copy_people(people, joined, random)
        daily_data.load(worn, days=WORN_DAYS, random=random)
        with_ring, importers = people[:wearers:RING_OF], people[len(worn) :]
        daily_data.copy_devices([*with_ring, *importers], "oura", since=first, random=random)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(_WEARERS, {"people": people[:wearers]})
        cursor.execute("ANALYZE heart")
        cursor.execute("SET maintenance_work_mem = '512MB'")
    _load_beats()


def _load_beats() -> None:
    until = last_day()
    first = until - dt.timedelta(days=FULL_DAYS + THINNED_DAYS)
    months = months_from(first, 6)
    spans = [(month, after) for month, after in pairwise(months) if month < until]
    for month, following in tqdm(spans, desc="heart rates", unit="month"):
        names = {
            "month": f"wearables_heartratedata_{month:%Y_%m}",
            "first": month,
            "following": following,
        }
        values = {
            "begin": _utc(max(month, first)),
            "end": _utc(min(following, until)),
            "full": _utc(until - dt.timedelta(days=FULL_DAYS)),
            "every": EVERY_S,
            "ring": RING_EVERY_S,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (_CREATE, _FILL, _ATTACH):
                cursor.execute(statement.format(**names), values)


def _utc(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _copy_people(people: Sequence[UUID], joined: dt.datetime, random: Random) -> None:
    # A hash takes as long as a log-in is meant to take; everybody shares this one.
    password = make_password("nobody logs in here")
    total = len(people)
    names = [f"wearer{number:06}" for number in range(total - len(IMPORTERS))] + list(IMPORTERS)
    addresses = [f"{name}@bench.numeneon.example" for name in names]
    copy(
        User,
        ("id", "username", "email", "password", "date_joined"),
        ((*row, password, joined) for row in zip(people, names, addresses, strict=True)),
        total,
    )
    copy(
        UserProfile,
        ("user_id", "display_name", "email", "timezone", "created_at", "updated_at"),
        (
            (*row, random.choice(ZONES), joined, joined)
            for row in zip(people, names, addresses, strict=True)
        ),
        total,
    )
    copy(UserSettings, ("user_id", "updated_at"), ((id_, joined) for id_ in people), total)
    copy(SyncClock, ("user_id", "revision"), ((id_, 1) for id_ in people), total)


def _note_statements() -> None:
    """Write down what the product runs for heart rates, for the limit to run just that."""
    nobody, start = UUID(int=0), _utc(last_day())
    span = (nobody, start, start + dt.timedelta(days=1))
    noted = {}
    with patch.object(heart_rate, "fetch", return_value=[]) as asked:
        heart_rate.rates_by_minute(*span)
        noted["minute"] = Noted.raw(asked.call_args.args[0])
        heart_rate.rates_by_hour(*span, "UTC")
        noted["hour"] = Noted.raw(asked.call_args.args[0])
    (Path(os.environ["VAR_DIR"]) / STATEMENTS).write_bytes(orjson.dumps(noted))


def _log_in() -> Sample:
    """Those who have heart rates. The days that they ask for were told in full."""
    wearers = User.objects.exclude(username__in=IMPORTERS).order_by("username")
    visitors = list(wearers[: min(wearers.count() // (1 + OTHERS), LOGGED_IN)])
    asked = [last_day() - dt.timedelta(days=ago) for ago in range(FULL_DAYS, 0, -1)]
    return Sample(
        visitors=tuple(Visitor(token=token) for token in loaded.log_in(visitors)),
        days=tuple(map(str, asked)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wearables_data")
    parser.add_argument("--beats", type=int, required=True)
    parser.add_argument("--fresh", action="store_true")
    options = parser.parse_args()
    json.dump(asdict(prepare(beats=options.beats, fresh=options.fresh)), sys.stdout)


if __name__ == "__main__":
    main()
