"""What a generated plan is made of, as data: splits, movements, exercises and doses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from workouts.training.document import FitnessLevel
from workouts.training.volume import LANDMARKS

Goal = Literal["strength", "muscle_gain", "weight_loss", "endurance"]
Role = Literal["main", "second", "small", "conditioning"]
Movement = Literal[
    "squat",
    "hinge",
    "horizontal_push",
    "vertical_push",
    "horizontal_pull",
    "vertical_pull",
    "single_leg",
    "leg_curl",
    "leg_extension",
    "chest",
    "side_delts",
    "rear_delts",
    "biceps",
    "triceps",
    "calves",
    "core",
    "conditioning",
]


@dataclass(frozen=True)
class Slot:
    """A place of a day that one exercise fills."""

    movement: Movement
    role: Role


@dataclass(frozen=True)
class Outline:
    """A day before it has exercises; the slots are in the order of their importance."""

    focus: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Dose:
    """How much of an exercise; sets and reps for each of LEVELS."""

    sets: tuple[int, int, int]
    reps: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    rest_seconds: int


def _outline(focus: str, *, main: str, second: str = "", small: str = "") -> Outline:
    roles: tuple[tuple[Role, str], ...] = (("main", main), ("second", second), ("small", small))
    return Outline(
        focus,
        tuple(
            Slot(movement, role)  # type: ignore[arg-type]  # the tests hold the words below
            for role, words in roles
            for movement in words.split()
        ),
    )


FULL_BODY: Final = (
    _outline(
        "Full body A",
        main="squat horizontal_push horizontal_pull",
        second="hinge vertical_push vertical_pull",
        small="core biceps triceps calves",
    ),
    _outline(
        "Full body B",
        main="hinge vertical_push vertical_pull",
        second="single_leg horizontal_push horizontal_pull",
        small="core side_delts leg_extension calves",
    ),
    _outline(
        "Full body C",
        main="squat horizontal_push horizontal_pull",
        second="leg_curl vertical_push vertical_pull",
        small="core triceps biceps rear_delts",
    ),
)
UPPER_LOWER: Final = (
    _outline(
        "Upper body A",
        main="horizontal_push horizontal_pull",
        second="vertical_push vertical_pull",
        small="biceps triceps side_delts chest",
    ),
    _outline(
        "Lower body A",
        main="squat hinge",
        second="single_leg leg_curl",
        small="calves core leg_extension",
    ),
    _outline(
        "Upper body B",
        main="vertical_pull vertical_push",
        second="horizontal_push horizontal_pull",
        small="triceps biceps rear_delts chest",
    ),
    _outline(
        "Lower body B",
        main="hinge squat",
        second="single_leg leg_curl",
        small="calves core leg_extension",
    ),
)
PUSH_PULL_LEGS: Final = (
    _outline(
        "Push A",
        main="horizontal_push vertical_push",
        second="horizontal_push",
        small="triceps side_delts chest",
    ),
    _outline(
        "Pull A",
        main="vertical_pull horizontal_pull",
        second="horizontal_pull",
        small="biceps rear_delts core",
    ),
    _outline(
        "Legs A",
        main="squat hinge",
        second="single_leg leg_curl",
        small="calves leg_extension core",
    ),
    _outline(
        "Push B",
        main="vertical_push horizontal_push",
        second="horizontal_push",
        small="triceps side_delts chest",
    ),
    _outline(
        "Pull B",
        main="horizontal_pull vertical_pull",
        second="vertical_pull",
        small="biceps rear_delts core",
    ),
    _outline(
        "Legs B",
        main="hinge squat",
        second="single_leg leg_curl",
        small="calves leg_extension core",
    ),
)
EXERCISING: Final = Slot("conditioning", "conditioning")
EASY: Final = Outline("Easy conditioning", (EXERCISING,))

SPLITS: Final[Mapping[int, tuple[Outline, ...]]] = {
    1: FULL_BODY[:1],
    2: FULL_BODY[:2],
    3: FULL_BODY,
    4: UPPER_LOWER,
    5: (*UPPER_LOWER[:2], *PUSH_PULL_LEGS[:3]),
    6: PUSH_PULL_LEGS,
    7: (*PUSH_PULL_LEGS, EASY),
}

ROLES: Final[tuple[Role, ...]] = ("main", "second", "small", "conditioning")
LEVELS: Final[tuple[FitnessLevel, ...]] = ("beginner", "intermediate", "advanced")

# Best first. What needs equipment or skill that is missing is passed over, so the lists run from
# the barbell down to the floor; what is too hard for most stands first, for those it is not.
CANDIDATES: Final[Mapping[Movement, tuple[str, ...]]] = {
    "squat": (
        "barbell-back-squat",
        "barbell-front-squat",
        "leg-press",
        "hack-squat",
        "smith-machine-squat",
        "goblet-squat",
        "pistol-squat",
        "jump-squat",
        "bodyweight-squat",
        "wall-sit",
    ),
    "hinge": (
        "barbell-deadlift",
        "romanian-deadlift",
        "trap-bar-deadlift",
        "barbell-hip-thrust",
        "dumbbell-romanian-deadlift",
        "kettlebell-deadlift",
        "kettlebell-swing",
        "cable-pull-through",
        "back-extension",
        "single-leg-romanian-deadlift",
        "single-leg-glute-bridge",
        "glute-bridge",
        "superman",
    ),
    "horizontal_push": (
        "barbell-bench-press",
        "incline-dumbbell-bench-press",
        "dumbbell-bench-press",
        "incline-barbell-bench-press",
        "machine-chest-press",
        "smith-machine-bench-press",
        "parallel-bar-dip",
        "clap-push-up",
        "push-up",
        "diamond-push-up",
        "incline-push-up",
    ),
    "vertical_push": (
        "barbell-overhead-press",
        "seated-dumbbell-shoulder-press",
        "dumbbell-overhead-press",
        "machine-shoulder-press",
        "arnold-press",
        "landmine-press",
        "kettlebell-press",
        "handstand-push-up",
        "pike-push-up",
        "dumbbell-lateral-raise",
        "dumbbell-front-raise",
        "bear-crawl",
    ),
    "horizontal_pull": (
        "barbell-bent-over-row",
        "seated-cable-row",
        "chest-supported-dumbbell-row",
        "one-arm-dumbbell-row",
        "dumbbell-bent-over-row",
        "machine-row",
        "t-bar-row",
        "suspension-trainer-row",
        "inverted-row",
        "dumbbell-renegade-row",
        "dumbbell-rear-delt-fly",
        "band-pull-apart",
        "superman",
    ),
    "vertical_pull": (
        "weighted-pull-up",
        "lat-pulldown",
        "close-grip-lat-pulldown",
        "chin-up",
        "pull-up",
        "neutral-grip-pull-up",
        "straight-arm-pulldown",
        "dumbbell-pullover",
        "medicine-ball-slam",
    ),
    "single_leg": (
        "bulgarian-split-squat",
        "dumbbell-lunge",
        "walking-lunge",
        "dumbbell-step-up",
        "barbell-reverse-lunge",
        "lateral-lunge",
        "single-leg-glute-bridge",
    ),
    "leg_curl": (
        "lying-leg-curl",
        "seated-leg-curl",
        "nordic-hamstring-curl",
        "single-leg-romanian-deadlift",
        "dumbbell-romanian-deadlift",
        "single-leg-glute-bridge",
        "glute-bridge",
    ),
    "leg_extension": ("leg-extension", "goblet-squat", "jump-squat", "wall-sit"),
    "chest": ("cable-fly", "pec-deck-fly", "dumbbell-fly", "decline-push-up", "diamond-push-up"),
    "side_delts": ("dumbbell-lateral-raise", "cable-lateral-raise", "band-pull-apart"),
    "rear_delts": (
        "face-pull",
        "reverse-pec-deck",
        "dumbbell-rear-delt-fly",
        "band-pull-apart",
    ),
    "biceps": (
        "ez-bar-curl",
        "dumbbell-curl",
        "incline-dumbbell-curl",
        "barbell-curl",
        "cable-curl",
        "hammer-curl",
        "band-curl",
        "chin-up",
    ),
    "triceps": (
        "rope-triceps-pushdown",
        "overhead-cable-triceps-extension",
        "triceps-pushdown",
        "overhead-dumbbell-triceps-extension",
        "skull-crusher",
        "close-grip-barbell-bench-press",
        "dumbbell-triceps-kickback",
        "diamond-push-up",
        "bench-dip",
    ),
    "calves": ("standing-calf-raise", "seated-calf-raise", "single-leg-calf-raise"),
    "core": (
        "ab-wheel-rollout",
        "hanging-leg-raise",
        "cable-crunch",
        "hanging-knee-raise",
        "plank",
        "reverse-crunch",
        "side-plank",
        "dead-bug",
        "crunch",
    ),
    "conditioning": (
        "rowing-machine-moderate",
        "stationary-bike",
        "moderate-elliptical-training",
        "treadmill-running",
        "jogging",
        "brisk-walking",
        "jumping-jacks",
    ),
}

SPARE: Final = Outline(
    "What there is",
    (
        *(Slot(movement, "second") for movement in CANDIDATES if movement != "conditioning"),
        EXERCISING,
    ),
)

# Where no load can be added the exercise grows instead; from easy to hard.
LADDERS: Final = (
    ("incline-push-up", "push-up", "diamond-push-up", "clap-push-up"),
    ("bodyweight-squat", "jump-squat", "pistol-squat"),
    ("glute-bridge", "single-leg-glute-bridge", "nordic-hamstring-curl"),
    ("pike-push-up", "handstand-push-up"),
    ("pull-up", "weighted-pull-up"),
    ("parallel-bar-dip", "weighted-dip"),
    ("hanging-knee-raise", "hanging-leg-raise", "toes-to-bar"),
    ("crunch", "reverse-crunch", "v-up"),
)
TIMED: Final = frozenset({"plank", "side-plank", "wall-sit", "bear-crawl"})
ONE_SIDED: Final = frozenset(
    {
        "bulgarian-split-squat",
        "dumbbell-lunge",
        "walking-lunge",
        "dumbbell-step-up",
        "barbell-reverse-lunge",
        "lateral-lunge",
        "one-arm-dumbbell-row",
        "pistol-squat",
        "side-plank",
        "single-leg-calf-raise",
        "single-leg-glute-bridge",
        "single-leg-romanian-deadlift",
    }
)
# They hold the body or what it stands on; the body is the load.
BODY_SUPPORTS: Final = frozenset(
    {"ab_wheel", "bench", "box", "dip_bars", "pull_up_bar", "suspension_trainer"}
)
BODY_ON_A_BAR: Final = frozenset({"inverted-row"})
WEIGHTED_BODY: Final = frozenset({"weighted-dip", "weighted-pull-up"})
# On these, 5 kg is a small step.
HEAVY: Final = frozenset(
    {
        "barbell-back-squat",
        "barbell-deadlift",
        "barbell-hip-thrust",
        "hack-squat",
        "leg-press",
        "trap-bar-deadlift",
    }
)
BARS: Final = frozenset({"barbell", "trap_bar", "smith_machine"})

HARDEST: Final[Mapping[FitnessLevel, int]] = {"beginner": 3, "intermediate": 4, "advanced": 5}
RESERVE: Final[Mapping[FitnessLevel, float]] = {"beginner": 3, "intermediate": 2, "advanced": 1}
# After how many weeks the level asks for an easy one, which is the last of them.
DELOAD_WEEKS: Final[Mapping[FitnessLevel, int]] = {
    "beginner": 8,
    "intermediate": 6,
    "advanced": 4,
}
# Over how many exercises the days vary a movement. Strength is a skill, so the main lifts of those
# who train for it stay the same.
VARIETY: Final = 3
SAME_MAIN_LIFTS: Final[frozenset[Goal]] = frozenset({"strength"})
# What part of a session is conditioning, and before how many slots it comes in importance.
CONDITIONING: Final[Mapping[Goal, tuple[float, int]]] = {
    "weight_loss": (0.25, 3),
    "endurance": (0.4, 0),
}

DOSES: Final[Mapping[Goal, Mapping[Role, Dose]]] = {
    "strength": {
        "main": Dose((3, 4, 5), ((5, 5), (4, 6), (5, 5)), 180),
        "second": Dose((3, 3, 3), ((6, 10),) * 3, 120),
        "small": Dose((2, 2, 3), ((8, 12),) * 3, 75),
    },
    "muscle_gain": {
        "main": Dose((3, 3, 4), ((8, 12), (6, 10), (6, 10)), 120),
        "second": Dose((3, 3, 3), ((8, 12),) * 3, 90),
        "small": Dose((2, 3, 3), ((10, 15),) * 3, 60),
    },
    "weight_loss": {
        "main": Dose((3, 3, 4), ((8, 12),) * 3, 75),
        "second": Dose((2, 3, 3), ((10, 15),) * 3, 60),
        "small": Dose((2, 2, 2), ((12, 20),) * 3, 45),
    },
    "endurance": {
        "main": Dose((2, 3, 3), ((12, 20),) * 3, 60),
        "second": Dose((2, 2, 3), ((15, 20),) * 3, 45),
        "small": Dose((2, 2, 2), ((15, 25),) * 3, 30),
    },
}
EASY_MINUTES: Final = 45
# What plans are balanced by: the fewest weekly sets of a muscle that make it grow, and the most
# that do so well. What needs none of its own to grow has enough from other lifts.
WEEKLY_SETS: Final[Mapping[str, tuple[float, float]]] = {
    muscle: (landmark.mev, landmark.mav_high)
    for muscle, landmark in LANDMARKS.items()
    if landmark.mev > 0
}
# A session keeps so many slots and sets as long as it can, and no slot gets more sets.
FEWEST_SLOTS: Final = 3
FEWEST_SETS: Final[Mapping[Role, int]] = {"main": 3, "second": 2, "small": 2, "conditioning": 1}
MOST_SETS: Final = 5
HOLD_SECONDS: Final[Mapping[FitnessLevel, int]] = {
    "beginner": 30,
    "intermediate": 45,
    "advanced": 60,
}
