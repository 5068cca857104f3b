"""The standings of challenges: what each participant reached, and which place that is.

A board is one snapshot: progress and ranks are written together, by one statement. What counts is
what the training days say, and nothing is added or taken away, so that an edited or deleted
workout is followed as a new one is.

Whoever writes a participant holds the row of the challenge, and has locked it before: a refresh,
who joins or leaves, and who marks somebody as stale. So a mark is either seen by the refresh that
runs, or waits for its end.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction

from social.formulas.standings import ordinal
from social.models import Challenge, ChallengeType
from social.selectors import challenges as selectors
from social.signals import person_acted
from users.keyset import fetch
from users.models.notification import NotificationCategory
from users.ownership import advance_clocks_unheard
from users.services import live, notifications, outbox

TOPIC: Final = "challenge"
# With so many, a board is made anew at once when somebody joins or leaves.
FEW: Final = 200
SWEEP_LIMIT: Final = 100
RESULTS_AT_A_TIME: Final = 100
_SHOWN_NAME: Final = 80
# Where a day begins first.
_EASTERNMOST: Final = timedelta(hours=14)
_COUNTED: Final[Mapping[str, LiteralString]] = {
    ChallengeType.WORKOUT: "workouts",
    ChallengeType.VOLUME: "volume",
    ChallengeType.DISTANCE: "distance_km",
    ChallengeType.CALORIES: "calories_burned",
}
_LOCK_THEIRS: LiteralString = """
    SELECT id FROM social_challenge
    WHERE finished_at IS NULL AND id IN (
        SELECT challenge_id FROM social_challengeparticipant WHERE user_id = ANY(%(people)s)
    )
    ORDER BY id FOR NO KEY UPDATE
"""
_MARK: LiteralString = """
    UPDATE social_challengeparticipant SET is_stale = true
    WHERE user_id = ANY(%(people)s) AND challenge_id = ANY(%(challenges)s) AND NOT is_stale
"""
# The more take part, the longer the standings of last time hold: to rank 50,000 takes a second or
# two, and is done every 100.
_PLAN: LiteralString = """
    UPDATE social_challenge SET refresh_due_at = greatest(
        %(now)s, ranked_at + make_interval(secs => least(participant_count / 500.0, 300))
    )
    WHERE id = ANY(%(challenges)s) AND refresh_due_at IS NULL
    RETURNING id, refresh_due_at
"""


def _ranking(column: LiteralString) -> LiteralString:
    """Days are looked up person by person: what that costs grows with those who are counted, and
    never with all the days that there are. Numerics add up to the same number in any order, so
    that who is counted alone and who is counted among thousands agree to the digit.
    """
    return f"""
        WITH counted AS (
            SELECT p.id, p.completed_at, CASE
                WHEN p.is_stale OR %(everybody)s THEN (
                    SELECT coalesce(sum(day.{column}::numeric), 0)::float8
                    FROM analytics_trainingday day
                    WHERE day.user_id = p.user_id
                        AND day.date >= greatest(p.counts_from, %(first)s::date)
                        AND day.date <= %(last)s::date
                )
                ELSE p.current_progress END AS progress
            FROM social_challengeparticipant p WHERE p.challenge_id = %(challenge)s
        ), ranked AS (
            SELECT id, progress, rank() OVER (ORDER BY progress DESC) AS place,
                CASE WHEN progress >= %(target)s::float8
                    THEN coalesce(completed_at, %(now)s) END AS completed_at
            FROM counted
        )
        UPDATE social_challengeparticipant p SET current_progress = ranked.progress,
            rank = ranked.place, completed_at = ranked.completed_at, is_stale = false
        FROM ranked
        WHERE p.challenge_id = %(challenge)s AND p.id = ranked.id
            AND (p.current_progress, p.rank, p.completed_at, p.is_stale)
            IS DISTINCT FROM (ranked.progress, ranked.place, ranked.completed_at, false)
    """  # noqa: S608 - our own column names


_RANKINGS: Final = {kind: _ranking(column) for kind, column in _COUNTED.items()}
# To count 50,000 people takes a few seconds, and a million more than a statement may.
_TAKE_YOUR_TIME: LiteralString = "SET LOCAL statement_timeout = '10min'"
# The last day is over for everybody who takes part, and for who began it, wherever they are.
_OVER: LiteralString = """
    SELECT c.id FROM social_challenge c
    WHERE c.finished_at IS NULL AND c.end_date < %(today)s
        AND NOT EXISTS (
            SELECT FROM users_userprofile profile
            WHERE profile.user_id = c.created_by_id
                AND (c.end_date + 1)::timestamp AT TIME ZONE profile.timezone
                    + make_interval(hours => c.late_entry_hours) > %(now)s
        )
        AND NOT EXISTS (
            SELECT FROM social_challengeparticipant p
            JOIN users_userprofile profile ON profile.user_id = p.user_id
            WHERE p.challenge_id = c.id
                AND (c.end_date + 1)::timestamp AT TIME ZONE profile.timezone
                    + make_interval(hours => c.late_entry_hours) > %(now)s
        )
