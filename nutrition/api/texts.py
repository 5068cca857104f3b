"""Names as people type them: one line that can be read."""

import unicodedata
from typing import Any, Final

from rest_framework import serializers

# Controls, halves of surrogate pairs, and what ends a line or a paragraph.
_UNREADABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks that reverse what is read after them.
_REVERSING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Letters and a symbol to Unicode, and blank to the eye.
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class LineField(serializers.CharField):
    """One line of text, in which something can be seen unless it may be blank."""

    default_error_messages = {
        "unreadable": "It holds characters that cannot be shown.",
        "invisible": "Nothing of it can be seen.",
    }

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if any(unicodedata.category(one) in _UNREADABLE or one in _REVERSING for one in text):
            self.fail("unreadable")
        if text and not any(
            unicodedata.category(one)[0] in "LNPS" and one not in _BLANKS for one in text
        ):
            self.fail("invisible")
        return text
