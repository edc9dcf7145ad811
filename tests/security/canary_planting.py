"""Writes behind the desk the marks that no road brings in, so that no column of the marked client's is without one."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Table
from sqlalchemy.types import TypeDecorator

from lib.db.tables import app_metadata, traffic_metadata
from lib.db.types import JsonText
from lib.db.unit_of_work import Desk
from tests.security.canary_marks import API_KEY, MARKED, PLANTED, REMOVED, mark

# What no road of this desk fills by itself, as little of it as the tables take.
_MADE_UP: dict[str, dict[str, object]] = {
    "account_breakers": {"place": "open"},
    "account_lapses": {"gates": []},
    "alert_messages": {"status": "unknown", "changes": []},
    "alert_told": {"severity": "warning", "state": "silent"},
    "corrections": {"cause": "undone", "metric_key": "leads", "was": "56 leads", "becomes": "54 leads"},
    "dropped_files": {"state": "failed", "place": "p" * 64},
    "erasures": {"step": "finished", "begun_id": 0, "marks": []},
    "share_links": {"month": "2026-03", "token_hash": "0" * 64},
    "integration_sync_jobs": {
        "kind": "purge",
        "status": "failed",
        "error_code": "unexpected",
        "error_class": "ours",
        "cursor": "",
    },
    "report_notes": {"month": "2026-01", "status": "refused", "statement_ids": []},
    "sync_cursors": {"object": "lead", "zone": "UTC", "date_basis": "occurred_at"},
    "sync_schedules": {"kind": "purge", "cron": "0 4 * * *", "timezone": "UTC"},
    "alert_subscriptions": {"least": "warning", "quiet": "", "timezone": "UTC", "destination": f"env:{API_KEY}"},
    "tasks": {"kind": "drift", "status": "open", "link": "home", "detail": {}},
}
# Columns whose words come in as cells of files or as an address, and are not written behind the desk.
_BY_ROAD = frozenset(
    name
    for name in PLANTED
    if name.startswith(("crm_leads.", "secret.", "hook.", "stakeholder."))
    or name in ("payload_chunks.body", "incoming_lead_bodies.body", "people.email", "row_edits.value")
)
# A list or an object of a shape of its own is given the mark where words of it stand.
_IN_JSON: dict[str, object] = {
    "account_versions.changes": lambda was, word: {**was, "reason": ["", word]},
    "alert_messages.changes": lambda _was, word: [
        {"what": "new", "key": "new", "client_id": 1, "severity": "warning", "sentence": word}
    ],
    "statements.card": lambda was, word: {**was, "sentence": f"{was['sentence']} {word}"},
    "audit_log.detail": lambda was, word: {**was, "note": word},
    "setup_tests.checks": lambda was, word: [{**check, "sentence": f"{check['sentence']} {word}"} for check in was],
    "tasks.detail": lambda was, word: {**was, "note": word},
}


def planted(desk: Desk) -> None:
    """Put the marks that no road brought in behind the desk: every column planted of the marked client's rows."""
    tables = {**app_metadata.tables, **traffic_metadata.tables}
    for engine, metadata in ((desk.app, app_metadata), (desk.traffic, traffic_metadata)):
        with contextlib.closing(sqlite3.connect(str(engine.url.database))) as file:
            for column in sorted(set(PLANTED) - _BY_ROAD):
                table, name = column.split(".")
                if table in metadata.tables:
                    _put(file, tables[table], name, mark(column))
            if engine is desk.app:
                file.execute("UPDATE people SET is_active = 0 WHERE email LIKE ?", [f"{REMOVED}%"])
            file.commit()


def _put(file: sqlite3.Connection, table: Table, name: str, word: str) -> None:
    where = _of_marked(table)
    _required(file, table)
    key = ", ".join(column.name for column in table.primary_key)
    for row in file.execute(f"SELECT {key}, {name} FROM {table.name} WHERE {where}").fetchall():
        at_ = " AND ".join(f"{column.name} = ?" for column in table.primary_key)
        said = _with(f"{table.name}.{name}", row[-1], word, getattr(table.c[name].type, "length", None))
        file.execute(f"UPDATE {table.name} SET {name} = ? WHERE {at_}", [said, *row[:-1]])


def _with(column: str, was: str | None, word: str, most: int | None) -> str:
    """What stands in a cell, and the mark behind it."""
    if column in _IN_JSON:
        return json.dumps(_IN_JSON[column](json.loads(was or "{}"), word))  # type: ignore[operator]
    if word in (was or "").lower():
        return str(was)
    if column == "integration_provider_accounts.credential_ref":
        return f"env:{API_KEY}"
    return f"{was or ''} {word}".strip()[-(most or 4000) :]


def _of_marked(table: Table) -> str:
    """The condition that a row belongs to the marked client, through whatever it hangs from."""
    client = f"(SELECT id FROM clients WHERE key = '{MARKED}')"
    if table.name == "clients":
        return f"id = {client}"
    if "client_id" in table.c:
        return "client_id = (SELECT id FROM clients WHERE key = 'acme')" if table.metadata is app_metadata else "1"
    if table.name == "people":
        return f"id IN (SELECT person_id FROM person_clients WHERE client_id = {client}) AND role <> 'stakeholder'"
    parent = next(iter(next(column for column in table.c if column.foreign_keys).foreign_keys))
    return (
        f"{parent.parent.name} IN (SELECT id FROM {parent.column.table.name} WHERE {_of_marked(parent.column.table)})"
    )


def _required(file: sqlite3.Connection, table: Table) -> object:
    """The first key of a row of the marked client's, which is made up where there is none."""
    asked = f"SELECT {next(iter(table.primary_key)).name} FROM {table.name} WHERE {_of_marked(table)}"
    found = file.execute(asked).fetchone()
    if found is None:
        values = _a_row(file, table)
        places = ", ".join("?" * len(values))
        file.execute(f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({places})", list(values.values()))
        found = file.execute(asked).fetchone()
    return found[0]


def _a_row(file: sqlite3.Connection, table: Table) -> dict[str, object]:
    values: dict[str, object] = {}
    for column in table.c:
        if (column.nullable and column.name != "client_id") or (column.primary_key and column.autoincrement is True):
            continue
        given = _MADE_UP.get(table.name, {}).get(column.name)
        values[column.name] = _nothing(file, column) if given is None else given
        if isinstance(column.type, JsonText):
            values[column.name] = json.dumps(given if given is not None else {})
    return values


def _nothing(file: sqlite3.Connection, column: Column[Any]) -> object:
    """The least that a column takes: of a reference one of the marked client's."""
    if column.foreign_keys:
        return _required(file, next(iter(column.foreign_keys)).column.table)
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, Boolean):
        return 1
    if isinstance(kind, Date):
        return "2026-03-20"
    told = kind.python_type
    return {str: "-", int: 1, float: 1.0, datetime: "2026-03-20 12:00:00.000000", bytes: b""}.get(told, 1)
