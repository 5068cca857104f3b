"""Makes a derived table say what it should, and writes nothing that it says already.

One statement for any number of people. Whoever calls has advanced their clocks: rows that change
get the new revision, and those that go leave tombstones, so that phones learn of both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection

from users.keyset import fetch

Clocks = Mapping[UUID, int]

# A UUIDv7 in any supported PostgreSQL: the time in front of a random one, and the version's bits.
_NEW_ID: LiteralString = """
    encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
"""
# What is stored and what is expected meet in a full join, which PostgreSQL hashes or sorts and
# never does row by row, however wrong it guesses how many there are.
_SETTLE: LiteralString = """
    WITH clock AS (
        SELECT * FROM unnest(%(clock_users)s::uuid[], %(clock_revisions)s::bigint[])
            AS clock (user_id, revision)
    ), scope AS MATERIALIZED ({scope}
    ), expected AS MATERIALIZED ({expected}
    ), stored AS (
        SELECT old.* FROM scope JOIN {table} old ON old.user_id = scope.user_id AND {within}
    ), compared AS MATERIALIZED (
        SELECT stored.id AS stored_id, stored.user_id AS stored_user_id,
            ({same_values}) AND stored.id IS NOT NULL AS is_right, expected.*
        FROM stored FULL JOIN expected ON {same_key}
    ), gone AS (
        DELETE FROM {table} old USING compared
        WHERE compared.user_id IS NULL
            AND old.user_id = compared.stored_user_id AND old.id = compared.stored_id
        RETURNING old.id, old.user_id
    ), buried AS (
        INSERT INTO users_tombstone (id, user_id, resource, object_id, revision, deleted_at)
        SELECT gen_random_uuid(), gone.user_id, %(resource)s, gone.id, clock.revision, now()
        FROM gone JOIN clock USING (user_id)
        ON CONFLICT (user_id, resource, object_id) DO UPDATE
        SET revision = excluded.revision, deleted_at = excluded.deleted_at
    ), written AS (
        INSERT INTO {table} AS old
            (id, user_id, revision, created_at, updated_at, {stamps}{columns})
        SELECT {new_id}, compared.user_id, clock.revision, now(), now(), {now}{columns}
        FROM compared JOIN clock USING (user_id) WHERE NOT compared.is_right
        ON CONFLICT ({key}) DO UPDATE SET revision = excluded.revision,
            updated_at = excluded.updated_at, {set_stamps}{set_values}
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM written) AS written, (SELECT count(*) FROM gone) AS gone
"""


def plan_each_time() -> None:
    """Until the transaction ends, have PostgreSQL plan every statement for its own parameters.

    After a few runs it would keep one plan for any scope of theirs; made for one person's day, it
    takes minutes for a year of a hundred.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")


@dataclass(frozen=True)
class Settled:
    """How many rows were new or different, and how many were no longer right."""

    written: int = 0
    gone: int = 0


@dataclass(frozen=True, kw_only=True)
class DerivedTable:
    """How a table follows from the diaries, as SQL.

    ``expected`` selects user_id, the ``key`` and the ``values`` of all rows that the ``scope``
    should have; it may read ``scope`` as a table. ``within`` says which stored rows (``old``) lie
    in a row of ``scope``: those that are not expected go. A row is known by user_id and key, over
    which there is a unique constraint; keys are never null. ``stamps`` are further columns that
    tell when a row was last written.
    """

    table: LiteralString
    resource: str
    key: tuple[LiteralString, ...]
    values: tuple[LiteralString, ...]
    expected: LiteralString
    within: LiteralString
    stamps: tuple[LiteralString, ...] = ()

    def settle(
        self, *, clocks: Clocks, scope: LiteralString, parameters: Mapping[str, Any]
    ) -> Settled:
        """``scope`` selects user_id and what else ``expected`` and ``within`` need.

        ``clocks`` are the people to whom the scope belongs, with their new revisions.
        """
        keys = ("user_id", *self.key)
        sql = _SETTLE.format(
            scope=scope,
            expected=self.expected,
            table=self.table,
            within=self.within,
            new_id=_NEW_ID,
            columns=", ".join((*self.key, *self.values)),
            stamps="".join(f"{name}, " for name in self.stamps),
            now="now(), " * len(self.stamps),
            set_stamps="".join(f"{name} = excluded.{name}, " for name in self.stamps),
            key=", ".join(keys),
            same_key=" AND ".join(f"stored.{name} = expected.{name}" for name in keys),
            same_values=" AND ".join(
                f"stored.{name} IS NOT DISTINCT FROM expected.{name}" for name in self.values
            ),
            set_values=", ".join(f"{name} = excluded.{name}" for name in self.values),
        )
        values = {
            **parameters,
            "clock_users": list(clocks),
            "clock_revisions": list(clocks.values()),
            "resource": self.resource,
        }
        return Settled(**fetch(sql, values)[0])
