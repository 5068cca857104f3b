"""Tells what food a photo shows. Without Django: whoever calls it brings settings and the wire."""

from dataclasses import dataclass
from typing import Final, Protocol

MAX_GUESSES: Final = 5
LONGEST_LABEL: Final = 100


@dataclass(frozen=True)
class Guess:
    """``confidence`` is from 0 to 1; ``amount_g`` what it seems to weigh, if anybody looked."""

    label: str
    confidence: float
    amount_g: float | None = None


@dataclass(frozen=True)
class Recognition:
    """What a model saw, likeliest first; nothing where it saw no food."""

    model: str
    guesses: tuple[Guess, ...]


class RecognitionFailed(Exception):
    """No usable answer, today or tomorrow. The text says why, and may be shown to anybody."""


class Recognizer(Protocol):
    def recognize(self, photo: bytes) -> Recognition:
        """What this picture shows, a JPEG, PNG or WebP. Raises RecognitionFailed."""
        ...


def likeliest(guesses: list[Guess]) -> tuple[Guess, ...]:
    """The best of them, each label once."""
    best: dict[str, Guess] = {}
    for guess in sorted(guesses, key=lambda guess: -guess.confidence):
        best.setdefault(guess.label.casefold(), guess)
    return tuple(best.values())[:MAX_GUESSES]
