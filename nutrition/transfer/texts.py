"""Texts of strangers: cleaned for names, shortened for messages."""

import html
import re
from typing import Final

_MAX_SHOWN: Final = 60
# C0 and C1 controls but white space, halves of surrogate pairs, which no database takes, and
# marks that reverse what is read after them.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PLAIN: Final = re.compile(r"[^\W_](?:[ \w'.,()%/-]*[^\W_])?", re.ASCII)


def line_of_text(value: object, limit: int) -> str:
    """One line, single spaces, no control characters, at most so many characters.

    Anything but text is empty; "&amp;" and the like become what they stand for.
    """
    if not isinstance(value, str):
        return ""
    if len(value) <= limit and "  " not in value and _PLAIN.fullmatch(value):
        return value
    # Nothing of a text of any length is looked at beyond what can become the line.
    text = _UNWANTED.sub("", html.unescape(value[: 8 * limit]))
    return " ".join(text.split())[:limit].rstrip()


def shown(value: object) -> str:
    """A stranger's value for a message: one short line in quotes."""
    text = value if isinstance(value, str) else str(value)
    line = line_of_text(text[: 4 * _MAX_SHOWN], 4 * _MAX_SHOWN)
    return f'"{line}"' if len(line) <= _MAX_SHOWN else f'"{line[:_MAX_SHOWN]}…"'
