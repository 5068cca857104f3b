"""Files of foods as Open Food Facts and USDA write them, of any length, with known faults.

``python -m tests.nutrition.transfer.foods FILE [ROWS]`` writes a dump of Open Food Facts, 50,000
rows of which 2 % are bad, and says how many for which reason: JSON lines of both schemas, or what
goes by the name of CSV where the file's name has that; compressed where it ends in ".gz".
"""

import csv
import gzip
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from nutrition.gtin import check_digit
from nutrition.transfer.readings import Reason

FIRST_CHANGE = 1_700_000_000

# Name, category, and protein, carbohydrates, sugar, fat, saturated fat, fiber, salt in grams.
KINDS = (
    ("Oat flakes", "en:cereals", 13.5, 58.7, 0.7, 7.0, 1.3, 10.0, 0.01),
    ("Whole milk", "en:milks", 3.4, 4.8, 4.8, 3.6, 2.4, None, 0.1),
    ("Crème fraîche", "en:dairies", 2.4, 2.9, 2.9, 30.0, 20.0, None, 0.1),
    ("Chocolat noir 70 %", "en:chocolates", 9.5, 34.0, 29.0, 41.0, 24.0, 12.0, 0.02),
    ("Chicken breast", "en:meats", 23.0, 0.0, 0.0, 1.5, 0.5, 0.0, 0.2),
    ("Kichererbsen", "en:legumes", 7.2, 16.0, 0.5, 2.6, 0.3, 5.5, 0.5),
    ("Peanut butter", "en:spreads", 26.0, 12.0, 6.0, 51.0, 8.0, 7.0, 0.9),
    ("Rye bread", "en:breads", 5.8, 45.0, 3.0, 1.1, 0.2, 8.0, 1.2),
    ("Orange juice", "en:juices", 0.7, 9.0, 8.9, 0.1, 0.0, 0.2, None),
    ("Olive oil", "en:oils", 0.0, 0.0, 0.0, 100.0, 14.0, 0.0, 0.0),
    ("Cola", "en:sodas", 0.0, 10.6, 10.6, 0.0, 0.0, None, 0.0),
    ("Water", "en:waters", 0.0, 0.0, None, 0.0, None, None, None),
)
BRANDS = ("Old Mill", "Ana & Co", "Fjällgård", "La Vache", "Sun's Best")
SERVINGS = ("30 g", "2 slices (56 g)", "1 cup (240 ml)", "100g", "", "1 portion (12,5 g)")
KEYS = ("proteins", "carbohydrates", "sugars", "fat", "saturated-fat", "fiber", "salt")


@dataclass
class Label:
    """What a package says, before a schema gives it its form; amounts are as of the schema."""

    code: str
    name: str
    brand: str
    category: str
    serving: str
    changed: int
    amounts: dict[str, object]


def a_label(number: int) -> Label:
    name, category, *grams = KINDS[number % len(KINDS)]
    amounts = {key: amount for key, amount in zip(KEYS, grams, strict=True) if amount is not None}
    protein, carbs, _, fat, _, fiber, _ = (amount or 0 for amount in grams)
    kcal = 4 * protein + 4 * carbs + 9 * fat + 2 * fiber
    energies = {"energy-kcal": round(kcal), "energy-kj": round(kcal * 4.184)}
    body = f"40{number:010d}"
    return Label(
        code=body + check_digit(body),
        name=f"{name} No. {number}",
        brand=BRANDS[number % len(BRANDS)],
        category=category,
        serving=SERVINGS[number % len(SERVINGS)],
        changed=FIRST_CHANGE + number,
        amounts=energies | amounts,
    )


def _set(label: Label, **amounts: object) -> None:
    label.amounts |= {key.replace("_", "-"): amount for key, amount in amounts.items()}


def _drop(label: Label, *keys: str) -> None:
    for key in keys:
        label.amounts.pop(key, None)


def _wrong_check_digit(label: Label) -> None:
    label.code = label.code[:-1] + str((int(label.code[-1]) + 1) % 10)


def _rename(label: Label, **texts: str) -> None:
    for field, text in texts.items():
        setattr(label, field, text)


