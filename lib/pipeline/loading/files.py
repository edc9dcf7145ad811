"""A delivery as a file on disk for as long as it is read, so that a large one never lies in memory."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.db.unit_of_work import Desk
from lib.domain.imports import Delivery
from lib.domain.people import Actor
from lib.domain.settings.retention import payload_gone

_SUFFIXES = re.compile(r"(\.[A-Za-z0-9]{1,8}){0,2}$")


@contextmanager
def delivered_file(content: bytes | Path, file_name: str) -> Iterator[Path]:
    """The file that was handed in; bytes are written to a file that is gone afterwards."""
    if isinstance(content, Path):
        yield content
        return
    with _room(file_name) as path:
        path.write_bytes(content)
        yield path


@contextmanager
def kept_file(desk: Desk, actor: Actor, delivery: Delivery) -> Iterator[Path]:
    """The bytes of a delivery as they were kept; DeskError `payload_gone` when retention has taken them."""
    if not desk.ask(actor, lambda tx: tx.payloads.has_file(delivery.id)) and delivery.byte_count:
        policy = desk.ask(actor, lambda tx: tx.accounts.by_id(delivery.account_id)).retention_days
        what, so = f"The file of delivery {delivery.id} is", ", so it cannot be read again"
        raise payload_gone(what, policy, "Import the file anew.", so)
    with _room(delivery.file_name) as path:
        desk.ask(actor, lambda tx: tx.payloads.write_file(delivery.id, path))
        yield path


@contextmanager
def _room(file_name: str) -> Iterator[Path]:
    """A path whose ending is that of the name, since the reader looks at it; the name itself may hold anything."""
    found = _SUFFIXES.search(file_name)
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        yield Path(folder) / f"delivery{found[0] if found else ''}"
