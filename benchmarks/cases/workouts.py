"""The screens that every session opens, and the logging of a workout.

The SQL is that of workouts/selectors.py and workouts/services/workouts.py. Who changes it there
changes it here: the limit is what the same statements cost without Django.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import date, datetime, time
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import uuid_utils.compat
from psycopg import RawCursor

from benchmarks.case import Case, Request, Sample, Statement, Visitor

Db = RawCursor[Any]
Environ = Mapping[str, Any]

PAGE_SIZE = 20
SETS, SETS_OF_AN_EXERCISE = 20, 4
UTC = ZoneInfo("UTC")

WORKOUT_COLUMNS = """
    w.id, w.name, w.date, w.start_time, w.end_time, w.duration, w.started_at, w.finished_at,
    w.timezone, w.in_progress, w.calories_burned, w.notes, w.is_public, w.workout_plan_id,
    w.created_at, w.updated_at
"""
WORKOUTS = Statement(
    f"SELECT {WORKOUT_COLUMNS} FROM workouts_workout w WHERE w.user_id = $1 AND w.id = ANY($2)"  # noqa: S608 - our own columns
)
SETS_OF_WORKOUTS = Statement("""
    SELECT s.workout_id, s.exercise_id, e.name AS exercise_name, e.muscle_group, e.is_cardio,
        s.id, s.position, s.set_number, s.reps, s.weight, s.duration, s.distance, s.rpe,
        s.one_rm, s.notes
    FROM workouts_workoutset s JOIN workouts_exercise e ON e.id = s.exercise_id
    WHERE s.user_id = $1 AND s.workout_id = ANY($2)
    ORDER BY s.workout_id, s.position
""")
DIARY = Statement(f"""
    SELECT w.*, t.sets_count, t.exercises_count, t.tonnage
    FROM (
        SELECT {WORKOUT_COLUMNS}, w.user_id FROM workouts_workout w
        WHERE w.user_id = $1 AND true
        ORDER BY w.date DESC, w.start_time DESC, w.id DESC LIMIT $2
    ) w
    CROSS JOIN LATERAL (
        SELECT count(*) AS sets_count, count(DISTINCT s.exercise_id) AS exercises_count,
            coalesce(sum(s.weight * s.reps), 0) AS tonnage
        FROM workouts_workoutset s WHERE s.user_id = w.user_id AND s.workout_id = w.id
    ) t
    ORDER BY w.date DESC, w.start_time DESC, w.id DESC
""")  # noqa: S608 - our own columns
EXERCISES_BY_MATCH = Statement("""
    SELECT e.*, muscle, role, share, equipment
    FROM (
        SELECT * FROM (
            SELECT e.id, e.name, e.slug, e.description, e.muscle_group, e.is_cardio, e.is_custom,
                e.difficulty_level, e.met, e.equipment_needed, e.illustration, e.video_url,
                e.variation_of_id AS variation_of, e.created_at, e.updated_at, (
                CASE WHEN lower(e.name) = lower($2) THEN 3.0
                    WHEN e.name ILIKE ALL ($4) THEN 1.0 ELSE 0.0 END
                + CASE WHEN e.name ILIKE $3 THEN 0.2 ELSE 0.0 END
                + CASE WHEN e.variation_of_id IS NULL THEN 0.3 ELSE 0.0 END
                + similarity($2, e.name))::float8 AS match
            FROM workouts_exercise e
            WHERE (e.created_by_id IS NULL OR e.created_by_id = $1)
                AND (e.name ILIKE ALL ($4) OR $2 <% e.name)
        ) e WHERE true ORDER BY e.match DESC, e.id DESC LIMIT $5
    ) e
    CROSS JOIN LATERAL (
        SELECT array_agg(x.muscle_id ORDER BY x.share DESC, x.muscle_id) AS muscle,
            array_agg(x.role ORDER BY x.share DESC, x.muscle_id) AS role,
            array_agg(x.share ORDER BY x.share DESC, x.muscle_id) AS share
        FROM workouts_exercisemuscle x WHERE x.exercise_id = e.id
    ) muscles
    CROSS JOIN LATERAL (
        SELECT array_agg(x.equipment_id ORDER BY x.equipment_id) AS equipment
        FROM workouts_exerciseequipment x WHERE x.exercise_id = e.id
    ) equipment
    ORDER BY e.match DESC, e.id DESC
