"""The RPE curve: what share of a one-repetition maximum a set with a given reserve takes."""

MAX_EFFECTIVE_REPS = 16
# Nobody counts well how many repetitions are left of more than these.
MAX_RESERVE = 4

# For 1, 2, ... effective repetitions: those done plus those left in reserve (10 - RPE). The
# Reactive Training Systems chart up to 12, as commonly extended to 16.
_PERCENT = (
    *(100.0, 95.5, 92.2, 89.2, 86.3, 83.7, 81.1, 78.6),
    *(76.2, 73.9, 70.7, 68.0, 65.3, 62.6, 59.9, 57.2),
)


def percent_of_one_rm(reps: float, reserve: float) -> float | None:
    """Which percentage of the one-repetition maximum allows ``reps`` and leaves ``reserve``.

    Halves lie in the middle between their neighbors. None outside of the curve: below one
    repetition, above 16 with the reserve, or with more than 4 in reserve.
    """
    effective = reps + reserve
    known = 0 <= reserve <= MAX_RESERVE and reps >= 1 and effective <= MAX_EFFECTIVE_REPS
    if not known:
        return None
    below = int(effective)
    if below == effective:
        return _PERCENT[below - 1]
    easier, harder = _PERCENT[below], _PERCENT[below - 1]
    return harder - (effective - below) * (harder - easier)


def one_rm_from(load: float, reps: float, reserve: float) -> float | None:
    """Estimate the one-repetition maximum, in the unit of ``load``; None outside of the curve."""
    percent = percent_of_one_rm(reps, reserve)
    return None if percent is None else load / percent * 100
