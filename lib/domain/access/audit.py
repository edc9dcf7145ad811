"""Lines of the audit log as they are asked for and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# The action of a line that tells of a read; every other line tells of something done.
SEEN = "seen"


@dataclass(frozen=True)
class Asked:
    """Which lines: of a client, by a person's address, of an action, at or after `since` and before `until`."""

    client_id: int | None = None
    person: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class AuditLine:
    """One line: `person` is an address ('' where nobody was known yet), `client` a key and `client_name` its name, or ''."""

    position: int
    at: datetime
    person: str
    client: str
    client_name: str
    action: str
    subject_type: str
    subject_id: int
    detail: Mapping[str, Any]
    door: str
    address: str
    seal: str
