"""django-import-export, measured: `python django_import.py FILE ROWS` imports the first rows of the file into a model.

Only the standard library and Django: it runs where nothing of the desk is installed. The resource is the documented
one, keyed by the file's id, in one transaction.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import django
import pymysql
from django.conf import settings

# Django asks for mysqlclient by its version; PyMySQL stands in for it, so that everybody writes by the same driver.
pymysql.version_info = (2, 2, 7, "final", 0)  # type: ignore[assignment]
pymysql.install_as_MySQLdb()


def _configured(url: str) -> None:
    place = urlsplit(url)
    settings.configure(
        INSTALLED_APPS=["import_export"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.mysql",
                "NAME": place.path.lstrip("/"),
                "USER": place.username,
                "PASSWORD": place.password,
                "HOST": place.hostname,
                "PORT": place.port,
                "OPTIONS": {"charset": "utf8mb4"},
            }
        },
        USE_TZ=True,
        IMPORT_EXPORT_USE_TRANSACTIONS=True,
    )
    django.setup()


def _cells(path: Path, width: int) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        # Lines of another width are cut or filled up.
        yield from ([*row[:width], *[""] * (width - len(row))] for row in rows)


def main(path: Path, most: int) -> None:
    """Import once into an empty table and print the seconds it took."""
    _configured(os.environ["DATABASE_URL"])
    from django.db import connection, models
    from import_export import resources
    from tablib import Dataset

    with path.open(encoding="utf-8", newline="") as file:
        header = [f"f{place}" for place, _ in enumerate(next(csv.reader(file)))]
    texts = {name: models.TextField(blank=True) for name in header[1:]}
    meta = type("Meta", (), {"app_label": "import_export"})
    key = models.CharField(max_length=40, primary_key=True)
    lead = type("Lead", (models.Model,), {"__module__": __name__, "Meta": meta, header[0]: key, **texts})
    options = type("Meta", (), {"model": lead, "import_id_fields": (header[0],), "fields": tuple(header)})
    resource = type("LeadResource", (resources.ModelResource,), {"Meta": options})()
    with connection.schema_editor() as editor:
        editor.create_model(lead)
    began = time.perf_counter()
    cells = list(islice(_cells(path, len(header)), most))
    result = resource.import_data(Dataset(*cells, headers=header), dry_run=False)
    seconds = time.perf_counter() - began
    if result.has_errors():
        raise RuntimeError(str((result.base_errors or result.row_errors())[0]))
    told = {name: version(name) for name in ("Django", "django-import-export")}
    print(json.dumps({"seconds": seconds, "rows": len(cells), "versions": told}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
