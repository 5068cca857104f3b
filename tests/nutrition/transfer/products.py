"""One spread of Open Food Facts, in the older and in the newer schema, for tests to change."""

from nutrition.transfer.off import read_product
from nutrition.transfer.readings import ReadFood, Rejected

SPREAD = {
    "energy-kcal_100g": 539, "energy-kj_100g": 2252, "energy_100g": 2252, "proteins_100g": 6.3,
    "carbohydrates_100g": 57.5, "sugars_100g": 56.3, "fat_100g": 30.9, "saturated-fat_100g": 10.6,
    "salt_100g": 0.107, "sodium_100g": 0.0428,
}  # fmt: skip
IN_SET = {
    "energy-kcal": {"value": 539, "unit": "kcal", "source": "packaging"},
    "energy-kj": {"value": 2252, "unit": "kJ", "source": "packaging"},
    "proteins": {"value": 6.3, "unit": "g", "source": "packaging"},
    "carbohydrates": {"value": 57.5, "unit": "g", "source": "packaging"},
    "sugars": {"value": 56.3, "unit": "g", "source": "packaging"},
    "fat": {"value": 30.9, "unit": "g", "source": "packaging"},
    "saturated-fat": {"value": 10.6, "unit": "g", "source": "packaging"},
    "salt": {"value": 0.107, "unit": "g", "source": "packaging"},
    "sodium": {"value": 0.0428, "unit": "g", "source": "packaging"},
}


def flat(nutriments: dict[str, object] | None = None, **fields: object) -> dict[str, object]:
    product = {"code": "3017620422003", "lang": "fr", "product_name": "Pâte à tartiner"}
    return product | {"nutriments": SPREAD | (nutriments or {})} | fields


def structured(
    nutrients: dict[str, object] | None = None,
    per: str = "100g",
    preparation: str = "as_sold",
    **fields: object,
) -> dict[str, object]:
    facts = {"per": per, "preparation": preparation, "nutrients": IN_SET | (nutrients or {})}
    product = {"code": "3017620422003", "lang": "fr", "product_name": "Pâte à tartiner"}
    return product | {"nutriments": {}, "nutrition": {"aggregated_set": facts}} | fields


def read(product: dict[str, object]) -> ReadFood:
    food = read_product(product)
    assert isinstance(food, ReadFood), food
    return food


def reason(product: dict[str, object]) -> str:
    rejected = read_product(product)
    assert isinstance(rejected, Rejected), rejected
    return rejected.reason
