"""Documents whose facts are the texts of small elements: TCX and GPX."""

from collections.abc import Mapping

from wearables.transfer.refusals import FileRefused
from wearables.transfer.xml import MAX_TEXT


class Leaves:
    """A handler that knows the path to where it is, and an element's text when it ends.

    Its subclasses read a format: they are told what opens, and what closes with which text.
    """

    def __init__(self, root: str) -> None:
        self.path: list[str] = []
        self._root = root
        self._pieces: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self.path and name != self._root:
            raise FileRefused("wrong_document")
        self.path.append(name)
        self._forget()
        self.opened(name, attributes)

    def end(self, name: str) -> None:
        text = "".join(self._pieces).strip()
        self._forget()
        self.path.pop()
        self.closed(name, text)

    def text(self, piece: str) -> None:
        self._length += len(piece)
        if self._length <= MAX_TEXT:
            self._pieces.append(piece)

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; the path ends in it."""

    def closed(self, name: str, text: str) -> None:
        """An element has ended; the path ends in its parent."""

    @property
    def parent(self) -> str:
        return self.path[-1] if self.path else ""

    def _forget(self) -> None:
        self._pieces.clear()
        self._length = 0
