"""Small builders for tests of the road: a desk, people, accounts, maps and files, and what a desk holds in the end."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Table, select

from lib.clock import Clock, utc_now
from lib.db.tables import app_metadata, traffic_metadata
from lib.db.tables.accounts import integration_provider_accounts as provider_accounts
from lib.db.tables.imports import data_import_batches, data_import_rows
from lib.db.tables.records import RECORD_TABLES, integration_external_objects, integration_object_links
from lib.db.tables.reports import metric_definitions, report_metrics
from lib.db.tables.traffic import traffic_days
from lib.db.unit_of_work import Desk
from lib.domain.accounts import Account
from lib.domain.imports import DateRange
from lib.domain.maps import FieldMap, FieldRule, Transform
from lib.domain.people import Actor, Role
from lib.domain.states import MapStatus
from lib.errors import DeskError
from lib.pipeline.loading.decisions import approve
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.pipeline.opening import open_desk
from lib.services.mapping import maps
from lib.services.people import people
from lib.services.setup import account_settings, accounts, clients
from lib.settings import Settings, load_settings
from tests.ready_made import made_ready

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT.parent / "shared" / "data"
ZONE = "America/Denver"

# What is different each time although nothing else is: ids that are handed out, and moments.
_IDS = frozenset({"id", "record_id", "external_object_id"})
_TIMES = frozenset(
    {"created_at", "updated_at", "first_seen_at", "last_seen_at", "linked_at", "rolled_up_at", "written_at"}
)


def shared_data(*parts: str) -> Path:
    """A file or folder of ../shared/data; the test is skipped, and says so, where that lies not beside the checkout."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"../shared/data is absent: {path} is needed")
    return path


def settings_on(urls: tuple[str, str], home: Path) -> Settings:
    """Settings that name these databases, and `home` for everything else; on a server one user does everything."""
    named = {"DESK_HOME": str(home), "DATABASE_URL": urls[0], "TRAFFIC_DATABASE_URL": urls[1]}
    return load_settings({**named, "DESK_DEVELOPMENT": "1"})


@contextmanager
def desk_on(urls: tuple[str, str], home: Path, clock: Clock = utc_now) -> Iterator[Desk]:
    """A migrated, empty desk on these databases, closed at the end."""
    settings = settings_on(urls, home)
    made_ready(settings)
    desk = open_desk(settings, clock)
    try:
        yield desk
    finally:
        desk.close()


def at(desk: Desk, clock: Clock) -> Desk:
    """The same desk at another time."""
    return dataclasses.replace(desk, clock=clock)


def admin(desk: Desk) -> Actor:
    """The desk's local admin."""
    return people.local_admin(desk)


def a_person(desk: Desk, email: str, role: Role, client: str | None = None) -> Actor:
    """A new person of the desk."""
    return desk.do(admin(desk), people.add_person, email, role, client)


def an_account(
    desk: Desk,
    key: str = "site",
    *,
    client: str = "acme",
    provider: str = "other",
    timezone: str = ZONE,
    destination: str | None = None,
    signals: Mapping[str, str] | None = None,
) -> Account:
    """A provider account that takes imports; its client is added where there is none yet."""
    boss = admin(desk)
    if client not in [item.key for item in desk.ask(boss, clients.every_client)]:
        desk.do(boss, clients.add_client, client, client.title(), timezone)
    desk.do(
        boss,
        accounts.add_account,
        key,
        client=client,
        provider=provider,
        owner=boss,
        reason="to see it work",
        signals=signals,
        destination=destination,
        second_because="to see two of them",
    )
    desk.do(boss, account_settings.resume_account, key)
    return desk.ask(boss, lambda tx: tx.accounts.by_key(key))


def a_map(name: str, fields: Mapping[str, str | tuple[str, Sequence[Transform]]]) -> FieldMap:
    """A map of {target: source} or {target: (source, transforms)}."""
    rules = []
    for target, value in fields.items():
        source, steps = (value, ()) if isinstance(value, str) else value
        said = "What the provider says about it."
        rules.append(FieldRule(source, target, tuple(steps), label=target, owner="owner@example.com", explanation=said))
    return FieldMap(name, tuple(rules))


def constant(value: str) -> tuple[str, Sequence[Transform]]:
    """A field that every row has alike, for `a_map`."""
    return "", (Transform("constant", {"value": value}),)


LEAD_FIELDS = {
    "external_id": "id",
    "occurred_at": "date",
    "modified_at": "modified",
    "name": "name",
    "phone": "phone",
    "email": "email",
    "status": "status",
    "fee": "fee",
}


def an_approved_map(desk: Desk, key: str, field_map: FieldMap) -> int:
    """Save and approve a map; the number of its version."""
    saved = desk.do(admin(desk), maps.save_map, key, field_map)
    if saved.status is MapStatus.APPROVED:
        return saved.version
    desk.do(admin(desk), maps.approve_map, key, field_map.object, saved.version)
    return saved.version


def a_lead_account(desk: Desk, key: str = "site", **more: Any) -> Account:
    """An account of leads with an approved map of LEAD_FIELDS."""
    account = an_account(desk, key, **more)
    an_approved_map(desk, key, a_map("lead", LEAD_FIELDS))
    return account


