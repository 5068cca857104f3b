"""The numbers of a set from its row: kilograms, kilometers and seconds, each in its range."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from users.units import miles_to_km, pounds_to_kg
from workouts.transfer import quantities
from workouts.transfer.columns import Key, Row
from workouts.transfer.readings import (
    MAX_KG,
    MAX_KM,
    MAX_NAME,
    MAX_REPS,
    MAX_REST_SECONDS,
    MAX_RPE,
    MAX_SECONDS,
    MAX_SET_NOTES,
    MAX_SUPERSET,
    DistanceUnit,
    Options,
    ReadSet,
    SetType,
    Unreadable,
    WeightUnit,
)
from workouts.transfer.texts import line_of_text, shown, text

WEIGHT_UNITS: Final[dict[str, WeightUnit]] = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms"), "kg"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
}
DISTANCE_UNITS: Final[dict[str, DistanceUnit]] = {
    **dict.fromkeys(("km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"), "km"),
    **dict.fromkeys(("mi", "mile", "miles"), "mi"),
    **dict.fromkeys(("m", "meter", "meters", "metre", "metres"), "m"),
}


class Measures:
    """Reads rows of one file. Raises Unreadable for a value that cannot be taken."""

    def __init__(self, options: Options, delimiter: str) -> None:
        self._options = options
        # A comma that separates cells cannot well stand before decimals too.
        self._comma_groups = delimiter == ","

    def set_of(self, row: Row, set_type: SetType) -> ReadSet:
        reps, weight = self._reps(row), self._weight(row)
        duration, distance = self.seconds(row, "seconds", MAX_SECONDS), self._distance(row)
        if not row.header.is_ours:
            # Both apps fill what was not measured with zeros. A weight of zero stays: it is a
            # set with the body alone.
            duration, distance = duration or None, distance or None
            reps = reps or (None if duration or distance else reps)
            weight = weight or (None if reps is None else weight)
        return ReadSet(
            line=row.line,
            exercise=self.exercise(row),
            set_type="amrap" if row["amrap"] else set_type,
            reps=reps,
            weight=weight,
            duration=duration,
            distance=distance,
            rpe=self._rpe(row),
            rest_seconds=self.seconds(row, "rest", MAX_REST_SECONDS),
            notes=text(row["set_notes"], MAX_SET_NOTES),
        )

    def exercise(self, row: Row) -> str:
        name = line_of_text(row["exercise"], MAX_NAME)
        if not name:
            column = row.header.name_of("exercise")
            raise Unreadable(column, "missing", f"{column} is empty.")
        return name

    def seconds(self, row: Row, key: Key, most: int) -> int | None:
        column, cell = row.filled(key)
        if column is None:
            return None
        value = quantities.seconds(cell, hours_first=False)
        if value is None or not 0 <= value <= most:
            raise _out_of_range(column.name, cell, f"from 0 to {most} seconds")
        return round(value)

    def superset(self, row: Row, *, first: int) -> int | None:
        """From 1, whatever the file calls the ``first``."""
        value = self._whole(row, "superset", first, first + MAX_SUPERSET - 1)
        return None if value is None else value - first + 1

    def session_rpe(self, row: Row) -> float | None:
        column, cell = row.filled("session_rpe")
        if column is None:
            return None
        value = self._number(cell)
        if value is None or not 0 <= value <= MAX_RPE or value * 2 % 1:
            message = f"{column.name} must be from 0 to 10 in half steps, not {shown(cell)}."
            raise Unreadable(column.name, "bad_session_rpe", message)
        return float(value)

    def _reps(self, row: Row) -> int | None:
        return self._whole(row, "reps", 0, MAX_REPS)

    def _whole(self, row: Row, key: Key, least: int, most: int) -> int | None:
        column, cell = row.filled(key)
        if column is None:
            return None
        value = self._number(cell)
        if value is None or not least <= value <= most or value % 1:
            raise _out_of_range(column.name, cell, f"a whole number from {least} to {most}")
        return int(value)

    def _weight(self, row: Row) -> float | None:
        column, cell = row.filled("weight")
        if column is None:
            return None
        value = self._number(cell)
        if value is None:
            raise _out_of_range(column.name, cell, f"from 0 to {MAX_KG} kg")
        if not value:
            return 0.0
        unit = _unit_of(row, "weight_unit", WEIGHT_UNITS, column.unit or self._options.weight_unit)
        if unit is None:
            raise Unreadable(column.name, "unknown_unit", "Say whether loads are in kg or lb.")
        kg = pounds_to_kg(float(value)) if unit == "lb" else float(value)
        if not 0 <= kg <= MAX_KG:
            raise _out_of_range(column.name, cell, f"from 0 to {MAX_KG} kg")
        return kg

    def _distance(self, row: Row) -> float | None:
        column, cell = row.filled("distance")
        if column is None:
            return None
        value = self._number(cell)
        if value is None:
            raise _out_of_range(column.name, cell, f"from 0 to {MAX_KM} km")
        if not value:
            return 0.0
        stated = column.unit or self._options.distance_unit
        unit = _unit_of(row, "distance_unit", DISTANCE_UNITS, stated)
        if unit is None:
            message = "Say whether distances are in km, miles or meters."
            raise Unreadable(column.name, "unknown_unit", message)
        km = _km(value, unit)
        if not 0 <= km <= MAX_KM:
            raise _out_of_range(column.name, cell, f"from 0 to {MAX_KM} km")
        return km

    def _rpe(self, row: Row) -> float | None:
        column, cell = row.filled("rpe")
        value = self._number(cell) if column else None
        # Zero is how some versions say that it was not rated.
        if column is None or value == 0:
            return None
        if value is None or not 1 <= value <= MAX_RPE or value * 2 % 1:
            raise _out_of_range(column.name, cell, "from 1 to 10 in half steps")
        return float(value)

    def _number(self, cell: str) -> Decimal | None:
        mark = self._options.decimal_mark
        return quantities.number(cell, mark, comma_groups=self._comma_groups)


def _unit_of(row: Row, key: Key, names: Mapping[str, str], stated: str | None) -> str | None:
    column, cell = row.filled(key)
    if column is None:
        return stated
    unit = names.get(cell.lower().rstrip("."))
    if unit is None:
        known = ", ".join(dict.fromkeys(names.values()))
        message = f"{column.name} must be one of {known}, not {shown(cell)}."
        raise Unreadable(column.name, "unknown_unit", message)
    return unit


def _km(value: Decimal, unit: str) -> float:
    if unit == "mi":
        return miles_to_km(float(value))
    # As decimals, so that 12.345 km written as 12345 m are the same number again.
    return float(value / 1000) if unit == "m" else float(value)


def _out_of_range(column: str, cell: str, wanted: str) -> Unreadable:
    return Unreadable(column, "out_of_range", f"{column} must be {wanted}, not {shown(cell)}.")
