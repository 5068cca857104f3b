"""Arithmetic about barbells: numbers in, numbers out."""

from typing import Final

MAX_BRZYCKI_REPS: Final = 10


def brzycki_one_rm(*, weight_kg: float | None, reps: int | None) -> float | None:
    """Estimate the heaviest single repetition, in kg: w × 36 / (37 − reps) (Brzycki, 1993).

    One repetition is its own maximum. None outside 1 to 10 reps, where the formula misleads, and
    without a positive weight.
    """
    if weight_kg is None or weight_kg <= 0 or reps is None or not 1 <= reps <= MAX_BRZYCKI_REPS:
        return None
    if reps == 1:
        return weight_kg
    return weight_kg * 36.0 / (37.0 - reps)
