"""Where an action comes from: the door somebody came in by, their network address, and who is truly at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# page: the browser; command: the terminal; worker: work that goes on by itself; hook: a webhook; download, upload and
# share: the desk's own addresses beside its pages.
DOORS = ("page", "command", "worker", "hook", "download", "upload", "share")
_LONGEST_ADDRESS = 64


@dataclass(frozen=True)
class Origin:
    """`door` is one of DOORS, '' where nobody opened one (a test, a script); `address` the client's IP, or ''.

    Of a command it is the machine's own name for whoever typed it (`user@host`), as `--by` is no more than a claim.

    `person_id` is who is truly at the door, where what they read is read in another person's name (*view as*).
    """

    door: str = ""
    address: str = ""
    person_id: int | None = None

    def __post_init__(self) -> None:
        if self.door and self.door not in DOORS:
            raise ValueError(f"{self.door!r} is no door of the desk")
        object.__setattr__(self, "address", _plain(self.address))


def _plain(address: str) -> str:
    """An address as it may stand in a log: printable ASCII, short."""
    return "".join(sign for sign in address if sign.isascii() and sign.isprintable())[:_LONGEST_ADDRESS]


_NOWHERE = Origin()
_ORIGIN: ContextVar[Origin] = ContextVar("origin", default=_NOWHERE)


def origin() -> Origin:
    """Where the work in hand comes from."""
    return _ORIGIN.get()


def came_by(door: str, address: str | None = "", person_id: int | None = None) -> None:
    """Say where all that this thread or task does from here on comes from; each run of a page says it anew."""
    _ORIGIN.set(Origin(door, address or "", person_id))


@contextmanager
def coming_by(door: str, address: str | None = "", person_id: int | None = None) -> Iterator[None]:
    """The same, for as long as the block runs."""
    before = _ORIGIN.set(Origin(door, address or "", person_id))
    try:
        yield
    finally:
        _ORIGIN.reset(before)
