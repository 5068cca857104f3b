"""Which foods a list or a search is about, as SQL conditions on a food ``f``."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString, Self

from nutrition.selectors.recents import first_recent_day
from users.keyset import given


@dataclass(frozen=True)
class FoodFilter:
    """Which foods; None does not narrow.

    ``category`` is a slug and means its whole branch. ``archived`` foods are the person's own.
    """

    q: str | None = None
    category: str | None = None
    source: str | None = None
    is_custom: bool | None = None
    verified: bool | None = None
    is_favorite: bool | None = None
    is_recipe: bool | None = None
    archived: bool | None = None
    updated_since: datetime | None = None

    @property
    def where(self) -> str:
        return " AND ".join(["true", *(_CONDITIONS[name] for name in self._narrows)])

    @property
    def parameters(self) -> dict[str, Any]:
        """What the conditions here need, but for ``user``."""
        values = {name: given(self)[name] for name in self._narrows}
        return {**values, "since": first_recent_day()}

    @property
    def personal(self) -> LiteralString | None:
        """The few foods that the person made or chose."""
        if self.archived:
            return _OWN_ARCHIVED
        if self.is_favorite:
            return _FAVORITE
        return None if self.is_custom is False else _OWN

    @property
    def weights(self) -> tuple[int, ...]:
        """Of the shared foods, those of which search_weight can be among them."""
        if self.is_custom or self.is_favorite or self.is_recipe or self.archived:
            return ()
        return CHECKED if self.verified else (*CHECKED, *OTHERS)

    @property
    def shape(self) -> Self:
        """One for all filters that give the same SQL."""
        values: dict[str, Any] = dict.fromkeys(_VALUES & given(self).keys(), "")
        return replace(self, q=None, **values)

    @property
    def _narrows(self) -> list[str]:
        return [name for name in given(self) if name in _CONDITIONS]


# Which value these have makes no other SQL.
_VALUES: Final = frozenset({"category", "source", "updated_since"})
# What search_weight says of a shared food.
CHECKED: Final = (0, 1)
OTHERS: Final = (2, 3)
SHARED: Final[LiteralString] = "f.created_by_id IS NULL AND NOT f.is_archived"
# What the person ate lately, of the shared foods.
LATELY: Final[LiteralString] = f"""
    {SHARED} AND f.id = ANY(ARRAY(
        SELECT DISTINCT food_id FROM (
            SELECT food_id FROM nutrition_mealentry
            WHERE user_id = %(user)s AND date >= %(since)s
            ORDER BY date DESC, time DESC, id DESC LIMIT 1000
        ) lately
    ))
"""  # noqa: S608 - our own column names
_OWN: Final[LiteralString] = "f.created_by_id = %(user)s AND NOT f.is_archived"
_OWN_ARCHIVED: Final[LiteralString] = "f.created_by_id = %(user)s AND f.is_archived"
_FAVORITE: Final[LiteralString] = """
    f.id = ANY(ARRAY(SELECT food_id FROM nutrition_favoritefood WHERE user_id = %(user)s))
    AND (f.created_by_id IS NULL OR f.created_by_id = %(user)s) AND NOT f.is_archived
"""
_CONDITIONS: Final[dict[str, LiteralString]] = {
    "category": """
        f.category_id = ANY(ARRAY(
            SELECT c.id FROM nutrition_foodcategory top
            JOIN nutrition_foodcategory c
                ON c.tree_id = top.tree_id AND c.lft BETWEEN top.lft AND top.rgt
            WHERE top.slug = %(category)s
        ))
    """,
    "source": "f.source = %(source)s",
    "is_custom": "f.is_custom = %(is_custom)s",
    "verified": "f.verified = %(verified)s",
    "is_favorite": """
        %(is_favorite)s = EXISTS (
            SELECT FROM nutrition_favoritefood x
            WHERE x.user_id = %(user)s AND x.food_id = f.id
        )
    """,
    "is_recipe": "(f.source = 'recipe') = %(is_recipe)s",
    "updated_since": "f.updated_at >= %(updated_since)s",
}
