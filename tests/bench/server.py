"""The server all contenders write to: one throw-away MariaDB, its data on a disk, durable at every commit."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from tests.servers import ServerAddress, own_server

# Later options win over the tests' own. 1: an acknowledged commit is on the disk, on every side alike.
_OPTIONS = (
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-buffer-pool-size=1G",
    "--innodb-log-file-size=512M",
    "--local-infile=ON",
)
_SETTLED_PAGES = 100


def bench_server(folder: Path) -> ServerAddress:
    """Start it with its data in `folder`; it ends with this process."""
    folder.mkdir(parents=True, exist_ok=True)
    return own_server(_OPTIONS, folder)


def set_local_infile(server: ServerAddress, *, is_on: bool) -> None:
    """Allow `LOAD DATA LOCAL` to new sessions, or refuse it."""
    _ask(server, f"SET GLOBAL local_infile = {int(is_on)}")


def settle(server: ServerAddress, seconds: float = 20) -> None:
    """Have what the last contender left in memory written first, so that nobody pays for somebody else's pages."""
    _ask(server, "SET GLOBAL innodb_max_dirty_pages_pct = 0")
    deadline = time.monotonic() + seconds
    while _number(server, "Innodb_buffer_pool_pages_dirty") > _SETTLED_PAGES and time.monotonic() < deadline:
        time.sleep(0.1)
    _ask(server, "SET GLOBAL innodb_max_dirty_pages_pct = 90")


def version_of(server: ServerAddress) -> str:
    """What the server calls itself."""
    return _ask(server, "SELECT VERSION()")[0]


def _number(server: ServerAddress, name: str) -> int:
    return int(_ask(server, f"SHOW GLOBAL STATUS LIKE '{name}'")[1])


def _ask(server: ServerAddress, statement: str) -> tuple[str, ...]:
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(str(value) for value in cursor.fetchone() or ())
