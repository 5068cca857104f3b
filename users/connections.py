"""Who is hidden from whom, for whoever shows one person to another.

The app that knows of follows and blocks says so here when it is ready; so those who ask need not
know it. While nobody has, nobody is hidden and nobody follows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Connections:
    """``hidden_from`` answers whom this person blocks or is blocked by, ``silenced_for`` of whom
    they want no notifications now, ``is_follower`` whether a viewer (first) follows a person or is
    their friend.
    """

    hidden_from: Callable[[UUID], frozenset[UUID]]
    silenced_for: Callable[[UUID], frozenset[UUID]]
    is_follower: Callable[[UUID, UUID], bool]


_NOBODY: frozenset[UUID] = frozenset()
_provided: list[Connections] = []


def provide(connections: Connections) -> None:
    """From now on, these answer."""
    _provided[:] = [connections]


def hidden_from(user_id: UUID) -> frozenset[UUID]:
    """Whom this person does not see, and who does not see them."""
    return _provided[0].hidden_from(user_id) if _provided else _NOBODY


def silenced_for(user_id: UUID) -> frozenset[UUID]:
    """Of whose doings this person is not told."""
    return _provided[0].silenced_for(user_id) if _provided else _NOBODY


def is_follower(*, viewer_id: UUID, person_id: UUID) -> bool:
    return bool(_provided) and _provided[0].is_follower(viewer_id, person_id)
