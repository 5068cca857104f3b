"""How a derived number says where it is from, the same for every number."""

from typing import Any

from analytics.formulas import Result
from analytics.formulas.provenance import Formula, Interval, Window


def provenance(result: Result, *, explain: bool = False) -> dict[str, Any]:
    """Formula with version, inputs' window, validity, interval, caveats; with ``explain`` also
    how the number came about, in sentences.
    """
    shown: dict[str, Any] = {
        "formula": shown_formula(result.formula),
        "validity": result.validity,
        "interval": shown_interval(result.interval),
        "window": shown_window(result.window),
        "caveats": list(result.caveats),
    }
    return {**shown, "explanation": result.explain()} if explain else shown


def shown_formula(formula: Formula) -> dict[str, Any]:
    return {
        "id": formula.id,
        "version": formula.version,
        "name": formula.name,
        "valid": formula.valid,
        "source": formula.source,
    }


def shown_interval(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {"low": interval.low, "high": interval.high}


def shown_window(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {"first": window.first, "last": window.last, "count": window.count}
