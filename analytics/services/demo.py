"""What the people of the demo weigh, test, want to reach, and why one of them had to rest."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from statistics import median
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Sum

from analytics.formulas.one_rm import estimate_one_rm, reserve_of
from analytics.models import BodyMetric, BreakReason, OneRmTest, StrengthGoal, TrainingBreak
from analytics.services.demo_body import Body, course_of, girths, weigh_ins
from analytics.services.demo_goals import LIFTS, OTHERS, strength_goal
from analytics.services.refresh import refresh_people
from nutrition.models import MealEntry, NutritionGoal
from users.keyset import fetch
from users.localtime import reading_of
from users.models import User
from users.ownership import advance_clocks
from users.services.demo import FOLLOWERS
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.models.workout import SetType
from workouts.services.demo import injury_of

# With fewer, a day was not logged to its end.
_MEALS_OF_A_DAY: Final = 3
_OUT_OF_BED: Final = time(8)
_TESTED: Final = ("barbell-back-squat", "barbell-bench-press", "barbell-deadlift")
_TESTED_AGO: Final = (150, 20)
# A test shows what the weeks before it spoke for.
_KNOWN_DAYS: Final = 42
_FEWEST_SESSIONS: Final = 3
_MOST_REPS: Final = 8
_STEP_KG: Final = 2.5
# Beside so many, another few people change nothing of a plan.
_MANY_SETS: Final = 100_000
_KNOWN_SETS: LiteralString = """
    SELECT reltuples AS sets FROM pg_class WHERE oid = 'workouts_workoutset'::regclass
"""
_ANALYZE: LiteralString = """
    ANALYZE workouts_workout, workouts_workoutset, nutrition_mealentry, nutrition_waterintake,
        nutrition_diaryday, analytics_bodymetric, analytics_trainingday,
        analytics_nutritionsummary, analytics_strengthprogress, analytics_personalrecord,
        analytics_workoutanalysis
