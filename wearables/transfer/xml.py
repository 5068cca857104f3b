"""XML of strangers: read in one pass, under limits, and nothing that it refers to is fetched.

What is checked is what is read: there is no second parser that might see another document.
"""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any, Final, Protocol
from xml.parsers import expat

from wearables.transfer.refusals import FileRefused
from wearables.transfer.streams import PIECE_BYTES, Stream

MAX_DEPTH: Final = 64
# Of a tag with its attributes, a comment, a piece of a DTD. A parser that is fed piece by piece
# looks at an open one anew each time, so that the limit bounds the time as well.
MAX_TOKEN_BYTES: Final = 1024 * 1024
MAX_TEXT: Final = 10_000
_ENCODINGS: Final = frozenset({"utf-8", "utf-16", "ascii", "iso8859-1", "cp1252"})
_ENDED_EARLY: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class Handler(Protocol):
    """What is told of a document. Names come without the prefix of their namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, piece: str) -> None: ...


def parse(stream: Stream, handler: Handler, *, with_text: bool = True) -> Iterator[int]:
    """Tell the handler of the document; yields after each piece how many bytes were read.

    Raises FileRefused for what is not well-formed, and for what no recording needs.
    """
    parser = _parser(handler, with_text=with_text)
    fed = 0
    try:
        while piece := stream.read(PIECE_BYTES):
            parser.Parse(piece)
            fed += len(piece)
            if fed - max(0, parser.CurrentByteIndex) > MAX_TOKEN_BYTES:
                raise FileRefused("long_token")
            yield fed
        parser.Parse(b"", True)  # noqa: FBT003 - it takes no names
    except expat.ExpatError as error:
        raise _refusal(error) from None
    except (LookupError, UnicodeError, ValueError):
        # Of an encoding that Python does not know, or that is none for XML.
        raise FileRefused("encoding") from None


def _refusal(error: expat.ExpatError) -> FileRefused:
    if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
        return FileRefused("too_much_memory")
    return FileRefused("truncated" if error.code in _ENDED_EARLY else "bad_xml")


def _parser(handler: Handler, *, with_text: bool) -> Any:
    parser: Any = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.specified_attributes = True
    parser.XmlDeclHandler = _check_encoding
    parser.StartDoctypeDeclHandler = _check_doctype
    parser.EntityDeclHandler = parser.UnparsedEntityDeclHandler = _refuse_entity
    parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = _refuse_entity
    parser.AttlistDeclHandler = _check_default
    _Depth(handler).attach(parser)
    if with_text:
        parser.buffer_text = True
        parser.CharacterDataHandler = handler.text
    return parser


class _Depth:
    """Tells of elements, as deep as recordings go."""

    def __init__(self, handler: Handler) -> None:
        self._start = handler.start
        self._end = handler.end
        self._depth = 0

    def attach(self, parser: Any) -> None:
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close

    def _open(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise FileRefused("too_deep")
        self._start(name.rpartition(":")[2], attributes)

    def _close(self, name: str) -> None:
        self._depth -= 1
        self._end(name.rpartition(":")[2])


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    try:
        known = codecs.lookup(encoding or "utf-8").name in _ENCODINGS
    except LookupError:
        known = False
    if not known:
        raise FileRefused("encoding")


def _check_doctype(
    _name: str, system_id: str | None, public_id: str | None, _internal: int
) -> None:
    if system_id or public_id:
        raise FileRefused("external_dtd")


def _check_default(
    _element: str, _attribute: str, _kind: str, default: str | None, _required: int
) -> None:
    # A long default that a million elements repeat is a bomb as well.
    if default is not None and len(default) > MAX_DEPTH:
        raise FileRefused("entities")


def _refuse_entity(*_: object) -> int:
    raise FileRefused("entities")
