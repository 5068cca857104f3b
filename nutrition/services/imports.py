"""Imports files of foods that may be of many GB: batch by batch, in little memory.

Each batch is one transaction, its progress included. Whoever is interrupted, however it was, goes
on behind the last batch that was stored.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.utils import timezone

from nutrition import gtin
from nutrition.models import (
    CategoryTag,
    FoodImport,
    FoodImportFormat,
    FoodSource,
    RecipeIngredient,
)
from nutrition.models.food import UNCATEGORIZED_ID
from nutrition.services import imports_rows
from nutrition.services.imports_files import (
    FoodFile,
    Item,
    Place,
    fingerprint,
    is_of_file,
    open_file,
    read_ahead,
)
from nutrition.services.imports_rows import SharedFood, shared_food
from nutrition.services.recipes import refresh_recipes
from nutrition.transfer.readings import ReadFood, Rejected

BATCH: Final = 5000
MAX_FILE_NAME: Final = 200

_LOCK: Final = 0x696D706F7274  # of these imports, among the database's advisory locks
_SOURCES: Final[Mapping[str, str]] = {
    FoodImportFormat.OFF_JSONL: FoodSource.OPEN_FOOD_FACTS,
    FoodImportFormat.OFF_CSV: FoodSource.OPEN_FOOD_FACTS,
    FoodImportFormat.USDA_CSV: FoodSource.USDA,
}
_OF_A_LINE: Final = frozenset({"bad_line", "line_too_long", "wrong_number_of_cells"})
# So many rows of which none is in the format are enough to doubt it.
_TELLING: Final = 1000
_COUNTS: Final = ("added", "changed", "unchanged", "merged")
_UNCATEGORIZED: Final = UUID(UNCATEGORIZED_ID)


class UnreadableFile(ValidationError):
    """The file as a whole cannot be used, or from some place on."""


class ImportRunning(ValidationError):
    """Another import is under way."""

    def __init__(self) -> None:
        super().__init__("Another import of foods is running.", code="import_running")


@dataclass(slots=True)
class Report:
    """What became of the rows, those of earlier tries at the file included.

    ``rows`` are those of this try alone.
    """

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    """Rows of a file, of each food the newest; and how far it is read with them."""

    place: Place = Place()  # noqa: RUF009 - it cannot change
    bytes_read: int = 0
    foods: dict[str, SharedFood] = field(default_factory=dict)
    repeated: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.foods) + self.repeated + len(self.rejected)

    def add(self, food: SharedFood) -> None:
        known = self.foods.get(food.source_id)
        if known is not None:
            self.repeated += 1
            if _is_older(food, known):
                return
        self.foods[food.source_id] = food


def _is_of_line(item: Item) -> bool:
    return isinstance(item, Rejected) and item.reason in _OF_A_LINE


def _is_older(food: SharedFood, known: SharedFood) -> bool:
    mine, other = food.source_modified_at, known.source_modified_at
    return mine is not None and other is not None and mine < other


class Watch:
    """Is told how an import goes. Does nothing with it: that is for others."""

    def begin(self, place: Place, rejected: int) -> None:
        """It reads on from there; so many rows before that were rejected."""

    def reject(self, rejected: Rejected) -> None:
        """A row is left out; its batch is not stored yet."""

    def progress(self, bytes_read: int, rows: int) -> None:
        """A batch is stored. Bytes are 0 where nobody knows; rows are those of this try."""


def import_foods(
    path: Path,
    file_format: str,
    *,
    batch_size: int = BATCH,
    dry_run: bool = False,
    restart: bool = False,
    watch: Watch | None = None,
) -> Report:
    """Add the foods of a file to the shared table, or bring them up to date. Twice is once.

    Goes on where an earlier try at the same file ended, unless told to ``restart``; a dry run
    reads it from its beginning and stores nothing. Raises UnreadableFile, ImportRunning, and
    OperationalError where the database goes away.
    """
    watch = watch or Watch()
    with _alone():
        job = _job(path, file_format, restart=restart, dry_run=dry_run)
        _refresh_recipes(job)
        run = _Run(job, path, dry_run=dry_run)
        watch.begin(run.place, run.report.rejected.total())
        for batch in read_ahead(run.batches(batch_size)):
            for rejected in batch.rejected:
                watch.reject(rejected)
            run.do(batch)
            watch.progress(batch.bytes_read, run.report.rows)
        if not dry_run:
            _finish(job)
    return run.report


class _Run:
    """An import on its way."""

    def __init__(self, job: FoodImport, path: Path, *, dry_run: bool) -> None:
        self._job, self._path, self._dry_run = job, path, dry_run
        self._source = _SOURCES[job.format]
        self._categories = _categories()
        self.place = Place(job.offset, job.line)
        self.report = Report(
            rejected=Counter(job.rejected),
            examples=dict(job.examples),
            **{name: getattr(job, name) for name in _COUNTS},
        )

    def batches(self, size: int) -> Generator[_Batch]:
        """All rows that are left, until the file is damaged: then raises UnreadableFile."""
        try:
            with closing(open_file(self._path, self._job.format, self.place)) as file:
                yield from self._batches(file, size)
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def _batches(self, file: FoodFile, size: int) -> Iterator[_Batch]:
        batch, is_strange = _Batch(), self.place == Place()
        for item in file:
            if is_of_file(item):
                # Nothing that was read before the damage is lost.
                yield batch
                raise UnreadableFile(f"{self._path}: {item.message}")
            is_strange = is_strange and _is_of_line(item)
            self._add(batch, item)
            batch.place = file.place
            if len(batch) >= size:
                if is_strange and size >= _TELLING:
                    raise self._strange(batch)
                batch.bytes_read = file.bytes_read
                yield batch
                batch = _Batch()
        if is_strange and batch.rejected:
            raise self._strange(batch)
        batch.bytes_read = file.bytes_read
        yield batch

    def do(self, batch: _Batch) -> None:
        if not len(batch):
            return
        rows = list(batch.foods.values())
        act = imports_rows.compare if self._dry_run else imports_rows.store
        with transaction.atomic():
            stored = act(rows, source=self._source)
            self._count(batch, stored)
            if not self._dry_run:
                self._keep(batch.place, stored.changed)
        self.place = batch.place
        _refresh_recipes(self._job)

    def _add(self, batch: _Batch, item: Item) -> None:
        if isinstance(item, Rejected):
            batch.rejected.append(item)
        else:
            batch.add(_row(item, self._categories))

    def _strange(self, batch: _Batch) -> UnreadableFile:
        return UnreadableFile(
            f"{self._path} does not look like {self._job.format}: {batch.rejected[0].message}"
        )

    def _count(self, batch: _Batch, stored: imports_rows.Stored) -> None:
        report = self.report
        written = stored.added + len(stored.changed)
        report.rows += len(batch)
        report.added += stored.added
        report.changed += len(stored.changed)
        report.merged += stored.merged
        report.unchanged += len(batch.foods) - written - stored.merged + batch.repeated
        report.rejected.update(rejected.reason for rejected in batch.rejected)
        for rejected in batch.rejected:
            report.examples.setdefault(rejected.reason, _in_words(rejected))

    def _keep(self, place: Place, changed: list[UUID]) -> None:
        """Store how far it is, unless somebody else did for the same file meanwhile."""
        job, report = self._job, self.report
        if job._state.adding:
            job.save()
        job.offset, job.line = place
        job.rejected, job.examples = dict(report.rejected), report.examples
        job.stale = _ingredients(changed)
        for name in _COUNTS:
            setattr(job, name, getattr(report, name))
        kept = ("offset", "line", "rejected", "examples", "stale", *_COUNTS)
        values = {name: getattr(job, name) for name in kept}
        here = {"offset": self.place.offset, "line": self.place.line, "finished_at": None}
        row = FoodImport.objects.filter(pk=job.pk, **here)
        if not row.update(**values, updated_at=timezone.now()):
            raise ImportRunning


@contextmanager
def _alone() -> Iterator[None]:
    """Lock out other imports. The lock ends with this process, however it does.

    In a transaction on a connection of its own, for behind a pooler nothing lives longer.
    """
    apart = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        apart.set_autocommit(False)
        with apart.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (is_alone,) = cursor.fetchone()
        if not is_alone:
            raise ImportRunning
        yield
    finally:
        # A server notices later than whoever tries next that a connection is closed.
        with suppress(DatabaseError):
            apart.rollback()
        apart.close()


def _job(path: Path, file_format: str, *, restart: bool, dry_run: bool) -> FoodImport:
    """The import of this file that was begun, or a new one, which is not stored yet."""
    try:
        print_of_file = fingerprint(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    same = {"format": file_format, "fingerprint": print_of_file}
    begun = FoodImport.objects.filter(**same, finished_at=None).first()
    if begun is None or dry_run:
        return FoodImport(**same, file_name=path.name[:MAX_FILE_NAME])
    if restart or Place(begun.offset, begun.line) == Place():
        begun.offset = begun.line = 0
        begun.rejected, begun.examples = {}, {}
        for name in _COUNTS:
            setattr(begun, name, 0)
        begun.started_at = timezone.now()
        begun.save()
    return begun


def _finish(job: FoodImport) -> None:
    job.finished_at = timezone.now()
    job.save()
    with connection.cursor() as cursor:
        # The planner may know the table as it was before. The rest, autovacuum does in its time.
        cursor.execute("ANALYZE nutrition_food, nutrition_portion")


def _ingredients(food_ids: list[UUID]) -> list[str]:
    """Those of the foods that recipes contain."""
    if not food_ids:
        return []
    found = RecipeIngredient.objects.filter(food__in=food_ids).order_by("food")
    return [str(food_id) for food_id in found.values_list("food_id", flat=True).distinct()]


def _refresh_recipes(job: FoodImport) -> None:
    """Recompute the recipes whose ingredients have changed.

    After the transaction that changed them, for people come before foods where rows are locked.
    """
    if job.stale:
        refresh_recipes(food_ids=[UUID(food_id) for food_id in job.stale])
        job.stale = []
        FoodImport.objects.filter(pk=job.pk).update(stale=[])


# --- From what was read to rows --------------------------------------------------------------


def _categories() -> dict[str, UUID]:
    return dict(CategoryTag.objects.values_list("tag", "category_id"))


def _row(food: ReadFood, categories: Mapping[str, UUID]) -> SharedFood:
    # Its tags go from what is general to what is special.
    known = (categories[tag] for tag in reversed(food.category_tags) if tag in categories)
    if food.source == "open_food_facts":
        barcode = food.source_id
    else:
        barcode = gtin.open_food_facts_form(food.gtin or "") or ""
    return shared_food(
        food.nutrients,
        source_id=food.stable_id or food.source_id,
        name=food.name,
        brand=food.brand,
        unit=food.per,
        barcode=barcode,
        gtin=food.gtin or "",
        category_id=next(known, _UNCATEGORIZED),
        licence=food.licence,
        estimated=food.estimated,
        trust_score=food.trust,
        modified_at=food.modified_at,
        portions=food.portions,
    )


def _in_words(rejected: Rejected) -> str:
    place = f"line {rejected.line}" if rejected.line else ""
    return f"{', '.join(filter(None, [place, rejected.source_id]))}: {rejected.message}"


def _unreadable(path: Path, error: OSError) -> UnreadableFile:
    return UnreadableFile(f"{path} cannot be read: {error.strerror or error}.")
