"""The texts of a file as they stand in it, whatever kind it is: to look for somebody in them, not to read rows."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO

# A mention is far shorter; so much of each piece is seen again with the next.
_CARRIED = 400
_PIECE = 1 << 20
# What unfolds to more is looked at so far.
_MOST = 1 << 30
_DEEPEST = 3
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def plain_texts(pieces: Iterable[bytes], depth: int = 0) -> Iterator[str]:
    """The text of a file, about a megabyte at a time, each piece with the end of the one before it.

    Of a workbook or another ZIP the text of everything in it, of a gzip what was packed; what is not text gives noise.
    """
    pieces = iter(pieces)
    first = next(pieces, b"")
    if first.startswith(b"PK\x03\x04") and depth < _DEEPEST:
        yield from _of_zip(b"".join([first, *pieces]), depth + 1)
    elif first.startswith(b"\x1f\x8b"):
        yield from _texts(_unpacked([first, *pieces]))
    else:
        yield from _texts(_chained(first, pieces))


def _of_zip(whole: bytes, depth: int) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as packed:
            for item in packed.infolist():
                with packed.open(item) as member:
                    yield from plain_texts(_read(member), depth)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError):
        yield from _texts([whole])


def _read(member: IO[bytes]) -> Iterator[bytes]:
    left = _MOST
    while left > 0 and (piece := member.read(_PIECE)):
        left -= len(piece)
        yield piece


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    opened, left = zlib.decompressobj(wbits=31), _MOST
    try:
        for piece in pieces:
            waiting = piece
            while waiting and left > 0:
                out = opened.decompress(waiting, _PIECE)
                waiting, left = opened.unconsumed_tail, left - len(out)
                yield out
    except zlib.error:
        return


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _texts(pieces: Iterable[bytes]) -> Iterator[str]:
    before, encoding = b"", ""
    for piece in pieces:
        encoding = encoding or _UTF16.get(piece[:2], "utf-8")
        held = before + piece
        before = held[-_CARRIED:]
        if encoding != "utf-8":
            # Whichever half of a sign a piece begins with, one of the two readings is right.
            yield held.decode(encoding, errors="replace")
            yield held[1:].decode(encoding, errors="replace")
            continue
        text = held.decode("utf-8", errors="replace")
        yield text
        if "�" in text:
            yield held.decode("cp1252", errors="replace")
