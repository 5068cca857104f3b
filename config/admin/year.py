"""A person's year in numbers: health values, for whoever may see those of this person.

Read from what is derived of the diaries, day by day, and never from sets or heart rates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.http import HttpRequest

from analytics.charts.days import counted
from analytics.models import NutritionSummary, PersonalRecord, RecordKind, TrainingDay
from analytics.selectors.body import weight_story
from analytics.selectors.goals import goals_of, unit_of
from analytics.selectors.load import training_load
from config.admin.cards import Card, Cell, link_to, list_of, may_view, page_of
from config.admin.charts import Series, by_day, heat_map, number, weekly
from social.selectors.metrics import streaks_of
from users.models import User
from wearables.models import DailyActivity, SleepData, SleepRole

_SHOWN: Final = 8
_MINUTES: Final = 60
_WEEK: Final = 7


@dataclass(frozen=True, kw_only=True)
class Year:
    """The days of a year that are over or still run, by the person's own clock."""

    person: User
    number: int
    today: date
    now: datetime

    @property
    def first(self) -> date:
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        return min(self.today, date(self.number, 12, 31))

    @cached_property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @cached_property
    def training(self) -> Mapping[date, TrainingDay]:
        rows = TrainingDay.objects.filter(
            user=self.person, date__range=(self.first, self.last), workouts__gt=0
        ).only("date", "workouts", "minutes", "volume")
        return {row.date: row for row in rows}


Maker = Callable[[Year], Iterator[Card]]


def wanted(request: HttpRequest) -> list[Maker]:
    """The parts whose lists the reader may open."""
    return [make for labels, make in _MAKERS if may_view(request, *labels)]


def cards(
    person: User, makers: Sequence[Maker], *, chosen: int, today: date, now: datetime
) -> list[Card]:
    """These parts of the year; as many queries for a full year as for an empty one."""
    of = Year(person=person, number=chosen, today=today, now=now)
    return [card for make in makers for card in make(of)]


def _training(of: Year) -> Iterator[Card]:
    minutes = {day: float(row.minutes) for day, row in of.training.items()}
    hours = sum(minutes.values()) / _MINUTES
    sessions = sum(row.workouts for row in of.training.values())
    yield Card(
        title="Training days",
        url=list_of("analytics.TrainingDay", of.person.username),
        is_wide=True,
        chart=heat_map(
            "Training days",
            minutes,
            year=of.number,
            says=f"{counted(len(minutes), 'day')}, {counted(sessions, 'session')},"
            f" {counted(round(hours), 'hour')}.",
            unit="min",
        ),
    )
    weeks, tonnage = weekly(of.days, lambda day: _tons(of.training.get(day)), mean=False)
    yield Card(
        title="Tonnage a week",
        chart=by_day(
            "Tonnage a week",
            weeks,
            [Series(name="Lifted", values=tonnage, look="main", is_line=False)],
            says=f"{number(sum(map(_tons, of.training.values())))} t in the year.",
            unit="t",
            step_days=_WEEK,
        ),
    )
    weeks, done = weekly(of.days, lambda day: _sessions(of.training.get(day)), mean=False)
    yield Card(
        title="Sessions a week",
        chart=by_day(
            "Sessions a week",
            weeks,
            [Series(name="Sessions", values=done, look="second", is_line=False)],
            says=f"{counted(sessions, 'session')} in {counted(len(weeks), 'week')}.",
            step_days=_WEEK,
        ),
    )


def _tons(row: TrainingDay | None) -> float:
    return row.volume / 1000 if row else 0


def _sessions(row: TrainingDay | None) -> float:
    return row.workouts if row else 0