SPOILERS: dict[Reason, Callable[[Label], None]] = {
    "no_barcode": lambda label: _rename(label, code=""),
    "bad_barcode": lambda label: _rename(label, code="none-1"),
    "bad_check_digit": _wrong_check_digit,
    "no_name": lambda label: _rename(label, name=" – "),
    "no_nutrition": lambda label: label.amounts.clear(),
    "no_energy": lambda label: _drop(label, "energy-kcal", "energy-kj"),
    "no_protein": lambda label: _drop(label, "proteins"),
    "no_carbs": lambda label: _drop(label, "carbohydrates"),
    "no_fat": lambda label: _drop(label, "fat"),
    "not_a_number": lambda label: _set(label, fat="about 3"),
    "negative": lambda label: _set(label, proteins=-1),
    "energy_swapped": lambda label: _set(label, energy_kcal=1000, energy_kj=239),
    "energy_units_disagree": lambda label: _set(label, energy_kcal=300, energy_kj=300),
    "too_much_energy": lambda label: _set(label, energy_kcal=1200, energy_kj=5021),
    "energy_unlike_macros": lambda label: _set(
        label, proteins=20, carbohydrates=35, fat=42, energy_kcal=25, energy_kj=105
    ),
    "above_100_g": lambda label: _set(label, fiber=101),
    "macros_above_105_g": lambda label: _set(
        label, proteins=45, carbohydrates=35, fat=45, energy_kcal=725, energy_kj=3033
    ),
    "saturated_above_fat": lambda label: _set(label, fat=1, saturated_fat=2),
    "sugar_above_carbs": lambda label: _set(label, carbohydrates=1, sugars=2),
}


def labels(
    count: int, bad_share: float = 0.02, *, first: int = 0
) -> Iterator[tuple[Label, Reason | None]]:
    """Each label with the reason to reject it, for exactly this share, evenly spread."""
    bad = round(count * bad_share)
    reasons = tuple(SPOILERS)
    for number in range(count):
        before, after = number * bad // count, (number + 1) * bad // count
        label = a_label(first + number)
        if before == after:
            yield label, None
        else:
            reason = reasons[before % len(reasons)]
            SPOILERS[reason](label)
            yield label, reason


def flat(label: Label) -> dict[str, object]:
    """The product in the older schema of Open Food Facts."""
    nutriments: dict[str, object] = {}
    for key, amount in label.amounts.items():
        unit = {"energy-kcal": "kcal", "energy-kj": "kJ"}.get(key, "g")
        nutriments |= {f"{key}_100g": amount, f"{key}_value": amount, f"{key}_unit": unit}
    if "energy-kj" in label.amounts:
        # In kJ, whatever its unit says.
        nutriments |= {"energy_100g": label.amounts["energy-kj"], "energy_unit": "kcal"}
    return {
        "code": label.code,
        "lang": "de",
        "product_name": label.name,
        "brands": label.brand,
        "categories_tags": ["en:foods", label.category],
        "serving_size": label.serving,
        "last_modified_t": label.changed,
        "nutrition_data_per": "100g",
        "nutriments": nutriments,
    }


def structured(label: Label) -> dict[str, object]:
    """The product in the newer schema of Open Food Facts."""
    units = {"energy-kcal": "kcal", "energy-kj": "kJ"}
    nutrients = {
        key: {
            "value": amount,
            "unit": units.get(key, "g"),
            "source": "packaging",
            "source_index": 0,
            "source_per": "100g",
        }
        for key, amount in label.amounts.items()
    }
    aggregated = {"per": "100g", "preparation": "as_sold", "nutrients": nutrients}
    return {
        "code": label.code,
        "lang": "de",
        "schema_version": 1003,
        "product_type": "food",
        "product_name": label.name,
        "brands": label.brand,
        "brands_tags": ["xx:" + label.brand.lower().replace(" ", "-")],
        "categories_tags": ["en:foods", label.category],
        "serving_size": label.serving,
        "last_modified_t": label.changed,
        "nutriments": {},
        "nutrition": {"input_sets": [], "aggregated_set": aggregated if nutrients else None},
    }


def jsonl_lines(count: int, bad_share: float = 0.02, *, first: int = 0) -> Iterator[bytes]:
    for number, (label, _) in enumerate(labels(count, bad_share, first=first)):
        yield orjson.dumps(structured(label) if number % 2 else flat(label)) + b"\n"


COLUMNS = (
    "code", "url", "product_name", "brands", "brands_tags", "categories_tags", "serving_size",
    "last_modified_t", "energy-kj_100g", "energy-kcal_100g", "energy_100g",
    *(f"{key}_100g" for key in KEYS),
)  # fmt: skip


