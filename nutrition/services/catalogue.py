"""The foods that a fresh machine has, their categories, and what sources call those."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection, transaction

from nutrition.models import Food, FoodSource
from nutrition.services import imports_rows
from nutrition.services.recipes import refresh_recipes
from nutrition.transfer.amounts import MG_PER_G
from nutrition.transfer.quality import Content, accepted
from nutrition.transfer.trust import Background, trust
from users.ids import uuid7
from users.keyset import fetch

CATALOGUE: Final = Path(__file__).resolve().parents[1] / "catalogue"

_LOCK: Final = 0x666F6F6473  # of this catalogue, among the database's advisory locks
_GRAMS: Final = ("protein", "total_carbs", "fat", "fiber", "sugar", "saturated_fat", "salt")
# The order of a branch is by name, as the tree itself keeps it.
_STORE_NODES = """
    INSERT INTO nutrition_foodcategory (id, slug, name, tree_id, lft, rgt, depth)
    SELECT * FROM jsonb_to_recordset(%(nodes)s::jsonb)
        AS n (id uuid, slug text, name text, tree_id int, lft int, rgt int, depth int)
    ON CONFLICT (id) DO UPDATE
    SET (slug, name, tree_id, lft, rgt, depth) = (excluded.slug, excluded.name,
        excluded.tree_id, excluded.lft, excluded.rgt, excluded.depth)
"""
_STORE_TAGS = """
    INSERT INTO nutrition_categorytag (id, tag, category_id)
    SELECT n.id, n.tag, c.id
    FROM jsonb_to_recordset(%(tags)s::jsonb) AS n (id uuid, tag text, slug text)
    JOIN nutrition_foodcategory c ON c.slug = n.slug
    LEFT JOIN nutrition_categorytag t ON t.tag = n.tag
    WHERE t.category_id IS DISTINCT FROM c.id
    ON CONFLICT (tag) DO UPDATE SET category_id = excluded.category_id
    RETURNING nutrition_categorytag.id = ANY(%(ids)s) AS is_new
"""
# What no import of another source says, and nobody is shown.
_STORE_NAMES = """
    UPDATE nutrition_food f
    SET also_called = n.also_called, is_staple = n.is_staple
    FROM jsonb_to_recordset(%(names)s::jsonb)
        AS n (source_id text, also_called text, is_staple boolean)
    WHERE f.source = 'starter' AND f.source_id = n.source_id
        AND (f.also_called, f.is_staple) IS DISTINCT FROM (n.also_called, n.is_staple)
    RETURNING f.id
"""


@dataclass(frozen=True)
class Loaded:
    """What a load did: so many are now as the files have them."""

    foods: int
    categories: int
    tags: int
    added: int
    changed: int

    def __str__(self) -> str:
        return (
            f"{self.foods} foods, {self.categories} categories and {self.tags} tags:"
            f" {self.added} added, {self.changed} changed"
        )


@dataclass(slots=True)
class _Node:
    """A category and its place in the tree."""

    id: UUID
    slug: str
    name: str
    tree_id: int = 0
    lft: int = 0
    rgt: int = 0
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A category as the file has it."""

    slug: str
    name: str
    parent: str | None


def is_loaded() -> bool:
    return Food.objects.filter(source=FoodSource.STARTER, created_by=None).exists()


@transaction.atomic
def load_foods() -> Loaded:
    """Make the starter foods, the categories and their tags what the files say. Twice is once.

    What staff changed in a starter food becomes again what the file says; that they archived it,
    or merged it into another one, stays. Categories and tags that only staff know stay, too.
    """
    _lock_out_other_loads()
    wanted = list(_wanted(_read("categories.json")))
    nodes, new_nodes, changed_nodes = _store_categories(wanted)
    tags = {tag: slug for slug, tags in _read("category_tags.json").items() for tag in tags}
    new_tags, changed_tags = _store_tags(tags)
    foods = _read("foods.json")
    rows = _rows(foods, {slug: node.id for slug, node in nodes.items()})
    stored = imports_rows.store(rows, source=FoodSource.STARTER, is_ours=True)
    named = _store_names(foods) - {row.id for row in rows}
    if stored.changed:
        refresh_recipes(food_ids=stored.changed)
    loaded = Loaded(
        foods=len(rows) - stored.merged,
        categories=len(wanted),
        tags=len(tags),
        added=stored.added + new_nodes + new_tags,
        changed=len(named.union(stored.changed)) + changed_nodes + changed_tags,
    )
    if loaded.added or loaded.changed:
        _tell_planner()
    return loaded


def _lock_out_other_loads() -> None:
    # Two machines of a release load at the same time; the second then finds nothing to do.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Nor may staff move a category while all of them are counted anew.
        cursor.execute("LOCK TABLE nutrition_foodcategory IN SHARE ROW EXCLUSIVE MODE")


