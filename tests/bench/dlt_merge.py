"""dlt, measured: `python dlt_merge.py FILE` in the bench's own environment merges the file by its id, as documented.

Only the standard library and dlt: it runs where nothing of the desk is installed.
"""

from __future__ import annotations

import csv
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")

import dlt

_BATCH = 1000


def _pages(path: Path) -> Iterator[list[dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        page = []
        for row in csv.DictReader(file, restval=""):
            row.pop(None, None)  # type: ignore[call-overload]
            page.append(row)
            if len(page) == _BATCH:
                yield page
                page = []
        yield page


def main(path: Path) -> None:
    """Run the pipeline once on an empty database and print the seconds it took."""
    logging.disable(logging.WARNING)
    url = os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.sqlalchemy(credentials=f"{url}&charset=utf8mb4"),
            dataset_name=url.rpartition("/")[2].partition("?")[0],
        )
        leads = dlt.resource(_pages(path), name="leads", write_disposition="merge", primary_key="Quote ID")
        began = time.perf_counter()
        pipeline.run(leads)
        seconds = time.perf_counter() - began
        with pipeline.sql_client() as client:
            merged = client.execute_sql("SELECT COUNT(*) FROM leads")[0][0]
    print(json.dumps({"seconds": seconds, "merged": merged, "versions": {"dlt": version("dlt")}}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
