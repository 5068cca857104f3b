"""What somebody typed, as SQL that compares foods with it."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final, LiteralString, Self

MOST_LETTERS: Final = 100
MOST_WORDS: Final = 8
# Shorter words are like too many others: among checked foods, and among all.
_SHORTEST_SPELLED: Final = 4
_SHORTEST_SPELLED_ANYWHERE: Final = 6
_MOST_SPELLED_ANYWHERE: Final = 4
# Apostrophes, soft hyphens and what else has no width.
_NO_LETTERS: Final = str.maketrans(
    dict.fromkeys("'`\u00b4\u02bc\u2018\u2019\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
_WORD: Final = re.compile(r"[^\W_]+")

# Computed once for the whole query. No row, and so no match, for a text that folds to nothing.
_ASKED: LiteralString = """
    asked AS MATERIALIZED (
        SELECT q, q || chr(1114111) AS beyond_q,
            ARRAY['%%,' || q || ',%%', '%%,' || q || 's,%%'] AS names,
            ARRAY[q || ',%%', q || 's,%%', q || 'es,%%'] AS heads, {words}
        FROM (SELECT nutrition_fold({q}) AS q) folded WHERE q <> ''
    )
"""
_WORD_ASKED: LiteralString = """
    nutrition_fold({word}) AS word{n}, '%% ' || nutrition_fold({word}) || '%%' AS pattern{n},
    '%% ' || left(nutrition_fold({word}), 1) || '%%' AS initial{n}
"""
EXACT: LiteralString = "f.search_name = (SELECT q FROM asked)"
# As a range, which an index can follow before the text is known.
BEGINS: LiteralString = """
    f.search_name >= (SELECT q FROM asked) AND f.search_name < (SELECT beyond_q FROM asked)
"""
# Of a checked food: that it is called so, or of that kind, as "Egg, fried" is of egg.
_OTHER_NAME: LiteralString = "f.search_called LIKE ANY ((SELECT names FROM asked)::text[])"
CALLED: LiteralString = f"({EXACT} OR {_OTHER_NAME})"
OF_KIND: LiteralString = "f.search_called LIKE ANY ((SELECT heads FROM asked)::text[])"
_HAS_WORD: LiteralString = "f.search_text LIKE (SELECT pattern{n} FROM asked)"
# The usual threshold of 0.5 takes "avacado" and "chesse" for nothing we know. PostgreSQL looks at
# what names no column once, before it looks at a food; it is set for this transaction alone.
_THRESHOLD: LiteralString = """
    (SELECT set_config('pg_trgm.strict_word_similarity_threshold', '{least}', true)) <> ''
"""
_HAS_SPELLING: LiteralString = """
    f.search_text LIKE (SELECT initial{n} FROM asked)
    AND f.search_text %%>> (SELECT word{n} FROM asked)
"""
_DISTANCE: LiteralString = """
    1 - strict_word_similarity((SELECT word{n} FROM asked), f.search_text)
"""


@dataclass(frozen=True)
class Asked:
    """Words to search for: SQL about a food ``f``, in a query that begins with ``cte``."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """The first 8 words of the first 100 letters; none where there are only signs."""
        bare = text.translate(_NO_LETTERS)
        composed = unicodedata.normalize("NFC", bare[:MOST_LETTERS])
        return cls(tuple(_WORD.findall(composed)[:MOST_WORDS]))

    @classmethod
    def any_of(cls, count: int) -> Self:
        """Stands for so many words of any kind: rows of a query may each have others."""
        return cls(("*" * _SHORTEST_SPELLED_ANYWHERE,) * count)

    @property
    def shape(self) -> Self:
        """One for all texts that give the same SQL."""
        longest = _SHORTEST_SPELLED_ANYWHERE
        return replace(self, words=tuple("*" * min(len(word), longest) for word in self.words))

    @property
    def parameters(self) -> dict[str, str]:
        words = {f"word{n}": word for n, word in enumerate(self.words)}
        return {"q": " ".join(self.words), **words}

    def cte(self, source: LiteralString = "%({name})s::text") -> str:
        """The words to compare with: those of the parameters, or columns of a row."""
        words = (_WORD_ASKED.format(word=source.format(name=f"word{n}"), n=n) for n in self._all)
        return _ASKED.format(words=", ".join(words), q=source.format(name="q"))

    @property
    def has_words(self) -> str:
        """That each word begins one of the food's name or brand."""
        return " AND ".join(_HAS_WORD.format(n=n) for n in self._all)

    @property
    def can_be_misspelled(self) -> bool:
        return bool(self._long)

    @property
    def can_be_misspelled_anywhere(self) -> bool:
        """Whether a word is long enough to be like few others among all foods, in few words."""
        is_short = len(self.words) <= _MOST_SPELLED_ANYWHERE
        return is_short and any(len(word) >= _SHORTEST_SPELLED_ANYWHERE for word in self.words)

    def has_spelling(self, least: float) -> str:
        """That each long word is like one of the food's, from 0 to 1, which has the short ones."""
        alike = [_THRESHOLD.format(least=least)]
        alike += [_HAS_SPELLING.format(n=n) for n in self._long]
        alike += [_HAS_WORD.format(n=n) for n in self._all if n not in self._long]
        return " AND ".join(alike)

    @property
    def distance(self) -> str:
        """How far the spelling is from the food's: 0 is the same, 1 for each word not alike."""
        return " + ".join(_DISTANCE.format(n=n) for n in self._long)

    @property
    def _all(self) -> range:
        return range(len(self.words))

    @property
    def _long(self) -> list[int]:
        return [n for n, word in enumerate(self.words) if len(word) >= _SHORTEST_SPELLED]
