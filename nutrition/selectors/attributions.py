"""Where the foods are from, and what their licences ask us to say."""

from typing import Any, Final, LiteralString

from nutrition.models import FoodSource
from users.keyset import fetch

# Foods of these sources have names there, and the index of those names answers at once.
_PRESENT: LiteralString = """
    SELECT asked.source FROM unnest(%(sources)s::text[]) AS asked (source)
    WHERE EXISTS (
        SELECT FROM nutrition_food f WHERE f.source = asked.source AND f.source_id <> ''
    )
"""
_NOTICES: Final = (
    {
        "source": FoodSource.STARTER.value,
        "name": "Numeneon",
        "licence": "MIT",
        "licence_url": "https://opensource.org/license/mit",
        "text": "The table of common foods that comes with Numeneon.",
        "url": "",
    },
    {
        "source": FoodSource.OPEN_FOOD_FACTS.value,
        "name": "Open Food Facts",
        "licence": "ODbL-1.0 AND DbCL-1.0",
        "licence_url": "https://opendatacommons.org/licenses/odbl/1-0/",
        "text": (
            "Contains information from Open Food Facts, which is made available under the "
            "Open Database License."
        ),
        "url": "https://world.openfoodfacts.org/",
    },
    {
        "source": FoodSource.USDA.value,
        "name": "USDA FoodData Central",
        "licence": "CC0-1.0",
        "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
        "text": (
            "U.S. Department of Agriculture, Agricultural Research Service. FoodData Central."
        ),
        "url": "https://fdc.nal.usda.gov/",
    },
)


def attributions() -> list[dict[str, Any]]:
    """What to say of each source of which the table of foods really holds some."""
    rows = fetch(_PRESENT, {"sources": [notice["source"] for notice in _NOTICES]})
    present = {row["source"] for row in rows}
    return [dict(notice) for notice in _NOTICES if notice["source"] in present]
