"""The exercise catalogue: our own, and the rows of free-exercise-db beside it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from workouts.models import (
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    MergedExercise,
    Muscle,
)
from workouts.models.exercise import LoadType, MuscleGroup, MuscleRole

CATALOGUE = Path(__file__).resolve().parents[1] / "catalogue" / "exercises.json"
IMPORT_PREFIX = "fedb-"
MAX_FILE_BYTES = 50_000_000
SECONDARY_SHARE = 0.5

_LOCK = 0x657865726369  # of this catalogue, among the database's advisory locks
# A row of exercises takes twenty-two parameters, and a statement at most 65 535.
_BATCH_SIZE = 2000
_LONGEST_SHOWN = 40
_FIELDS = (
    "slug",
    "name",
    "description",
    "muscle_group",
    "is_cardio",
    "difficulty_level",
    "equipment_needed",
    "met",
    "load_type",
    "bodyweight_share",
)
_DIFFICULTY: Mapping[object, int] = {"beginner": 1, "intermediate": 3, "expert": 5}
_EQUIPMENT: Mapping[object, str | None] = {
    None: None,
    "bands": "bands",
    "barbell": "barbell",
    "body only": None,
    "cable": "cable",
    "dumbbell": "dumbbell",
    "e-z curl bar": "ez_bar",
    "exercise ball": "exercise_ball",
    "foam roll": "foam_roller",
    "kettlebells": "kettlebell",
    "machine": "machine",
    "medicine ball": "medicine_ball",
    "other": "other",
}
_CATEGORY_IS_CARDIO: Mapping[object, bool] = {
    "cardio": True,
    "olympic weightlifting": False,
    "plyometrics": False,
    "powerlifting": False,
    "strength": False,
    "stretching": False,
    "strongman": False,
}


class UnreadableFile(ValidationError):
    """The file as a whole cannot be used."""


class CatalogueNameTaken(ValidationError):
    """Two rows of the catalogue would bear one name."""


@dataclass(frozen=True)
class Stored:
    """What a load did: ``total`` rows are now as the file has them."""

    total: int
    added: int
    changed: int

    def __str__(self) -> str:
        return f"{self.total} exercises: {self.added} added, {self.changed} changed"


class Skipped(NamedTuple):
    """A row that was left out; rows count from 1."""

    row: int
    name: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [f"row {self.row}", self.name, self.reason]))


@dataclass(frozen=True)
class Imported:
    stored: Stored
    skipped: list[Skipped]


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A row of the catalogue as a file has it, in our own terms."""

    slug: str
    name: str
    muscle_group: str
    is_cardio: bool
    difficulty_level: int
    muscles: frozenset[tuple[str, str, float]]
    equipment: tuple[str, ...]
    description: str = ""
    met: float | None = None
    load_type: str = LoadType.EXTERNAL.value
    bodyweight_share: float | None = None
    variation_of: str | None = None

    @property
    def equipment_needed(self) -> str:
        words = [slug.replace("ez_", "EZ_").replace("_", " ") for slug in self.equipment]
        text = ", ".join(words)
        return text[:1].upper() + text[1:]


class _Unfit(Exception):
    """A row cannot become an exercise; the text says why."""


def is_loaded() -> bool:
    ours = Exercise.objects.filter(slug__isnull=False).exclude(slug__startswith=IMPORT_PREFIX)
    return ours.exists()


@transaction.atomic
def load_catalogue() -> Stored:
    """Make our own part of the catalogue what its file says. Twice is once.

    A row of the same name that came from elsewhere becomes ours, and keeps the sets that refer to
    it. Custom exercises stay alone. Raises CatalogueNameTaken.
    """
    _lock_out_other_loads()
    return _store([_own_entry(row) for row in json.loads(CATALOGUE.read_bytes())])


@transaction.atomic
def import_exercises(*, rows: Iterable[object], dry_run: bool = False) -> Imported:
    """Add the rows of free-exercise-db that our own part of the catalogue lacks. Twice is once.

    Rows that do not fit are skipped, each with its reason.
    """
    _lock_out_other_loads()
    entries: list[_Entry] = []
    skipped: list[Skipped] = []
    groups = dict(Muscle.objects.values_list("slug", "muscle_group"))
    taken = {
        name.lower(): slug or ""
        for name, slug in Exercise.objects.filter(created_by=None).values_list("name", "slug")
    }
    seen: dict[str, int] = {}
    merged = dict(MergedExercise.objects.values_list("slug", "merged_into__name"))
    for number, row in enumerate(rows, start=1):
        try:
            entry = _foreign_entry(row, groups)
            if entry.slug in merged:
                raise _Unfit(f"was merged into {merged[entry.slug]}")
            _refuse_second(entry, taken, seen, number)
        except _Unfit as unfit:
            skipped.append(Skipped(number, _shown_name(row), str(unfit)))
        else:
            entries.append(entry)
    return Imported(_store(entries, dry_run=dry_run), skipped)


