"""Connections that a test makes up, in place of those of the app that knows them."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest

from users import connections
from users.models import User


@dataclass
class Ties:
    hidden: set[frozenset[UUID]] = field(default_factory=set)
    silenced: set[tuple[UUID, UUID]] = field(default_factory=set)
    following: set[tuple[UUID, UUID]] = field(default_factory=set)

    def hide(self, one: User, other: User) -> None:
        self.hidden.add(frozenset({one.pk, other.pk}))

    def silence(self, person: User, other: User) -> None:
        self.silenced.add((person.pk, other.pk))

    def follow(self, viewer: User, person: User) -> None:
        self.following.add((viewer.pk, person.pk))


def provide(monkeypatch: pytest.MonkeyPatch) -> Ties:
    ties = Ties()
    made_up = connections.Connections(
        hidden_from=lambda one: frozenset().union(*(t for t in ties.hidden if one in t)) - {one},
        silenced_for=lambda one: frozenset(other for who, other in ties.silenced if who == one),
        is_follower=lambda viewer, person: (viewer, person) in ties.following,
    )
    monkeypatch.setattr(connections, "_provided", [made_up])
    return ties
