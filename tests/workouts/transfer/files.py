"""Small files, written out in the tests that read them."""

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

from workouts.transfer import hevy, strong
from workouts.transfer.readings import Options, ReadWorkout, RowError

IOS = (
    "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,"
    "Workout Notes,RPE"
)
SIX = (
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;"
    "Distance (meters);Seconds;Notes;Workout Notes"
)
ANDROID = (
    "Date;Workout Name;Exercise Name;Set Order;Weight;Weight Unit;Reps;RPE;Distance;"
    "Distance Unit;Seconds;Notes;Workout Notes;Workout Duration"
)
HEVY = (
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,"
    "set_type,weight_kg,reps,distance_km,duration_seconds,rpe"
)
KG = Options(weight_unit="kg", distance_unit="km")


def a_file(*lines: str, encoding: str = "utf-8") -> BytesIO:
    return BytesIO("\n".join(lines).encode(encoding))


def read_strong(*lines: str, options: Options = KG) -> tuple[list[ReadWorkout], list[RowError]]:
    return _parted(strong.read(a_file(*lines), options))


def read_hevy(*lines: str, options: Options = KG) -> tuple[list[ReadWorkout], list[RowError]]:
    return _parted(hevy.read(a_file(*lines), options))


def a_strong_row(cell_by_name: dict[str, str], header: str = IOS) -> str:
    """A row of a plain set, some of its cells replaced."""
    plain = {
        "Date": "2026-03-02 18:00:00",
        "Workout Name": "Push",
        "Exercise Name": "Bench Press",
        "Set Order": "1",
        "Weight": "60",
        "Reps": "5",
    } | cell_by_name
    return ",".join(f'"{plain.get(name, "")}"' for name in header.split(","))


@contextmanager
def peak_of_memory() -> Iterator[Callable[[], int]]:
    """While it is open, how many bytes more than at its beginning were held at most."""
    tracemalloc.start()
    try:
        yield lambda: peak
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()


def _parted(read) -> tuple[list[ReadWorkout], list[RowError]]:
    both = list(read)
    workouts = [item for item in both if isinstance(item, ReadWorkout)]
    return workouts, [item for item in both if isinstance(item, RowError)]
