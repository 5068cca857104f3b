"""FoodData Central of the US Department of Agriculture: its CSV downloads, of any release."""

import datetime as dt
import re
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from nutrition import gtin
from nutrition.transfer import amounts, servings
from nutrition.transfer.quality import EXEMPT_TAGS, MOST_KCAL_OF_USDA, accepted
from nutrition.transfer.readings import (
    LICENCES,
    MAX_BRAND,
    MAX_NAME,
    MAX_PORTION_NAME,
    MAX_TAG,
    Per,
    Portion,
    ReadFood,
    Rejected,
    Unusable,
)
from nutrition.transfer.texts import line_of_text
from nutrition.transfer.trust import Background, Barcode, Origin, trust
from nutrition.transfer.usda_nutrition import content_of
from nutrition.transfer.usda_shelf import Brand, Record, Shelf, shelf
from nutrition.transfer.usda_tables import Tables

_ORIGINS: Final[dict[str, Origin]] = {
    "foundation_food": "measured",
    "sr_legacy_food": "measured",
    "survey_fndds_food": "recipe_calculated",
    "branded_food": "from_manufacturer",
}
_NEEDED: Final = ("food.csv", "food_nutrient.csv")
_SURVEY: Final = "survey_fndds_food"
_VOLUME: Final = frozenset({"ml", "mlt"})
_MASS: Final = frozenset({"g", "grm"})
_UNDETERMINED: Final = "undetermined"
_UNSPECIFIED: Final = "Quantity not specified"
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")
_AMERICAN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_MAX_NAMES: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Names:
    """What the numbers of a release's smaller tables stand for."""

    measure_units: dict[str, str]
    categories: dict[str, str]
    survey_categories: dict[str, str]


def read(path: Path, *, start_after: int = 0) -> Generator[ReadFood | Rejected]:
    """The foods of a download, a folder or the ZIP archive itself, in the order of their FDC ids.

    Samples and purchases, which the download of Foundation foods is full of, are none and left
    out. Continues behind the food of id ``start_after``. In little memory: the tables are put in
    order on disk first, where TMPDIR says, which takes about as much as they do unpacked. Never
    raises for what the files contain.
    """
    try:
        tables = Tables(path)
    except Unusable as unusable:
        yield unusable.at(0)
        return
    with closing(tables):
        missing = [name for name in _NEEDED if name not in tables]
        if missing:
            yield Rejected(0, "", "missing_file", f"{' and '.join(missing)} must be there.")
            return
        with shelf(tables) as ordered:
            yield from ordered.fill()
            yield from _foods(ordered, _names(tables), start_after)


def _names(tables: Tables) -> _Names:
    def by_id(name: str, key: str, value: str) -> dict[str, str]:
        rows = islice(tables.rows(name, (key, value)), _MAX_NAMES)
        return {row[1][0]: row[1][1] for row in rows if not isinstance(row, Unusable)}

    survey = "wweia_food_category"
    return _Names(
        measure_units=by_id("measure_unit.csv", "id", "name"),
        categories=by_id("food_category.csv", "id", "description"),
        # The column's name differs by release.
        survey_categories=by_id(f"{survey}.csv", survey, f"{survey}_description")
        or by_id(f"{survey}.csv", f"{survey}_code", f"{survey}_description"),
    )


def _foods(ordered: Shelf, names: _Names, start_after: int) -> Iterator[ReadFood | Rejected]:
    units = ordered.numbering.units
    for record in ordered.records(start_after):
        try:
            yield _food(record, names, units)
        except Unusable as unusable:
            yield unusable.at(record.line, str(record.fdc_id))