"""
_RESULTS: LiteralString = """
    SELECT p.id, p.user_id, p.rank, p.current_progress, person.is_active
    FROM social_challengeparticipant p JOIN users_user person ON person.id = p.user_id
    WHERE p.challenge_id = %(challenge)s AND (p.rank, p.id) > (%(rank)s, %(after)s::uuid)
    ORDER BY p.rank, p.id LIMIT %(limit)s
"""


# --- While it runs ---------------------------------------------------------------------------


@transaction.atomic
def mark_stale(user_ids: Collection[UUID], *, now: datetime) -> dict[UUID, datetime]:
    """Have the progress of these people counted again wherever they take part.

    Answers the challenges that were waiting for nothing before, and when each is due: as soon as
    possible, or when the standings of last time are old enough.
    """
    people = list(user_ids)
    challenges = [row["id"] for row in fetch(_LOCK_THEIRS, {"people": people})]
    if not challenges:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"people": people, "challenges": challenges})
    return plan(challenges, now=now)


def plan(challenge_ids: Collection[UUID], *, now: datetime) -> dict[UUID, datetime]:
    """Have these made anew when they are due. The caller has locked them."""
    rows = fetch(_PLAN, {"challenges": list(challenge_ids), "now": now})
    return {row["id"]: row["refresh_due_at"] for row in rows}


def due(*, now: datetime) -> list[UUID]:
    """Challenges whose standings are waited for, the longest first."""
    waiting = Challenge.objects.due(now).values_list("pk", flat=True)
    return list(waiting[:SWEEP_LIMIT])


@transaction.atomic
def refresh(challenge_id: UUID, *, now: datetime) -> bool:
    """Count those who are stale, and rank all anew; whether that was due."""
    challenge = _locked(challenge_id)
    if challenge is None or challenge.refresh_due_at is None or challenge.refresh_due_at > now:
        return False
    rank_anew(challenge, now=now)
    return True


def rank_anew(challenge: Challenge, *, now: datetime) -> None:
    """As refresh, for a caller who has locked the challenge, and without asking if it is due."""
    _rank(challenge, now=now)
    _stamp(challenge, ranked_at=now, refresh_due_at=None)


def follow_people(challenge: Challenge, *, now: datetime) -> None:
    """Rank anew after somebody came or went: at once among few. The caller has locked it."""
    if challenge.participant_count <= FEW:
        rank_anew(challenge, now=now)
    else:
        plan([challenge.pk], now=now)


# --- The whole, from the beginning -----------------------------------------------------------


def running() -> list[UUID]:
    """Challenges whose standings may still change."""
    return list(Challenge.objects.running().order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def recompute(challenge_id: UUID, *, now: datetime) -> int | None:
    """Count everybody from the beginning. How many rows were wrong; None for a finished one."""
    challenge = _locked(challenge_id)
    if challenge is None:
        return None
    # What merely waited for its refresh was not wrong.
    _rank(challenge, now=now)
    wrong = _rank(challenge, now=now, everybody=True)
    _stamp(challenge, ranked_at=now, refresh_due_at=None)
    return wrong


# --- The end ---------------------------------------------------------------------------------


def over(*, now: datetime) -> list[UUID]:
    """Challenges whose last day and time for late entries have passed for everybody in them."""
    return [row["id"] for row in fetch(_OVER, _today(now))]


@transaction.atomic
def finish(challenge_id: UUID, *, now: datetime) -> bool:
    """Count everybody, freeze the standings, and have the participants told; whether it was over.

    Nothing changes them afterwards.
    """
    challenge = _locked(challenge_id)
    if challenge is None or not _is_over(challenge, now=now):
        return False
    _rank(challenge, now=now, everybody=True)
    _stamp(challenge, ranked_at=now, refresh_due_at=None, finished_at=now)
    _promise_results(challenge.pk, rank=0, after=UUID(int=0))
    return True


@outbox.handles("social_challenge_results")
def tell_results(*, challenge_id: str, rank: int, after: str) -> None:
    """Tell some participants how they did, those who stand below this place, and so on."""
    challenge = Challenge.objects.filter(pk=challenge_id).first()
    if challenge is None:
        return
    rows = fetch(
        _RESULTS,
        {"challenge": challenge.pk, "rank": rank, "after": after, "limit": RESULTS_AT_A_TIME},
    )
    there = advance_clocks_unheard([row["user_id"] for row in rows if row["is_active"]])
    # In the order in which everybody locks clocks.
    for row in sorted(rows, key=lambda one: one["user_id"]):
        if row["user_id"] in there:
            notifications.notify(
                user_id=row["user_id"],
                category=NotificationCategory.SOCIAL,
                kind="challenge_finished",
                text=_result(challenge, row),
                target=challenge,
            )
    if there:
        person_acted.send(sender=Challenge, user_ids=tuple(there))
    if len(rows) == RESULTS_AT_A_TIME:
        _promise_results(challenge.pk, rank=rows[-1]["rank"], after=rows[-1]["id"])


def _promise_results(challenge_id: UUID, *, rank: int, after: UUID) -> None:
    outbox.promise(
        kind="social_challenge_results",
        challenge_id=str(challenge_id),
        rank=rank,
        after=str(after),
    )


def _result(challenge: Challenge, row: Mapping[str, Any]) -> str:
    name = shortened(challenge.name)
    if not row["current_progress"]:
        return f"{name} is over."
    return f"You came {ordinal(row['rank'])} of {challenge.participant_count} in {name}."


def shortened(name: str) -> str:
    return name if len(name) <= _SHOWN_NAME else f"{name[: _SHOWN_NAME - 1]}…"


# --- Rows ------------------------------------------------------------------------------------


def _locked(challenge_id: UUID) -> Challenge | None:
    unfinished = Challenge.objects.running().filter(pk=challenge_id)
    return unfinished.select_for_update(no_key=True).first()


def _rank(challenge: Challenge, *, now: datetime, everybody: bool = False) -> int:
    """How many rows that changed."""
    values: dict[str, Any] = {
        "challenge": challenge.pk,
        "first": challenge.start_date,
        "last": challenge.end_date,
        "target": challenge.target,
        "everybody": everybody,
        "now": now,
    }
    with connection.cursor() as cursor:
        if everybody:
            cursor.execute(_TAKE_YOUR_TIME)
        cursor.execute(_RANKINGS[challenge.challenge_type], values)
        changed: int = cursor.rowcount
    return changed


def _stamp(challenge: Challenge, **values: datetime | None) -> None:
    for name, value in values.items():
        setattr(challenge, name, value)
    Challenge.objects.filter(pk=challenge.pk).write(**values)
    live.publish_topic(f"{TOPIC}:{challenge.pk}", selectors.moment(challenge))


def _is_over(challenge: Challenge, *, now: datetime) -> bool:
    found = fetch(_OVER + " AND c.id = %(id)s", {**_today(now), "id": challenge.pk})
    return bool(found)


def _today(now: datetime) -> dict[str, Any]:
    return {"now": now, "today": (now + _EASTERNMOST).astimezone(UTC).date()}


live.topic(TOPIC, authorize=selectors.is_visible, state=selectors.moment_of)
