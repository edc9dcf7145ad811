"""Text from outside made safe to stand in Markdown: a file may be called anything, a picture or a link included."""

from __future__ import annotations

import re

from lib.domain.wording import counted

__all__ = ["counted", "plain", "said", "sentence"]

_WORD_JOINER = "\u2060"
_ADDRESS = re.compile(r"(?i)(https?:|www)(?=//|\.)")
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#+!|~$&=-])")


def plain(text: object) -> str:
    """`text` as Markdown that shows its own characters, on one line: no emphasis, picture, web link or formula."""
    line = " ".join(str(text).split())
    # An address becomes a link without any mark that could be escaped, so it is broken up where nobody sees it.
    return _MARKS.sub(r"\\\1", _ADDRESS.sub(rf"\1{_WORD_JOINER}", line))


def said(text: object) -> str:
    """What a provider said (a file's name, an id, a raw value), in the desk's mono voice, exactly as it was said."""
    line = " ".join(str(text).split())
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    # The blanks keep a backtick at either end apart from the fence; Markdown drops one of each.
    return f"{fence} {line} {fence}" if line else ""


def sentence(text: str) -> str:
    """A sentence of the desk's own, which may quote a command in backticks: those in mono, all the rest plain."""
    pieces = re.split(r"`([^`]+)`", text)
    spoken = [said(piece) if place % 2 else _edged(piece) for place, piece in enumerate(pieces)]
    return "".join(spoken)


def _edged(piece: str) -> str:
    # The blanks between a piece and the command beside it belong to the sentence.
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() and piece.strip() else ""
    return f"{before}{plain(piece)}{after}"
