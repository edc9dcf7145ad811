"""A MariaDB that a test may kill with -9 and start again on the same data: what it had acknowledged must be there."""

from __future__ import annotations

import ctypes
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.throwaway import (
    _OPTIONS,
    ServerAddress,
    _as_root,
    _binary,
    _free_port,
    _template,
    _wait_until_ready,
)

_PR_SET_PDEATHSIG = 1


class KillableServer:
    """A server with its data in `folder`; it ends with the block that has it, and with this process."""

    def __init__(self, folder: Path) -> None:
        self.address = ServerAddress("127.0.0.1", _free_port(), "desk_tests", secrets.token_hex(8))
        self._folder = folder
        shutil.copytree(_template(), folder / "data")
        (folder / "init.sql").write_text(
            f"CREATE USER IF NOT EXISTS {self.address.user}@'%' IDENTIFIED BY '{self.address.password}';\n"
            f"GRANT ALL PRIVILEGES ON *.* TO {self.address.user}@'%';\n"
        )
        self._process = self._started()

    def restart(self) -> None:
        """Kill it as the system does when memory runs out, and start it on the files it left behind."""
        self.kill()
        self._process = self._started()

    def kill(self) -> None:
        """End it with no chance to write anything more."""
        self._process.kill()
        self._process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        log = self._folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [
                    _binary("mariadbd"),
                    "--no-defaults",
                    f"--datadir={self._folder / 'data'}",
                    f"--port={self.address.port}",
                    f"--socket={self._folder / 's'}",
                    f"--pid-file={self._folder / 'pid'}",
                    f"--init-file={self._folder / 'init.sql'}",
                    *_OPTIONS,
                    *_as_root(),
                ],
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - it calls one function of the system and nothing else
            )
        _wait_until_ready(self.address, log)
        return process


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def killable_server(folder: Path) -> Iterator[KillableServer]:
    """Such a server for as long as the block runs."""
    server = KillableServer(folder)
    try:
        yield server
    finally:
        server.kill()
