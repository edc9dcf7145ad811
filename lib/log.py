"""Logging set up once: one line an event, to standard error, with no payloads and no secrets in it."""

from __future__ import annotations

import logging
import secrets

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
    """Log an unexpected error with its traceback under a short reference, and return the reference for the person."""
    reference = secrets.token_hex(4)
    log.error("unexpected error, reference %s", reference, exc_info=error)
    return reference
