"""Which columns tell of somebody's body, food or private words, and are shown for a reason alone.

Each app registers its models when it is ready. Of a registered model everything is masked that is
not named as open, so that a new column is masked until somebody says that it may be seen.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP

# What a row is called never tells a value (a test sees to it); since is when its id was made.
_ALWAYS_OPEN: Final = frozenset(
    {"__str__", "pk", "id", "user", "revision", "created_at", "updated_at", "since"}
)
_open: dict[str, frozenset[str]] = {}


def register(label: str, *, open_to_staff: Iterable[str] = ()) -> None:
    """Mask a model's columns and what its pages make of them, but for those named."""
    _open[label] = frozenset(open_to_staff) | _ALWAYS_OPEN


def registered() -> dict[str, frozenset[str]]:
    """What is open of each model that is masked."""
    return dict(_open)


def masks(model: type[Model], name: str) -> bool:
    """Whether this column of the model, or of its pages, is masked."""
    concrete = model._meta.concrete_model or model
    open_names = _open.get(concrete._meta.label)
    if open_names is None:
        return False
    # What a page makes of the columns is no field.
    with suppress(FieldDoesNotExist):
        # A foreign key is also known by its column.
        name = model._meta.get_field(name).name
    return name not in open_names


def masks_path(model: type[Model], path: str) -> bool:
    """The same for a path such as ``profile__height__gte``, through whichever models it goes."""
    at: Any = model
    for part in path.split(LOOKUP_SEP):
        try:
            field = at._meta.get_field(part)
        except FieldDoesNotExist:
            # The name of a lookup, of an annotation, or of something that a page makes.
            return masks(at, part)
        if masks(at, field.name):
            return True
        if field.related_model is None:
            return False
        at = field.related_model
    return False
