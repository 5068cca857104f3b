"""Which days were days of training, for whoever plans food around them.

The apps that know of training say so here, each with an SQL condition on ``person.user_id`` and
``person.day``; so those who ask need not know them.
"""

from typing import LiteralString

_registered: dict[str, LiteralString] = {}


def register(name: str, condition: LiteralString) -> None:
    _registered[name] = condition


def condition() -> LiteralString:
    """Whether somebody trained: true, or false as far as is known."""
    return " OR ".join(f"({one})" for one in _registered.values()) or "false"
