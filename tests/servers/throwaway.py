"""A MariaDB of the tests' own: made from a template in a third of a second, gone with the process that asked for it."""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pymysql

# Runs the server and waits for the end of its own input, which comes when the process holding the other end of the
# pipe ends, however it ends: a run killed with -9 leaves no server and no data behind.
_ENDS_WITH_ITS_PARENT = '"$@" & read _; kill -9 $!; wait; rm -rf "$0"'

_OPTIONS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--performance-schema=OFF",
    # 2, not 0: with 0 a server that is killed loses what it acknowledged, and a test of that would prove nothing.
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=8M",
    "--max-connections=60",
)
_ROOM_NEEDED = 1_500_000_000


@dataclass(frozen=True)
class ServerAddress:
    """Where a server listens and the user that may do everything there."""

    host: str
    port: int
    user: str
    password: str

    def url(self, database: str) -> str:
        """The address of one database, as DATABASE_URL wants it.

        This server speaks no TLS, and to get ready for it all the same costs more than a small test: each connection
        would read the certificates of the whole system.
        """
        return f"mysql+pymysql://{self.user}:{self.password}@{self.host}:{self.port}/{database}?ssl_disabled=1"

    def connect(self) -> pymysql.Connection:
        """A connection to the server with no database chosen; the caller closes it."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            autocommit=True,
            connect_timeout=5,
            ssl_disabled=True,
        )


def database_of(url: str) -> str:
    """The name of the database in an address."""
    return url.rpartition("/")[2].partition("?")[0]


@functools.cache
def mariadb_server() -> ServerAddress:
    """The server of this process, started when first asked for: one for each worker of a parallel run."""
    template = _template()
    for attempt in range(3):
        try:
            return _start(template)
        except RuntimeError:
            # Between finding a free port and taking it, another process may have taken it.
            if attempt == 2:
                raise
    raise AssertionError("unreachable")


def own_server(options: Sequence[str], folder: Path) -> ServerAddress:
    """Another server with further options and its data in `folder`, for those who measure; it ends with this process."""
    return _start(_template(), (*_OPTIONS, *options), str(folder))


def fresh_databases(server: ServerAddress) -> tuple[str, str]:
    """Two new empty databases, as the URLs of an app and a traffic database."""
    mark = secrets.token_hex(6)
    names = (f"desk_{mark}", f"traffic_{mark}")
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    return server.url(names[0]), server.url(names[1])


def drop_databases(server: ServerAddress, *urls: str) -> None:
    """Drop what `fresh_databases` made, so that a long run does not fill the memory its files lie in."""
    with contextlib.closing(server.connect()) as connection, connection.cursor() as cursor:
        for url in urls:
            cursor.execute(f"DROP DATABASE IF EXISTS {database_of(url)}")


def _start(template: Path, options: Sequence[str] = _OPTIONS, place: str = "") -> ServerAddress:
    folder = Path(tempfile.mkdtemp(prefix="desk-mariadb-", dir=place or _roomy_folder()))
    shutil.copytree(template, folder / "data")
    server = ServerAddress("127.0.0.1", _free_port(), "desk_tests", secrets.token_hex(8))
    # The accounts install-db makes have empty passwords, so they go and the tests' own user comes.
    (folder / "init.sql").write_text(
        "DELETE FROM mysql.global_priv WHERE user IN ('root', '');\n"
        "FLUSH PRIVILEGES;\n"
        f"CREATE USER {server.user}@'%' IDENTIFIED BY '{server.password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO {server.user}@'%' WITH GRANT OPTION;\n"
    )
    command = [
        _binary("mariadbd"),
        "--no-defaults",
        f"--datadir={folder / 'data'}",
        f"--port={server.port}",
        f"--socket={folder / 's'}",
        f"--pid-file={folder / 'pid'}",
        # A server that starts clears its folder of temporary tables, and in a shared one those of the others with it.
        f"--tmpdir={folder}",
        f"--init-file={folder / 'init.sql'}",
        *options,
        *_as_root(),
    ]
    with (folder / "log").open("wb") as output:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", _ENDS_WITH_ITS_PARENT, str(folder), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            # Out of the terminal's group, so that Ctrl+C reaches the tests first and their clean-up still has a server.
            start_new_session=True,
        )
    _keepers.append(keeper)
    try:
        _wait_until_ready(server, folder / "log")
    except BaseException:
        _end(keeper)
        raise
    return server


# Held for as long as the process lives: dropping one closes its pipe, and that ends its server.
_keepers: list[subprocess.Popen[bytes]] = []


def _end(keeper: subprocess.Popen[bytes]) -> None:
    if keeper.stdin:
        keeper.stdin.close()
    keeper.wait(timeout=20)
    _keepers.remove(keeper)


def end_servers() -> None:
    """End the servers of this process now and wait until their files are gone."""
    for keeper in list(_keepers):
        _end(keeper)
    mariadb_server.cache_clear()


def _wait_until_ready(server: ServerAddress, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            server.connect().close()
            return
        except pymysql.err.OperationalError:
            said = log.read_text(errors="replace")
            if "Aborting" in said or time.monotonic() > deadline:
                last = "\n".join(said.splitlines()[-12:])
                raise RuntimeError(f"The tests' MariaDB did not start. It said:\n{last}") from None
            time.sleep(0.03)


def _template() -> Path:
    """An empty data folder, made once for each version of the server and kept between runs."""
    binary = _binary("mariadbd")
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    mark = "".join(c for c in version.split("Ver", 1)[-1].split()[0] if c.isalnum() or c in ".-")
    home = Path(tempfile.gettempdir()) / f"connector-desk-tests-{os.getuid()}"
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        raise RuntimeError(f"{home} belongs to somebody else; remove it and run the tests again.")
    template = home / f"mariadb-{mark}"
    if not template.exists():
        making = Path(tempfile.mkdtemp(prefix="making-", dir=home))
        _install(making / "data")
        # Two workers may make it at once; the first to rename wins, and the other's is thrown away.
        with contextlib.suppress(OSError):
            (making / "data").rename(template)
        shutil.rmtree(making, ignore_errors=True)
    return template


def _install(folder: Path) -> None:
    made = subprocess.run(
        [
            _binary("mariadb-install-db"),
            "--no-defaults",
            f"--datadir={folder}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=8M",
            *_as_root(),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"mariadb-install-db failed:\n{made.stdout[-2000:]}\n{made.stderr[-2000:]}")


def _binary(name: str) -> str:
    # Debian keeps the server in a system folder that a person's PATH may lack.
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
    if not found:
        raise RuntimeError(
            f"{name} is not on this machine, and these tests need it. `make test` installs it, or type: "
            "sudo apt-get install -y mariadb-server-core mariadb-client-core"
        )
    return found


def _as_root() -> list[str]:
    return ["--user=root"] if os.getuid() == 0 else []


def _roomy_folder() -> str:
    """Memory where there is enough of it: in a container /dev/shm often holds 64 MB only."""
    shm = Path("/dev/shm")
    if shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > _ROOM_NEEDED:
        return str(shm)
    return tempfile.gettempdir()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
