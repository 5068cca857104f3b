"""A person's numbers as pictures."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from analytics.charts.calories import FoodDay, calories_chart
from analytics.charts.days import Span
from analytics.charts.load import LoadDay, load_chart
from analytics.charts.look import Asked, Chart
from analytics.charts.muscles import Landmarks, MuscleWeek, TrainedMuscle, muscles_chart
from analytics.charts.strength import KnownMaximum, StrengthDay, strength_chart
from analytics.charts.weight import WeightPoint, weight_chart
from analytics.formulas.load import FITNESS_DAYS
from analytics.models import (
    NutritionSummary,
    Period,
    PersonalRecord,
    RecordKind,
    StrengthProgress,
    WorkoutAnalysis,
)
from analytics.selectors.body import weight_story
from analytics.selectors.load import training_load
from workouts.models import Exercise, Muscle

_WEEK: Final = timedelta(days=7)


def drawn(asked: Asked, *, today: date) -> bytes | None:
    """The picture as SVG, without an exercise an empty one of strength; None for an exercise that
    the person cannot see.
    """
    span = Span(first=today - timedelta(days=asked.days), last=today)
    return _DRAW[asked.chart](asked, span)


def _strength(asked: Asked, span: Span) -> bytes | None:
    if asked.exercise_id is None:
        return strength_chart([], [], exercise="Strength", span=span, look=asked.look)
    exercise = (
        Exercise.objects.visible_to(asked.user_id)
        .filter(pk=asked.exercise_id)
        .values_list("name", flat=True)
        .first()
    )
    if exercise is None:
        return None
    of_exercise = {"user_id": asked.user_id, "exercise_id": asked.exercise_id}
    days = StrengthProgress.objects.filter(
        **of_exercise, date__gte=span.first, date__lte=span.last
    ).order_by("date")
    known = PersonalRecord.objects.filter(
        **of_exercise, kind=RecordKind.ONE_RM, date__lte=span.last
    ).order_by("date", "value")
    return strength_chart(
        [_strength_day(day) for day in days],
        _known_since(
            span.first, [KnownMaximum(day=record.date, kg=record.value) for record in known]
        ),
        exercise=exercise,
        span=span,
        look=asked.look,
    )


def _strength_day(day: StrengthProgress) -> StrengthDay:
    return StrengthDay(
        day=day.date,
        one_rm_kg=day.one_rep_max or None,
        low_kg=day.one_rep_max_low_kg,
        high_kg=day.one_rep_max_high_kg,
        validity=day.validity,
        is_tested=not day.calculated_1rm,
        volume_kg=day.volume,
    )


def _known_since(first: date, known: list[KnownMaximum]) -> list[KnownMaximum]:
    """The maxima that were known on some day from the first on."""
    before = [one for one in known if one.day < first]
    return [*before[-1:], *(one for one in known if one.day >= first)]


def _weight(asked: Asked, span: Span) -> bytes:
    story = weight_story(user_id=asked.user_id, today=span.last, days=asked.days)
    forecast = story["forecast"]
    return weight_chart(
        [
            WeightPoint(
                day=point["date"],
                weight_kg=point["weight_kg"],
                trend_kg=point["trend_kg"],
                low_kg=point["low_kg"],
                high_kg=point["high_kg"],
            )
            for point in story["points"]
        ],
        span=span,
        look=asked.look,
        kg_per_week=story["change"]["kg_per_week"],
        goal_kg=forecast["goal_kg"] if forecast else None,
    )


def _muscles(asked: Asked, span: Span) -> bytes:
    weeks = WorkoutAnalysis.objects.filter(
        user_id=asked.user_id,
        period=Period.WEEK,
        end_date__gte=span.first,
        start_date__lte=span.last,
    )
    muscles = [
        TrainedMuscle(slug=muscle.slug, name=muscle.name, landmarks=_landmarks(muscle))
        for muscle in Muscle.objects.order_by("slug")
    ]
    known = {week.start_date: week for week in weeks}
    return muscles_chart(_weeks(known, span.last), muscles, span=span, look=asked.look)


def _weeks(known: Mapping[date, WorkoutAnalysis], today: date) -> list[MuscleWeek]:
    """Those with training and those between them, up to the one that still runs."""
    weeks = []
    first = min(known, default=None)
    while first is not None and first <= today:
        week = known.get(first)
        weeks.append(
            MuscleWeek(
                first=first,
                hard_sets=week.hard_sets if week else 0,
                sets=week.muscle_sets if week else {},
                is_over=first + _WEEK <= today,
            )
        )
        first += _WEEK
    return weeks


def _landmarks(muscle: Muscle) -> Landmarks | None:
    if muscle.mev is None or muscle.mav_high is None or muscle.mrv is None:
        return None
    return Landmarks(mev=muscle.mev, mav_high=muscle.mav_high, mrv=muscle.mrv)


def _calories(asked: Asked, span: Span) -> bytes:
    days = NutritionSummary.objects.filter(
        user_id=asked.user_id, date__gte=span.first, date__lte=span.last, meal_count__gt=0
    ).order_by("date")
    return calories_chart(
        [
            FoodDay(
                day=day.date,
                kcal=day.calories,
                is_complete=day.is_complete,
                goal_kcal=day.calorie_target,
            )
            for day in days
        ],
        span=span,
        look=asked.look,
    )


def _load(asked: Asked, span: Span) -> bytes:
    loads = training_load(user_id=asked.user_id, today=span.last, days=asked.days)
    points = zip(
        *(loads[modality]["points"] for modality in ("all", "lifting", "cardio")), strict=True
    )
    curve = loads["all"]["curve"]
    began = curve["provenance"]["window"]["first"] if curve else span.first
    settled = began + timedelta(days=FITNESS_DAYS - 1)
    return load_chart(
        [_load_day(*point, settled=settled) for point in points], span=span, look=asked.look
    )


def _load_day(
    both: dict[str, Any], lifting: dict[str, Any], cardio: dict[str, Any], *, settled: date
) -> LoadDay:
    return LoadDay(
        day=both["date"],
        lifting=lifting["load"],
        cardio=cardio["load"],
        fitness=both["ctl"],
        fatigue=both["atl"],
        form=both["tsb"],
        is_settled=both["date"] >= settled,
    )


_DRAW: Final[Mapping[Chart, Callable[[Asked, Span], bytes | None]]] = {
    "strength": _strength,
    "weight": _weight,
    "muscles": _muscles,
    "calories": _calories,
    "load": _load,
}
