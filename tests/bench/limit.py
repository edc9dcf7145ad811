"""The limit: the rows that a governed import writes, as `LOAD DATA LOCAL` of fixed tables puts them on the same server.

`python -m tests.bench.limit dump FILE FOLDER` writes them down once, from the desk of the environment where FILE is
committed; `python -m tests.bench.limit load FOLDER` loads them into empty tables in one transaction. The tables are
fixed here and not the desk's own, so that the desk may store its rows more cleverly and be measured by it. Nothing is
left out that makes the server quicker at the same durability: rows in the order of their keys, unique checks off, which
lets MariaDB sort into an empty table, and JSON as text, which is what it is there, less the check that it is valid.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pymysql
from pymysql.cursors import SSCursor

from lib.domain.objects import Kind, object_type
from tests.bench import messy_file as messy
from tests.bench.messy_file import Role

_KIND = object_type(messy.OBJECT)
_LEAD_COLUMNS = [_KIND.column(name) for name in messy.COLUMNS.values()]
_TYPES = {Kind.TIMESTAMP: "DATETIME(6)", Kind.MONEY: "DECIMAL(20,6)", Kind.LONG_TEXT: "MEDIUMTEXT"}
_TABLES = {
    "leads": (
        "id BIGINT NOT NULL PRIMARY KEY, "
        + ", ".join(f"{item.name} {_TYPES.get(item.kind, f'VARCHAR({item.length})')}" for item in _LEAD_COLUMNS)
        + ", UNIQUE KEY (external_id), KEY (occurred_at), KEY (phone), KEY (email)"
    ),
    "import_rows": (
        "load_id BIGINT NOT NULL, row_no INT NOT NULL, verdict VARCHAR(12) NOT NULL, reasons VARCHAR(1000) NOT NULL, "
        "raw LONGTEXT NOT NULL, PRIMARY KEY (load_id, row_no)"
    ),
    "external_objects": (
        "id BIGINT NOT NULL PRIMARY KEY, account_id BIGINT NOT NULL, object VARCHAR(40) NOT NULL, "
        "external_id VARCHAR(190) NOT NULL, content_hash VARCHAR(32) NOT NULL, row_class VARCHAR(24) NOT NULL, "
        "load_id BIGINT NOT NULL, first_seen_at DATETIME(6) NOT NULL, last_seen_at DATETIME(6) NOT NULL, "
        "UNIQUE KEY (account_id, object, external_id)"
    ),
}
_REASONS = {
    Role.TWICE: "in_file",
    Role.TEST: "class_test",
    Role.SPAM: "class_spam",
    Role.UNREADABLE_DATE: "unreadable_date:occurred_at",
    Role.NO_DATE: "missing_date:occurred_at",
    Role.UNREADABLE_AMOUNT: "unreadable_money:amount",
    Role.WIDE: "unreadable_line",
    Role.SHORT: "unreadable_line",
}
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})
_SEEN = "2026-11-01 12:00:00.000000"


def dump(file: Path, folder: Path) -> None:
    """Write the three tables as text, each in the order of its primary key: what the server loads quickest."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "import_rows.tsv", _import_rows(file))
    _write(folder / "leads.tsv", ([number, *values] for number, _, values in _leads()))
    _write(folder / "external_objects.tsv", (_thing(*lead) for lead in _leads()))


def load(folder: Path) -> float:
    """Seconds to load the tables, durable at the end. They are made before the clock starts, and are empty."""
    with contextlib.closing(_connect()) as connection, connection.cursor() as cursor:
        for name, columns in _TABLES.items():
            cursor.execute(f"CREATE TABLE {name} ({columns}) ENGINE=InnoDB CHARSET=utf8mb4 COLLATE=utf8mb4_bin")
        began = time.perf_counter()
        for name in _TABLES:
            cursor.execute(f"LOAD DATA LOCAL INFILE '{folder / name}.tsv' INTO TABLE {name} CHARACTER SET utf8mb4")
        connection.commit()
        return time.perf_counter() - began


def _leads() -> Iterator[tuple[int, str, list[Any]]]:
    """The records of the desk: the id, the class, and the 25 columns of the file."""
    names = ", ".join(f"lead.{item.name}" for item in _LEAD_COLUMNS)
    with contextlib.closing(_connect(SSCursor)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT lead.id, lead.row_class, {names} FROM crm_leads AS lead "
            "JOIN integration_provider_accounts AS account ON account.id = lead.account_id "
            "WHERE account.`key` = 'bench' ORDER BY lead.id"
        )
        for number, row_class, *values in cursor:
            yield number, row_class, values


def _thing(number: int, row_class: str, values: list[Any]) -> list[Any]:
    """The external object that a record comes from."""
    content = blake2b(repr(values).encode(), digest_size=16).hexdigest()
    return [number, 1, messy.OBJECT, values[0], content, row_class, 1, _SEEN, _SEEN]


def _import_rows(file: Path) -> Iterator[list[Any]]:
    """Each row of the file with its verdict, its reasons, and its cells as JSON by their column names."""
    with file.open(encoding="utf-8", newline="") as opened:
        cells = csv.reader(opened)
        names = next(cells)
        rows = sum(1 for _ in cells)
    for number, (role, row) in enumerate(messy.records(rows)):
        raw = {"unreadable line": ",".join(row)} if role in messy.BROKEN else dict(zip(names, row, strict=True))
        verdict = "failed" if role in messy.FAILING else "duplicate" if role is Role.TWICE else "created"
        yield [1, number, verdict, _REASONS.get(role, ""), json.dumps(raw, ensure_ascii=False, separators=(",", ":"))]


def _write(path: Path, rows: Iterable[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines("\t".join(map(_text, row)) + "\n" for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    return str(value).translate(_ESCAPED)


def _connect(cursor: type[Any] = pymysql.cursors.Cursor) -> pymysql.Connection[Any]:
    place = urlsplit(os.environ["DATABASE_URL"].replace("mysql+pymysql", "mysql"))
    return pymysql.connect(
        host=place.hostname,
        port=place.port or 3306,
        user=place.username,
        password=place.password or "",
        database=place.path.lstrip("/"),
        charset="utf8mb4",
        local_infile=True,
        cursorclass=cursor,
        init_command="SET SESSION unique_checks = 0, foreign_key_checks = 0",
    )


def main(words: list[str]) -> None:
    """Dump or load, and print what was measured."""
    if words[0] == "dump":
        dump(Path(words[1]), Path(words[2]))
        print("{}")  # noqa: T201
    else:
        print(json.dumps({"seconds": load(Path(words[1]))}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
