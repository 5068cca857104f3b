"""What achievements count, for any number of people at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.selectors.relative import COMPETITION_LIFTS
from social.formulas.streaks import DAYS, WEEKS, Streak, streak_of
from users.keyset import fetch

# A Monday, from which weeks are numbered.
_EPOCH: Final = date(1970, 1, 5)
_DAYS_OFF_THAT_EXCUSE: Final = 4
_FULL_MARKS: Final = 90
_WELL_WATERED_ML: Final = 2000

_SUMS: LiteralString = """
    WITH person AS (
        SELECT profile.user_id, profile.body_weight_kg
        FROM users_userprofile profile WHERE profile.user_id = ANY(%(people)s)
    )
    SELECT person.user_id,
        coalesce(trained.workouts, 0) AS workouts,
        coalesce(trained.volume, 0) AS volume_kg,
        coalesce(trained.distance, 0) AS distance_km,
        coalesce(trained.minutes, 0) / 60.0 AS training_hours,
        coalesce(eaten.complete, 0) AS food_days,
        coalesce(eaten.on_goal, 0) AS goal_days,
        coalesce(eaten.watered, 0) AS water_days,
        records.number AS records,
        lifts.squat / person.body_weight_kg AS squat_to_body_weight,
        lifts.bench / person.body_weight_kg AS bench_to_body_weight,
        lifts.deadlift / person.body_weight_kg AS deadlift_to_body_weight,
        lifts.squat + lifts.bench + lifts.deadlift AS total_kg,
        posted.posts, posted.likes_received,
        (SELECT count(*) FROM social_socialfollow follow
            WHERE follow.following_id = person.user_id) AS followers,
        (SELECT count(*) FROM social_friendship friendship
            WHERE friendship.user_id = person.user_id) AS friends,
        (SELECT count(*) FROM social_membership member
            WHERE member.user_id = person.user_id) AS groups,
        challenged.finished AS challenges_finished,
        challenged.completed AS challenges_completed,
        challenged.won AS challenges_won
    FROM person
    LEFT JOIN LATERAL (
        SELECT sum(day.workouts) AS workouts, sum(day.volume) AS volume,
            sum(day.distance_km) AS distance, sum(day.minutes) AS minutes
        FROM analytics_trainingday day WHERE day.user_id = person.user_id
    ) trained ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE day.is_complete) AS complete,
            count(*) FILTER (WHERE day.compliance_validity = 'valid'
                AND day.compliance_score >= %(full_marks)s) AS on_goal,
            count(*) FILTER (WHERE day.water >= %(well_watered)s) AS watered
        FROM analytics_nutritionsummary day WHERE day.user_id = person.user_id
    ) eaten ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS number FROM analytics_personalrecord record
        WHERE record.user_id = person.user_id AND record.kind = 'one_rm'
    ) records ON true
    LEFT JOIN LATERAL (
        SELECT max(record.value) FILTER (WHERE exercise.slug = ANY(%(squat)s)) AS squat,
            max(record.value) FILTER (WHERE exercise.slug = ANY(%(bench)s)) AS bench,
            max(record.value) FILTER (WHERE exercise.slug = ANY(%(deadlift)s)) AS deadlift
        FROM analytics_personalrecord record
        JOIN workouts_exercise exercise ON exercise.id = record.exercise_id
        WHERE record.user_id = person.user_id AND record.kind = 'one_rm'
            AND exercise.slug = ANY(%(lifts)s)
    ) lifts ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE post.parent_id IS NULL) AS posts,
            coalesce(sum(post.likes_count), 0) AS likes_received
        FROM social_post post
        WHERE post.user_id = person.user_id AND post.deleted_at IS NULL
    ) posted ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE part.current_progress > 0) AS finished,
            count(*) FILTER (WHERE part.completed_at IS NOT NULL) AS completed,
            count(*) FILTER (WHERE part.rank = 1 AND part.current_progress > 0
                AND challenge.participant_count > 1) AS won
        FROM social_challengeparticipant part
        JOIN social_challenge challenge ON challenge.id = part.challenge_id
        WHERE part.user_id = person.user_id AND challenge.finished_at IS NOT NULL
    ) challenged ON true
