"""Cells that hold text: cleaned when read, made safe for spreadsheets when written."""

import re
import unicodedata
from typing import Final

_MAX_SHOWN: Final = 60
# C0 and C1 controls without tab and line feed, and halves of surrogate pairs, which no database
# takes.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What spreadsheets take for the beginning of a formula, in either width of East Asian keyboards.
_FORMULA: Final = re.compile("'*[=+@\t\r\uff1d\uff0b\uff0d\uff20-]")


# Letters and a symbol to Unicode, and blank to the eye.
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def is_visible(value: str) -> bool:
    """Whether any character of it can be seen: a letter, a digit, a mark of its own."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _BLANKS for one in value)


def line_of_text(cell: str, limit: int) -> str:
    """A name: one line, single spaces, no control characters, at most so many characters."""
    return " ".join(_UNWANTED.sub("", unguarded(cell)).split())[:limit].rstrip()


def text(cell: str, limit: int) -> str:
    """A note: may have lines; no other control characters, at most so many characters."""
    return _UNWANTED.sub("", unguarded(cell)).strip()[:limit].rstrip()


def guarded(value: str) -> str:
    """The same text as a cell in which no spreadsheet sees a formula."""
    return "'" + value if _FORMULA.match(value) else value


def unguarded(cell: str) -> str:
    """The text that was guarded; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def shown(cell: str) -> str:
    """A stranger's text for a message: one short line in quotes."""
    line = line_of_text(cell[: 4 * _MAX_SHOWN], 4 * _MAX_SHOWN)
    return f'"{line}"' if len(line) <= _MAX_SHOWN else f'"{line[:_MAX_SHOWN]}…"'