def a_csv(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> bytes:
    """Rows as a CSV file; the columns are those of all rows unless they are given."""
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def a_lead(number: int, day: str = "2026-03-04", **more: object) -> dict[str, object]:
    """One row of a lead file, at noon UTC."""
    return {
        "id": f"L{number}",
        "date": f"{day} 12:00:00Z",
        "modified": "",
        "name": f"Person {number}",
        "phone": f"303555{number:04d}",
        "email": f"p{number}@mail.example",
        "status": "new",
        "fee": "10.00",
        **more,
    }


def import_file(
    desk: Desk,
    content: bytes,
    account: str = "site",
    name: str = "lead",
    *,
    by: Actor | None = None,
    file_name: str = "export.csv",
    days: DateRange | None = None,
    is_partial: bool = False,
    expected_rows: int | None = None,
    is_test: bool = False,
) -> dict[str, Any]:
    """Take a file through to review."""
    delivered = Delivered(account, name, file_name, content, days, is_partial, expected_rows, is_test)
    return import_delivery(desk, by or admin(desk), delivered)


def committed(desk: Desk, content: bytes, account: str = "site", name: str = "lead", **more: Any) -> dict[str, Any]:
    """Take a file all the way."""
    return approve(desk, admin(desk), import_file(desk, content, account, name, **more)["load"])


def code_of(refused: pytest.ExceptionInfo[DeskError]) -> str:
    """The code of the trouble a test met."""
    return refused.value.code


def require_conserved(load: Mapping[str, Any], arrived: int) -> None:
    """The conservation law: verdicts, and classes, add up to the rows that arrived."""
    assert load["rows"] == arrived
    assert sum(load["verdicts"].values()) == arrived
    assert sum(load["classes"].values()) == arrived


def table_rows(engine: Engine, table: Table, without: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Every row of a table in a stable order, less some columns."""
    with engine.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(select(table))]
    rows = [{name: value for name, value in row.items() if name not in without} for row in found]
    return sorted(rows, key=lambda row: repr(list(row.items())))


def everything(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Both databases, every table, every cell."""
    app = {name: table_rows(desk.app, table) for name, table in app_metadata.tables.items()}
    traffic = {name: table_rows(desk.traffic, table) for name, table in traffic_metadata.tables.items()}
    return app | traffic


def content_of(desk: Desk, without: frozenset[str] = frozenset()) -> dict[str, list[dict[str, Any]]]:
    """What the desk knows, ids and times aside: records, things, their links, slices, and traffic that anybody sees.

    A link is told by the thing it belongs to, so that it is compared although its ids are left out.
    """
    left_out = _IDS | _TIMES | without
    tables = [*RECORD_TABLES.values(), integration_external_objects, report_metrics]
    content = {table.name: table_rows(desk.app, table, left_out) for table in tables}
    things = {row["id"]: row["external_id"] for row in table_rows(desk.app, integration_external_objects)}
    records = {
        (name, row["id"]): row["external_id"]
        for name, table in RECORD_TABLES.items()
        for row in table_rows(desk.app, table)
    }
    links = [
        {
            **{name: value for name, value in row.items() if name not in left_out},
            "thing": things.get(row["external_object_id"]),
            "record": records.get((row["record_table"], row["record_id"])),
        }
        for row in table_rows(desk.app, integration_object_links)
    ]
    content["links"] = sorted(links, key=repr)
    shown = {row["id"] for row in table_rows(desk.app, data_import_batches) if row["status"] == "committed"}
    content["traffic"] = [row for row in table_rows(desk.traffic, traffic_days, left_out) if row["load_id"] in shown]
    return content


def records(desk: Desk, table: str = "crm_leads") -> dict[str, dict[str, Any]]:
    """The records of a table by their external id."""
    return {row["external_id"]: row for row in table_rows(desk.app, RECORD_TABLES[table])}


def slices(desk: Desk, key: str) -> dict[tuple[str, str], Any]:
    """What a client's metric says: {(day, dimension value): value}; `key` is account.metric."""
    account, _, metric = key.partition(".")
    account_ids = {row["id"] for row in table_rows(desk.app, provider_accounts) if row["key"] == account}
    wanted = {
        row["id"]
        for row in table_rows(desk.app, metric_definitions)
        if row["key"] == metric and row["account_id"] in account_ids
    }
    assert wanted, f"there is no metric {key}"
    return {
        (row["day"].isoformat(), row["dimension_value"]): row["value"]
        for row in table_rows(desk.app, report_metrics)
        if row["metric_id"] in wanted
    }


def verdicts_of(desk: Desk, load: int) -> list[str]:
    """The verdict of each row of a load, in order."""
    rows = [row for row in table_rows(desk.app, data_import_rows) if row["load_id"] == load]
    return [row["verdict"] for row in sorted(rows, key=lambda row: row["row_no"])]


def counted(values: Sequence[str]) -> dict[str, int]:
    """How often each value stands there."""
    return dict(Counter(values))
