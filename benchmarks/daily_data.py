"""Days and nights as a watch tells them; needs Django.

Each of the people has a watch, and for each day one row of activity and one of sleep, stored in
the order in which they would have come.
"""

import datetime as dt
from collections.abc import Sequence
from random import Random
from uuid import UUID

import orjson
from django.db import connection

from benchmarks.nutrition_data import last_day
from benchmarks.rows import copy, uuid7_at
from users.models import SyncClock
from wearables.models import WearableDevice
from wearables.readings import DAY_METRICS

# Twenty stages of a night.
_STAGES = [[1440 * number, 1440, ("light", "deep", "rem")[number % 3]] for number in range(20)]
_FUNCTION = """
    CREATE OR REPLACE FUNCTION pg_temp.key_of(made_at timestamptz) RETURNS uuid
    LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send((extract(epoch FROM made_at) * 1000)::bigint) FROM 3)
            FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
    $$;
    SELECT setseed(0.7);
"""
_WEARERS = """
    CREATE TEMPORARY TABLE wearer AS
    SELECT d.user_id, d.id AS device_id, c.revision, row_number() OVER (ORDER BY d.id) AS place, (
        SELECT jsonb_object_agg(metric, jsonb_build_object('device', d.id, 'source', 'Garmin',
            'reason', 'Garmin: a watch goes before a phone, worn 14 h'))
        FROM unnest(%(metrics)s::text[]) AS metric
    ) AS sources
    FROM wearables_wearabledevice d JOIN users_syncclock c USING (user_id)
    WHERE d.id = ANY(%(watches)s::uuid[])
"""
_DAYS = """
    INSERT INTO wearables_dailyactivity (id, user_id, revision, created_at, updated_at, device_id,
        date, steps, distance, active_calories, total_calories, active_minutes, floors_climbed,
        resting_heart_rate, sources, sync_date)
    SELECT pg_temp.key_of(made_at), user_id, revision, made_at, made_at, device_id, date, steps,
        round(steps * 0.00072, 2), steps / 20, 1500 + steps / 20, steps / 200, steps / 900,
        48 + place %% 20, sources, made_at
    FROM (
        SELECT user_id, device_id, sources, place, revision + 1 + 2 * day AS revision,
            %(first)s::date + day AS date, 3000 + floor(random() * 9000)::int AS steps,
            %(first)s::timestamptz + make_interval(days => day, hours => 21,
                secs => mod(place, 3600)) AS made_at
        FROM generate_series(0, %(days)s - 1) AS day, wearer
    ) told
    ORDER BY made_at
"""
_NIGHTS = """
    INSERT INTO wearables_sleepdata (id, user_id, revision, created_at, updated_at, device_id,
        external_id, source_name, source_kind, source_app, date, sleep_start, sleep_end, duration,
        deep_sleep, light_sleep, rem_sleep, awake, sleep_score, score_source, hrv, hrv_method,
        respiratory_rate, is_final, stages, role, reason)
    SELECT pg_temp.key_of(made_at), user_id, revision, made_at, made_at, device_id,
        'sleep-' || date, '', 'watch', '', date, made_at - interval '8 hours', made_at,
        480 - awake, 90, 290 - awake, 100, awake, 90 - awake / 2, 'garmin',
        40 + place %% 30, 'rmssd', 14, true, %(stages)s::jsonb, 'main', ''
    FROM (
        SELECT user_id, device_id, place, revision + 2 + 2 * day AS revision,
            %(first)s::date + day AS date, floor(random() * 60)::int AS awake,
            %(first)s::timestamptz + make_interval(days => day, hours => 6,
                secs => mod(place, 3600)) AS made_at
        FROM generate_series(0, %(days)s - 1) AS day, wearer
    ) told
    ORDER BY made_at
"""
_CLOCKS = """
    UPDATE users_syncclock SET revision = revision + 2 * %(days)s
    WHERE user_id IN (SELECT user_id FROM wearer)
"""


def load(people: Sequence[UUID], *, days: int, random: Random) -> None:
    """A watch for each of these people, and what it told of so many days."""
    first = last_day() - dt.timedelta(days=days - 1)
    values = {
        "metrics": list(DAY_METRICS),
        "watches": copy_devices(people, "garmin", since=first, random=random),
        "first": first,
        "days": days,
        "stages": orjson.dumps(_STAGES).decode(),
    }
    with connection.cursor() as cursor:
        # Several statements in one text, which PostgreSQL takes only without parameters.
        cursor.execute(_FUNCTION)
        for statement in (_WEARERS, _DAYS, _NIGHTS, _CLOCKS):
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE wearer")


def copy_devices(
    people: Sequence[UUID], provider: str, *, since: dt.date, random: Random
) -> list[UUID]:
    """One of this maker for each; nobody asks the maker for anything."""
    made_at = dt.datetime.combine(since, dt.time(), dt.UTC)
    revisions = dict(SyncClock.objects.values_list("user_id", "revision"))
    devices = [uuid7_at(made_at, random) for _ in people]
    copy(
        WearableDevice,
        (
            *("id", "user_id", "revision", "created_at", "updated_at", "device_type"),
            *("provider", "connection_mode", "device_id", "external_user_id", "name"),
        ),
        (
            (
                *(device, person, revisions[person], made_at, made_at, provider, provider),
                *("oauth", f"{provider}:{device}", str(device), provider.title()),
            )
            for device, person in zip(devices, people, strict=True)
        ),
        len(devices),
    )
    return devices
