"""Which exercise a name in another app's file means, and what the person has said of it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal
from uuid import UUID

from django.core.exceptions import ValidationError

from users.ids import uuid7
from users.keyset import fetch
from workouts.models import Exercise, ExerciseAlias
from workouts.models.exercise import MuscleGroup

MAX_SUGGESTIONS: Final = 3
# From here on a new exercise trains what the one with the most similar name trains.
ALIKE: Final = 0.5
_MAX_NAME: Final = 100
# PostgreSQL takes 65,535 parameters in a statement.
_BATCH: Final = 1000
_WORD: Final = re.compile(r"[^\W_]+")
_BRACKETED: Final = re.compile(r"(.*\S)\s*\(([^()]+)\)")
_SPLIT: Final[Mapping[str, tuple[str, ...]]] = {
    "pullup": ("pull", "up"),
    "pushup": ("push", "up"),
    "chinup": ("chin", "up"),
    "situp": ("sit", "up"),
    "stepup": ("step", "up"),
    "skullcrusher": ("skull", "crusher"),
}
# What the apps call an exercise, and what the catalogue calls it, where the words differ.
_OTHER_WORDS: Final = {
    "Barbell Squat": "Barbell Back Squat",
    "Barbell Shoulder Press": "Barbell Overhead Press",
    "Barbell Military Press": "Barbell Overhead Press",
    "Chest Dip": "Parallel Bar Dip",
    "Triceps Dip": "Parallel Bar Dip",
    "Elliptical Machine": "Elliptical Trainer",
}
_VISIBLE = """
    SELECT e.id, e.name, e.created_by_id IS NOT NULL AS is_own,
        (SELECT array_agg(q.equipment_id) FROM workouts_exerciseequipment q
            WHERE q.exercise_id = e.id) AS equipment
    FROM workouts_exercise e WHERE e.created_by_id IS NULL OR e.created_by_id = %(user)s
    ORDER BY is_own, e.id
"""
_ALIASES = """
    SELECT a.name, a.exercise_id, e.name AS exercise_name
    FROM workouts_exercisealias a JOIN workouts_exercise e ON e.id = a.exercise_id
    WHERE a.user_id = %(user)s
