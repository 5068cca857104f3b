"""The kinds of match that a search looks for, from the best on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, LiteralString

from nutrition.selectors.matching import BEGINS, CALLED, EXACT, OF_KIND, Asked
from nutrition.selectors.narrowing import OTHERS, SHARED, FoodFilter
from users.keyset import Place

MINE, SAME_NAME, CHECKED_WORDS, BEGINNING, WORDS, MY_SPELLING, SPELLING = range(7)
# How a checked food has the words: it is called so, it is of that kind, its name begins so, or
# it has them anywhere. In steps of two, between which its weight fits.
_CALLED, _OF_KIND, _BEGINS, _ANYWHERE = range(0, 8, 2)
# The others of the very name stand behind the checked foods that are called so or of that kind.
_OTHERS_OF_NAME: Final = 2
# So many candidates with common words are ranked; who seeks one among more of them types on.
_MOST_WITH_WORDS: Final = 3000
# Between the most unlike spelling of a checked food and the others.
_UNCHECKED: Final = 100
# Of checked foods that are spelled equally near, staples come first: too little to part others.
_OF_WEIGHT: Final = 0.0001
# How alike a spelling must be: more so among all foods, where more are alike by chance.
_ALIKE: Final = 0.4
_MUCH_ALIKE: Final = 0.45
# As the two indexes of words say it.
_IS_CHECKED: LiteralString = "f.search_weight <= 1"
_IS_OTHER: LiteralString = "f.search_weight > 1"

# What several branches ask about: checked foods with the words, and others whose names do not
# begin so. Each is read once, as far as anybody asks.
_TABLES: LiteralString = f"""
    checked AS MATERIALIZED (
        SELECT f.id, f.search_name, f.search_weight + CASE
            WHEN {CALLED} THEN {_CALLED} WHEN {OF_KIND} THEN {_OF_KIND}
            WHEN {BEGINS} THEN {_BEGINS} ELSE {_ANYWHERE} END AS kind
        FROM nutrition_food f WHERE {{shared}} AND {_IS_CHECKED} AND {{has_words}}
    ),
    worded AS MATERIALIZED (
        SELECT f.id, f.search_name, f.search_weight FROM nutrition_food f
        WHERE {{shared}} AND {_IS_OTHER} AND {{has_words}} AND NOT ({BEGINS})
        LIMIT {_MOST_WITH_WORDS}
    )
"""  # noqa: S608 - our own column names
_NOT_PERSONAL: LiteralString = "f.id NOT IN (SELECT id FROM personal)"
# Not as EXISTS, which would not keep the order, and with it the index.
_NONE_BEGINS: LiteralString = """
    (SELECT f.id FROM nutrition_food f WHERE {begin} ORDER BY f.search_name LIMIT 1) IS NULL
"""
# Rows of one score come in the order of an index; what is ranked is sorted.
_IN_ORDER: LiteralString = """
    (SELECT f.id, {tier} AS match_tier, {score}::float8 AS match_score, f.search_name AS sort_name
    FROM nutrition_food f WHERE {which} AND {beyond} ORDER BY {order} LIMIT %(limit)s)
"""
_RANKED: LiteralString = """
    (SELECT f.id, {tier} AS match_tier, f.match_score, f.search_name AS sort_name
    FROM (
        SELECT f.id, f.search_name, ({score})::float8 AS match_score
        FROM {table} f WHERE {which}
    ) f
    WHERE {beyond} ORDER BY {order} LIMIT %(limit)s)
"""
# To compare spelling takes so long that what else narrows comes behind the limit.
_FIRST_ALIKE: LiteralString = f"""
    (SELECT f.* FROM nutrition_food f WHERE {SHARED} AND {{others}} AND {{alike}} LIMIT 500)
