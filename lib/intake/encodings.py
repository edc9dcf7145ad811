"""Finds how text was encoded: byte order marks, UTF-16 without one, strict UTF-8, and a guess that is always said."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import chain

from lib.errors import DeskError
from lib.intake.sources import Source, blocks

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{3,}")
_HIGH = re.compile(rb"[\x80-\xff]")
_LOST = re.compile("[\udc80-\udcff]")
_SAMPLE = 65536

# Letters of Greek and Russian text, most frequent first, accents set aside (general frequency lists; ranks suffice).
_COMMON = {
    "iso8859_7": "αοιετσνηυρπκμλςωίάόέύήώ",
    "cp1251": "оеаинтсрвлкмдпуяыь",
    "koi8_r": "оеаинтсрвлкмдпуяыь",
    "iso8859_5": "оеаинтсрвлкмдпуяыь",
}


@dataclass(frozen=True)
class Encoding:
    """How a file's text is encoded.

    `start` is where the text begins (behind a byte order mark); `doubt` a sentence about the whole of it or nothing;
    `is_plain` says that all of it is UTF-8 without fault or NUL, so that it can be read where it lies; with `is_mended`
    bytes that do not fit are read as Windows-1252 one by one; with `is_told` there must be none.
    """

    name: str
    start: int = 0
    doubt: str = ""
    is_plain: bool = False
    is_mended: bool = False
    is_told: bool = False

    @property
    def is_wide(self) -> bool:
        """UTF-16 or UTF-32."""
        return self.name.replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32"))


def find_encoding(source: Source, told: str | None = None) -> Encoding:
    """The encoding of a whole file; one that is `told` is obeyed, and refused by name when there is none of that name."""
    head = source.read(0, 4096)
    if told:
        return _as_told(source, head, told)
    for mark, name in _MARKS:
        if head.startswith(mark):
            is_plain = name == "utf-8" and _is_plain(source, len(mark))
            return Encoding(name, len(mark), is_plain=is_plain)
    wide = _wide_without_mark(head)
    if wide:
        return Encoding(wide, doubt=f"No encoding is declared; read as {wide}.")
    if _is_plain(source, 0):
        return Encoding("utf-8", is_plain=True)
    broken, sound = _broken_and_sound(source)
    if sound >= 4 * broken:
        return Encoding("utf-8", is_mended=True)
    name = _foreign(_high_sample(source)) or "cp1252"
    name = name if _fits(source, name) else "latin-1"
    return Encoding(name, doubt=f"No encoding is declared and the file is not UTF-8; read as {name}.")


def _as_told(source: Source, head: bytes, told: str) -> Encoding:
    try:
        # Python knows "encodings" that make no text of bytes; decoding nothing finds them out.
        b"".decode(told)
        name = codecs.lookup(told).name
    except (LookupError, ValueError) as error:
        raise DeskError("unknown_encoding", f"There is no encoding {told!r}.", "Try utf-8 or cp1252.") from error
    start = len(codecs.BOM_UTF8) if name.startswith("utf-8") and head.startswith(codecs.BOM_UTF8) else 0
    is_plain = name in ("utf-8", "utf-8-sig") and _is_plain(source, start)
    return Encoding(told.lower(), start, is_plain=is_plain, is_told=True)


def _is_plain(source: Source, start: int) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in blocks(source, start):
            if b"\0" in block:
                return False
            # Most files are ASCII in most of their blocks; a character may only be open where the last was not.
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 of mostly western text shows as a NUL in every second byte."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _broken_and_sound(source: Source) -> tuple[int, int]:
    """How many bytes are no UTF-8, and how many bytes beyond the first of a character are."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    broken = sound = 0
    for block in chain(blocks(source), [b""]):
        text = decoder.decode(block, final=not block)
        if not text.isascii():
            broken += len(_LOST.findall(text))
            sound += len(text.encode("utf-8", errors="surrogateescape")) - len(text)
    return broken, sound


def _fits(source: Source, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        for block in blocks(source):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _high_sample(source: Source) -> bytes:
    """The bytes from the first one on that is not ASCII, and a little before it."""
    offset = 0
    for block in blocks(source):
        found = _HIGH.search(block)
        if found:
            return source.read(max(offset + found.start() - 16, 0), _SAMPLE)
        offset += len(block)
    return b""


def _foreign(sample: bytes) -> str:
    """Another alphabet writes whole words in high bytes; Western text has one or two at a time.

    The statistical detector mistakes short Greek for Cyrillic, so the commonest letters are counted first.
    """
    high = len(_HIGH.findall(sample))
    words = _FOREIGN_RUN.findall(sample)
    if sum(map(len, words)) * 2 <= high:
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