"""
_SUGGESTIONS = """
    SELECT n.name AS given, e.id, e.name, e.muscle_group, e.is_cardio,
        round(e.match::numeric, 2)::float8 AS match
    FROM unnest(%(names)s::text[]) AS n (name) CROSS JOIN LATERAL (
        SELECT e.id, e.name, e.muscle_group, e.is_cardio, similarity(n.name, e.name) AS match
        FROM workouts_exercise e
        WHERE (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
            AND similarity(n.name, e.name) > 0.1
        ORDER BY match DESC, e.name, e.id LIMIT %(most)s
    ) e
    ORDER BY n.name, e.match DESC, e.name, e.id
"""

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """An exercise, and by what it was found; ``words`` are a guess, if a good one."""

    exercise: UUID
    name: str
    by: Literal["alias", "name", "words"]


@dataclass(frozen=True, slots=True)
class _Visible:
    id: UUID
    name: str
    equipment: frozenset[str]


def alias_key(name: str) -> str:
    """The name as aliases hold it: case and spacing do not matter."""
    return " ".join(name.lower().split())[:_MAX_NAME].rstrip()


class Names:
    """What names mean to a person: two queries at the beginning, none after."""

    def __init__(self, user_id: UUID) -> None:
        self._aliases: dict[str, Match] = {}
        self._by_name: dict[str, Match] = {}
        self._by_words: defaultdict[tuple[str, ...], list[_Visible]] = defaultdict(list)
        self._own: set[UUID] = set()
        for row in fetch(_ALIASES, {"user": user_id}):
            match = Match(row["exercise_id"], row["exercise_name"], "alias")
            self._aliases[row["name"]] = match
        for row in fetch(_VISIBLE, {"user": user_id}):
            self._add(row)

    def _add(self, row: Mapping[str, Any]) -> None:
        visible = _Visible(row["id"], row["name"], frozenset(row["equipment"] or ()))
        # The person's own ones come last, and hide those of the catalogue.
        self._by_name[alias_key(row["name"])] = Match(row["id"], row["name"], "name")
        self._by_words[_words(row["name"])].append(visible)
        if row["is_own"]:
            self._own.add(row["id"])

    def find(self, name: str) -> Match | None:
        """What the person has said, else the exercise of that name, else of the same words."""
        key = alias_key(name)
        return self._aliases.get(key) or self._by_name.get(key) or self._by_same_words(name)

    def _by_same_words(self, name: str) -> Match | None:
        words = _words(name)
        found = (
            self._only(self._by_words.get(words, ()))
            or self._only(self._by_words.get(_translated().get(words, ()), ()))
            or self._only(self._on_its_equipment(name))
        )
        return Match(found.id, found.name, "words") if found else None

    def _only(self, candidates: Sequence[_Visible]) -> _Visible | None:
        """One that no other competes with; the person's own goes before the catalogue's."""
        own = [one for one in candidates if one.id in self._own]
        chosen = own or candidates
        return chosen[0] if len(chosen) == 1 else None

    def _on_its_equipment(self, name: str) -> list[_Visible]:
        """As "Leg Extension (Machine)" is a leg extension whose equipment is a machine."""
        parts = _BRACKETED.fullmatch(name)
        if parts is None:
            return []
        said = _words(parts[2])
        return [
            one
            for one in self._by_words.get(_words(parts[1]), ())
            if any(_words(slug.replace("_", " ")) == said for slug in one.equipment)
            or (said == ("bodyweight",) and not one.equipment)
        ]


def suggestions(*, user_id: UUID, names: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """By name, the exercises whose names are spelled most like it, in one query."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    parameters = {"user": user_id, "names": list(found), "most": MAX_SUGGESTIONS}
    for row in fetch(_SUGGESTIONS, parameters) if found else ():
        found[row.pop("given")].append(row)
    return found


def learn(
    *, user_id: UUID, answers: Sequence[Answer], asked: Collection[str] | None = None
) -> None:
    """Remember what names mean: ``{name, exercise}``, or ``{name, create}`` for a new exercise.

    In the transaction of a caller who has advanced the clock. Raises ValidationError that names
    the answer whose exercise the person cannot see, whose name was answered before it, or whose
    name is none of those ``asked``, where these are given.
    """
    _refuse_misnamed(answers, asked)
    chosen = [row["exercise"] for row in answers if not row.get("create")]
    visible = set(
        Exercise.objects.visible_to(user_id).filter(pk__in=chosen).values_list("pk", flat=True)
    )
    for index, row in enumerate(answers):
        if not row.get("create") and row["exercise"] not in visible:
            message = "There is no such exercise."
            error = ValidationError(message, code="does_not_exist")
            raise ValidationError({f"exercises.{index}.exercise": error})
    new = {alias_key(row["name"]): row["name"] for row in answers if row.get("create")}
    made = create_exercises(user_id=user_id, names=new.values())
    meant = {
        key: made.get(key) if row.get("create") else row["exercise"]
        for row in answers
        for key in [alias_key(row["name"])]
    }
    ExerciseAlias.objects.bulk_create(
        [
            ExerciseAlias(user_id=user_id, name=key, exercise_id=exercise)
            for key, exercise in meant.items()
            if exercise is not None
        ],
        update_conflicts=True,
        unique_fields=["user", "name"],
        update_fields=["exercise"],
        batch_size=_BATCH,
    )


def _refuse_misnamed(answers: Sequence[Answer], asked: Collection[str] | None) -> None:
    known = None if asked is None else {alias_key(name) for name in asked}
    seen = set[str]()
    for index, row in enumerate(answers):
        key = alias_key(row["name"])
        if key in seen:
            error = ValidationError("This name is answered twice.", code="duplicate_name")
        elif known is not None and key not in known:
            error = ValidationError("The import does not ask for this name.", code="not_asked")
        else:
            seen.add(key)
            continue
        raise ValidationError({f"exercises.{index}.name": error})


def create_exercises(*, user_id: UUID, names: Iterable[str]) -> dict[str, UUID]:
    """Custom exercises of these names, by their alias_key; the exercise itself where it exists.

    What a new one trains follows from the exercise with the most similar name. In the
    transaction of a caller who has advanced the clock.
    """
    wanted = {alias_key(name): " ".join(name.split()) for name in names}
    known = _named(user_id, wanted)
    new = [name for key, name in wanted.items() if key not in known]
    if not new:
        return known
    alike = suggestions(user_id=user_id, names=new)
    Exercise.objects.bulk_create(
        [_new_exercise(user_id, name, found) for name, found in alike.items()],
        ignore_conflicts=True,
        batch_size=_BATCH,
    )
    return _named(user_id, wanted)


def _named(user_id: UUID, keys: Collection[str]) -> dict[str, UUID]:
    rows = fetch(_VISIBLE, {"user": user_id}) if keys else []
    return {key: row["id"] for row in rows if (key := alias_key(row["name"])) in keys}


def _new_exercise(user_id: UUID, name: str, alike: Sequence[Mapping[str, Any]]) -> Exercise:
    best = alike[0] if alike and alike[0]["match"] >= ALIKE else None
    return Exercise(
        id=uuid7(),
        created_by_id=user_id,
        is_custom=True,
        name=name,
        muscle_group=best["muscle_group"] if best else MuscleGroup.FULL_BODY,
        is_cardio=best["is_cardio"] if best else False,
    )


def _words(name: str) -> tuple[str, ...]:
    """The words of a name in one order, so that "Press (Barbell)" is a "Barbell Press"."""
    found = [
        part
        for word in _WORD.findall(name.lower().replace("'", ""))
        for part in _SPLIT.get(_singular(word), (_singular(word),))
    ]
    if "curl" in found:
        # A curl is one of the biceps, unless it says otherwise.
        found = [word for word in found if word != "bicep"]
    return tuple(sorted(found))


def _singular(word: str) -> str:
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


@cache
def _translated() -> dict[tuple[str, ...], tuple[str, ...]]:
    return {_words(theirs): _words(ours) for theirs, ours in _OTHER_WORDS.items()}
