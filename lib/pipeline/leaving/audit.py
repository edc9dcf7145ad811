"""Lines of the audit log as a CSV, written to disk as there may be many."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted
from lib.domain.people import Actor
from lib.pipeline.running.auditing import write_log
from lib.services.running.audit_lines import Filters


def audit_wanted(filters: Filters) -> Wanted:
    """The lines that these filters leave."""
    days = {"from": filters.first, "to": filters.last}
    said = {name: day.isoformat() for name, day in days.items() if day is not None}
    return Wanted("audit", {"client": filters.client, "person": filters.person, "action": filters.action, **said})


def audit_file(desk: Desk, person: Actor, about: Mapping[str, Any], folder: Path) -> LeavingFile:
    """The lines in the scope of whoever takes them, newest first."""
    first, last = (date.fromisoformat(str(about[name])) if name in about else None for name in ("from", "to"))
    filters = Filters(str(about["client"]), str(about["person"]), str(about["action"]), first, last)
    path = folder / f"{secrets.token_hex(16)}.csv"
    try:
        path.touch(mode=0o600, exist_ok=False)
        write_log(desk, person, path, filters)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return LeavingFile("audit-log.csv", "text/csv; charset=utf-8", path)
