"""A real SFTP server on loopback over one folder, with one person who may sign in: what drop folders are fetched from."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko


@dataclass(frozen=True)
class SftpAddress:
    """Where it listens, and the fingerprint of its key."""

    port: int
    fingerprint: str


class _Door(paramiko.ServerInterface):  # type: ignore[misc]
    def __init__(self, user: str, password: str) -> None:
        self._known = (user, password)

    def check_auth_password(self, username: str, password: str) -> int:
        is_known = (username, password) == self._known
        return int(paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED)

    def check_channel_request(self, _kind: str, _chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    def __init__(self, server: Any, root: Path) -> None:
        super().__init__(server)
        self._root = root

    def _real(self, path: str) -> str:
        return f"{self._root}{self.canonicalize(path)}"

    def list_folder(self, path: str) -> Any:
        found = sorted(Path(self._real(path)).iterdir())
        return [paramiko.SFTPAttributes.from_stat(item.lstat(), item.name) for item in found]

    def stat(self, path: str) -> Any:
        try:
            return paramiko.SFTPAttributes.from_stat(Path(self._real(path)).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, _flags: int, _attributes: Any) -> Any:
        handle = paramiko.SFTPHandle()
        handle.readfile = Path(self._real(path)).open("rb")  # noqa: SIM115 - closed with the handle
        return handle


@contextlib.contextmanager
def sftp_server(root: Path, user: str, password: str) -> Iterator[SftpAddress]:
    """The folder, served until the block ends."""
    key = paramiko.ECDSAKey.generate()
    listener = socket.create_server(("127.0.0.1", 0))
    open_ends: list[Any] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                transport = paramiko.Transport(connection)
                open_ends.append(transport)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, root)
                with contextlib.suppress(paramiko.SSHException, EOFError):
                    transport.start_server(server=_Door(user, password))

    thread = threading.Thread(target=serve, name="sftp", daemon=True)
    thread.start()
    try:
        yield SftpAddress(int(listener.getsockname()[1]), key.fingerprint)
    finally:
        # A listener that only closes leaves its accept waiting on some systems.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for end in open_ends:
            end.close()
        thread.join(5)
