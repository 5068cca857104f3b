"""The background work of an import: look, ask what is not clear, then store batch by batch."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Final, cast
from uuid import UUID

from django.db import transaction

from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services import jobs
from users.services.notifications import notify
from workouts.models import RowError as StoredError
from workouts.models import Workout, WorkoutImport, WorkoutSet
from workouts.models.transfer import ImportStatus
from workouts.services import transfers_rows
from workouts.services.transfers_names import (
    Names,
    alias_key,
    create_exercises,
    suggestions,
)
from workouts.services.transfers_rows import Candidate
from workouts.transfer import hevy, sniffing, strong
from workouts.transfer.readings import (
    DateOrder,
    DistanceUnit,
    Options,
    ReadWorkout,
    RowError,
    WeightUnit,
)
from workouts.transfer.sniffing import MAX_EXERCISES, Survey
from workouts.transfer.texts import shown

BATCH_WORKOUTS: Final = 100
BATCH_SETS: Final = 2000
BATCH_ERRORS: Final = 500
MAX_STORED_ERRORS: Final = 1000
# Asked about at once; the next ones once these are answered.
MAX_ASKED: Final = 500
CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "weight_unit": ("kg", "lb"),
    "distance_unit": ("km", "mi", "m"),
    "date_order": ("day_first", "month_first"),
}
COUNTS: Final = ("rows_done", "workouts_new", "workouts_known", "sets_new", "errors_count")
_READERS: Final = {"strong": strong.read, "hevy": hevy.read}


@jobs.runs("workouts.WorkoutImport")
def run_import(import_id: UUID) -> None:
    """Import the file where all is clear, else ask. Run again after a crash, it goes on."""
    job = WorkoutImport.objects.filter(pk=import_id).first()
    if job is None:
        raise jobs.JobCancelled
    try:
        file = job.file.open("rb")
    except (FileNotFoundError, ValueError):
        _fail(job, "The file is gone. Upload it again.")
        return
    with file:
        _import(job, cast("BinaryIO", file))


def _import(job: WorkoutImport, file: BinaryIO) -> None:
    survey = sniffing.survey(file)
    if survey.problem:
        _fail(job, survey.problem.message)
        return
    if survey.exercises_left_out:
        _fail(job, f"The file names more than {MAX_EXERCISES} exercises.")
        return
    names = Names(job.user_id)
    _begin(job, survey)
    questions = _questions(job, survey, names)
    if questions.keys() - {"guessed"}:
        with transaction.atomic():
            jobs.keep(job, status=ImportStatus.NEEDS_ANSWERS, questions=questions)
            _tell(job, "workout_import_asks", "Your import has questions for you.")
        return
    if job.create_unknown and not job.dry_run:
        names = _with_unknown(job, survey, names)
    file.seek(0)
    read = _READERS[job.source](file, _options(job, survey))
    work = _Work(job=job, names=names, survey=survey)
    for batch in _batches(read):
        work.do(batch)
    if job.dry_run:
        jobs.end(job, ImportStatus.CHECKED, questions=questions, rows_done=survey.rows)
    else:
        _finish(job, work)


def _fail(job: WorkoutImport, error: str) -> None:
    with transaction.atomic():
        jobs.end(job, ImportStatus.FAILED, error=error)
        _tell(job, "workout_import_failed", "Your import failed.")


def _with_unknown(job: WorkoutImport, survey: Survey, names: Names) -> Names:
    """The same with custom exercises for the names that meant nothing."""
    unknown = [name for name in survey.exercises if names.find(name) is None]
    if not unknown:
        return names
    with transaction.atomic():
        advance_clock(job.user_id)
        jobs.keep(job)
        create_exercises(user_id=job.user_id, names=unknown)
    return Names(job.user_id)


@transaction.atomic
def _begin(job: WorkoutImport, survey: Survey) -> None:
    """Note what the file is, and forget what an earlier try noted of it."""
    revision = advance_clock(job.user_id)
    facts: dict[str, Any] = {
        "source": survey.app,
        # What the person said goes before what loads look like; proof in dates before both.
        "weight_unit": job.weight_unit or survey.weight_unit or "",
        "distance_unit": job.distance_unit or survey.distance_unit or "",
        "date_order": _proven_order(survey) or job.date_order,
        "rows_total": survey.rows,
    }
    jobs.keep(job, revision=revision, **facts, **dict.fromkeys(COUNTS, 0))
    for name, value in facts.items():
        setattr(job, name, value)
    StoredError.objects.filter(user=job.user_id, job=job).remove()


def _proven_order(survey: Survey) -> str:
    """What a day beyond the twelfth proves; an order that nothing depends on is none."""
    order = survey.date_order or ""
    return order if order in CHOICES["date_order"] else ""


def _questions(job: WorkoutImport, survey: Survey, names: Names) -> dict[str, Any]:
    """What only the person knows; under ``guessed``, what they may want to correct."""
    asked: dict[str, Any] = {
        name: list(CHOICES[name]) for name in survey.questions if not getattr(job, name)
    }
    by_sets = _by_sets(survey)
    found = {name: names.find(name) for name, _ in by_sets}
    unknown = [(name, sets) for name, sets in by_sets if found[name] is None][:MAX_ASKED]
    if unknown and not job.create_unknown:
        alike = suggestions(user_id=job.user_id, names=[name for name, _ in unknown])
        asked["exercises"] = [
            {"name": name, "sets": sets, "suggestions": [_suggested(row) for row in alike[name]]}
            for name, sets in unknown
        ]
    guessed = [
        {"name": name, "exercise": str(match.exercise), "exercise_name": match.name}
        for name, match in found.items()
        if match and match.by == "words"
    ]
    return asked | ({"guessed": guessed[:MAX_ASKED]} if guessed else {})


def _by_sets(survey: Survey) -> list[tuple[str, int]]:
    """Each name of the file once, whatever its spellings, and its sets; the most of them first."""
    spelled: dict[str, str] = {}
    sets = Counter[str]()
    for name, count in sorted(survey.exercises.items(), key=lambda item: (-item[1], item[0])):
        key = alias_key(name)
        spelled.setdefault(key, name)
        sets[key] += count
    named = [(spelled[key], count) for key, count in sets.items()]
    return sorted(named, key=lambda item: (-item[1], item[0]))


def _suggested(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"exercise": str(row["id"]), "name": row["name"], "match": row["match"]}


def _options(job: WorkoutImport, survey: Survey) -> Options:
    return replace(
        survey.options(),
        weight_unit=cast("WeightUnit | None", job.weight_unit or None),
        distance_unit=cast("DistanceUnit | None", job.distance_unit or None),
        date_order=cast("DateOrder | None", job.date_order or survey.date_order),
    )


@dataclass(slots=True)
class _Batch:
    workouts: list[ReadWorkout] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    sets: int = 0

    def add(self, item: ReadWorkout | RowError) -> None:
        if isinstance(item, RowError):
            self.errors.append(item)
        else:
            self.workouts.append(item)
            self.sets += len(item.sets)

    @property
    def is_full(self) -> bool:
        return (
            len(self.workouts) >= BATCH_WORKOUTS
            or self.sets >= BATCH_SETS
            or len(self.errors) >= BATCH_ERRORS
        )


def _batches(read: Iterator[ReadWorkout | RowError]) -> Iterator[_Batch]:
    batch = _Batch()
    for item in read:
        batch.add(item)
        if batch.is_full:
            yield batch
            batch = _Batch()
    yield batch


@dataclass(slots=True)
class _Work:
    """An import on its way: each batch is one transaction, its progress included."""

    job: WorkoutImport
    names: Names
    survey: Survey
    exercises: dict[str, UUID] = field(default_factory=dict)
    seen: set[bytes] = field(default_factory=set)
    told: set[tuple[int, str]] = field(default_factory=set)
    new: int = 0
    known: int = 0
    sets: int = 0
    errors: int = 0

    def do(self, batch: _Batch) -> None:
        candidates = list(self._candidates(batch))
        with transaction.atomic():
            revision = advance_clock(self.job.user_id)
            found = transfers_rows.known(job=self.job, batch=candidates)
            self._count(candidates, found, batch)
            # Before the rest: it ends here where the import was deleted or taken over meanwhile.
            self._keep(revision)
            if not self.job.dry_run:
                transfers_rows.insert(
                    job=self.job,
                    revision=revision,
                    batch=[one for one in candidates if one.key not in found],
                    exercises=self.exercises,
                )
            transfers_rows.insert_errors(job=self.job, errors=self._untold(batch.errors))

    def _keep(self, revision: int) -> None:
        jobs.keep(
            self.job,
            revision=revision,
            rows_done=self._rows_done(),
            workouts_new=self.new,
            workouts_known=self.known,
            sets_new=self.sets,
            errors_count=self.errors,
        )

    def _candidates(self, batch: _Batch) -> Iterator[Candidate]:
        """The workouts of the batch that come for the first time, as far as they can be kept."""
        for read in batch.workouts:
            key = transfers_rows.import_key(read)
            if key in self.seen:
                message = f"{shown(read.name)} of {read.start} stood in the file before."
                batch.errors.append(RowError(read.line, "", "repeated_workout", message))
                continue
            self.seen.add(key)
            kept = self._kept(read, batch.errors)
            if kept.sets or kept.exercise_notes:
                yield Candidate(key, kept)

    def _kept(self, read: ReadWorkout, errors: list[RowError]) -> ReadWorkout:
        """The workout without what is about exercises that nobody knows.

        Only what the survey did not ask about can be: a note on an exercise without any set.
        """
        if self.job.dry_run and self.job.create_unknown:
            return read
        lines = {done.exercise: done.line for done in reversed(read.sets)}
        missing = [
            name
            for name in dict.fromkeys([*lines, *read.exercise_notes])
            if not self._is_known(name)
        ]
        for name in missing:
            message = f"{shown(name)} is no exercise that you have."
            line = lines.get(name, read.line)
            errors.append(RowError(line, "", "unknown_exercise", message))
        if not missing:
            return read
        return replace(
            read,
            sets=[done for done in read.sets if done.exercise not in missing],
            exercise_notes={
                name: text for name, text in read.exercise_notes.items() if name not in missing
            },
        )

    def _is_known(self, name: str) -> bool:
        key = alias_key(name)
        if key not in self.exercises and (match := self.names.find(name)):
            self.exercises[key] = match.exercise
        return key in self.exercises

    def _untold(self, errors: list[RowError]) -> list[RowError]:
        """Those that are stored: the first thousand, one for a cell."""
        fresh = []
        for error in errors:
            place = error.line, error.column
            if len(self.told) < MAX_STORED_ERRORS and place not in self.told:
                self.told.add(place)
                fresh.append(error)
        return fresh

    def _count(
        self, candidates: list[Candidate], found: Mapping[bytes, bool], batch: _Batch
    ) -> None:
        for one in candidates:
            # What an earlier try of this import stored is as new as the rest.
            is_new = found.get(one.key, True)
            self.new += is_new
            self.known += not is_new
            self.sets += len(one.read.sets) if is_new else 0
        self.errors += len(batch.errors)

    def _rows_done(self) -> int:
        share = min(1, len(self.seen) / max(1, self.survey.workouts))
        return int(self.survey.rows * share)


@transaction.atomic
def _finish(job: WorkoutImport, work: _Work) -> None:
    revision = advance_clock(job.user_id)
    stored = Workout.objects.filter(user=job.user_id, imported_by=job)
    new = stored.count()
    jobs.end(
        job,
        ImportStatus.DONE,
        revision=revision,
        questions={},
        rows_done=work.survey.rows,
        workouts_new=new,
        workouts_known=max(0, work.new + work.known - new),
        sets_new=WorkoutSet.objects.filter(user=job.user_id, workout__in=stored).count(),
        errors_count=work.errors,
    )
    text = f"Your import is done: {new} new workout{'' if new == 1 else 's'}."
    _tell(job, "workout_import_done", text)


def _tell(job: WorkoutImport, kind: str, text: str) -> None:
    notify(
        user_id=job.user_id,
        category=NotificationCategory.WORKOUTS,
        kind=kind,
        text=text,
        target=job,
    )
