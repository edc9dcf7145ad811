"""Turns bytes into text: byte order marks, UTF-16 without one, strict UTF-8, and a guess that is always said."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from lib.errors import DeskError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_LOST = re.compile("[\udc80-\udcff]")
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{3,}")

# Letters of Greek and Russian text, most frequent first, accents set aside (general frequency lists; ranks suffice).
_COMMON = {
    "iso8859_7": "αοιετσνηυρπκμλςωίάόέύήώ",
    "cp1251": "оеаинтсрвлкмдпуяыь",
    "koi8_r": "оеаинтсрвлкмдпуяыь",
    "iso8859_5": "оеаинтсрвлкмдпуяыь",
}


@dataclass(frozen=True)
class Decoded:
    """Text, the encoding it was read as, and doubts as (line, sentence)."""

    text: str
    encoding: str
    doubts: tuple[tuple[int, str], ...] = field(default=())


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """Decode a whole file; a given `encoding` is obeyed, and refused by name when it does not fit."""
    if encoding:
        return _as_told(data, encoding)
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _declared(data, codec, name)
    wide = _wide_without_mark(data)
    if wide:
        return Decoded(data.decode(wide, errors="replace"), wide, ((1, f"No encoding is declared; read as {wide}."),))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _mostly_utf8(data) or _guess(data)


def line_of(text: str, position: int) -> int:
    """The 1-based line on which a character stands; CR, LF and CRLF each end a line."""
    return sum(1 for _ in _LINE_END.finditer(text, 0, position)) + 1


def _as_told(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding).removeprefix("\ufeff"), encoding.lower())
    except LookupError as error:
        raise DeskError("unknown_encoding", f"There is no encoding {encoding!r}.", "Try utf-8 or cp1252.") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DeskError(
            "wrong_encoding",
            f"Line {line} holds bytes that {encoding} does not know.",
            "Leave the encoding out, or name the one the file was written in.",
        ) from error


def _declared(data: bytes, codec: str, name: str) -> Decoded:
    try:
        return Decoded(data.decode(codec), name)
    except UnicodeDecodeError:
        text = data.decode(codec, errors="replace")
        lines = sorted({line_of(text, found.start()) for found in re.finditer("\ufffd", text)}) or [1]
        return Decoded(
            text, name, tuple((line, f"Bytes that are not {name} were replaced by \ufffd.") for line in lines)
        )


def _wide_without_mark(data: bytes) -> str:
    """UTF-16 of mostly western text shows as a NUL in every second byte."""
    head = data[:4096]
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _mostly_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a few broken bytes: those alone are read as Windows-1252, and their lines are named."""
    text = data.decode("utf-8", errors="surrogateescape")
    broken = [found.start() for found in _LOST.finditer(text)]
    sound = len(text.encode("utf-8", errors="surrogateescape")) - len(text)
    if sound < 4 * len(broken):
        return None
    lines = _lines_of(text, broken)
    mended = _LOST.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", errors="replace"), text)
    why = "A byte that is not UTF-8 was read as Windows-1252."
    return Decoded(mended, "utf-8", tuple((line, why) for line in lines))


def _lines_of(text: str, positions: list[int]) -> list[int]:
    lines, line, seen = set(), 1, 0
    for position in positions:
        line += sum(1 for _ in _LINE_END.finditer(text, seen, position))
        seen = position
        lines.add(line)
    return sorted(lines)


def _guess(data: bytes) -> Decoded:
    name = _foreign(data) or "cp1252"
    try:
        text = data.decode(name)
    except UnicodeDecodeError:
        name, text = "latin-1", data.decode("latin-1")
    return Decoded(text, name, ((1, f"No encoding is declared and the file is not UTF-8; read as {name}."),))


def _foreign(data: bytes) -> str:
    """Another alphabet writes whole words in high bytes; Western text has one or two at a time.

    The statistical detector mistakes short Greek for Cyrillic, so the commonest letters are counted first.
    """
    sample = data[:65536]
    high = sum(1 for byte in sample if byte > 127)
    words = _FOREIGN_RUN.findall(sample)
    if sum(map(len, words)) * 2 < high:
        return ""
    scores = {name: _likeness([word.decode(name, errors="replace") for word in words], name) for name in _COMMON}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 0.6 else _detected(sample)


def _likeness(words: list[str], encoding: str) -> float:
    """How common the letters are (1 the commonest), a word in impossible case (hELLO) counting nothing."""
    common = _COMMON[encoding]
    ranks = {letter: 1 - place / len(common) / 2 for place, letter in enumerate(common)}
    told = sum(sum(ranks.get(letter, 0) for letter in word.lower()) for word in words if _is_cased(word))
    return told / sum(map(len, words))


def _is_cased(word: str) -> bool:
    return word.isalpha() and (word[1:].islower() or word.isupper())


def _detected(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  a slow import that few files need

    best = from_bytes(sample).best()
    return best.encoding if best else ""