""")

BEGIN, COMMIT = Statement("BEGIN"), Statement("COMMIT")
ADVANCE_CLOCK = Statement("""
    INSERT INTO users_syncclock (user_id, revision) VALUES ($1, 1)
    ON CONFLICT (user_id) DO UPDATE SET revision = users_syncclock.revision + 1
    RETURNING revision
""")
STORED_BEFORE = Statement("""
    SELECT user_id AS owner, creation_hash AS hash, false AS deleted FROM workouts_workout
    WHERE id = $1
    UNION ALL SELECT user_id, NULL, true FROM users_tombstone
    WHERE user_id = $2 AND resource = $3 AND object_id = $1
""")
INSERT_WORKOUT = Statement("""
    INSERT INTO workouts_workout (revision, id, user_id, created_at, updated_at, creation_hash,
        name, date, start_time, end_time, duration, started_at, finished_at, timezone,
        in_progress, calories_burned, notes, is_public, workout_plan_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
""")
INSERT_SETS = Statement("""
    INSERT INTO workouts_workoutset (id, user_id, workout_id, exercise_id, position, set_number,
        reps, weight, duration, distance, rpe, notes)
    SELECT s.id, $1, $2, e.id, s.position, s.set_number,
        s.reps, s.weight, s.duration, s.distance, s.rpe, s.notes
    FROM unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[], $7::int[], $8::float8[],
        $9::int[], $10::float8[], $11::int[], $12::text[])
        AS s (id, exercise_id, position, set_number, reps, weight, duration, distance, rpe, notes)
    JOIN workouts_exercise e ON e.id = s.exercise_id
        AND (e.created_by_id IS NULL OR e.created_by_id = $1)