def _load(of: Year) -> Iterator[Card]:
    days = (of.last - of.first).days
    loads = training_load(user_id=of.person.pk, today=of.last, days=days)
    points = {point["date"]: point for point in loads["all"]["points"]}
    latest = points.get(of.last)
    says = (
        f"Fitness {number(latest['ctl'])}, fatigue {number(latest['atl'])},"
        f" form {number(latest['tsb'])} on the last day."
        if latest
        else "No training is known."
    )
    series = [
        Series(name=name, look=look, values=[_of(points, day, key) for day in of.days])
        for name, key, look in (
            ("Fitness (CTL)", "ctl", "main"),
            ("Fatigue (ATL)", "atl", "fourth"),
            ("Form (TSB)", "tsb", "third"),
        )
    ]
    yield Card(
        title="Training load",
        chart=by_day("Training load", of.days, series, says=says),
    )


def _of(points: Mapping[date, Mapping[str, float]], day: date, key: str) -> float | None:
    point = points.get(day)
    return point[key] if point else None


def _weight(of: Year) -> Iterator[Card]:
    story = weight_story(user_id=of.person.pk, today=of.last, days=(of.last - of.first).days)
    points = {point["date"]: point for point in story["points"]}
    change = story["change"]["kg_per_week"]
    latest = story["trend"]["weight_kg"]
    says = f"Trend {number(latest, unit='kg')}" if points else "No weigh-in"
    yield Card(
        title="Body weight",
        url=list_of("analytics.BodyMetric", of.person.username),
        chart=by_day(
            "Body weight",
            of.days,
            [
                Series(
                    name="Weighed",
                    values=[_of(points, day, "weight_kg") for day in of.days],
                    look="pale",
                ),
                Series(name="Trend", values=_filled(points, of.days), look="main"),
            ],
            says=f"{says}{f', {change:+.2f} kg a week of late' if change else ''}.",
            unit="kg",
            from_zero=False,
        ),
    )


def _filled(
    points: Mapping[date, Mapping[str, float]], days: Sequence[date]
) -> list[float | None]:
    """The trend on each day between its points, since it lasts until the next."""
    values: list[float | None] = []
    latest: float | None = None
    last = max(points, default=None)
    for day in days:
        latest = points[day]["trend_kg"] if day in points else latest
        values.append(latest if last and day <= last else None)
    return values


def _food(of: Year) -> Iterator[Card]:
    rows = NutritionSummary.objects.filter(
        user=of.person, date__range=(of.first, of.last), meal_count__gt=0
    ).only("date", "calories", "calorie_target", "is_complete")
    days = {row.date: row for row in rows}
    whole = {day: row for day, row in days.items() if row.is_complete}
    weeks, eaten = weekly(of.days, lambda day: _kcal(whole.get(day)), mean=True)
    _, aimed = weekly(of.days, lambda day: _aim(days.get(day)), mean=True)
    yield Card(
        title="Calories a day against the goal",
        url=list_of("analytics.NutritionSummary", of.person.username),
        chart=by_day(
            "Calories a day against the goal",
            weeks,
            [
                Series(name="Eaten, complete days", values=eaten, look="third", is_line=False),
                Series(name="Goal", values=aimed, look="ink"),
            ],
            says=f"{counted(len(days), 'day')} with food, {len(whole)} of them complete."
            " Means of weeks.",
            unit="kcal",
            step_days=_WEEK,
        ),
    )


def _kcal(row: NutritionSummary | None) -> float | None:
    return row.calories if row else None


def _aim(row: NutritionSummary | None) -> float | None:
    return row.calorie_target if row else None