def _food(record: Record, names: _Names, units: dict[int, str]) -> ReadFood:
    name = line_of_text(record.description, MAX_NAME)
    if not name:
        raise Unusable("no_name", "It has no description.")
    content = content_of(record.amounts, units)
    tags = _tags(record, names)
    # Of what was measured, energy may be unlike the macronutrients: acids, gums and the like.
    is_exempt = record.brand is None or not EXEMPT_TAGS.isdisjoint(tags)
    nutrients, estimated = accepted(content, most_kcal=MOST_KCAL_OF_USDA, is_exempt=is_exempt)
    number, barcode = _barcode(record.brand)
    background = Background(origin=_ORIGINS[record.data_type], barcode=barcode)
    score, facts = trust(nutrients, estimated, content, background)
    per: Per = "ml" if record.brand and _unit(record.brand) in _VOLUME else "g"
    return ReadFood(
        line=record.line,
        source="usda",
        source_id=str(record.fdc_id),
        stable_id=record.stable_id or (f"gtin:{number}" if number else ""),
        gtin=number,
        name=name,
        brand=_brand(record.brand),
        nutrients=nutrients,
        per=per,
        portions=_portions(record, names, per),
        category_tags=tags,
        licence=LICENCES["usda"],
        estimated=estimated,
        modified_at=_date(record.brand.modified if record.brand else "")
        or _date(record.published),
        trust=score,
        trust_facts=facts,
    )


def _barcode(brand: Brand | None) -> tuple[str | None, Barcode]:
    """Its GTIN. One that is wrong costs trust and not the food, which has an id besides it."""
    if brand is None or not brand.gtin.strip():
        return None, "none"
    number = gtin.normalize(brand.gtin)
    if number is None:
        return None, "wrong"
    return number, "internal" if gtin.is_internal(number) else "valid"


def _brand(brand: Brand | None) -> str:
    if brand is None:
        return ""
    return line_of_text(brand.name, MAX_BRAND) or line_of_text(brand.owner, MAX_BRAND)


def _unit(brand: Brand) -> str:
    return brand.serving_unit.strip().lower()


def _tags(record: Record, names: _Names) -> tuple[str, ...]:
    if record.brand and record.brand.category:
        category = record.brand.category
    else:
        known = names.survey_categories if record.data_type == _SURVEY else names.categories
        category = known.get(record.category, "")
    slug = _NO_WORD.sub("-", category[:MAX_TAG].lower()).strip("-")
    return (f"usda:{slug}",) if slug else ()


def _portions(record: Record, names: _Names, per: Per) -> tuple[Portion, ...]:
    portions = [_portion_of_brand(record.brand, per)] if record.brand else []
    if per == "g":
        # Weights are of no use to a food whose nutrients are per 100 ml.
        portions += [_portion(cells, names) for cells in record.portions]
    by_name = {portion[0]: portion for portion in reversed(portions) if portion}
    return tuple(reversed(by_name.values()))


def _portion_of_brand(brand: Brand, per: Per) -> Portion | None:
    amount = _number(brand.serving_size)
    if amount is None or _unit(brand) not in (_VOLUME if per == "ml" else _MASS):
        return None
    name = line_of_text(brand.household_serving, MAX_PORTION_NAME) or servings.UNNAMED
    return (name, amount) if servings.is_plausible(amount) else None


def _portion(cells: tuple[str, ...], names: _Names) -> Portion | None:
    """A row of food_portion.csv. What it is called stands elsewhere in every kind of food."""
    weight, amount, unit, description, modifier = cells
    grams = _number(weight)
    if grams is None or not servings.is_plausible(grams) or description == _UNSPECIFIED:
        return None
    name = description.strip()
    if not name:
        measure = names.measure_units.get(unit, "").strip()
        words = [measure if measure != _UNDETERMINED else "", modifier.strip()]
        count = _number(amount)
        what = ", ".join(word for word in words if word)
        name = f"{1 if count is None else count:g} {what}" if what else ""
    return line_of_text(name, MAX_PORTION_NAME) or servings.UNNAMED, round(grams, 3)


def _number(cell: str) -> float | None:
    try:
        return amounts.number(cell)
    except ValueError:
        return None


def _date(cell: str) -> dt.datetime | None:
    """The beginning of a day in UTC, "2019-04-01" or, in older releases, "4/1/2019"."""
    try:
        if match := _AMERICAN.fullmatch(cell.strip()):
            month, day, year = map(int, match.groups())
            return dt.datetime(year, month, day, tzinfo=dt.UTC)
        return dt.datetime.combine(dt.date.fromisoformat(cell.strip()), dt.time(), dt.UTC)
    except ValueError:
        return None