""")


def detail_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/workouts/{random.choice(visitor.workouts)}/")


def detail(db: Db, user_id: UUID, environ: Environ) -> Any:
    return _workout(db, user_id, UUID(environ["PATH_INFO"].split("/")[4]))


def list_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", "/api/v1/workouts/")


def listed(db: Db, user_id: UUID, environ: Environ) -> Any:
    rows = DIARY.rows(db, user_id, PAGE_SIZE + 1)
    for row in rows:
        del row["user_id"]
    return _page(environ, rows, ("date", "start_time", "id"))


def search_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", "/api/v1/exercises/?q=bench")


def search(db: Db, user_id: UUID, environ: Environ) -> Any:
    text = parse_qs(environ["QUERY_STRING"])["q"][0]
    words = [f"%{word}%" for word in text.split()]
    rows = EXERCISES_BY_MATCH.rows(db, user_id, text, f"{text}%", words, PAGE_SIZE + 1)
    page = _page(environ, rows, ("match", "id"))
    for row in page["results"]:
        del row["match"]
        muscles, roles, shares = row.pop("muscle"), row.pop("role"), row.pop("share")
        row["muscles"] = [
            {"muscle": muscle, "role": role, "share": share}
            for muscle, role, share in zip(muscles or (), roles or (), shares or (), strict=True)
        ]
        row["equipment"] = row["equipment"] or []
    return page


def create_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    """A push day of five exercises, four sets of each."""
    chosen = random.sample(sample.exercises, SETS // SETS_OF_AN_EXERCISE)
    content = {
        "id": uuid4(),
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:00:00",
        "end_time": "19:15:00",
        "timezone": "Europe/Vienna",
        "notes": "Slept well.",
        "sets": [
            {"exercise": exercise, "reps": 8 - number, "weight": 60.0 + 2.5 * number, "rpe": 7}
            for exercise in chosen
            for number in range(SETS_OF_AN_EXERCISE)
        ],
    }
    return Request("POST", "/api/v1/workouts/", orjson.dumps(content))


def create(db: Db, user_id: UUID, environ: Environ) -> Any:
    body = environ["wsgi.input"].read()
    content = orjson.loads(body)
    workout_id, zone = UUID(content["id"]), ZoneInfo(content["timezone"])
    day, begin = date.fromisoformat(content["date"]), time.fromisoformat(content["start_time"])
    end = time.fromisoformat(content["end_time"])
    started_at = datetime.combine(day, begin, zone).astimezone(UTC)
    finished_at = datetime.combine(day, end, zone).astimezone(UTC)
    now = datetime.now(UTC)
    minutes = round((finished_at - started_at).total_seconds() / 60)

    BEGIN.run(db)
    [clock] = ADVANCE_CLOCK.rows(db, user_id)
    assert not STORED_BEFORE.rows(db, workout_id, user_id, "workouts.workout")
    INSERT_WORKOUT.run(
        db,
        *(clock["revision"], workout_id, user_id, now, now, hashlib.sha256(body).digest()),
        *(content["name"], day, begin, end, minutes, started_at, finished_at),
        *(content["timezone"], False, None, content.get("notes", ""), False, None),
    )
    INSERT_SETS.run(db, user_id, workout_id, *_set_columns(content["sets"]))
    COMMIT.run(db)
    return _workout(db, user_id, workout_id)


def _set_columns(sets: list[dict[str, Any]]) -> list[list[Any]]:
    """Id, exercise, position, number, and what was measured: a list of each."""
    done: dict[str, int] = {}
    numbers = []
    for given in sets:
        done[given["exercise"]] = number = done.get(given["exercise"], 0) + 1
        numbers.append(number)
    return [
        [uuid_utils.compat.uuid7() for _ in sets],
        [UUID(given["exercise"]) for given in sets],
        list(range(1, len(sets) + 1)),
        numbers,
        *(
            [given.get(name) for given in sets]
            for name in ("reps", "weight", "duration", "distance", "rpe")
        ),
        [given.get("notes", "") for given in sets],
    ]


def _workout(db: Db, user_id: UUID, workout_id: UUID) -> Any:
    [workout] = WORKOUTS.rows(db, user_id, [workout_id])
    groups: dict[UUID, dict[str, Any]] = {}
    ids, tonnage = [], 0.0
    for row in SETS_OF_WORKOUTS.rows(db, user_id, [workout_id]):
        del row["workout_id"]
        exercise_id = row.pop("exercise_id")
        name, muscle, cardio = (
            row.pop("exercise_name"),
            row.pop("muscle_group"),
            row.pop("is_cardio"),
        )
        group = groups.get(exercise_id)
        if group is None:
            group = groups[exercise_id] = {
                "exercise_id": exercise_id,
                "exercise_name": name,
                "muscle_group": muscle,
                "is_cardio": cardio,
                "sets": [],
            }
        group["sets"].append(row)
        ids.append(row["id"])
        if row["weight"] is not None and row["reps"] is not None:
            tonnage += row["weight"] * row["reps"]
    return {**workout, "tonnage": tonnage, "sets": ids, "exercises": list(groups.values())}


def _page(environ: Environ, rows: list[dict[str, Any]], key: tuple[str, ...]) -> dict[str, Any]:
    """The first page of a list, of which one row too many was read."""
    following = None
    if len(rows) > PAGE_SIZE:
        rows = rows[:PAGE_SIZE]
        place = orjson.dumps([False, *(rows[-1][name] for name in key)])
        cursor = base64.urlsafe_b64encode(place).decode().rstrip("=")
        query = {"cursor": [cursor], **parse_qs(environ["QUERY_STRING"])}
        host, path = environ["HTTP_HOST"], environ["PATH_INFO"]
        following = f"http://{host}{path}?{urlencode(sorted(query.items()), doseq=True)}"
    return {"next": following, "previous": None, "results": rows}


CASES = (
    Case("detail", detail_request, detail, goal=0.45),
    Case("list", list_request, listed, goal=0.45),
    Case("search", search_request, search, goal=0.45),
    Case(
        "create",
        create_request,
        create,
        goal=0.35,
        status=201,
        volatile=frozenset({"id", "sets", "created_at", "updated_at"}),
        writes=True,
    ),
)