"""  # noqa: S608 - our own column names


@dataclass(frozen=True)
class Branch:
    """Foods of a table that match in one way, with scores from ``best`` to ``worst``."""

    tier: int
    best: float
    worst: float
    score: str
    which: str
    table: str = "nutrition_food"

    def sql(self, place: Place | None) -> str | None:
        """Its rows beyond the place, the best first; None if none can be there."""
        backwards = place is not None and place.backwards
        beyond = "true"
        if place is not None:
            here = place.key[:2]
            is_before = here < (self.tier, self.best)
            is_behind = here > (self.tier, self.worst)
            if is_before if backwards else is_behind:
                return None
            if not (is_before or is_behind):
                beyond = f"({self._columns}) {'<' if backwards else '>'} ({self._marks})"
        direction = "DESC" if backwards else "ASC"
        return (_RANKED if self._is_ranked else _IN_ORDER).format(
            tier=self.tier,
            score=self.score,
            table=self.table,
            which=self.which,
            beyond=beyond,
            order=", ".join(f"{name} {direction}" for name in self._columns.split(", ")),
        )

    def where(self, conditions: Sequence[str]) -> "Branch":
        """The same of fewer foods."""
        return replace(self, which=" AND ".join([*conditions, self.which]))

    @property
    def _is_ranked(self) -> bool:
        return self.best != self.worst

    @property
    def _columns(self) -> str:
        return "f.match_score, f.search_name, f.id" if self._is_ranked else "f.search_name, f.id"

    @property
    def _marks(self) -> str:
        named = "%(key_name)s::text, %(key_id)s::uuid"
        return f"%(key_score)s::float8, {named}" if self._is_ranked else named


def branches(asked: Asked, narrowed: FoodFilter) -> list[Branch]:
    """From the best kind of match to the last one.

    Of the table ``personal``, which holds the person's foods, and of those of ``tables_of``.
    """
    shared = shared_where(narrowed)
    kind = f"CASE WHEN {EXACT} THEN 0 WHEN {BEGINS} THEN 1 ELSE 2 END"
    found = [Branch(MINE, 0, 2, kind, asked.has_words, table="personal")]
    if narrowed.weights:
        found += of_checked()
    if OTHERS[0] in narrowed.weights:
        found += of_others(shared)
    if asked.can_be_misspelled:
        found += _misspelled(asked, shared, narrowed.weights)
    return sorted(found, key=lambda branch: (branch.tier, branch.best))


def shared_where(narrowed: FoodFilter) -> str:
    """Shared foods that are not among the person's."""
    return f"{SHARED} AND {_NOT_PERSONAL} AND {narrowed.where}"


def tables_of(asked: Asked, shared: str) -> str:
    """What the branches of shared foods, which these conditions choose, read from."""
    return _TABLES.format(shared=shared, has_words=asked.has_words)


def of_checked() -> list[Branch]:
    """Checked foods that are called so, or are of that kind; then those that have all words."""
    called, others = f"f.kind < {_BEGINS}", f"f.kind >= {_BEGINS}"
    return [
        Branch(SAME_NAME, _CALLED, _BEGINS - 1, "f.kind", called, table="checked"),
        Branch(CHECKED_WORDS, _BEGINS, _ANYWHERE + 1, "f.kind", others, table="checked"),
    ]


def of_others(shared: str) -> list[Branch]:
    """Others of these foods that are called so, that begin so, and that have all words."""
    best, worst = OTHERS
    behind, longer = _OTHERS_OF_NAME, f"NOT {EXACT}"
    same = f"{shared} AND f.search_weight IN ({best}, {worst}) AND {EXACT}"
    return [
        Branch(SAME_NAME, best + behind, worst + behind, f"f.search_weight + {behind}", same),
        *(
            Branch(
                BEGINNING, weight, weight, str(weight), f"{_begin(shared, weight)} AND {longer}"
            )
            for weight in OTHERS
        ),
        Branch(WORDS, best, worst, "f.search_weight", "true", table="worded"),
    ]


def _begin(shared: str, weight: int) -> str:
    return f"{shared} AND {BEGINS} AND f.search_weight = {weight}"


def of_spelling(asked: Asked, shared: str) -> list[Branch]:
    """These foods with words that are spelled much alike: checked ones, then the others."""
    far, score = len(asked.words), asked.distance
    alike = f"{shared} AND {_IS_CHECKED} AND {asked.has_spelling(_ALIKE)}"
    nearest = f"{score} + {_OF_WEIGHT} * f.search_weight"
    checked = Branch(SPELLING, 0, far + _OF_WEIGHT, nearest, alike)
    others = Branch(
        tier=SPELLING,
        best=_UNCHECKED,
        worst=_UNCHECKED + far,
        score=f"{_UNCHECKED} + {score}",
        which=shared,
        table=_FIRST_ALIKE.format(others=_IS_OTHER, alike=asked.has_spelling(_MUCH_ALIKE)),
    )
    return [checked, others] if asked.can_be_misspelled_anywhere else [checked]


def _misspelled(asked: Asked, shared: str, weights: Sequence[int]) -> list[Branch]:
    """What is spelled alike, where nothing has the words: who finds them meant them."""
    alike = asked.has_spelling(_ALIKE)
    found = [Branch(MY_SPELLING, 0, len(asked.words), asked.distance, alike, table="personal")]
    unknown = [f"NOT EXISTS (SELECT FROM personal f WHERE {asked.has_words})"]
    if weights:
        checked, *others = of_spelling(asked, shared)
        unknown.append("NOT EXISTS (SELECT FROM checked)")
        found.append(checked)
    found = [branch.where(unknown) for branch in found]
    if OTHERS[0] in weights:
        unknown.append("NOT EXISTS (SELECT FROM worded)")
        unknown += [_NONE_BEGINS.format(begin=_begin(shared, weight)) for weight in OTHERS]
        found += [branch.where(unknown) for branch in others]
    return found
