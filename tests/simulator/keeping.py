"""What the simulator remembers from one start to the next: who connected, and what was edited."""

import pickle
from pathlib import Path
from typing import Final

from tests.simulator.store import World

_KEPT: Final = ("people", "grants", "subscribers", "clock")


def keep(world: World, path: Path) -> None:
    with world.lock:
        kept = pickle.dumps({name: getattr(world, name) for name in _KEPT})
    part = path.with_suffix(".part")
    part.write_bytes(kept)
    part.replace(path)


def recall(world: World, path: Path) -> None:
    """As it was kept; what another version kept is forgotten."""
    if not path.exists():
        return
    try:
        kept = pickle.loads(path.read_bytes())  # noqa: S301 - our own file, in our own folder
    except Exception:  # noqa: BLE001 - bytes of another version may raise anything
        path.unlink()
        return
    with world.lock:
        for name in _KEPT:
            setattr(world, name, kept[name])
