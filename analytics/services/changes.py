"""What changed in the diaries since a person's derived rows were made.

Nobody has to announce days: a day of a diary is compared with what its derived row was made
from, by the number of rows and the highest revision. Any change of a row raises the revision of
its day, and any deletion lowers the number, so that also a row that moved leaves both its days.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from analytics.services.people import DAYS, SETS, Days, Exercises, Person, day_parameters
from users.keyset import fetch

_PEOPLE: LiteralString = """
    SELECT * FROM unnest(%(people)s::uuid[], %(revisions)s::bigint[]) AS p (user_id, revision)
"""


def _changed(table: LiteralString, resource: LiteralString) -> LiteralString:
    return f"""EXISTS (SELECT FROM {table} r
        WHERE r.user_id = p.user_id AND r.revision > p.revision)
        OR EXISTS (SELECT FROM users_tombstone t WHERE t.user_id = p.user_id
            AND t.revision > p.revision AND t.resource = '{resource}')"""  # noqa: S608 - our own names


# Which parts of a person's rows changed at all: an index of the change feed answers each.
_TOUCHED: LiteralString = f"""
    SELECT p.user_id,
        {_changed("workouts_workout", "workouts.workout")} AS training,
        {_changed("analytics_onermtest", "analytics.onermtest")} AS tests,
        {_changed("nutrition_mealentry", "nutrition.mealentry")}
            OR {_changed("nutrition_waterintake", "nutrition.waterintake")}
            OR {_changed("nutrition_diaryday", "nutrition.diaryday")} AS food,
        {_changed("nutrition_nutritiongoal", "nutrition.nutritiongoal")}
            OR EXISTS (SELECT FROM users_userprofile r
                WHERE r.user_id = p.user_id AND r.revision > p.revision) AS goals,
        EXISTS (SELECT FROM workouts_exercise r
            WHERE r.created_by_id = p.user_id AND r.revision > p.revision) AS exercises,
        {_changed("workouts_planrun", "workouts.planrun")}
            OR {_changed("workouts_workoutplan", "workouts.workoutplan")}
            OR {_changed("analytics_trainingbreak", "analytics.trainingbreak")} AS plans
    FROM ({_PEOPLE}) p
"""  # noqa: S608 - our own names
_TRAINING: LiteralString = """
    SELECT coalesce(source.user_id, made.user_id) AS user_id,
        coalesce(source.date, made.date) AS day
    FROM (
        SELECT user_id, date, count(*) AS rows, max(revision) AS revision
        FROM workouts_workout WHERE user_id = ANY(%(people)s) GROUP BY user_id, date
    ) source
    FULL JOIN (
        SELECT user_id, date, source_rows, source_revision
        FROM analytics_trainingday WHERE user_id = ANY(%(people)s)
    ) made ON made.user_id = source.user_id AND made.date = source.date
    WHERE (source.rows, source.revision) IS DISTINCT FROM (made.source_rows, made.source_revision)
"""
_TESTS: LiteralString = """
    SELECT coalesce(test.user_id, made.user_id) AS user_id, coalesce(test.date, made.date) AS day
    FROM (
        SELECT user_id, exercise_id, date, weight_kg
        FROM analytics_onermtest WHERE user_id = ANY(%(people)s)
    ) test
    FULL JOIN (
        SELECT user_id, exercise_id, date, one_rep_max
        FROM analytics_strengthprogress WHERE user_id = ANY(%(people)s) AND NOT calculated_1rm
    ) made ON made.user_id = test.user_id AND made.exercise_id = test.exercise_id
        AND made.date = test.date
    WHERE test.weight_kg IS DISTINCT FROM made.one_rep_max
"""
# A row that says something of a day without food or drink makes no summary.
_FOOD: LiteralString = """
    SELECT coalesce(source.user_id, made.user_id) AS user_id,
        coalesce(source.date, made.date) AS day
    FROM (
        SELECT user_id, date, count(*) AS rows, max(revision) AS revision
        FROM (
            SELECT user_id, date, revision, true AS is_intake
            FROM nutrition_mealentry WHERE user_id = ANY(%(people)s)
            UNION ALL
            SELECT user_id, date, revision, true
            FROM nutrition_waterintake WHERE user_id = ANY(%(people)s)
            UNION ALL
            SELECT user_id, date, revision, false
            FROM nutrition_diaryday WHERE user_id = ANY(%(people)s)
        ) logged GROUP BY user_id, date HAVING bool_or(is_intake)
    ) source
    FULL JOIN (
        SELECT user_id, date, source_rows, source_revision
        FROM analytics_nutritionsummary WHERE user_id = ANY(%(people)s)
    ) made ON made.user_id = source.user_id AND made.date = source.date
    WHERE (source.rows, source.revision) IS DISTINCT FROM (made.source_rows, made.source_revision)
"""
_SUMMARIZED: LiteralString = """
    SELECT user_id, date AS day FROM analytics_nutritionsummary WHERE user_id = ANY(%(people)s)
"""
_OF_OWN_EXERCISES: LiteralString = f"""
    SELECT DISTINCT p.user_id, w.date AS day
    FROM ({_PEOPLE}) p
    JOIN workouts_exercise e ON e.created_by_id = p.user_id AND e.revision > p.revision
    JOIN workouts_workoutset s ON s.user_id = p.user_id AND s.exercise_id = e.id
    JOIN workouts_workout w ON w.user_id = p.user_id AND w.id = s.workout_id
