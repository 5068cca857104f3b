"""Hashtags and names in what people write."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

MOST_HASHTAGS: Final = 30
MOST_MENTIONS: Final = 20
LONGEST_HASHTAG: Final = 100
# Letters, marks that belong to letters, and numbers, of every script.
_OF_WORDS: Final = frozenset("LMN")
# An address or its fragment, an entity, or a second sign: no tag begins after these.
_BEFORE_NO_TAG: Final = frozenset("#&/")
# Neither in an email address nor in that of a page, and not followed by a host.
_NAME: Final = re.compile(r"(?<![\w.+\-@/])@([\w.+-]{1,150}+)(?![\w.+\-@])")


def hashtags_in(text: str) -> tuple[str, ...]:
    """The tags of a text in their order, without their sign and without case, each once."""
    return _first(_tags(text), MOST_HASHTAGS)


def usernames_in(text: str) -> tuple[str, ...]:
    """The names that a text calls, such as @ana, in their order and lower case, each once.

    A dot or hyphen at the end belongs to the sentence.
    """
    found = (match[1].rstrip(".+-").lower() for match in _NAME.finditer(text))
    return _first(found, MOST_MENTIONS)


def normal_hashtag(word: str) -> str:
    """A tag as it is stored, however it was typed; with or without its sign."""
    word = word.removeprefix("#")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())


def _tags(text: str) -> Iterator[str]:
    for sign in re.finditer("#", text):
        before = text[sign.start() - 1] if sign.start() else " "
        if before in _BEFORE_NO_TAG or _is_of_a_word(before):
            continue
        tag = normal_hashtag(_word_at(text, sign.end()))
        if len(tag) <= LONGEST_HASHTAG and _is_tag(tag):
            yield tag


def _is_tag(tag: str) -> bool:
    # A letter may stand for a whole phrase, with spaces.
    if not all(_is_of_a_word(one) for one in tag) or all(_is_digit(one) for one in tag):
        return False
    # A mark alone changes a sign, as in the emoji of a key.
    return not unicodedata.category(tag[0]).startswith("M")


def _word_at(text: str, start: int) -> str:
    end = start
    while end < len(text) and _is_of_a_word(text[end]):
        end += 1
    return text[start:end]


def _is_of_a_word(character: str) -> bool:
    return character == "_" or unicodedata.category(character)[0] in _OF_WORDS


def _is_digit(character: str) -> bool:
    return character == "_" or unicodedata.category(character).startswith("N")


def _first(words: Iterable[str], most: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))[:most]
