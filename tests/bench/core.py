"""The plain way: `python -m tests.bench.core FILE` writes the cells as text into one bare table by SQLAlchemy Core.

No key, no index, no check: executemany in batches of a thousand, reading the file included, one transaction.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Column, MetaData, Table, Text, create_engine, insert

from tests.bench.messy_file import COLUMNS

_BATCH = 1000


def _rows(path: Path) -> Iterator[dict[str, str]]:
    names = list(COLUMNS.values())
    with path.open(encoding="utf-8", newline="") as file:
        cells = csv.reader(file)
        next(cells)
        for row in cells:
            # Lines of another width are cut or filled up: nobody is told.
            yield dict(zip(names, [*row[: len(names)], *[""] * (len(names) - len(row))], strict=True))


def main(path: Path) -> None:
    """Fill the table once and print the seconds it took."""
    engine = create_engine(os.environ["DATABASE_URL"], connect_args={"charset": "utf8mb4"})
    table = Table("plain", MetaData(), *(Column(name, Text) for name in COLUMNS.values()), mysql_charset="utf8mb4")
    table.create(engine)
    began = time.perf_counter()
    rows, count = _rows(path), 0
    with engine.begin() as connection:
        while batch := list(islice(rows, _BATCH)):
            connection.execute(insert(table), batch)
            count += len(batch)
    print(json.dumps({"seconds": time.perf_counter() - began, "rows": count}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
