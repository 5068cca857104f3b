"""The dumps of Open Food Facts: one product per line, as JSON or between tabs."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

import orjson

from nutrition import gtin
from nutrition.transfer import amounts, servings
from nutrition.transfer.lines import Lines
from nutrition.transfer.off_nutrition import Product, content_of, is_prepared, per_of_nutrition
from nutrition.transfer.quality import EXEMPT_TAGS, accepted
from nutrition.transfer.readings import (
    LICENCES,
    MAX_BRAND,
    MAX_NAME,
    MAX_TAG,
    MAX_TAGS,
    Per,
    Portion,
    ReadFood,
    Rejected,
    Unusable,
)
from nutrition.transfer.texts import line_of_text
from nutrition.transfer.trust import Background, Barcode, trust

LANGUAGE: Final = "en"

_NAME_KEY: Final = re.compile(r"product_name_[a-z]{2}")
_VOLUME: Final = frozenset({"ml", "cl", "dl", "l"})
_YEAR_2100: Final = 4_102_444_800
_COLUMNS: Final = frozenset({
    "code", "product_name", "generic_name", "brands", "brands_tags", "categories_tags",
    "quantity", "product_quantity", "product_quantity_unit",
    "serving_size", "serving_quantity", "serving_quantity_unit",
    "last_modified_t", "nutrition_data_per", "data_quality_errors_tags", "product_type",
})  # fmt: skip
_NUTRIMENTS: Final = ("_100g", "_modifier")
# Of each of these a file must have one column.
_NEEDED: Final = (
    ("code",),
    ("product_name",),
    ("energy-kcal_100g", "energy-kj_100g", "energy_100g"),
    ("proteins_100g",),
    ("carbohydrates_100g", "carbohydrates-total_100g"),
    ("fat_100g",),
)


class Products(Iterator[ReadFood | Rejected]):
    """The products of a file as one iterates, one for each line that says something.

    ``line`` and ``offset`` tell how far it is: giving them as ``start_line`` and ``start_offset``
    to the function that made this continues behind the last product that was given.
    """

    def __init__(self, lines: Lines, product_of: Callable[[bytes], Product]) -> None:
        self._lines, self._product_of = lines, product_of

    @property
    def line(self) -> int:
        return self._lines.line

    @property
    def offset(self) -> int:
        return self._lines.offset

    def __next__(self) -> ReadFood | Rejected:
        line = next(self._lines)
        if isinstance(line, Unusable):
            return line.at(self.line)
        try:
            product = self._product_of(line)
        except Unusable as unusable:
            return unusable.at(self.line)
        return read_product(product, self.line)


def read_jsonl(file: BinaryIO, *, start_offset: int = 0, start_line: int = 0) -> Products:
    """The products of a dump with a JSON object on each line, in either schema.

    The file must be seekable, and may be compressed by gzip. In little memory; never raises for
    what the file contains.
    """
    lines = Lines(file)
    lines.go_to(start_offset, start_line)
    return Products(lines, _from_json)


def read_csv(file: BinaryIO, *, start_offset: int = 0, start_line: int = 0) -> Products:
    """As ``read_jsonl``, of a dump with columns: between tabs, despite its name, and no quotes.

    Where the first line does not name the columns that are needed, that is all there is.
    """
    lines = Lines(file)
    columns = _columns_of(lines)
    lines.go_to(start_offset, start_line)
    return Products(lines, columns.product_of)


def read_product(product: Product, line: int = 0) -> ReadFood | Rejected:
    """One product, as the dumps or the API of Open Food Facts have it."""
    code = _code(product)
    try:
        return _food(product, code, line)
    except Unusable as unusable:
        return unusable.at(line, line_of_text(code, 32))


def _from_json(line: bytes) -> Product:
    try:
        product = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Unusable("bad_line", "The line is no JSON.") from error
    if not isinstance(product, dict):
        raise Unusable("bad_line", "The line is no JSON object.")
    return product


class _Columns:
    """Which cell of a line says what, by the names in the first line."""

    def __init__(self, names: list[str]) -> None:
        self._width = len(names)
        self._fields = [(at, name) for at, name in enumerate(names) if name in _COLUMNS]
        self._nutriments = [
            (at, name) for at, name in enumerate(names) if name.endswith(_NUTRIMENTS)
        ]

    def product_of(self, line: bytes) -> Product:
        # Text that is not UTF-8 is some words of a name at most; the numbers are good.
        cells = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
        if len(cells) != self._width:
            message = f"The line has {len(cells)} cells, and the first one has {self._width}."
            raise Unusable("wrong_number_of_cells", message)
        product: Product = {name: cells[at] for at, name in self._fields if cells[at]}
        product["nutriments"] = {name: cells[at] for at, name in self._nutriments if cells[at]}
        return product


def _columns_of(lines: Lines) -> _Columns:
    """The columns of a file, whose lines end with an Unusable where its first names too few."""
    first = next(lines, b"")
    if isinstance(first, Unusable):
        lines.end_with(first)
        return _Columns([])
    names = [name.strip().lower() for name in first.decode("utf-8", "replace").split("\t")]
    missing = [needed[0] for needed in _NEEDED if not set(needed) & set(names)]
    if missing:
        message = f"The first line does not name these columns: {', '.join(missing)}."
        lines.end_with(Unusable("unknown_columns", message))
    return _Columns(names)


def _code(product: Product) -> str:
    code = product.get("code") or product.get("_id")
    return code if isinstance(code, str) else str(code) if type(code) is int else ""


def _food(product: Product, code: str, line: int) -> ReadFood:
    if product.get("product_type") not in (None, "", "food"):
        raise Unusable("not_food", "It is a product of another kind than food.")
    number, barcode = _barcode(code)
    name = _name(product)
    tags = _tags(product.get("categories_tags"))
    content = content_of(product)
    nutrients, estimated = accepted(content, is_exempt=not EXEMPT_TAGS.isdisjoint(tags))
    background = Background(
        origin="crowd_sourced",
        barcode=barcode,
        is_prepared=is_prepared(product),
        has_reported_errors=bool(product.get("data_quality_errors_tags")),
    )
    score, facts = trust(nutrients, estimated, content, background)
    per = _per(product)
    return ReadFood(
        line=line,
        source="open_food_facts",
        source_id=gtin.open_food_facts_form(code) or code,
        gtin=number,
        name=name,
        brand=_brand(product),
        nutrients=nutrients,
        per=per,
        portions=_portions(product, per),
        category_tags=tags,
        licence=LICENCES["open_food_facts"],
        estimated=estimated,
        modified_at=_modified_at(product),
        trust=score,
        trust_facts=facts,
    )


def _barcode(code: str) -> tuple[str, Barcode]:
    if not code:
        raise Unusable("no_barcode", "It has no code.")
    try:
        number = gtin.gtin14(code)
    except gtin.NotAGtin as error:
        raise Unusable(error.code, error.message) from error
    return number, "internal" if gtin.is_internal(number) else "valid"


def _name(product: Product) -> str:
    """The name in English, else in the product's own language, else in any other."""
    language = product.get("lang") or product.get("lc") or LANGUAGE
    for key in (f"product_name_{LANGUAGE}", f"product_name_{language}", "product_name"):
        if name := _line(product.get(key)):
            return name
    others = sorted(key for key in product if _NAME_KEY.fullmatch(key))
    generic = (f"generic_name_{LANGUAGE}", f"generic_name_{language}", "generic_name")
    for key in (*others, *generic):
        if name := _line(product.get(key)):
            return name
    raise Unusable("no_name", "It has no name.")


