"""A person with a row of each kind of analytics."""

from dataclasses import dataclass

from analytics.models import (
    AnalyticsState,
    BodyMetric,
    Goal,
    OneRmTest,
    PersonalRecord,
    TrainingBreak,
    WorkoutAnalysis,
)
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    HabitGoalFactory,
    NutritionSummaryFactory,
    OneRmTestFactory,
    PersonalRecordFactory,
    StrengthGoalFactory,
    StrengthProgressFactory,
    TrainingBreakFactory,
    TrainingDayFactory,
    WorkoutAnalysisFactory,
)
from users.models import User
from workouts.models import Exercise


@dataclass
class Measured:
    metric: BodyMetric
    test: OneRmTest
    record: PersonalRecord
    analysis: WorkoutAnalysis
    off: TrainingBreak
    goal: Goal


def measure(user: User, exercise: Exercise, *, word: str) -> Measured:
    """``word`` stands in every text that is theirs."""
    AnalyticsState.objects.create(user=user, revision=1)
    StrengthProgressFactory(user=user, exercise=exercise)
    TrainingDayFactory(user=user)
    NutritionSummaryFactory(user=user)
    BodyGoalFactory(user=user, title=f"{word} lighter", notes=word)
    HabitGoalFactory(user=user, title=f"{word} more often", notes=word)
    return Measured(
        metric=BodyMetricFactory(user=user, notes=word),
        test=OneRmTestFactory(user=user, exercise=exercise, notes=word),
        record=PersonalRecordFactory(user=user, exercise=exercise),
        analysis=WorkoutAnalysisFactory(user=user, most_trained_muscle=word),
        off=TrainingBreakFactory(user=user, notes=word),
        goal=StrengthGoalFactory(
            user=user, exercise=exercise, title=f"{word} stronger", notes=word
        ),
    )
