"""Foods by name, and by what somebody types, in a table of any size.

A search is a row of branches, each a kind of match, from the best kind on. PostgreSQL reads one
after the other and stops when the page is full, so that the dear kinds are only looked for where
the cheap ones found too little. The text of the query depends only on how many words there are
and which filters: it is planned once, and each branch repeats the conditions of its index.
"""

from functools import lru_cache
from typing import LiteralString
from uuid import UUID

from nutrition.selectors.branches import branches, shared_where, tables_of
from nutrition.selectors.foods import FOOD_COLUMNS, FOOD_PARTS, shown_food
from nutrition.selectors.matching import Asked
from nutrition.selectors.narrowing import LATELY, SHARED, FoodFilter
from users.keyset import Page, Place, SqlList, fetch

# It need not be said that the rows of a UNION ALL come in its order, but they do, where the parts
# have a limit: those run neither at once nor before they must.
_SEARCH: LiteralString = """
    WITH {asked}, personal AS MATERIALIZED ({personal}) {tables}
    SELECT {food}, match.match_tier, match.match_score, match.sort_name
    FROM (SELECT * FROM ({branches}) match LIMIT %(limit)s) match
    JOIN nutrition_food food ON food.id = match.id {parts}
    ORDER BY match.match_tier, match.match_score, match.sort_name, match.id
"""
_PERSONAL: LiteralString = """
    SELECT f.id, f.search_name, f.search_text FROM nutrition_food f WHERE {which} AND {where}
"""
# The first rows of each part by name, which is how its index has them, and of these the first.
_BY_NAME: LiteralString = """
    SELECT {food}, f.search_name AS sort_name
    FROM (SELECT * FROM ({parts_by_name}) f ORDER BY {{order}} LIMIT %(limit)s) f
    JOIN nutrition_food food ON food.id = f.id {parts} ORDER BY {{order}}
"""
_PART_BY_NAME: LiteralString = """
    (SELECT f.id, f.search_name FROM nutrition_food f
    WHERE {which} AND {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s)
"""


def food_page(user_id: UUID, narrowed: FoodFilter, size: int, place: Place | None) -> Page:
    """Foods that the person may see: by name, or the best matches of ``q`` first.

    A row has what places it: ``sort_name`` and ``id``; in a search before these ``match_tier``
    and ``match_score``. A text without letters and digits finds nothing.
    """
    if not (narrowed.personal or narrowed.weights):
        return Page([], more=False)
    if narrowed.q is None:
        return _by_name(user_id, narrowed, size, place)
    asked = Asked.of(narrowed.q)
    return _search(user_id, asked, narrowed, size, place) if asked.words else Page([], more=False)


def _by_name(user_id: UUID, narrowed: FoodFilter, size: int, place: Place | None) -> Page:
    sources = [f"{SHARED} AND f.search_weight = {weight}" for weight in narrowed.weights]
    if narrowed.personal:
        sources.append(narrowed.personal)
    listed = SqlList(
        source=_BY_NAME.format(
            food=FOOD_COLUMNS,
            parts=FOOD_PARTS,
            parts_by_name=" UNION ALL ".join(_PART_BY_NAME.format(which=w) for w in sources),
        ),
        key=(("f.search_name", "text"), ("f.id", "uuid")),
        descending=False,
    )
    page = listed.page(
        where=[narrowed.where],
        parameters={"user": user_id, **narrowed.parameters},
        size=size,
        place=place,
    )
    return Page([shown_food(row) for row in page.rows], more=page.more)


def _search(
    user_id: UUID, asked: Asked, narrowed: FoodFilter, size: int, place: Place | None
) -> Page:
    if place is None:
        sql = _first_page_sql(asked.shape, narrowed.shape)
    else:
        sql = _search_sql(asked, narrowed, place)
    if not sql:
        return Page([], more=False)
    values = {"user": user_id, "limit": size + 1, **asked.parameters, **narrowed.parameters}
    if place is not None:
        _, values["key_score"], values["key_name"], values["key_id"] = place.key
    rows = [shown_food(row) for row in fetch(sql, values)]
    more = len(rows) > size
    backwards = place is not None and place.backwards
    return Page(rows[-size:] if backwards else rows[:size], more=more)


@lru_cache(maxsize=1024)
def _first_page_sql(asked: Asked, narrowed: FoodFilter) -> str:
    # To write it, and to read what it is indented with, takes longer than to search by it.
    return " ".join(_search_sql(asked, narrowed, None).split())


def _search_sql(asked: Asked, narrowed: FoodFilter, place: Place | None) -> str:
    """Empty where nothing can lie beyond the place."""
    possible = (branch.sql(place) for branch in branches(asked, narrowed))
    wanted = [sql for sql in possible if sql is not None]
    if not wanted:
        return ""
    backwards = place is not None and place.backwards
    return _SEARCH.format(
        asked=asked.cte(),
        personal=_personal(narrowed),
        tables=f", {tables_of(asked, shared_where(narrowed))}" if narrowed.weights else "",
        food=FOOD_COLUMNS,
        parts=FOOD_PARTS,
        branches=" UNION ALL ".join(wanted[::-1] if backwards else wanted),
    )


def _personal(narrowed: FoodFilter) -> str:
    """What stands before all others: what the person made or chose, and what they ate lately."""
    which = [narrowed.personal] if narrowed.personal else []
    if narrowed.weights:
        which.append(LATELY)
    return " UNION ALL ".join(_PERSONAL.format(which=w, where=narrowed.where) for w in which)
