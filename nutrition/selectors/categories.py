"""The tree of categories, out of its nested sets: a branch is one range."""

from typing import Any, LiteralString

from users.keyset import fetch

_TREE: LiteralString = """
    SELECT id, slug, name, depth - 1 AS depth
    FROM nutrition_foodcategory ORDER BY tree_id, lft
"""
# Where a category stands to the one that is asked for: above it, itself, or right below it.
_FAMILY: LiteralString = """
    SELECT c.id, c.slug, c.name, c.depth - 1 AS depth, sign(c.depth - asked.depth)::int AS place
    FROM nutrition_foodcategory asked
    JOIN nutrition_foodcategory c ON c.tree_id = asked.tree_id AND (
        (c.lft <= asked.lft AND c.rgt >= asked.rgt)
        OR (c.lft > asked.lft AND c.rgt < asked.rgt AND c.depth = asked.depth + 1)
    )
    WHERE asked.slug = %(slug)s
    ORDER BY c.lft
"""


def category_tree() -> list[dict[str, Any]]:
    """The roots, which are of depth 0, each with its ``children`` and theirs, by name."""
    roots: list[dict[str, Any]] = []
    above: list[dict[str, Any]] = []
    for row in fetch(_TREE, {}):
        row["children"] = []
        # In the order of the tree, a row stands below the last one that is less deep.
        del above[row["depth"] :]
        (above[-1]["children"] if above else roots).append(row)
        above.append(row)
    return roots


def category(slug: str) -> dict[str, Any] | None:
    """A category with its ``ancestors``, the root first, and its ``children``; None of no name."""
    family: dict[int, list[dict[str, Any]]] = {-1: [], 0: [], 1: []}
    for row in fetch(_FAMILY, {"slug": slug}):
        family[row.pop("place")].append(row)
    if not family[0]:
        return None
    return {**family[0][0], "ancestors": family[-1], "children": family[1]}
