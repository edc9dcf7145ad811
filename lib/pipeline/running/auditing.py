"""The audit log examined against what was kept outside the database, and taken out as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow as pa

from lib.db.audit.anchors import AnchorFile
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.access.audit import AuditLine
from lib.domain.access.audit_chain import Anchor, Examined
from lib.domain.people import Actor
from lib.mapping.safe_csv import SafeCsv
from lib.services.running import audit_check, audit_lines
from lib.services.running.audit_lines import Filters

_COLUMNS = (
    "position",
    "at",
    "person",
    "client",
    "action",
    "subject",
    "number",
    "detail",
    "door",
    "address",
    "seal",
)


_PUT_BACK = (
    "Where the database was put back from a backup on purpose, move `var/audit.anchors` aside and keep it: "
    "anchors begin anew with the next line."
)


@dataclass(frozen=True)
class Verified:
    """What an examination found. `kept` is how many anchors the desk's own file held, None where it is missing."""

    found: Examined
    kept: int | None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to say of it, the most important first."""
        return tuple(_said(self))


def verify_log(desk: Desk, actor: Actor, given: Sequence[Anchor] = ()) -> Verified:
    """Walk the whole chain; `given` are anchors that somebody kept elsewhere, beside those of the desk's own file."""
    kept = AnchorFile(desk.settings.var).kept()
    found = desk.ask(actor, audit_check.examine_log, desk.hash_key, (*(kept or ()), *given))
    return Verified(found, None if kept is None else len(kept))


def write_log(desk: Desk, actor: Actor, path: Path, filters: Filters) -> int:
    """Write the lines in scope to a CSV that no spreadsheet runs anything of, newest first; how many, and that is logged."""

    def work(tx: UnitOfWork) -> int:
        count = 0
        with path.open("wb") as out:
            csv = SafeCsv(out, _COLUMNS)
            for lines in audit_lines.audit_lines(tx, filters):
                csv.add(_columns(lines))
                count += len(lines)
        return count

    # In a transaction that only reads, so that nobody waits for a long log; handed out once it is logged.
    count = desk.ask(actor, work)
    desk.do(actor, audit_lines.note_log_taken, filters, count)
    return count


def _columns(lines: Sequence[AuditLine]) -> list[pa.Array]:
    rows = [
        (
            str(line.position),
            line.at.isoformat(),
            line.person,
            line.client,
            line.action,
            line.subject_type,
            str(line.subject_id),
            orjson.dumps(line.detail, option=orjson.OPT_SORT_KEYS).decode(),
            line.door,
            line.address,
            line.seal,
        )
        for line in lines
    ]
    return [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]


def _said(verified: Verified) -> list[str]:
    found = verified.found
    if found.broken is not None:
        before = f"The {found.lines:,} lines before it are as they were written." if found.lines else ""
        said = [f"{found.broken.sentence} {before}".strip()]
        return [*said, _PUT_BACK] if found.broken.code in ("cut_off", "replaced") else said
    said = [f"All {found.lines:,} lines are as they were written." if found.lines else "The log is empty."]
    if not found.anchored:
        missing = "no file of anchors was found" if verified.kept is None else "the file of anchors holds none"
        return [*said, f"Whether its end was cut off cannot be told: {missing} (`audit.anchors`), and none was given."]
    behind = found.lines - found.anchored
    if behind > 0:
        said.append(f"The last anchor is of line {found.anchored:,}; the {behind:,} behind it have none yet.")
    return said
