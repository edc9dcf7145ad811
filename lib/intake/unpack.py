"""Unpacks a table from a GZIP or a ZIP archive, one file of it, without trusting what the archive says of its size."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePath
from typing import IO

from lib.errors import DeskError
from lib.intake.sources import BLOCK, Source, spooled, unpacks_to_too_much

# Repetitive exports pack to a hundredth; a thousandth is what a trap made of zeros packs to.
_MOST_RATIO = 300
_INNOCENT = 64 * BLOCK

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_WORKBOOK = {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}


class _Reader(io.RawIOBase):
    """A source as a file, for libraries that want one."""

    def __init__(self, source: Source) -> None:
        self._source, self._place = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._source.size}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._place = start + offset
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._source.read(self._place, len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)


def is_workbook_archive(source: Source) -> bool:
    """Whether a ZIP archive is a workbook (XLSX, XLSB, ODS); DeskError `corrupt_file`, `too_large`."""
    try:
        with zipfile.ZipFile(_Reader(source)) as archive:
            held = sum(item.file_size for item in archive.infolist())
            is_workbook = bool(_WORKBOOK & set(archive.namelist()))
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as error:
        raise damaged("workbook or ZIP archive") from error
    if is_workbook and held > 2 * 1024**3:
        raise unpacks_to_too_much()
    return is_workbook


def unpacked(source: Source, name: str, member: str) -> tuple[Source, str]:
    """The one file inside an archive and its name; the source itself where it is no archive.

    `member` names a file of a ZIP archive that holds several. DeskError: archive (several, lists them), no_such_member,
    corrupt_file, password_protected, too_large.
    """
    head = source.read(0, 4)
    if head.startswith(GZIP):
        return _gunzipped(source), PurePath(name).stem if name.lower().endswith((".gz", ".gzip")) else name
    if head in ZIP and not is_workbook_archive(source):
        return _unzipped(source, member)
    return source, ""


def damaged(noun: str) -> DeskError:
    """The refusal of what is cut off or spoilt."""
    return DeskError(
        "corrupt_file",
        f"This {noun} is damaged or cut off, so it cannot be opened.",
        "Download or export it again and check that the copy opens.",
    )


def _gunzipped(source: Source) -> Source:
    try:
        with gzip.GzipFile(fileobj=io.BufferedReader(_Reader(source), BLOCK)) as packed:
            return spooled(_pieces(packed, source.size))
    except (EOFError, OSError, zlib.error) as error:
        raise damaged("GZIP archive") from error


def _unzipped(source: Source, member: str) -> tuple[Source, str]:
    try:
        with zipfile.ZipFile(_Reader(source)) as archive:
            item = _chosen(archive, member)
            if item.flag_bits & 1:
                raise DeskError(
                    "password_protected",
                    f"The file {item.filename!r} in this ZIP archive is protected by a password.",
                    "Unpack it and import the file inside.",
                )
            with archive.open(item) as packed:
                return spooled(_pieces(packed, item.compress_size)), item.filename
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise damaged("ZIP archive") from error


def _chosen(archive: zipfile.ZipFile, member: str) -> zipfile.ZipInfo:
    if not all(item.filename for item in archive.infolist()):
        # No program writes a file without a name, and the library stumbles over one.
        raise damaged("ZIP archive")
    items = [item for item in archive.infolist() if not item.is_dir() and not _is_shadow(item.filename)]
    names = ", ".join(repr(item.filename) for item in items[:20]) + (" and more" if len(items) > 20 else "")
    if member:
        found = [item for item in items if item.filename == member]
        if not found:
            raise DeskError("no_such_member", f"There is no file {member!r} in this archive.", f"It holds {names}.")
        return found[0]
    if not items:
        raise DeskError("empty_file", "This ZIP archive holds no file.", "Export it again.")
    if len(items) > 1:
        raise DeskError(
            "archive",
            f"This ZIP archive holds {len(items)} files: {names}.",
            "Name the one to read, or unpack it and import them one by one.",
        )
    return items[0]


def _is_shadow(name: str) -> bool:
    """What macOS packs beside each file."""
    return name.startswith("__MACOSX/") or PurePath(name).name in (".DS_Store", "Thumbs.db")


def _pieces(packed: IO[bytes] | gzip.GzipFile, packed_size: int) -> Iterator[bytes]:
    size = 0
    while piece := packed.read(BLOCK):
        size += len(piece)
        if size > max(_INNOCENT, packed_size * _MOST_RATIO):
            raise unpacks_to_too_much()
        yield piece