"""
# Weeks by their number since the epoch, each from the person's first weekday to its last.
_STREAKS: LiteralString = """
    SELECT profile.user_id, settings.week_starts_on,
        (%(now)s AT TIME ZONE profile.timezone)::date AS today,
        ARRAY(
            SELECT DISTINCT
                (day.date - %(epoch)s::date - (settings.week_starts_on - 1) + 7) / 7 - 1
            FROM analytics_trainingday day
            WHERE day.user_id = profile.user_id AND day.workouts > 0 AND day.date >= %(epoch)s
        ) AS weeks,
        ARRAY(
            SELECT day.date - %(epoch)s::date FROM analytics_nutritionsummary day
            WHERE day.user_id = profile.user_id AND day.is_complete AND day.date >= %(epoch)s
        ) AS food_days,
        ARRAY(
            SELECT ARRAY[rest.starts_on - %(epoch)s::date,
                coalesce(rest.ends_on, (%(now)s AT TIME ZONE profile.timezone)::date + 1)
                    - %(epoch)s::date]
            FROM analytics_trainingbreak rest WHERE rest.user_id = profile.user_id
        ) AS breaks
    FROM users_userprofile profile
    JOIN users_usersettings settings ON settings.user_id = profile.user_id
    WHERE profile.user_id = ANY(%(people)s)
"""


@dataclass(frozen=True)
class Streaks:
    """A person's streaks; ``first_day`` turns the number of a week into its first day."""

    training_weeks: Streak
    food_days: Streak
    week_offset: int
    today: date

    def first_day(self, week: int) -> date:
        return _EPOCH + timedelta(days=7 * week + self.week_offset)

    @staticmethod
    def day(number: int) -> date:
        return _EPOCH + timedelta(days=number)


def metrics_of(user_ids: Collection[UUID], *, now: datetime) -> dict[UUID, dict[str, float]]:
    """Every metric of these people by its name, in two queries; 0 where nothing is known."""
    rows = fetch(
        _SUMS,
        {
            "people": list(user_ids),
            "full_marks": _FULL_MARKS,
            "well_watered": _WELL_WATERED_ML,
            "lifts": [slug for slugs in COMPETITION_LIFTS.values() for slug in slugs],
            **{lift: list(slugs) for lift, slugs in COMPETITION_LIFTS.items()},
        },
    )
    streaks = streaks_of(user_ids, now=now)
    metrics = {}
    for row in rows:
        user_id = row.pop("user_id")
        metrics[user_id] = {name: float(value or 0) for name, value in row.items()} | {
            "training_weeks_in_a_row": float(streaks[user_id].training_weeks.longest),
            "food_days_in_a_row": float(streaks[user_id].food_days.longest),
        }
    return metrics


def streaks_of(user_ids: Collection[UUID], *, now: datetime) -> dict[UUID, Streaks]:
    """The streaks of these people, in one query."""
    rows = fetch(_STREAKS, {"people": list(user_ids), "now": now, "epoch": _EPOCH})
    return {row["user_id"]: _folded(row) for row in rows}


def _folded(row: Mapping[str, Any]) -> Streaks:
    today: date = row["today"]
    offset = (row["week_starts_on"] - 1) % 7
    this_week = ((today - _EPOCH).days - offset) // 7
    return Streaks(
        training_weeks=streak_of(
            row["weeks"],
            through=this_week,
            rule=WEEKS,
            excused=_excused(row["breaks"], offset, this_week),
        ),
        food_days=streak_of(row["food_days"], through=(today - _EPOCH).days, rule=DAYS),
        week_offset=offset,
        today=today,
    )


def _excused(breaks: Collection[tuple[int, int]], offset: int, through: int) -> set[int]:
    """The weeks of which a break from training covers most days."""
    off: dict[int, int] = {}
    for first, end in breaks:
        for day in range(max(0, first), min(end, 7 * (through + 1) + offset)):
            week = (day - offset) // 7
            off[week] = off.get(week, 0) + 1
    return {week for week, days in off.items() if days >= _DAYS_OFF_THAT_EXCUSE}
