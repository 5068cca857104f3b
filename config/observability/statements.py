"""The text of an SQL statement as it may be shown: with places for values, and without values."""

import re
from functools import lru_cache
from typing import Final

LONGEST: Final = 2000
_PARTS: Final = re.compile(
    r"""
    (?P<name>"(?:[^"]|"")*")
    |(?P<gone>--[^\n]*|/\*.*?\*/)
    |(?P<value>
        [eE]'(?:[^'\\]|\\.|'')*(?:'|$)
        |'(?:[^']|'')*(?:'|$)
        |\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|$)
        |(?<![\w$.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s+")
# However many values a list had, it is the same statement.
_REPEATED: Final = re.compile(r"(%s|\?)(?:, ?\1)+")
_ROWS: Final = re.compile(r"(\((?:[^()]|\(\))*\))(?:, ?\1)+")


@lru_cache(maxsize=512)
def shape(sql: str) -> str:
    """The same for statements that differ in their values alone; at most LONGEST characters.

    What stands in the text as a value (a number, a string) becomes a question mark. So nothing
    that was written into a statement rather than given as a parameter comes through.
    """
    text = _PARTS.sub(_shown, sql)
    text = _SPACE.sub(" ", text).strip()
    text = _ROWS.sub(r"\1, …", _REPEATED.sub(r"\1, …", text))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _shown(part: re.Match[str]) -> str:
    if part["name"] is not None:
        return part["name"]
    return " " if part["gone"] is not None else "?"