def csv_lines(count: int, bad_share: float = 0.02) -> Iterator[bytes]:
    yield a_csv_line(COLUMNS)
    for label, _ in labels(count, bad_share):
        product = flat(label)
        cells = product | product["nutriments"]
        cells["categories_tags"] = ",".join(product["categories_tags"])
        cells["url"] = f"https://world.openfoodfacts.org/product/{label.code}"
        yield a_csv_line([str(cells.get(column, "")) for column in COLUMNS])


def a_csv_line(cells: list[str] | tuple[str, ...]) -> bytes:
    return "\t".join(cells).encode() + b"\n"


def reasons(count: int, bad_share: float = 0.02) -> Counter[Reason]:
    """For which reasons how many of so many rows are bad."""
    return Counter(reason for _, reason in labels(count, bad_share) if reason)


CHICKEN = {"1008": 165, "1003": 31.02, "1004": 3.57, "1005": 0, "1079": 0, "1093": 74}
CHICKPEA_FLOUR = {"1008": 387, "1003": 22.39, "1004": 6.69, "1005": 57.82, "1079": 10.8}


@dataclass
class UsdaFood:
    """One food of a made-up download; portions and brand are cells by column."""

    fdc_id: int
    name: str
    nutrients: dict[str, object]
    kind: str = "sr_legacy_food"
    category: str = ""
    portions: tuple[dict[str, object], ...] = ()
    brand: dict[str, object] | None = None


NUTRIENT_LIST = (
    ("1008", "Energy", "KCAL", "208"), ("2047", "Energy (Atwater General Factors)", "KCAL", "957"),
    ("2048", "Energy (Atwater Specific Factors)", "KCAL", "958"), ("1062", "Energy", "kJ", "268"),
    ("1003", "Protein", "G", "203"), ("1004", "Total lipid (fat)", "G", "204"),
    ("1005", "Carbohydrate, by difference", "G", "205"), ("1093", "Sodium, Na", "MG", "307"),
    ("1079", "Fiber, total dietary", "G", "291"), ("1178", "Vitamin B-12", "UG", "418"),
    ("1089", "Iron, Fe", "MG", "303.0"), ("2000", "Sugars, Total", "G", "269"),
)  # fmt: skip


def write_usda(folder: Path, foods: list[UsdaFood], *, scattered: bool = False) -> Path:
    """A download with these foods; the amounts of a food stand together, unless scattered."""
    amounts = [
        (str(food.fdc_id), nutrient, str(amount))
        for food in foods
        for nutrient, amount in food.nutrients.items()
    ]
    if scattered:
        # All first nutrients, then all second ones, from the last food to the first.
        amounts = [row for start in range(7) for row in amounts[::-1][start::7]]
    write_table(
        folder / "food.csv",
        ("fdc_id", "data_type", "description", "food_category_id", "publication_date"),
        [(food.fdc_id, food.kind, food.name, food.category, "2019-04-01") for food in foods],
    )
    write_table(
        folder / "food_nutrient.csv",
        ("id", "fdc_id", "nutrient_id", "amount", "data_points", "footnote"),
        [(at, *cells, "", "") for at, cells in enumerate(amounts)],
    )
    write_table(
        folder / "nutrient.csv", ("id", "name", "unit_name", "nutrient_nbr"), NUTRIENT_LIST
    )
    portions = [{"fdc_id": food.fdc_id} | cells for food in foods for cells in food.portions]
    brands = [{"fdc_id": food.fdc_id} | food.brand for food in foods if food.brand is not None]
    write_records(folder / "food_portion.csv", portions)
    write_records(folder / "branded_food.csv", brands)
    return folder


def write_table(path: Path, header: tuple[str, ...], rows: list | tuple) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *rows])


def write_records(path: Path, records: list[dict[str, object]]) -> None:
    header = tuple(dict.fromkeys(column for record in records for column in record))
    if header:
        rows = [[record.get(column, "") for column in header] for record in records]
        write_table(path, header, rows)


def opened(path: Path) -> BinaryIO:
    return gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb")


def main(path: Path, count: int = 50_000) -> None:
    lines = csv_lines if ".csv" in path.suffixes else jsonl_lines
    with opened(path) as file:
        file.writelines(lines(count))
    for reason, number in sorted(reasons(count).items()):
        sys.stdout.write(f"{number:6} {reason}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
