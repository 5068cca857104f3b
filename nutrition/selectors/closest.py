"""The food that a name most likely means."""

from collections.abc import Sequence
from typing import Any, Final, LiteralString
from uuid import UUID

from nutrition.selectors.branches import Branch, of_checked, of_others, of_spelling, tables_of
from nutrition.selectors.foods import FOOD_COLUMNS, FOOD_PARTS, shown_food
from nutrition.selectors.matching import EXACT, Asked
from nutrition.selectors.narrowing import SHARED, FoodFilter
from users.keyset import fetch

_CLOSEST: LiteralString = """
    SELECT {food}, label.number
    FROM unnest(%(q)s::text[], {arrays}) WITH ORDINALITY AS label (q, {columns}, number)
    CROSS JOIN LATERAL (
        WITH {asked}, {tables} SELECT id FROM ({branches}) match LIMIT 1
    ) match
    JOIN nutrition_food food ON food.id = match.id {parts}
"""
_WORD: Final = "word{n}"
# A table of foods says "Tomatoes, raw" of what everybody calls a tomato.
_PLAINLY: LiteralString = f"""
    {SHARED} AND f.search_weight <= 1 AND f.search_name IN (
        SELECT unnest(ARRAY[q || 's', q || 'es', q || ' raw', q || 's raw', q || 'es raw'])
        FROM asked
    )
"""  # noqa: S608 - our own column names


def closest_foods(labels: Sequence[str], user_id: UUID) -> dict[str, dict[str, Any] | None]:
    """For each label the food that it names best, or None: one query for all of them.

    The person's own food of that very name, then of the shared ones those of which it is the
    plain form, that are called so, begin so, or have its words, all checked ones before the
    others; and last, similar spelling.
    """
    asked = {label: words for label in labels if (words := Asked.of(label).words)}
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(labels)
    if not asked:
        return found
    most = max(map(len, asked.values()))
    # Whoever has fewer words repeats the last one, which changes nothing.
    padded = [(*words, *words[-1:] * (most - len(words))) for words in asked.values()]
    names = [_WORD.format(n=n) for n in range(most)]
    arrays = dict(zip(names, map(list, zip(*padded, strict=True)), strict=True))
    sql = _CLOSEST.format(
        food=FOOD_COLUMNS,
        parts=FOOD_PARTS,
        columns=", ".join(names),
        arrays=", ".join(f"%({name})s::text[]" for name in names),
        asked=Asked.any_of(most).cte("label.{name}"),
        tables=tables_of(Asked.any_of(most), SHARED),
        branches=" UNION ALL ".join(_branches(Asked.any_of(most))),
    )
    q = [" ".join(words) for words in asked.values()]
    named = list(asked)
    for row in fetch(sql, {"user": user_id, "limit": 1, "q": q, **arrays}):
        found[named[row.pop("number") - 1]] = shown_food(row)
    return found


def _branches(asked: Asked) -> list[str]:
    own = Branch(0, 0, 0, "0", f"{FoodFilter().personal} AND {EXACT}")
    plain = Branch(0, 0, 0, "0", _PLAINLY)
    found = [own, plain, *of_checked(), *of_others(SHARED), *of_spelling(asked, SHARED)]
    return [sql for branch in found if (sql := branch.sql(None))]
