"""The kinds of match that a search looks for, from the best on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from nutrition.selectors.matching import BEGINS, EXACT, Asked
from nutrition.selectors.narrowing import CHECKED, OTHERS, SHARED, FoodFilter
from users.keyset import Place

MINE, SAME_NAME, BEGINNING, WORDS, MY_SPELLING, SPELLING = range(6)
# So many candidates with common words are ranked; who seeks one among more of them types on.
_MOST_WITH_WORDS: Final = "LIMIT 3000"
# Between the most unlike spelling of a checked food and the others.
_UNCHECKED: Final = 100
# How alike a spelling must be: more so among all foods, where more are alike by chance.
_ALIKE: Final = 0.4
_MUCH_ALIKE: Final = 0.45
# As the two indexes of words say it.
_IS_CHECKED: LiteralString = "f.search_weight = 0"
_IS_OTHER: LiteralString = "f.search_weight > 0"

# Rows of one score come in the order of an index; what is ranked is sorted.
_IN_ORDER: LiteralString = """
    (SELECT f.id, {tier} AS match_tier, {score}::float8 AS match_score, f.search_name AS sort_name
    FROM nutrition_food f WHERE {which} AND {beyond} ORDER BY {order} LIMIT %(limit)s)
"""
_RANKED: LiteralString = """
    (SELECT f.id, {tier} AS match_tier, f.match_score, f.search_name AS sort_name
    FROM (
        SELECT f.id, f.search_name, ({score})::float8 AS match_score
        FROM {table} f WHERE {which} {most}
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
    most: str = ""

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
            most=self.most,
            beyond=beyond,
            order=", ".join(f"{name} {direction}" for name in self._columns.split(", ")),
        )

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
    """From the best kind of match to the last one; ``personal`` is the table of the person's."""
    kind = f"CASE WHEN {EXACT} THEN 0 WHEN {BEGINS} THEN 1 ELSE 2 END"
    not_personal = "f.id NOT IN (SELECT id FROM personal)"
    shared = f"{SHARED} AND {not_personal} AND {narrowed.where}"
    weights = narrowed.weights
    found = [
        Branch(MINE, 0, 2, kind, asked.has_words, table="personal"),
        *of_names(shared, weights),
        *of_words(asked, shared, weights),
    ]
    if not asked.can_be_misspelled:
        return found
    far, score = len(asked.words), asked.distance
    alike = f"{asked.has_spelling(_ALIKE)} AND NOT ({asked.has_words})"
    mine = Branch(MY_SPELLING, 0, far, score, alike, table="personal")
    return [*found, mine, *of_spelling(asked, shared, weights)]


def of_names(shared: str, weights: Sequence[int]) -> list[Branch]:
    """Shared foods, which these conditions choose, that are called so, or begin so."""
    if not weights:
        return []
    same = f"{shared} AND f.search_weight IN ({', '.join(map(str, weights))}) AND {EXACT}"
    begin = f"{shared} AND {BEGINS} AND NOT {EXACT}"
    return [
        Branch(SAME_NAME, 0, OTHERS[-1], "f.search_weight", same),
        *(
            Branch(
                BEGINNING, weight, weight, str(weight), f"{begin} AND f.search_weight = {weight}"
            )
            for weight in weights
        ),
    ]


def of_words(asked: Asked, shared: str, weights: Sequence[int]) -> list[Branch]:
    """Others that have all words in their name and brand."""
    which = f"{shared} AND {asked.has_words} AND NOT ({BEGINS})"
    checked = Branch(WORDS, 0, 0, "0", f"{which} AND {_IS_CHECKED}")
    others = Branch(
        tier=WORDS,
        best=OTHERS[0],
        worst=OTHERS[-1],
        score="f.search_weight",
        which=f"{which} AND {_IS_OTHER}",
        most=_MOST_WITH_WORDS,
    )
    return _chosen(checked, others, weights)


def of_spelling(asked: Asked, shared: str, weights: Sequence[int]) -> list[Branch]:
    """Others with words that are spelled much alike."""
    far, score = len(asked.words), asked.distance
    which = f"{shared} AND NOT ({asked.has_words})"
    alike = asked.has_spelling(_ALIKE)
    checked = Branch(SPELLING, 0, far, score, f"{which} AND {_IS_CHECKED} AND {alike}")
    others = Branch(
        tier=SPELLING,
        best=_UNCHECKED,
        worst=_UNCHECKED + far,
        score=f"{_UNCHECKED} + {score}",
        which=which,
        table=_FIRST_ALIKE.format(others=_IS_OTHER, alike=asked.has_spelling(_MUCH_ALIKE)),
    )
    if not asked.can_be_misspelled_anywhere:
        weights = [weight for weight in weights if weight in CHECKED]
    return _chosen(checked, others, weights)


def _chosen(checked: Branch, others: Branch, weights: Sequence[int]) -> list[Branch]:
    found = [checked] if CHECKED[0] in weights else []
    return [*found, others] if OTHERS[0] in weights else found
