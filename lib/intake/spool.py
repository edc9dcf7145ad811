"""Receipts on disk while the database is away: one file a batch, whole or not there, and its owner's alone."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import orjson

from lib.domain.hooks import Receipt

# Bytes that stay free on the disk, whatever comes.
_ROOM = 200_000_000
_WHOLE, _PART, _DAMAGED = ".receipts", ".part", ".damaged"


class Spool:
    """A folder of batches. What `keep` has answered is on the disk, also when the power goes the next moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_hooks(cls, var: Path) -> Spool:
        """The spool of webhooks under the desk's own folder."""
        return cls(var / "spool" / "hooks")

    def keep(self, receipts: Sequence[Receipt], now: datetime) -> Path:
        """Write a batch down and give its file; OSError where the disk does not take it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < _ROOM:
            raise OSError("the disk is nearly full")
        name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(8)}"
        part, whole = self.folder / (name + _PART), self.folder / (name + _WHOLE)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(b"\n".join(map(_line, receipts)))
                file.flush()
                os.fsync(file.fileno())
            part.replace(whole)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder)
        return whole

    def files(self) -> list[Path]:
        """The batches that lie here, oldest first."""
        try:
            with os.scandir(self.folder) as found:
                return sorted(Path(item.path) for item in found if item.name.endswith(_WHOLE))
        except FileNotFoundError:
            return []

    def read(self, file: Path) -> list[Receipt] | None:
        """The receipts of a batch; None where somebody else has taken it, or it is damaged: then it is set aside."""
        try:
            return [_receipt(line) for line in file.read_bytes().split(b"\n") if line]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            file.replace(file.with_suffix(_DAMAGED))
            return None

    def done(self, file: Path) -> None:
        """A batch lies in the database now."""
        file.unlink(missing_ok=True)


def _line(item: Receipt) -> bytes:
    return orjson.dumps({**asdict(item), "body": item.body.decode()})


def _receipt(line: bytes) -> Receipt:
    said = orjson.loads(line)
    body, came = said.pop("body").encode(), datetime.fromisoformat(said.pop("received_at"))
    return Receipt(**said, body=body, received_at=came)


def _sync_folder(folder: Path) -> None:
    """A file renamed is there after a power cut only once its folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
