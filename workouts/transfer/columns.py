"""Which column of a file says what, by the names in its header."""

from dataclasses import dataclass
from typing import Final, Literal

from workouts.transfer.readings import App

Key = Literal[
    "start", "end", "length", "workout", "number", "workout_notes",
    "exercise", "exercise_notes", "superset",
    "kind", "reps", "weight", "weight_unit", "distance", "distance_unit", "seconds", "rpe",
    "set_notes", "rest", "amrap", "session_rpe",
]  # fmt: skip

# By app and lower-case name: what the column says, and in which unit where its name tells.
NAMES: Final[dict[App, dict[str, tuple[Key, str | None]]]] = {
    "strong": {
        "workout #": ("number", None),
        "workout no": ("number", None),
        "workout number": ("number", None),
        "date": ("start", None),
        "workout name": ("workout", None),
        "duration": ("length", None),
        "workout duration": ("length", None),
        "duration (sec)": ("length", "s"),
        "duration (min)": ("length", "min"),
        "exercise name": ("exercise", None),
        "set order": ("kind", None),
        "weight": ("weight", None),
        "weight (kg)": ("weight", "kg"),
        "weight (lb)": ("weight", "lb"),
        "weight (lbs)": ("weight", "lb"),
        "weight unit": ("weight_unit", None),
        "reps": ("reps", None),
        "rpe": ("rpe", None),
        "distance": ("distance", None),
        "distance (km)": ("distance", "km"),
        "distance (mi)": ("distance", "mi"),
        "distance (miles)": ("distance", "mi"),
        "distance (m)": ("distance", "m"),
        "distance (meters)": ("distance", "m"),
        "distance unit": ("distance_unit", None),
        "seconds": ("seconds", None),
        "notes": ("set_notes", None),
        "workout notes": ("workout_notes", None),
        "superset": ("superset", None),
        "amrap": ("amrap", None),
        "session rpe": ("session_rpe", None),
    },
    "hevy": {
        "title": ("workout", None),
        "start_time": ("start", None),
        "end_time": ("end", None),
        "description": ("workout_notes", None),
        "exercise_title": ("exercise", None),
        "superset_id": ("superset", None),
        "exercise_notes": ("exercise_notes", None),
        "set_index": ("number", None),
        "set_type": ("kind", None),
        "weight_kg": ("weight", "kg"),
        "weight_lbs": ("weight", "lb"),
        "reps": ("reps", None),
        "distance_km": ("distance", "km"),
        "distance_miles": ("distance", "mi"),
        "distance_meters": ("distance", "m"),
        "duration_seconds": ("seconds", None),
        "rpe": ("rpe", None),
        "rest_seconds": ("rest", None),
        "set_notes": ("set_notes", None),
        "amrap": ("amrap", None),
        "session_rpe": ("session_rpe", None),
    },
}
# What a file must say, each by the name that its app gives it.
NEEDED: Final[dict[App, dict[Key, str]]] = {
    "strong": {
        "start": "Date",
        "workout": "Workout Name",
        "exercise": "Exercise Name",
        "kind": "Set Order",
        "weight": "Weight",
        "reps": "Reps",
    },
    "hevy": {
        "workout": "title",
        "start": "start_time",
        "exercise": "exercise_title",
        "kind": "set_type",
        "weight": "weight_kg or weight_lbs",
        "reps": "reps",
    },
}
# "Date", "Reps" and the like stand in files of many apps; two of these tell which it is.
_TELLING: Final[dict[App, set[str]]] = {
    "strong": {"workout name", "exercise name", "set order"},
    "hevy": {"start_time", "exercise_title", "exercise_notes", "set_index", "set_type"},
}
_ENOUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    index: int
    name: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Header:
    app: App
    width: int
    columns: dict[Key, tuple[Column, ...]]

    @property
    def missing(self) -> list[str]:
        """The names of needed columns that it lacks."""
        return [name for key, name in NEEDED[self.app].items() if key not in self.columns]

    @property
    def is_ours(self) -> bool:
        """Whether it has the columns that only we add, with which nothing is left to guess."""
        return "amrap" in self.columns

    def name_of(self, key: Key) -> str:
        found = self.columns.get(key)
        return found[0].name if found else ""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: list[str]
    header: Header

    def __getitem__(self, key: Key) -> str:
        """The cell, stripped; the first that is filled where several columns say the same."""
        _, cell = self.filled(key)
        return cell

    def filled(self, key: Key) -> tuple[Column | None, str]:
        for column in self.header.columns.get(key, ()):
            if cell := self.cells[column.index].strip():
                return column, cell
        return None, ""


def recognized(names: list[str]) -> Header | None:
    """The header with these names; None where they are of neither app."""
    lowered = [" ".join(name.lower().split()) for name in names]
    app = next((app for app in NAMES if len(_TELLING[app] & set(lowered)) >= _ENOUGH), None)
    if app is None:
        return None
    columns: dict[Key, list[Column]] = {}
    for index, name in enumerate(lowered):
        if name in NAMES[app]:
            key, unit = NAMES[app][name]
            columns.setdefault(key, []).append(Column(index, names[index].strip(), unit))
    return Header(app, len(names), {key: tuple(found) for key, found in columns.items()})
