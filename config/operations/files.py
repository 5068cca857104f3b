"""Uploaded files beside the rows that name them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.core.files.storage import Storage
from django.db.models import FileField
from django.utils import timezone

from users.services.checks import Check, Found, Track, found

# A file is there before its row, or after it, for a moment; sweeps run each night.
_ORPHANED_AFTER: Final = timedelta(days=2)
# Where each kind of file lies: nothing else in a storage is looked at, or touched.
FOLDERS: Final[dict[str, str]] = {
    "users.UserProfile": "avatars",
    "users.AccountExport": "exports",
    "workouts.WorkoutImport": "imports",
    "nutrition.FoodImage": "food-images",
    "wearables.ActivityImport": "activity-imports",
    "social.Picture": "pictures",
}
# Named before it is written.
_UNFINISHED: Final = {"users.AccountExport": {"status": "pending"}}


class _Place(NamedTuple):
    label: str
    fields: list["FileField"]
    folder: str

    @property
    def storage(self) -> Storage:
        return self.fields[0].storage


def file_fields() -> dict[str, list["FileField"]]:
    """The file fields of each model of ours that has any."""
    found_: dict[str, list[FileField]] = {}
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                found_.setdefault(model._meta.label, []).append(field)
    return found_


def _places() -> list[_Place]:
    return [_Place(label, fields, FOLDERS[label]) for label, fields in file_fields().items()]


def _named(place: _Place, **narrowed: Any) -> Iterator[tuple[Any, str]]:
    """The key of each row with the name of each file of it."""
    rows = apps.get_model(place.label)._base_manager.filter(**narrowed)
    names = [field.name for field in place.fields]
    for key, *files in rows.values_list("pk", *names).iterator(chunk_size=2000):
        yield from ((key, name) for name in files if name)


def _stored(place: _Place) -> list[str]:
    """The files of a folder; it has no folders in it."""
    storage = place.storage
    names = storage.listdir(place.folder)[1] if storage.exists(place.folder) else []
    return [f"{place.folder}/{name}" for name in sorted(names)]


def _look_at_lost(track: Track) -> Found:
    total = Found()
    for place in track(_places()):
        there = set(_stored(place))
        suspects = [(key, name) for key, name in _named(place) if name not in there]
        total += found(len(there), [], prefix="") + found(
            0, [f"{place.label} {key}" for key, name in suspects if _is_lost(place, key, name)]
        )
    return total


def _is_lost(place: _Place, key: Any, name: str) -> bool:
    """Still, after all were looked at, and not a file that is being written."""
    if place.storage.exists(name):
        return False
    unfinished = _UNFINISHED.get(place.label)
    if unfinished and apps.get_model(place.label)._base_manager.filter(pk=key, **unfinished):
        return False
    return any(name == one for _, one in _named(place, pk=key))


def _stray(place: _Place) -> list[str]:
    """Files that no row names, and that no row is about to name."""
    named = {name for _, name in _named(place)}
    before = timezone.now() - _ORPHANED_AFTER
    return [
        path for path in _stored(place) if path not in named and _is_older(place, path, before)
    ]


def _is_older(place: _Place, path: str, moment: datetime) -> bool:
    try:
        return place.storage.get_modified_time(path) < moment
    except FileNotFoundError:
        return False


def _look_at_stray(track: Track) -> Found:
    total = Found()
    for place in track(_places()):
        total += found(len(_stored(place)), _stray(place))
    return total


def _remove_stray(track: Track) -> int:
    removed = 0
    for place in track(_places()):
        for path in _stray(place):
            place.storage.delete(path)
            removed += 1
    return removed


CHECKS: Final = (
    Check(
        name="lost-files",
        about="Each file that a row names is there.",
        look=_look_at_lost,
        advice="Bring them back from a backup; the rows say which. Without one, delete the rows.",
    ),
    Check(
        name="stray-files",
        about="Each file of two days or more is named by a row.",
        look=_look_at_stray,
        mend=_remove_stray,
    ),
)
