"""What must hold of a desk at any moment, whatever was killed in the middle: nothing lost, nothing twice, nothing half."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lib.db.tables.audit import audit_log
from lib.db.tables.imports import data_import_batches, data_import_row_reasons, data_import_rows
from lib.db.tables.payloads import payload_chunks
from lib.db.tables.records import RECORD_TABLES, integration_external_objects, integration_object_links
from lib.db.unit_of_work import Desk
from lib.domain.verdicts import GOES_IN, RowClass, Verdict
from tests.builders import table_rows


def require_sound(desk: Desk) -> None:
    """Every load has exactly the rows, verdicts and payload that its counters say, and every record has its load."""
    loads = {row["id"]: row for row in table_rows(desk.app, data_import_batches)}
    for load in loads.values():
        _require_conserved(desk, load)
    shown = {load["id"] for load in loads.values() if load["status"] == "committed"}
    records = [
        (name, row["id"], row["load_id"])
        for name, table in RECORD_TABLES.items()
        for row in table_rows(desk.app, table)
    ]
    assert {load_id for _, _, load_id in records} <= shown, "a record of a load that nobody may see"
    links = {row["external_object_id"]: row["record_id"] for row in table_rows(desk.app, integration_object_links)}
    things = [row["id"] for row in table_rows(desk.app, integration_external_objects)]
    assert sorted(links.get(thing, thing) for thing in things) == sorted(record for _, record, _ in records)


def _require_conserved(desk: Desk, load: dict[str, Any]) -> None:
    rows = [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load["id"]]
    assert sorted(row["row_no"] for row in rows) == list(range(load["row_count"])), load["id"]
    verdicts, classes = Counter(row["verdict"] for row in rows), Counter(row["row_class"] for row in rows)
    assert {verdict: load[f"{verdict}_count"] for verdict in Verdict} == {item: verdicts[item] for item in Verdict}
    assert {found: load[f"{found}_count"] for found in RowClass} == {item: classes[item] for item in RowClass}
    going_in = Counter(row["row_class"] for row in rows if row["verdict"] in GOES_IN)
    assert load["going_in"] == going_in, f"load {load['id']} goes in by class"
    failing = [row["reasons"].split() for row in rows if row["verdict"] == Verdict.FAILED]
    words = Counter(word for said in failing for word in {*said, *(f"{word.partition(':')[0]}:" for word in said)})
    assert load["failing"] == words, f"reasons of the failed rows of load {load['id']}"
    numbers = {row["row_no"] for row in rows}
    told = {row["row_no"] for row in table_rows(desk.app, data_import_row_reasons) if row["load_id"] == load["id"]}
    assert told <= numbers
    for kind in ("raw", "mapped"):
        chunks = [
            row for row in table_rows(desk.app, payload_chunks) if (row["load_id"], row["kind"]) == (load["id"], kind)
        ]
        kept = [chunk["first_row"] + place for chunk in chunks for place in range(chunk["row_count"])]
        assert len(kept) == len(set(kept)), f"{kind} rows of load {load['id']} are kept twice"
        assert set(kept) <= numbers


def said(desk: Desk, action: str) -> int:
    """How often the audit log says it."""
    return sum(row["action"] == action for row in table_rows(desk.app, audit_log))
