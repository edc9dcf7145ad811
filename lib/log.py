"""Logging set up once: one line an event, to standard error, with no payloads and no secrets in it."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Iterator

log = logging.getLogger("connector_desk")


def set_up_logging(level: int = logging.INFO) -> None:
    """Send the desk's own log lines to standard error; calling it again changes only the level."""
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(level)


def log_bug(error: BaseException) -> str:
    """Log an unexpected error with its traceback under a short reference, and return the reference for the person.

    What the error says is left out, because libraries put the values at hand into it: a parser the cell it met, a driver
    the whole row. Its kind, the lines of code it went through, and those of its causes tell where to look.
    """
    reference = secrets.token_hex(4)
    log.error("unexpected error, reference %s\n%s", reference, "\n".join(_told(error)))
    return reference


def _told(error: BaseException) -> Iterator[str]:
    """An error and its causes, the first cause first: the way through the code, and the kind of each."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "and then"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
