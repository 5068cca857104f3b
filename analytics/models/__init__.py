from analytics.models.body import BodyMetric
from analytics.models.derived import DerivedModel, Validity
from analytics.models.figure import DailyFigure
from analytics.models.goal import (
    BodyGoal,
    BodyMeasure,
    Goal,
    GoalKind,
    GoalStatus,
    Habit,
    HabitGoal,
    StrengthGoal,
)
from analytics.models.periods import (
    BreakReason,
    NutritionSummary,
    Period,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from analytics.models.state import AnalyticsState
from analytics.models.strength import OneRmTest, PersonalRecord, RecordKind, StrengthProgress

__all__ = [
    "AnalyticsState",
    "BodyGoal",
    "BodyMeasure",
    "BodyMetric",
    "BreakReason",
    "DailyFigure",
    "DerivedModel",
    "Goal",
    "GoalKind",
    "GoalStatus",
    "Habit",
    "HabitGoal",
    "NutritionSummary",
    "OneRmTest",
    "Period",
    "PersonalRecord",
    "RecordKind",
    "StrengthGoal",
    "StrengthProgress",
    "TrainingBreak",
    "TrainingDay",
    "Validity",
    "WorkoutAnalysis",
]
