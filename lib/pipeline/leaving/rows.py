"""Rows of a load as a workbook or a CSV, written to disk as there may be many."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted
from lib.domain.people import Actor
from lib.domain.rows.fixes import WhichRows
from lib.domain.verdicts import Verdict
from lib.pipeline.loading.error_files import write_rows

_TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def rows_wanted(load_id: int, which: WhichRows, kind: str, *, is_clear: bool) -> Wanted:
    """These rows as `xlsx` or `csv`; `is_clear` is whether personal values were to be seen where it was asked."""
    said = {"verdicts": [str(each) for each in which.verdicts], "class": which.row_class, "reason": which.reason}
    return Wanted("rows", {"load": load_id, **said, "as": kind, "clear": is_clear})


def rows_file(desk: Desk, person: Actor, about: Mapping[str, Any], folder: Path) -> LeavingFile:
    """The rows as they read now."""
    verdicts = tuple(Verdict(name) for name in about["verdicts"])
    which = WhichRows(verdicts=verdicts, row_class=about["class"], reason=about["reason"])
    kind = str(about["as"])
    path = folder / f"{secrets.token_hex(16)}.{kind}"
    try:
        path.touch(mode=0o600, exist_ok=False)
        write_rows(desk, person, int(about["load"]), path, which, is_clear=bool(about["clear"]))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return LeavingFile(f"load-{int(about['load'])}-rows.{kind}", _TYPES[kind], path)