def read_rows(path: Path) -> list[object]:
    """The array in a JSON file. Raises UnreadableFile."""
    try:
        if not path.is_file():
            raise UnreadableFile(f"{path} is not a file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnreadableFile(f"{path} is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
        rows = orjson.loads(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(f"{path} is not JSON: {error}.") from error
    if not isinstance(rows, list):
        raise UnreadableFile(f"{path} is not a JSON array.")
    return rows


def _lock_out_other_loads() -> None:
    # Two machines of a release load at the same time; the second then finds nothing to do.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


# --- From entries to rows --------------------------------------------------------------------


def _store(entries: Sequence[_Entry], *, dry_run: bool = False) -> Stored:
    """Write what is new or different, in a number of statements that does not grow with it."""
    rows = list(Exercise.objects.filter(created_by=None).order_by("pk"))
    muscles, equipment = _parts()
    matched = _match(entries, rows)
    added: list[_Entry] = []
    changed: list[_Entry] = []
    for entry in entries:
        row = matched[entry.slug]
        parent = matched[entry.variation_of].pk if entry.variation_of else None
        wanted = [getattr(entry, name) for name in _FIELDS]
        is_same = (
            wanted == [getattr(row, name) for name in _FIELDS]
            and row.variation_of_id == parent
            and muscles[row.pk] == entry.muscles
            and equipment[row.pk] == set(entry.equipment)
        )
        if is_same:
            continue
        (added if row._state.adding else changed).append(entry)
        for name, value in zip(_FIELDS, wanted, strict=True):
            setattr(row, name, value)
        row.variation_of_id = parent
    if not dry_run:
        # The changed ones first: a new row may bear the name that an old one gives up.
        _write([*changed, *added], matched)
    return Stored(total=len(entries), added=len(added), changed=len(changed))


def _parts() -> tuple[Mapping[UUID, set[tuple[str, str, float]]], Mapping[UUID, set[str]]]:
    """The muscles and the equipment of each exercise of the catalogue."""
    muscles: defaultdict[UUID, set[tuple[str, str, float]]] = defaultdict(set)
    equipment: defaultdict[UUID, set[str]] = defaultdict(set)
    shares = ExerciseMuscle.objects.filter(exercise__created_by=None)
    for pk, muscle, role, share in shares.values_list("exercise", "muscle", "role", "share"):
        muscles[pk].add((muscle, role, share))
    things = ExerciseEquipment.objects.filter(exercise__created_by=None)
    for pk, thing in things.values_list("exercise", "equipment"):
        equipment[pk].add(thing)
    return muscles, equipment


def _match(entries: Sequence[_Entry], rows: Sequence[Exercise]) -> dict[str, Exercise]:
    """The row of each entry, by its slug or else its name; a new one where there is none."""
    slugs = {entry.slug for entry in entries}
    by_slug = {row.slug: row for row in rows if row.slug in slugs}
    others = {row.name.lower(): row for row in rows if row.slug not in slugs}
    matched = {}
    for entry in entries:
        namesake = others.pop(entry.name.lower(), None)
        row = by_slug.get(entry.slug)
        if row is not None and namesake is not None:
            raise CatalogueNameTaken(
                f"{entry.slug} cannot be called {entry.name}: "
                f"{namesake.slug or namesake.pk} is called that."
            )
        matched[entry.slug] = row or namesake or Exercise()
    return matched


def _write(entries: Sequence[_Entry], matched: Mapping[str, Exercise]) -> None:
    if not entries:
        return
    rows = [matched[entry.slug] for entry in entries]
    old = [row.pk for row in rows if not row._state.adding]
    Exercise.objects.bulk_create(
        rows,
        batch_size=_BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*_FIELDS, "variation_of", "updated_at"],
    )
    ExerciseMuscle.objects.filter(exercise__in=old).delete()
    ExerciseMuscle.objects.bulk_create(
        [
            ExerciseMuscle(exercise=row, muscle_id=muscle, role=role, share=share)
            for entry, row in zip(entries, rows, strict=True)
            for muscle, role, share in sorted(entry.muscles)
        ]
    )
    ExerciseEquipment.objects.filter(exercise__in=old).delete()
    ExerciseEquipment.objects.bulk_create(
        [
            ExerciseEquipment(exercise=row, equipment_id=thing)
            for entry, row in zip(entries, rows, strict=True)
            for thing in entry.equipment
        ]
    )
    with connection.cursor() as cursor:
        # The planner may still know these tables as empty, and choose plans that never end.
        cursor.execute(
            "ANALYZE workouts_exercise, workouts_exercisemuscle, workouts_exerciseequipment"
        )


# --- From files to entries -------------------------------------------------------------------


def _own_entry(row: Mapping[str, Any]) -> _Entry:
    shares = [(share["muscle"], share["role"], share["share"]) for share in row["muscles"]]
    plain = {**row, "muscles": frozenset(shares), "equipment": tuple(row["equipment"])}
    return _Entry(**plain)


def _foreign_entry(row: object, groups: Mapping[str, str]) -> _Entry:
    if not isinstance(row, dict):
        raise _Unfit("not an object")
    name = _text(row, "name", longest=100)
    slug = _slug(_text(row, "id", longest=100 - len(IMPORT_PREFIX)))
    is_cardio = _CATEGORY_IS_CARDIO[_known(row, "category", _CATEGORY_IS_CARDIO)]
    equipment = _EQUIPMENT[_known(row, "equipment", _EQUIPMENT)]
    difficulty = _DIFFICULTY[_known(row, "level", _DIFFICULTY)]
    primary = set(_muscles(row, "primaryMuscles", groups))
    secondary = set(_muscles(row, "secondaryMuscles", groups)) - primary
    if not primary:
        raise _Unfit("no primary muscle")
    return _Entry(
        slug=slug,
        name=name,
        is_cardio=is_cardio,
        muscle_group=MuscleGroup.CARDIO.value if is_cardio else _group(primary, groups),
        difficulty_level=difficulty,
        muscles=frozenset(
            [(muscle, MuscleRole.PRIMARY.value, 1.0) for muscle in primary]
            + [(muscle, MuscleRole.SECONDARY.value, SECONDARY_SHARE) for muscle in secondary]
        ),
        equipment=(equipment,) if equipment else (),
        load_type=(LoadType.BODYWEIGHT if _is_bodyweight(row) else LoadType.EXTERNAL).value,
    )


def _is_bodyweight(row: Mapping[str, object]) -> bool:
    return row.get("equipment") == "body only" and row.get("category") != "cardio"


def _text(row: Mapping[str, object], key: str, *, longest: int) -> str:
    value = row.get(key)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _Unfit(f"the {key} is missing")
    if not isinstance(value, str):
        raise _Unfit(f"the {key} is not text")
    text = value.strip()
    if not text.isprintable():
        raise _Unfit(f"the {key} has characters that cannot be shown")
    if len(text) > longest:
        raise _Unfit(f"the {key} is longer than {longest} characters")
    return text


def _slug(text: str) -> str:
    slug = re.sub(r"[^0-9a-z]+", "-", text.lower()).strip("-")
    if not slug or not re.fullmatch(r"[0-9A-Za-z_-]+", text):
        raise _Unfit("the id is not made of letters, digits, _ and -")
    return IMPORT_PREFIX + slug


def _known(row: Mapping[str, object], key: str, known: Mapping[object, object]) -> object:
    value = row.get(key)
    if not isinstance(value, str | None) or value not in known:
        raise _Unfit(f"unknown {key} {_shown(value)}")
    return value


def _muscles(row: Mapping[str, object], key: str, groups: Mapping[str, str]) -> Iterator[str]:
    values = row.get(key)
    if not isinstance(values, list):
        raise _Unfit(f"{key} is not a list")
    for value in values:
        slug = value.replace(" ", "_") if isinstance(value, str) else ""
        if slug not in groups:
            raise _Unfit(f"unknown muscle {_shown(value)}")
        yield slug


def _group(muscles: Iterable[str], groups: Mapping[str, str]) -> str:
    found = {groups[muscle] for muscle in muscles}
    return found.pop() if len(found) == 1 else MuscleGroup.FULL_BODY.value


def _refuse_second(
    entry: _Entry, taken: Mapping[str, str], seen: dict[str, int], number: int
) -> None:
    name = entry.name.lower()
    if name in taken and not taken[name].startswith(IMPORT_PREFIX):
        raise _Unfit("already in the catalogue")
    for key, what in ((entry.slug, "id"), (f"name {name}", "name")):
        if key in seen:
            raise _Unfit(f"the same {what} as row {seen[key]}")
    seen[entry.slug] = seen[f"name {name}"] = number


def _shown_name(row: object) -> str:
    name = row.get("name") if isinstance(row, dict) else None
    return name[:100] if isinstance(name, str) and name.isprintable() else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