def _tell_planner() -> None:
    # It may still know these tables as empty, and choose plans that never end.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE nutrition_food, nutrition_portion, nutrition_foodcategory")


def _read(name: str) -> Any:
    return json.loads((CATALOGUE / name).read_bytes())


# --- Categories ------------------------------------------------------------------------------


def _wanted(branch: Sequence[Mapping[str, Any]], parent: str | None = None) -> Iterator[_Wanted]:
    for node in branch:
        yield _Wanted(node["slug"], node["name"], parent)
        yield from _wanted(node["children"], node["slug"])


def _store_categories(wanted: Sequence[_Wanted]) -> tuple[dict[str, _Node], int, int]:
    """The tree as the file has it, by slug, in two statements; how many are new and changed.

    Those of which the file says nothing stay under the category that they are under.
    """
    columns = ", ".join(field.name for field in fields(_Node))
    query = f"SELECT {columns} FROM nutrition_foodcategory ORDER BY tree_id, lft"  # noqa: S608 - our own column names
    stored = fetch(query, {})
    parents = dict(_parents(stored))
    before = {row["slug"]: (row["name"], parents[row["slug"]]) for row in stored}
    nodes = {row["slug"]: _Node(**row) for row in stored}
    for one in wanted:
        node = nodes.setdefault(one.slug, _Node(uuid7(), one.slug, one.name))
        node.name = one.name
        parents[one.slug] = one.parent
    _number(nodes, parents)
    known = {row["id"]: _Node(**row) for row in stored}
    moved = [node for node in nodes.values() if known.get(node.id) != node]
    if moved:
        with connection.cursor() as cursor:
            cursor.execute(_STORE_NODES, {"nodes": orjson.dumps(moved).decode()})
    new = sum(one.slug not in before for one in wanted)
    same = sum(before.get(one.slug) == (one.name, one.parent) for one in wanted)
    return nodes, new, len(wanted) - new - same


def _parents(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """The slug of each category with that of the one it is under, of rows in tree order."""
    path: list[str] = []
    for row in rows:
        del path[row["depth"] - 1 :]
        yield row["slug"], path[-1] if path else None
        path.append(row["slug"])


def _number(nodes: Mapping[str, _Node], parents: Mapping[str, str | None]) -> None:
    """Give each its place in the nested sets."""
    children: dict[str | None, list[_Node]] = {}
    for node in sorted(nodes.values(), key=lambda node: (node.name.casefold(), node.slug)):
        children.setdefault(parents[node.slug], []).append(node)

    def place(node: _Node, tree_id: int, left: int, depth: int) -> int:
        node.tree_id, node.lft, node.depth = tree_id, left, depth
        free = left + 1
        for child in children.get(node.slug, ()):
            free = place(child, tree_id, free, depth + 1)
        node.rgt = free
        return free + 1

    for tree_id, root in enumerate(children.get(None, ()), start=1):
        place(root, tree_id, 1, 1)


def _store_tags(tags: Mapping[str, str]) -> tuple[int, int]:
    rows = [{"id": uuid7(), "tag": tag, "slug": slug} for tag, slug in tags.items()]
    parameters = {"tags": orjson.dumps(rows).decode(), "ids": [row["id"] for row in rows]}
    stored = fetch(_STORE_TAGS, parameters)
    new = sum(row["is_new"] for row in stored)
    return new, len(stored) - new


# --- Foods -----------------------------------------------------------------------------------


def _rows(
    foods: Sequence[Mapping[str, Any]], categories: Mapping[str, UUID]
) -> list[imports_rows.SharedFood]:
    return [_row(food, categories[food["category"]]) for food in foods]


def _store_names(foods: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Other names of these foods, and which are staples: those where that is new."""
    names = [
        {
            "source_id": food["slug"],
            "also_called": ", ".join(food.get("also", ())),
            "is_staple": food.get("staple", False),
        }
        for food in foods
    ]
    return {row["id"] for row in fetch(_STORE_NAMES, {"names": orjson.dumps(names).decode()})}


def _row(food: Mapping[str, Any], category_id: UUID) -> imports_rows.SharedFood:
    """What the file states of a food; its carbohydrates are with fiber there, and without here."""
    content = Content(
        kcal=food["kcal"],
        sodium=food["micronutrients"]["sodium_mg"] / MG_PER_G,
        micronutrients=food["micronutrients"],
        **{name: food[name] for name in _GRAMS},
    )
    nutrients, estimated = accepted(content)
    background = Background(origin="measured", barcode="none")
    score, _ = trust(nutrients, estimated, content, background)
    unit = food["per"]
    amount = {"g": "grams", "ml": "ml"}[unit]
    return imports_rows.shared_food(
        nutrients,
        source_id=food["slug"],
        name=food["name"],
        unit=unit,
        category_id=category_id,
        estimated=estimated,
        trust_score=score,
        portions=tuple((portion["name"], portion[amount]) for portion in food["portions"]),
    )
