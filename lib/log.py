"""Logging set up once: one line an event, to standard error, with no payloads and no secrets in it."""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from collections.abc import Iterator
from typing import Any

log = logging.getLogger("connector_desk")

# What moves a terminal's cursor, begins another line of a log, or turns the order of letters round.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def visible(text: str, keep: str = "") -> str:
    """The text with every sign that steers what shows it written out by its number, but for those in `keep`.

    Names, paths and cells come from outside: one that holds a line break would write a line of the log by itself.
    """
    return _STEERING.sub(lambda sign: sign[0] if sign[0] in keep else f"\\u{ord(sign[0]):04x}", text)


class _OneLine(logging.Formatter):
    """One line an event, whatever stands in it; a way through the code, which is the desk's own text, goes over several."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what the desk did not write itself is made visible."""
        return visible(super().format(record), "\n" if getattr(record, "is_way_through_code", False) else "")


def set_up_logging(level: int = logging.INFO) -> None:
    """Send the desk's own log lines to standard error; calling it again changes only the level."""
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
        log.propagate = False
    log.setLevel(level)
    logging.setLogRecordFactory(_without_values)


def log_bug(error: BaseException) -> str:
    """Log an unexpected error with its traceback under a short reference, and return the reference for the person.

    What the error says is left out, because libraries put the values at hand into it: a parser the cell it met, a driver
    the whole row. Its kind, the lines of code it went through, and those of its causes tell where to look.
    """
    reference = secrets.token_hex(4)
    way = "\n".join(map(visible, _told(error)))
    log.error("unexpected error, reference %s\n%s", reference, way, extra={"is_way_through_code": True})
    return reference


_record = logging.getLogRecordFactory()


def _without_values(*args: Any, **kwargs: Any) -> logging.LogRecord:
    """A record of any logger of this process, with the error that belongs to it told as `log_bug` tells it.

    Streamlit and the server log what leaves a page or a route by themselves, before the desk is asked what to do.
    """
    record = _record(*args, **kwargs)
    if record.exc_info and record.exc_info[1] is not None:
        record.exc_text, record.exc_info = "\n".join(map(visible, _told(record.exc_info[1]))), None
    return record


def _told(error: BaseException) -> Iterator[str]:
    """An error and its causes, the first cause first: the way through the code, and the kind of each."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "and then"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