def _line(value: object) -> str:
    """A name; empty where it has neither a letter nor a digit."""
    name = line_of_text(value, MAX_NAME)
    return name if any(map(str.isalnum, name)) else ""


def _brand(product: Product) -> str:
    """Its brands, each once: text between commas, a list, or entries of a taxonomy."""
    brands = product.get("brands") or product.get("brands_tags")
    if isinstance(brands, str):
        brands = brands.split(",")
    if not isinstance(brands, list):
        return ""
    names = dict.fromkeys(_brand_name(brand) for brand in brands[:MAX_TAGS])
    return line_of_text(", ".join(name for name in names if name), MAX_BRAND)


def _brand_name(brand: object) -> str:
    name = line_of_text(brand, MAX_BRAND)
    if name.startswith("xx:"):
        # Of the taxonomy there is only "xx:old-mill"; capitals are a guess, and the best one.
        return name.removeprefix("xx:").replace("-", " ").title()
    return name


def _tags(tags: object) -> tuple[str, ...]:
    if isinstance(tags, str):
        tags = tags.split(",")
    if not isinstance(tags, list):
        return ()
    lines = (line_of_text(tag, MAX_TAG) for tag in tags[:MAX_TAGS])
    return tuple(dict.fromkeys(line for line in lines if line))


def _per(product: Product) -> Per:
    """What its nutrients are stated for 100 of.

    Flat facts of a drink say "100g" as well: then how its package and its servings are measured
    tells.
    """
    if per := per_of_nutrition(product):
        return per
    for unit_key, text_key in (
        ("product_quantity_unit", "quantity"),
        ("serving_quantity_unit", "serving_size"),
    ):
        unit, text = product.get(unit_key), product.get(text_key)
        if isinstance(unit, str) and unit:
            return "ml" if unit.lower() in _VOLUME else "g"
        if isinstance(text, str) and (found := servings.measures(text)):
            return found[0].per
    return "g"


def _portions(product: Product, per: Per) -> tuple[Portion, ...]:
    text = product.get("serving_size")
    if isinstance(text, str) and (portion := servings.serving(text, per)):
        return (portion,)
    try:
        amount = amounts.number(product.get("serving_quantity"))
    except ValueError:
        return ()
    unit = product.get("serving_quantity_unit") or per
    if amount is None or unit != per or not servings.is_plausible(amount):
        return ()
    return ((servings.UNNAMED, amount),)


def _modified_at(product: Product) -> dt.datetime | None:
    try:
        seconds = amounts.number(product.get("last_modified_t"))
    except ValueError:
        return None
    if seconds is None or not 0 < seconds < _YEAR_2100:
        return None
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
