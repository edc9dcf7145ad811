"""Writes text of any encoding anew as UTF-8 without NULs, so that one reader serves all, and notes what it mended."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from lib.errors import DeskError
from lib.intake.encodings import Encoding
from lib.intake.records import Tally
from lib.intake.sources import Source, blocks, spooled

_LOST = re.compile("[\udc80-\udcff]")
# A line that never ends is handed on in pieces of so many characters.
_LONGEST = 4 << 20


@dataclass
class Recoded:
    """UTF-8 without NULs from `start` on, and the doubts about single lines of it."""

    source: Source
    start: int
    doubts: Tally = field(default_factory=Tally)


def recoded(source: Source, encoding: Encoding) -> Recoded:
    """The text of a source as UTF-8: the source itself where it is that already.

    DeskError `wrong_encoding` names the line where a told encoding does not fit.
    """
    doubts = Tally()
    if encoding.doubt:
        doubts.add(1, encoding.doubt)
    if encoding.is_plain:
        return Recoded(source, encoding.start, doubts)
    return Recoded(spooled(_pieces(source, encoding, doubts)), 0, doubts)


def _pieces(source: Source, encoding: Encoding, doubts: Tally) -> Iterator[bytes]:
    mend = _mender(encoding)
    line = 1
    for text in _whole_lines(_decoded(source, encoding)):
        if "\0" not in text and not mend.search(text):
            yield text.encode("utf-8", errors="replace")
            line += line_ends(text)
            continue
        for item in io.StringIO(text, newline=""):
            yield _mended(item, line, mend, encoding, doubts).encode("utf-8", errors="replace")
            line += line_ends(item)


def line_ends(text: str) -> int:
    """How many lines end in a text: CR, LF and CRLF each end one."""
    count = text.count("\n")
    return count + text.count("\r") - text.count("\r\n") if "\r" in text else count


def _mender(encoding: Encoding) -> re.Pattern[str]:
    """What has to be mended or pointed at in a decoded text."""
    if encoding.is_told:
        return re.compile(r"(?!)")
    return _LOST if encoding.is_mended else re.compile("\ufffd|[\ud800-\udfff]")


def _mended(text: str, line: int, mend: re.Pattern[str], encoding: Encoding, doubts: Tally) -> str:
    if mend.search(text):
        if encoding.is_mended:
            doubts.add(line, "A byte that is not UTF-8 was read as Windows-1252.")
            return _mended(mend.sub(_as_western, text), line, re.compile(r"(?!)"), encoding, doubts)
        doubts.add(line, f"Bytes that are not {encoding.name} were replaced by \ufffd.")
    if "\0" in text:
        doubts.add(line, "A NUL byte was taken out of this line.")
    return text.replace("\0", "")


def _as_western(found: re.Match[str]) -> str:
    return bytes([ord(found[0]) - 0xDC00]).decode("cp1252", errors="replace")


def _decoded(source: Source, encoding: Encoding) -> Iterator[str]:
    """The text block by block, without a byte order mark."""
    errors = "strict" if encoding.is_told else "surrogateescape" if encoding.is_mended else "replace"
    decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder(encoding.name)(errors)
    line, is_first = 1, True
    for block in chain(blocks(source, encoding.start), [b""]):
        text = _strictly(decoder.decode, block, line, encoding)
        line += text.count("\n")
        yield text.removeprefix("\ufeff") if is_first else text
        is_first = is_first and not text


def _strictly(decode: Callable[[bytes, bool], str], block: bytes, line: int, encoding: Encoding) -> str:
    try:
        return decode(block, not block)
    except UnicodeError as error:
        if isinstance(error, UnicodeDecodeError):
            line += error.object.count(b"\n", 0, error.start)
        raise DeskError(
            "wrong_encoding",
            f"Line {line} holds bytes that {encoding.name} does not know.",
            "Leave the encoding out, or name the one the file was written in.",
        ) from error


def _whole_lines(pieces: Iterator[str]) -> Iterator[str]:
    """The same text, cut only behind line ends, so that a CRLF is never torn apart."""
    held = ""
    for piece in pieces:
        held += piece
        end = held.rfind("\n") + 1
        if not end and len(held) > _LONGEST:
            end = len(held) - held.endswith("\r")
        if end:
            yield held[:end]
            held = held[end:]
    if held:
        yield held
