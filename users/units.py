"""Pounds and miles: the only place that knows what they are. All else is kilograms and km."""

from typing import Final

# Both by definition (international yard and pound agreement, 1959).
KG_PER_LB: Final = 0.45359237
KM_PER_MILE: Final = 1.609344


def pounds_to_kg(pounds: float) -> float:
    return pounds * KG_PER_LB


def kg_to_pounds(kg: float) -> float:
    return kg / KG_PER_LB


def miles_to_km(miles: float) -> float:
    return miles * KM_PER_MILE


def km_to_miles(km: float) -> float:
    return km / KM_PER_MILE