"""  # noqa: S608 - our own names
_ALL_TRAINING: LiteralString = """
    SELECT user_id, date AS day FROM workouts_workout WHERE user_id = ANY(%(people)s)
    UNION SELECT user_id, date FROM analytics_trainingday WHERE user_id = ANY(%(people)s)
"""
_ALL_LIFTS: LiteralString = """
    SELECT user_id, date AS day FROM analytics_onermtest WHERE user_id = ANY(%(people)s)
    UNION SELECT user_id, date FROM analytics_strengthprogress WHERE user_id = ANY(%(people)s)
    UNION SELECT user_id, date FROM analytics_personalrecord WHERE user_id = ANY(%(people)s)
"""
_ALL_FOOD: LiteralString = """
    SELECT user_id, date AS day FROM nutrition_mealentry WHERE user_id = ANY(%(people)s)
    UNION SELECT user_id, date FROM nutrition_waterintake WHERE user_id = ANY(%(people)s)
    UNION SELECT user_id, date FROM analytics_nutritionsummary WHERE user_id = ANY(%(people)s)
"""
# What was lifted on those days, and what was said to be lifted there before.
_LIFTED: LiteralString = f"""
    WITH scope AS MATERIALIZED ({DAYS})
    SELECT s.user_id, s.exercise_id
    FROM scope JOIN workouts_workout w ON w.user_id = scope.user_id AND w.date = scope.day
    JOIN {SETS}
    UNION
    SELECT r.user_id, r.exercise_id
    FROM scope JOIN analytics_onermtest r ON r.user_id = scope.user_id AND r.date = scope.day
    UNION
    SELECT r.user_id, r.exercise_id FROM scope
    JOIN analytics_strengthprogress r ON r.user_id = scope.user_id AND r.date = scope.day
    UNION
    SELECT r.user_id, r.exercise_id FROM scope
    JOIN analytics_personalrecord r ON r.user_id = scope.user_id AND r.date = scope.day
"""  # noqa: S608 - our own names


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The days whose rows are made anew, and from which day on the weeks and months are.

    Somebody who is not in ``periods_since`` keeps theirs; None means all of them.
    """

    training_days: Days
    lift_days: Days
    food_days: Days
    periods_since: Mapping[UUID, date | None]

    def exercises(self) -> Exercises:
        """The lifts whose records may change; to be asked before any row is made anew."""
        if not self.lift_days:
            return frozenset()
        rows = fetch(_LIFTED, day_parameters(self.lift_days))
        return frozenset((row["user_id"], row["exercise_id"]) for row in rows)


def changes_of(people: Sequence[Person]) -> Changes:
    """What these people's derived rows do not know yet."""
    revisions = {
        person.user_id: -1 if person.revision is None else person.revision for person in people
    }
    touched = {row["user_id"]: row for row in fetch(_TOUCHED, _revisions(revisions))}

    def of(part: str, sql: LiteralString) -> Days:
        theirs = {user_id: revisions[user_id] for user_id, row in touched.items() if row[part]}
        return _days(sql, _revisions(theirs)) if theirs else frozenset()

    training = of("training", _TRAINING) | of("exercises", _OF_OWN_EXERCISES)
    lifts = training | of("tests", _TESTS)
    # Whether a day had training decides which goals it has.
    trained = {(row["user_id"], row["day"]) for row in _summarized(training)}
    food = of("food", _FOOD) | of("goals", _SUMMARIZED) | trained
    return Changes(
        training_days=training,
        lift_days=lifts,
        food_days=food,
        periods_since=_periods_since(people, touched, lifts),
    )


def all_of(people: Sequence[Person], *, since: date | None) -> Changes:
    """Everything of these people, or everything from a day on."""
    asked = {"people": [person.user_id for person in people]}

    def of(sql: LiteralString) -> Days:
        days = _days(sql, asked)
        return days if since is None else frozenset(one for one in days if one[1] >= since)

    training = of(_ALL_TRAINING)
    return Changes(
        training_days=training,
        lift_days=training | of(_ALL_LIFTS),
        food_days=of(_ALL_FOOD),
        periods_since={person.user_id: since for person in people},
    )


def _revisions(revisions: Mapping[UUID, int]) -> dict[str, Any]:
    return {"people": list(revisions), "revisions": list(revisions.values())}


def _days(sql: LiteralString, parameters: Mapping[str, Any]) -> Days:
    return frozenset((row["user_id"], row["day"]) for row in fetch(sql, parameters))


def _summarized(days: Days) -> list[dict[str, Any]]:
    if not days:
        return []
    sql: LiteralString = f"""
        SELECT given.user_id, given.day FROM ({DAYS}) given
        JOIN analytics_nutritionsummary r ON r.user_id = given.user_id AND r.date = given.day
    """  # noqa: S608 - our own names
    return fetch(sql, day_parameters(days))


def _periods_since(
    people: Iterable[Person], touched: Mapping[UUID, Mapping[str, bool]], lifts: Days
) -> dict[UUID, date | None]:
    first: dict[UUID, date] = {}
    for user_id, day in lifts:
        first[user_id] = min(day, first.get(user_id, day))
    since: dict[UUID, date | None] = {}
    for person in people:
        row = touched[person.user_id]
        is_new_week = person.week_starts_on != person.counted_from
        if person.through is None or is_new_week or row["plans"] or row["exercises"]:
            since[person.user_id] = None
        elif person.through != person.today:
            # Going west, a person's today can come before the day that was theirs already.
            days = (first.get(person.user_id), person.through, person.today)
            since[person.user_id] = min(day for day in days if day is not None)
        elif person.user_id in first:
            since[person.user_id] = first[person.user_id]
    return since
