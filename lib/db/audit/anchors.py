"""The file of anchors: the ends that the audit log has had, kept outside the database after each COMMIT.

It is a ring: the anchor of a position has a place of its own, which it is written into at once, so processes never wait
for one another and the file never grows beyond some hundred kilobytes. Older anchors are not needed: each seal stands on
all that came before it.
"""

from __future__ import annotations

import os
from pathlib import Path

from lib.domain.access.audit_chain import BEFORE_THE_FIRST, Anchor, anchors_in
from lib.log import log

_PLACES = 4_096
_DIGITS = 20
_WIDTH = _DIGITS + 1 + len(BEFORE_THE_FIRST) + 1


class AnchorFile:
    """The anchors of one desk on one machine, in its var folder."""

    def __init__(self, var: Path) -> None:
        self.path = var / "audit.anchors"

    def keep(self, anchor: Anchor) -> None:
        """Keep the end of a chain that is committed; a disk that is full must not undo what was done, so it is logged."""
        line = f"{anchor.position:0{_DIGITS}d} {anchor.seal}\n".encode()
        try:
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, line, anchor.position % _PLACES * _WIDTH)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.warning("the end of the audit log could not be kept outside the database: %s", error.strerror)

    def kept(self) -> tuple[Anchor, ...] | None:
        """Every anchor that is there; None where there is no file."""
        try:
            return anchors_in(self.path.read_text(encoding="ascii", errors="replace"))
        except FileNotFoundError:
            return None