def _rest(of: Year) -> Iterator[Card]:
    nights = SleepData.objects.filter(
        user=of.person,
        date__range=(of.first, of.last),
        role=SleepRole.MAIN,
        deleted_at=None,
        duration__isnull=False,
    ).values_list("date", "duration")
    slept = {day: (minutes or 0) / _MINUTES for day, minutes in nights}
    beats = dict(
        DailyActivity.objects.filter(
            user=of.person,
            date__range=(of.first, of.last),
            resting_heart_rate__isnull=False,
        ).values_list("date", "resting_heart_rate")
    )
    weeks, hours = weekly(of.days, slept.get, mean=True)
    yield Card(
        title="Sleep a night",
        url=list_of("wearables.SleepData", of.person.username),
        chart=by_day(
            "Sleep a night",
            weeks,
            [Series(name="Asleep", values=hours, look="fifth", is_line=False)],
            says=f"{counted(len(slept), 'night')}. Means of weeks.",
            unit="h",
            step_days=_WEEK,
        ),
    )
    weeks, rates = weekly(of.days, beats.get, mean=True)
    yield Card(
        title="Resting heart rate",
        url=list_of("wearables.DailyActivity", of.person.username),
        chart=by_day(
            "Resting heart rate",
            weeks,
            [Series(name="Resting heart rate", values=rates, look="fourth")],
            says=f"{counted(len(beats), 'day')}. Means of weeks.",
            unit="bpm",
            from_zero=False,
            step_days=_WEEK,
        ),
    )


# What people are proud of; a volume is beaten too often.
_UNITS: Final = {
    RecordKind.ONE_RM: "kg 1RM",
    RecordKind.WEIGHT: "kg",
    RecordKind.REPS: "reps",
    RecordKind.DISTANCE: "km",
    RecordKind.PACE: "s",
}


def _records(of: Year) -> Iterator[Card]:
    records = PersonalRecord.objects.filter(
        user=of.person, date__range=(of.first, of.last), is_standing=True, kind__in=_UNITS
    ).select_related("exercise")
    yield Card(
        title="Records that stand",
        url=list_of("analytics.PersonalRecord", of.person.username),
        note="None of this year.",
        head=["Exercise", "Record", "Day"],
        rows=[
            [
                link_to(record, record.exercise.name),
                Cell(text=_said(record)),
                Cell(text=record.date.isoformat()),
            ]
            for record in records.order_by("-date", "-id")[:_SHOWN]
        ],
    )


def _said(record: PersonalRecord) -> str:
    value = number(record.value, unit=_UNITS[RecordKind(record.kind)])
    match record.kind:
        case RecordKind.REPS:
            return f"{value} with {number(record.at, unit='kg')}"
        case RecordKind.PACE:
            return f"{value} over {number(record.at, unit='km')}"
    return value


def _goals(of: Year) -> Iterator[Card]:
    goals = goals_of([of.person.pk])
    goals.sort(key=lambda goal: (goal["status"] != "active", -goal["start_date"].toordinal()))
    yield Card(
        title="Goals",
        url=list_of("analytics.Goal", of.person.username),
        note="No goals.",
        head=["Goal", "Stands at", "Status"],
        rows=[
            [
                Cell(text=goal["title"], url=page_of("analytics.Goal", goal["id"])),
                Cell(text=_stand(goal)),
                Cell(text=goal["status"], state="ok" if goal["status"] == "achieved" else ""),
            ]
            for goal in goals[:_SHOWN]
        ],
    )
    streaks = streaks_of([of.person.pk], now=of.now)[of.person.pk]
    yield Card(
        title="Streaks",
        facts=[
            ("Weeks with training, now", Cell(text=number(streaks.training_weeks.current))),
            ("Weeks with training, longest", Cell(text=number(streaks.training_weeks.longest))),
            ("Days of complete food, now", Cell(text=number(streaks.food_days.current))),
            ("Days of complete food, longest", Cell(text=number(streaks.food_days.longest))),
        ],
    )


def _stand(goal: dict[str, Any]) -> str:
    stands = number(goal["current_value"], unit=unit_of(goal))
    return f"{stands} ({number(goal['progress_percent'], unit='%')})"


_MAKERS: Final[tuple[tuple[tuple[str, ...], Maker], ...]] = (
    (("analytics.TrainingDay",), _training),
    (("analytics.TrainingDay",), _load),
    (("analytics.BodyMetric",), _weight),
    (("analytics.NutritionSummary",), _food),
    (("wearables.SleepData", "wearables.DailyActivity"), _rest),
    (("analytics.PersonalRecord",), _records),
    (("analytics.Goal", "analytics.TrainingDay"), _goals),
)