"""

# The best maximum that each day's sets speak for, oldest first.
Maxima = Mapping[str, Sequence[tuple[date, float]]]


@dataclass(frozen=True, kw_only=True)
class _Person:
    """Somebody of the demo, by their own clock, with the revision of what they add."""

    user: User
    revision: int
    reading: datetime

    @property
    def today(self) -> date:
        return self.reading.date()

    @property
    def owned(self) -> dict[str, Any]:
        return {"user": self.user, "revision": self.revision}


@transaction.atomic
def add_analytics(*, users: Sequence[User], now: datetime, seed: int) -> int:
    """Write what each person measured in the last year; answers the number of weigh-ins.

    For people without measurements, once their training and food are there; the same for the
    same seed, day, workouts and food. Who has no food diary steps on no scale. The named people
    have more: girths, tested maxima, goals, and a break. In the end all that follows from their
    diaries is computed.
    """
    clocks = advance_clocks([user.pk for user in users])
    people = [
        _Person(
            user=user,
            revision=clocks[user.pk],
            reading=reading_of(now, user.profile.timezone),
        )
        for user in users
    ]
    metrics = [
        metric for person, body in _bodies(people) for metric in _metrics(person, body, seed)
    ]
    BodyMetric.objects.insert(metrics)
    for person in people:
        if person.user.username in FOLLOWERS:
            _add_break(person, now)
            _add_lifts(person)
    _tell_the_planner()
    refresh_people([user.pk for user in users], now=now)
    return len(metrics)


def _tell_the_planner() -> None:
    """Small tables that have just grown, all in one transaction, look nearly empty to it."""
    if fetch(_KNOWN_SETS, {})[0]["sets"] < _MANY_SETS:
        with connection.cursor() as cursor:
            cursor.execute(_ANALYZE)


# --- Bodies ----------------------------------------------------------------------------------


def _bodies(people: Sequence[_Person]) -> Iterable[tuple[_Person, Body]]:
    """Those who log what they eat."""
    keys = [person.user.pk for person in people]
    aims = dict(NutritionGoal.objects.filter(user__in=keys).values_list("user", "aim"))
    intake = _intake(keys)
    trained = _trained(keys)
    for person in people:
        profile, key = person.user.profile, person.user.pk
        if key in aims and intake[key]:
            is_up = person.reading.time() >= _OUT_OF_BED
            yield (
                person,
                Body(
                    sex="female" if profile.sex == "female" else "male",
                    height_cm=profile.height or 0,
                    weight_kg=profile.body_weight_kg or 0,
                    aim=aims[key],
                    last=person.today - timedelta(days=0 if is_up else 1),
                    intake_kcal=intake[key],
                    trained=trained[key],
                ),
            )


def _intake(keys: Sequence[UUID]) -> Mapping[UUID, dict[date, float]]:
    """The energy of the days that were logged to their end."""
    found: defaultdict[UUID, dict[date, float]] = defaultdict(dict)
    days = MealEntry.objects.filter(user__in=keys).values_list("user", "date")
    eaten = days.annotate(kcal=Sum("calories"), meals=Count("meal_type", distinct=True))
    for key, day, kcal, meals in eaten.order_by("user", "date"):
        if meals >= _MEALS_OF_A_DAY:
            found[key][day] = kcal
    return found


def _trained(keys: Sequence[UUID]) -> Mapping[UUID, set[date]]:
    found: defaultdict[UUID, set[date]] = defaultdict(set)
    for key, day in Workout.objects.filter(user__in=keys).order_by().values_list("user", "date"):
        found[key].add(day)
    return found


def _metrics(person: _Person, body: Body, seed: int) -> Iterable[BodyMetric]:
    rng = Random(f"{seed} {person.user.username} body")  # noqa: S311 - a demo, not a secret
    course = course_of(body, rng)
    shown = weigh_ins(body, course, rng)
    has_a_tape = person.user.username in FOLLOWERS
    measured = dict(girths(body, course, shown, rng)) if has_a_tape else {}
    for day, weight_kg in shown.items():
        yield BodyMetric(**person.owned, date=day, weight=weight_kg, **measured.get(day, {}))


# --- Training --------------------------------------------------------------------------------


def _add_break(person: _Person, now: datetime) -> None:
    injury = injury_of(person.user, now)
    if injury is None:
        return
    starts_on, ends_on = injury
    rest = TrainingBreak(
        user=person.user,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=BreakReason.INJURY,
        notes="Strained my lower back. Walks, and no weights for three weeks.",
    )
    rest.insert_at(person.revision)


def _add_lifts(person: _Person) -> None:
    """What somebody tested, and what they want to reach."""
    wanted = LIFTS[person.user.username]
    slugs = {*_TESTED, wanted.slug}
    exercises = {row.slug: row for row in Exercise.objects.filter(slug__in=slugs) if row.slug}
    maxima = _maxima(person, slugs)
    OneRmTest.objects.insert(_tests(person, maxima, exercises))
    began = person.today - timedelta(days=wanted.began_ago)
    best_kg = max((kg for day, kg in maxima.get(wanted.slug, ()) if day < began), default=0)
    title, target_kg = strength_goal(wanted, best_kg=best_kg)
    StrengthGoal(
        user=person.user,
        title=title,
        start_date=began,
        target_date=began + timedelta(days=wanted.days),
        exercise=exercises[wanted.slug],
        target_kg=target_kg,
    ).insert_at(person.revision)
    for other in OTHERS[person.user.username]:
        start = person.today - timedelta(days=other.began_ago)
        other.kind(
            user=person.user,
            title=other.title,
            notes=other.notes,
            start_date=start,
            target_date=start + timedelta(days=other.days),
            **other.content,
        ).insert_at(person.revision)


def _maxima(person: _Person, slugs: Iterable[str]) -> Maxima:
    best: dict[tuple[str, date], float] = {}
    work = WorkoutSet.objects.filter(
        user=person.user,
        exercise__slug__in=slugs,
        reps__range=(1, _MOST_REPS),
        load__gt=0,
        rpe__isnull=False,
    ).exclude(set_type=SetType.WARM_UP)
    columns = ("exercise__slug", "workout__date", "load", "reps", "rpe")
    for slug, day, load_kg, reps, rpe in work.order_by().values_list(*columns):
        reserve = reserve_of(rir=None, rpe=rpe)
        found = estimate_one_rm(weight_kg=load_kg, reps=reps, reserve=reserve, day=day)
        if found is not None:
            best[slug, day] = max(found.one_rm_kg, best.get((slug, day), 0))
    maxima: defaultdict[str, list[tuple[date, float]]] = defaultdict(list)
    for (slug, day), one_rm_kg in sorted(best.items()):
        maxima[slug].append((day, one_rm_kg))
    return maxima


def _tests(
    person: _Person, maxima: Maxima, exercises: Mapping[str, Exercise]
) -> Iterable[OneRmTest]:
    """Of the lifts of a competition, as far as somebody had trained them of late."""
    for slug in _TESTED:
        for ago in _TESTED_AGO:
            day = person.today - timedelta(days=ago)
            since = day - timedelta(days=_KNOWN_DAYS)
            known = [kg for done, kg in maxima.get(slug, ()) if since <= done < day]
            if len(known) >= _FEWEST_SESSIONS:
                weight_kg = median(known) // _STEP_KG * _STEP_KG
                yield OneRmTest(
                    **person.owned, exercise=exercises[slug], date=day, weight_kg=weight_kg
                )
