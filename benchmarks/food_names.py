"""Names for very many foods: some words and brands are everywhere, and most are rare."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from random import Random
from re import findall

WORDS, BRANDS = 4_000, 3_000
SHORTEST = 3  # letters of what is typed
BRANDED = 0.8
LENGTHS, OFTEN = (1, 2, 3, 4, 5), (6, 30, 34, 20, 10)  # words of a name
# The usual law of frequencies: by 1 / rank alone, one word would be in a third of all names.
FLAT_TO_RANK = 10
ONSETS = ("b", "br", "c", "ch", "d", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pr")
ONSETS += ("r", "s", "sch", "st", "t", "tr", "v", "w", "z")
VOWELS = ("a", "e", "i", "o", "u", "au", "ei", "ie", "oo", "é", "ü")
VOWELS_OFTEN = (30, 30, 22, 22, 14, 4, 4, 4, 3, 2, 2)
CODAS = ("", "", "", "l", "n", "r", "s", "t", "ck", "nd", "tte")


@dataclass(frozen=True)
class Ranked:
    """Texts from the most frequent one on."""

    texts: Sequence[str]

    def drawn(self, number: int, random: Random) -> list[str]:
        return random.choices(self.texts, cum_weights=self._weights, k=number)

    @cached_property
    def _weights(self) -> list[float]:
        return list(
            accumulate(1 / (rank + FLAT_TO_RANK) for rank in range(1, len(self.texts) + 1))
        )


@dataclass(frozen=True)
class Names:
    words: Ranked
    brands: Ranked

    @classmethod
    def like(cls, names: Iterable[str], random: Random) -> "Names":
        """The words of these names are the frequent ones; all others are made up."""
        found = Counter(word for name in names for word in findall(r"[^\W\d_]+", name.lower()))
        words = list(_with_made_up([word for word, _ in found.most_common()], WORDS, random))
        brands = [brand.capitalize() for brand in _with_made_up([], BRANDS, random)]
        return cls(words=Ranked(words), brands=Ranked(brands))

    def foods(self, number: int, random: Random) -> Iterator[tuple[str, str]]:
        """Name and brand of so many foods; every fifth or so has no brand."""
        for length in random.choices(LENGTHS, OFTEN, k=number):
            [brand] = self.brands.drawn(1, random) if random.random() < BRANDED else [""]
            # No name says a word twice.
            words = dict.fromkeys(self.words.drawn(length, random))
            yield " ".join(words).capitalize(), brand


def typed(name: str, random: Random) -> tuple[str, ...]:
    """What somebody types who looks for a food of this name: each of these is one request.

    Three letters, then the word, then a second one where the name has it.
    """
    words = [word for word in findall(r"[^\W\d_]+", name.lower()) if len(word) >= SHORTEST]
    if not words:
        return ()
    place = random.randrange(len(words))
    word, following = words[place], words[place + 1 : place + 2]
    return (word[:3], word, *(f"{word} {second}" for second in following))


def _with_made_up(known: Sequence[str], number: int, random: Random) -> Iterable[str]:
    texts = dict.fromkeys(known)
    while len(texts) < number:
        texts[_made_up(random)] = None
    return texts


def _made_up(random: Random) -> str:
    syllables = random.choice((2, 2, 3))
    parts = (
        random.choice(ONSETS) + random.choices(VOWELS, VOWELS_OFTEN)[0] for _ in range(syllables)
    )
    return "".join(parts) + random.choice(CODAS)
