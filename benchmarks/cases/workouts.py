"""The screens that every session opens, and the logging of a workout.

The SQL is that of workouts/selectors/ (diary.py, catalogue.py), users/selectors.py and
workouts/services/ (workouts.py, energy.py). Who changes it there changes it here: the limit is
what the same statements cost without Django.
"""

import hashlib
from datetime import date, datetime, time
from random import Random
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import uuid_utils.compat

from benchmarks.case import (
    PAGE_SIZE,
    Case,
    Db,
    Environ,
    Request,
    Sample,
    Statement,
    Visitor,
    first_page,
)

SETS, SETS_OF_AN_EXERCISE = 20, 4
UTC = ZoneInfo("UTC")

WORKOUT_COLUMNS = """
    w.id, w.name, w.date, w.start_time, w.end_time, w.duration, w.started_at, w.finished_at,
    w.timezone, w.in_progress, w.calories_burned, w.calories_estimated, w.body_weight_kg,
    w.session_rpe, w.notes, w.is_public, w.workout_plan_id, w.plan_run_id, w.session_number,
    w.created_at, w.updated_at
"""
WORKOUTS = Statement(f"""
    SELECT {WORKOUT_COLUMNS}, (
        SELECT jsonb_object_agg(n.exercise_id, n.text) FROM workouts_exercisenote n
        WHERE n.user_id = w.user_id AND n.workout_id = w.id
    ) AS exercise_notes
    FROM workouts_workout w
    WHERE w.user_id = $1 AND w.id = ANY($2)
""")  # noqa: S608 - our own columns
SETS_OF_WORKOUTS = Statement("""
    SELECT s.workout_id, s.exercise_id, e.name AS exercise_name, e.muscle_group, e.is_cardio,
        s.id, s.position, s.set_number, s.set_type, s.reps, s.weight, s.load_type, s.load,
        s.duration, s.distance, s.rpe, s.rir, s.one_rm, s.superset, s.rest_seconds, s.tempo,
        s.side, s.discomfort, s.discomfort_note, s.notes, s.planned_exercise_id, s.target
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
            coalesce(sum(s.load * s.reps) FILTER (WHERE s.set_type <> 'warm_up'), 0) AS tonnage
        FROM workouts_workoutset s WHERE s.user_id = w.user_id AND s.workout_id = w.id
            AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
                OR s.distance IS NOT NULL)
    ) t
    ORDER BY w.date DESC, w.start_time DESC, w.id DESC
""")  # noqa: S608 - our own columns
EXERCISES_BY_MATCH = Statement("""
    SELECT e.*, muscle, role, share, equipment
    FROM (
        SELECT * FROM (
            SELECT e.id, e.name, e.slug, e.description, e.muscle_group, e.is_cardio, e.is_custom,
                e.difficulty_level, e.met, e.load_type, e.bodyweight_share, e.equipment_needed,
                e.illustration, e.video_url, e.variation_of_id AS variation_of, e.created_at,
                e.updated_at, (
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


def stored_before(table: str) -> Statement:
    """Which ids the table or a tombstone has: ids, person, name of the resource."""
    return Statement(f"""
        SELECT id, user_id AS owner, creation_hash AS hash, false AS deleted FROM {table}
        WHERE id = ANY($1)
        UNION ALL SELECT object_id, user_id, NULL, true FROM users_tombstone
        WHERE user_id = $2 AND resource = $3 AND object_id = ANY($1)
    """)  # noqa: S608 - our own tables


STORED_BEFORE = stored_before("workouts_workout")
ZONE_AND_WEIGHT = Statement(
    "SELECT timezone, body_weight_kg FROM users_userprofile WHERE user_id = $1"
)
INSERT_WORKOUT = Statement("""
    INSERT INTO workouts_workout (revision, id, user_id, created_at, updated_at, creation_hash,
        name, date, start_time, end_time, duration, started_at, finished_at, timezone,
        in_progress, calories_burned, calories_estimated, body_weight_kg, session_rpe, notes,
        is_public, workout_plan_id, plan_run_id, session_number, imported_by_id, import_key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, $25, $26)
""")
INSERT_SETS = Statement("""
    INSERT INTO workouts_workoutset (id, user_id, workout_id, exercise_id, position, set_number,
        reps, weight, load_type, body_load_kg, duration, distance, rpe, rir, set_type, superset,
        rest_seconds, tempo, side, discomfort, discomfort_note, notes, planned_exercise_id, target)
    SELECT s.id, $1, $2, e.id, s.position, s.set_number, s.reps, s.weight,
        coalesce(s.load_type, e.load_type),
        CASE WHEN coalesce(s.load_type, e.load_type) <> 'external'
            THEN $3::float8 * e.bodyweight_share END,
        s.duration, s.distance, s.rpe, s.rir, coalesce(s.set_type, 'normal'), s.superset,
        s.rest_seconds, coalesce(s.tempo, ''), coalesce(s.side, ''), s.discomfort,
        coalesce(s.discomfort_note, ''), coalesce(s.notes, ''), s.planned_exercise_id, s.target
    FROM jsonb_to_recordset($4::jsonb) AS s (id uuid, exercise uuid, position int,
        set_number int, reps int, weight float8, load_type text, duration int, distance float8,
        rpe float8, rir float8, set_type text, superset int, rest_seconds int, tempo text,
        side text, discomfort int, discomfort_note text, notes text, planned_exercise_id uuid,
        target jsonb)
    JOIN workouts_exercise e ON e.id = s.exercise
        AND (e.created_by_id IS NULL OR e.created_by_id = $1)
""")
ESTIMATE_ENERGY = Statement("""
    UPDATE workouts_workout w
    SET calories_burned = e.kcal, calories_estimated = e.kcal IS NOT NULL
    FROM (
        SELECT CASE
            WHEN w.body_weight_kg IS NOT NULL AND t.sets > 0
                AND greatest(w.duration * 60, t.timed_s) > 0
            THEN least(20000, round(w.body_weight_kg * (
                t.timed + t.other * greatest(w.duration * 60 - t.timed_s, 0)) / 3600)::int) END
            AS kcal
        FROM workouts_workout w CROSS JOIN LATERAL (
            SELECT count(*) AS sets,
                coalesce(sum(s.duration) FILTER (WHERE x.is_cardio), 0) AS timed_s,
                coalesce(sum(s.duration * coalesce(x.met, $1))
                    FILTER (WHERE x.is_cardio), 0) AS timed,
                coalesce(avg(coalesce(x.met, CASE WHEN x.is_cardio THEN $1::float8
                    ELSE $2 END)) FILTER (WHERE NOT x.is_cardio OR s.duration IS NULL), 0)
                    AS other
            FROM workouts_workoutset s JOIN workouts_exercise x ON x.id = s.exercise_id
            WHERE s.user_id = w.user_id AND s.workout_id = w.id AND (s.target IS NULL
                OR s.reps IS NOT NULL OR s.duration IS NOT NULL OR s.distance IS NOT NULL)
        ) t
        WHERE w.user_id = $3 AND w.id = $4
    ) e
    WHERE w.user_id = $3 AND w.id = $4
""")
CARDIO_MET, LIFTING_MET = 5.0, 3.5


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
    return first_page(environ, rows, ("date", "start_time", "id"))


def search_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", "/api/v1/exercises/?q=bench")


def search(db: Db, user_id: UUID, environ: Environ) -> Any:
    text = parse_qs(environ["QUERY_STRING"])["q"][0]
    words = [f"%{word}%" for word in text.split()]
    rows = EXERCISES_BY_MATCH.rows(db, user_id, text, f"{text}%", words, PAGE_SIZE + 1)
    page = first_page(environ, rows, ("match", "id"))
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
    assert not STORED_BEFORE.rows(db, [workout_id], user_id, "workouts.workout")
    [profile] = ZONE_AND_WEIGHT.rows(db, user_id)
    body_weight = profile["body_weight_kg"]
    INSERT_WORKOUT.run(
        db,
        *(clock["revision"], workout_id, user_id, now, now, hashlib.sha256(body).digest()),
        *(content["name"], day, begin, end, minutes, started_at, finished_at),
        *(content["timezone"], False, None, False, body_weight, None, content.get("notes", "")),
        *(False, None, None, None, None, None),
    )
    INSERT_SETS.run(db, user_id, workout_id, body_weight, _numbered(content["sets"]))
    if body_weight is not None:
        ESTIMATE_ENERGY.run(db, CARDIO_MET, LIFTING_MET, user_id, workout_id)
    COMMIT.run(db)
    return _workout(db, user_id, workout_id)


def _numbered(sets: list[dict[str, Any]]) -> str:
    """The sets with an id, their place, and their number among those of their exercise."""
    done: dict[str, int] = {}
    for position, given in enumerate(sets, start=1):
        done[given["exercise"]] = number = done.get(given["exercise"], 0) + 1
        given |= {"id": uuid_utils.compat.uuid7(), "position": position, "set_number": number}
    return orjson.dumps(sets).decode()


def _workout(db: Db, user_id: UUID, workout_id: UUID) -> Any:
    [workout] = WORKOUTS.rows(db, user_id, [workout_id])
    groups: dict[UUID, dict[str, Any]] = {}
    notes = orjson.loads(workout["exercise_notes"] or "{}")
    ids, tonnage = [], 0.0
    for row in SETS_OF_WORKOUTS.rows(db, user_id, [workout_id]):
        del row["workout_id"]
        exercise_id, name = row.pop("exercise_id"), row.pop("exercise_name")
        muscle, cardio = row.pop("muscle_group"), row.pop("is_cardio")
        group = groups.get(exercise_id)
        if group is None:
            group = groups[exercise_id] = {
                "exercise_id": exercise_id,
                "exercise_name": name,
                "muscle_group": muscle,
                "is_cardio": cardio,
                "notes": notes.get(str(exercise_id), ""),
                "sets": [],
            }
        group["sets"].append(row)
        ids.append(row["id"])
        if row["target"] is not None:
            row["target"] = orjson.Fragment(row["target"])
        if row["set_type"] != "warm_up" and row["load"] is not None and row["reps"] is not None:
            tonnage += row["load"] * row["reps"]
    return {
        **workout,
        "tonnage": tonnage,
        "sets": ids,
        "exercises": list(groups.values()),
        "exercise_notes": [{"exercise": one, "text": text} for one, text in notes.items()],
    }


CASES = (
    Case("detail", detail_request, detail, goal=0.45),
    Case("list", list_request, listed, goal=0.45),
    Case("search", search_request, search, goal=0.45),
    Case(
        "create",
        create_request,
        create,
        goal=0.35,
        statuses=(201,),
        volatile=frozenset({"id", "sets", "created_at", "updated_at"}),
        writes=True,
    ),
)
