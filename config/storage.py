"""Where files lie. Deleting one waits while a backup chooses its instant."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.core.files.storage import FileSystemStorage


class KeptStorage(FileSystemStorage):
    """On the disk, as Django's."""

    def delete(self, name: str) -> None:
        with _locked(Path(self.location), fcntl.LOCK_SH):
            super().delete(name)


@contextmanager
def deletions_wait(roots: Iterable[Path]) -> Iterator[None]:
    """Nobody deletes a file of these folders meanwhile, in whichever process: be quick."""
    with ExitStack() as locks:
        for root in sorted({root.resolve() for root in roots}):
            locks.enter_context(_locked(root, fcntl.LOCK_EX))
        yield


@contextmanager
def _locked(root: Path, kind: int) -> Iterator[None]:
    """The folder itself is what is locked: a file in it would be one more to explain."""
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError):
        yield  # nor is there a file
        return
    try:
        fcntl.flock(folder, kind)
        yield
    finally:
        os.close(folder)
