"""Where the bytes of a reading lie: in memory, in a file, or unpacked and recoded into a file that has no name."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from lib.errors import DeskError

BLOCK = 1 << 20
# What unpacks or recodes to more than this is a trap or no export of a provider.
MOST_UNPACKED = 4 * 1024**3
# So much may be held as one piece: workbooks and JSON documents are.
MOST_HELD = 512 * 1024**2


class Source(Protocol):
    """Bytes that can be read anywhere, any number of times."""

    size: int

    def read(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset` on."""


class HeldBytes:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self._data, self.size = data, len(data)

    def read(self, offset: int, size: int) -> bytes:
        """A slice."""
        return self._data[offset : offset + size]


class FileBytes:
    """Bytes of an open file; the file stays open as long as this lives, so a deleted file can be read to its end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        # The descriptor is closed with this object; nobody has to remember it.
        weakref.finalize(self, file.close)
        self._made = _made(file)
        self.size = os.fstat(file.fileno()).st_size

    def read(self, offset: int, size: int) -> bytes:
        """A piece of the file; DeskError `file_changed` when somebody wrote to it since it was opened."""
        if _made(self._file) != self._made:
            raise DeskError("file_changed", "The file was changed while it was being read.", "Read it again.")
        return os.pread(self._file.fileno(), size, offset)


def _made(file: IO[bytes]) -> tuple[int, int]:
    state = os.fstat(file.fileno())
    return state.st_size, state.st_mtime_ns


def open_path(path: Path) -> FileBytes:
    """The bytes of a file on disk; DeskError `no_such_file` where there is none."""
    try:
        file = path.open("rb")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise DeskError("no_such_file", f"The file {path} cannot be read: {reason}.", "Check its path.") from error
    return FileBytes(file)


def blocks(source: Source, offset: int = 0) -> Iterator[bytes]:
    """All bytes from an offset on, a mebibyte at a time."""
    while block := source.read(offset, BLOCK):
        yield block
        offset += len(block)


def whole(source: Source, noun: str) -> bytes:
    """All bytes as one piece; DeskError `too_large` where that is too much to hold."""
    if source.size > MOST_HELD:
        raise DeskError(
            "too_large",
            f"This is {noun} of more than {MOST_HELD >> 20} MiB, which is too much to open at once.",
            "Export a shorter period, or export it as CSV or one JSON record a line.",
        )
    return b"".join(blocks(source))


def spooled(pieces: Iterator[bytes]) -> Source:
    """The pieces one after the other: in memory while they are few, else in a nameless file on disk."""
    held: list[bytes] = []
    size = 0
    file: IO[bytes] | None = None
    try:
        for piece in pieces:
            size += len(piece)
            if size > MOST_UNPACKED:
                raise unpacks_to_too_much()
            if file is None and size > BLOCK:
                file = tempfile.TemporaryFile()  # noqa: SIM115  it lives as long as the source
                file.writelines(held)
            if file is None:
                held.append(piece)
            else:
                file.write(piece)
        if file is None:
            return HeldBytes(b"".join(held))
        file.flush()
    except BaseException:
        if file is not None:
            file.close()
        raise
    return FileBytes(file)


def unpacks_to_too_much() -> DeskError:
    """The refusal of a small file that unpacks to a huge one."""
    return DeskError("too_large", "This file unpacks to far more than an export holds.", "Export a shorter period.")
