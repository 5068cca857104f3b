"""What a file is, by what is in it: names and content types are what somebody says."""

import codecs
import re
from typing import Final, Literal

from wearables.transfer.refusals import FileRefused

# "zip" is an Apple Health export or an archive of recordings; which, its entries tell.
Format = Literal["fit", "tcx", "gpx", "apple_health", "archive"]
# As much of a file as has to be seen: an Apple Health export begins with its own DTD.
HEAD_BYTES: Final = 65_536
_FIT_MARK: Final = slice(8, 12)
_ROOTS: Final[dict[str, Format]] = {
    "gpx": "gpx",
    "TrainingCenterDatabase": "tcx",
    "HealthData": "apple_health",
}
_ROOT: Final = re.compile(
    r"<(?:!DOCTYPE\s+|[\w.-]{1,50}:)?(gpx|TrainingCenterDatabase|HealthData)\b"
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def sniff(head: bytes) -> Format:
    """The format of a file that begins so; raises FileRefused."""
    if not head:
        raise FileRefused("empty")
    if head[_FIT_MARK] == b".FIT":
        return "fit"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "archive"
    text = _text(head)
    found = _ROOT.search(text) if text.lstrip().startswith("<") else None
    if found is None:
        raise FileRefused("unknown_format")
    return _ROOTS[found[1]]


def _text(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(
                encoding if encoding == "utf-8" else _order_of(mark), errors="replace"
            )
    return head.decode("utf-8", errors="replace")


def _order_of(mark: bytes) -> str:
    return "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
