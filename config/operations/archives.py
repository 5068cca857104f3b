"""The file that a backup is: a tar of the dump, the files, and a manifest that vouches for both.

The manifest comes last, and after it nothing but its own hash. So a backup that was cut off has
none, and a bit that was turned over is found before anything is done with what it was part of.
"""

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Self

from config.operations.fingerprints import Fingerprint

DUMP: Final = "database.dump"
_MANIFEST: Final = "manifest.json"
_SEAL: Final = "manifest.sha256"
_FORMAT: Final = 1
_CHUNK: Final = 1024 * 1024

Told = Callable[[int], object]


class BackupError(Exception):
    """It cannot be done; the message says why and what to do."""


class DamagedBackup(BackupError):
    def __init__(self, path: Path, faults: list[str]) -> None:
        lines = [f"{path.name} is damaged, and nothing was done with it:", *faults[:20]]
        super().__init__("\n  ".join(lines))
        self.faults = faults


@dataclass(frozen=True)
class StoredFile:
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, and what it takes to use it."""

    taken_at: datetime
    finished_at: datetime
    versions: dict[str, str]
    # The last migration of each app.
    migrations: dict[str, str]
    fingerprint: Fingerprint
    files: dict[str, StoredFile]
    # Named by rows, and not there when the backup was made.
    missing_files: list[str]
    # Of the keys that secrets may lie under: never the keys.
    key_ids: list[str]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.fingerprint.tables.values())

    def to_json(self) -> bytes:
        return json.dumps(
            {**asdict(self), "format": _FORMAT}, default=datetime.isoformat, sort_keys=True
        ).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises KeyError, TypeError or ValueError over what is none of ours."""
        document: dict[str, Any] = json.loads(text)
        if document.pop("format") != _FORMAT:
            raise ValueError("It is of another format.")
        instants = {name: datetime.fromisoformat(document[name]) for name in _INSTANTS}
        files = {name: StoredFile(**each) for name, each in document["files"].items()}
        fingerprint = Fingerprint.from_document(document["fingerprint"])
        return cls(**{**document, **instants, "files": files, "fingerprint": fingerprint})


_INSTANTS: Final = ("taken_at", "finished_at")


class Writer:
    """Puts members into a new archive and remembers what they were."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, StoredFile] = {}

    def add(self, name: str, path: Path) -> None:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            reader = _HashingReader(file)
            self._tar.addfile(_member(name, size), reader)
        self.files[name] = StoredFile(size, reader.hexdigest())

    def seal(self, manifest: Manifest) -> None:
        text = manifest.to_json()
        digest = hashlib.sha256(text).hexdigest().encode()
        for name, content in ((_MANIFEST, text), (_SEAL, digest)):
            self._tar.addfile(_member(name, len(content)), BytesIO(content))


class _HashingReader:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._digest.update(content)
        return content

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """A new archive for its owner's eyes alone, on the disk when the block is left."""
    with open(path, "xb", opener=_for_its_owner) as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            yield Writer(tar)
        file.flush()
        os.fsync(file.fileno())


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def examine(path: Path, *, told: Told = lambda _: None) -> Manifest:
    """Read every byte of a backup and compare it with the manifest.

    Raises DamagedBackup with all that is wrong. ``told`` hears of each so many bytes.
    """
    found: dict[str, StoredFile] = {}
    ends: dict[str, bytes] = {}
    faults: list[str] = []
    try:
        for name, file in _members(path):
            if name in {_MANIFEST, _SEAL}:
                ends[name] = file.read()
            elif name in found:
                faults.append(f"{name} is there twice.")
            else:
                found[name] = _digested(file, told)
    except (tarfile.TarError, OSError, EOFError) as error:
        faults.append(f"It cannot be read to its end: {error}.")
    manifest = _sealed(ends, faults)
    if manifest is not None:
        faults += _compared(found, manifest.files)
    if manifest is None or faults:
        raise DamagedBackup(path, faults)
    return manifest


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The dump and the files of an archive that was examined, in its order."""
    return ((name, file) for name, file in _members(path) if name not in {_MANIFEST, _SEAL})


def unpack(file: IO[bytes], target: Path, *, expected: StoredFile) -> None:
    """Write a member to a file that is complete, or not there at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.restoring")
    digest = hashlib.sha256()
    try:
        with new.open("wb") as copy:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
        if digest.hexdigest() != expected.sha256:
            raise BackupError(f"{target.name} changed while it was read from the backup.")
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)


def copy_to(file: IO[bytes], copy: IO[bytes]) -> None:
    shutil.copyfileobj(file, copy, _CHUNK)


def digest_of(path: Path) -> StoredFile:
    with path.open("rb") as file:
        return _digested(file, lambda _: None)


def _members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with tarfile.open(path, mode="r:") as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            if file is None:
                raise tarfile.ReadError(f"{member.name} is not a file")
            yield member.name, file


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _digested(file: IO[bytes], told: Told) -> StoredFile:
    digest, size = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        told(len(chunk))
    return StoredFile(size, digest.hexdigest())


def _sealed(ends: dict[str, bytes], faults: list[str]) -> Manifest | None:
    text, seal = ends.get(_MANIFEST), ends.get(_SEAL)
    if text is None or seal is None:
        faults.append("It has no manifest: it was cut off, or never finished.")
        return None
    if hashlib.sha256(text).hexdigest().encode() != seal:
        faults.append("Its manifest is not what was written.")
        return None
    try:
        return Manifest.from_json(text)
    except (KeyError, TypeError, ValueError) as error:
        faults.append(f"Its manifest cannot be understood: {error}")
        return None


def _compared(found: dict[str, StoredFile], expected: dict[str, StoredFile]) -> list[str]:
    faults = [f"{name} is missing." for name in sorted(expected.keys() - found.keys())]
    faults += [f"{name} is not in the manifest." for name in sorted(found.keys() - expected)]
    faults += [
        f"{name} is not what was written."
        for name in sorted(expected.keys() & found.keys())
        if found[name] != expected[name]
    ]
    faults += [f"{name} would leave its folder." for name in expected if not _stays(name)]
    return faults if DUMP in expected else [*faults, f"{DUMP} is missing."]


def _stays(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
