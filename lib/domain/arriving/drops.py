"""Files that are put down for an account, in a folder or behind an address: where, and when one is complete."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from lib.domain.access.secrets import parse_reference
from lib.domain.objects import object_type
from lib.errors import DeskError

# A file that looks alike so long is complete; its writer would have gone on by then.
QUIET = timedelta(seconds=60)
MARKER = ".done"
TAKEN_FOLDER = "taken"
# The places that may be looked into, and the package each needs beside fsspec ('' for none).
PROTOCOLS = {
    "file": "", "local": "", "memory": "", "zip": "", "ftp": "", "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs",
    "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs", "sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol",
}  # fmt: skip
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", "~")
_SECRET = re.compile(r"(?i)(pass|secret|token|key|sig|credential)")


class After(StrEnum):
    """What is done with a file once its delivery is stored."""

    KEEP = "keep"
    MOVE = "move"
    DELETE = "delete"


class DropState(StrEnum):
    """Where a file that was seen stands: waiting to be complete, taken as a delivery, or failed as one."""

    WAITING = "waiting"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True)
class DropSettings:
    """Where an account's files are looked for, which object they hold, and what becomes of them afterwards.

    DeskError `secret_in_url`, `unknown_protocol`, `unknown_object`, `not_a_reference`, `unknown_choice`.
    """

    url: str = ""
    object: str = ""
    pattern: str = "*"
    credential_ref: str = ""
    after: str = After.KEEP.value

    def __post_init__(self) -> None:
        require_clean_url(self.url)
        if self.object:
            object_type(self.object)
        if self.credential_ref:
            parse_reference(self.credential_ref)
        if self.after not in set(After):
            raise DeskError(
                "unknown_choice", f"A file cannot be dealt with as {self.after!r}.", f"Use one of {', '.join(After)}."
            )
        if not self.pattern or "/" in self.pattern or "\\" in self.pattern:
            raise DeskError(
                "pattern_invalid", "The pattern is one of file names.", "Write one such as *.csv, without a folder."
            )

    @property
    def is_on(self) -> bool:
        """Whether files are looked for at all."""
        return bool(self.url and self.object)


@dataclass(frozen=True)
class Sight:
    """A file as one look found it; `modified` and `etag` are the place's own words, '' where it has none."""

    name: str
    size: int
    modified: str
    etag: str = ""
    is_marked: bool = False

    def looks_like(self, size: int, modified: str, etag: str) -> bool:
        """Whether nothing of it has changed."""
        return (self.size, self.modified, self.etag) == (size, modified, etag)


@dataclass(frozen=True)
class RefusedName:
    """Something in the folder that is never taken, and why."""

    name: str
    why: str


def protocol_of(url: str) -> str:
    """`s3` of `s3://bucket/in`, `zip` of `zip::/srv/all.zip`, `file` of a plain path."""
    first = url.partition("::")[0]
    return first.partition("://")[0].lower() if "://" in first else (first.lower() if "::" in url else "file")


def require_clean_url(url: str) -> None:
    """Refuse an address with a secret in it, without repeating it (R20), and one of a place that is not known."""
    for part in filter(None, url.split("::")):
        address = urlsplit(part) if "://" in part else None
        if address is None:
            continue
        if address.password is not None or any(_SECRET.search(name) for name, _ in parse_qsl(address.query)):
            raise DeskError(
                "secret_in_url",
                "The address holds a password or a key, so it was not kept.",
                "Leave it out, and name where it lies: drop.credential_ref=env:NAME.",
            )
        _require_known(protocol_of(part))
    if url:
        _require_known(protocol_of(url))


def _require_known(protocol: str) -> None:
    if protocol not in PROTOCOLS:
        raise DeskError(
            "unknown_protocol",
            f"Files cannot be fetched by {protocol!r}.",
            f"Use a folder, or an address of {', '.join(PROTOCOLS)}.",
        )


def is_unfinished(name: str) -> bool:
    """Whether the name itself says that somebody is still writing it, or that it is nobody's delivery."""
    return name.startswith((".", "~$")) or name.lower().endswith(_UNFINISHED)


def why_refused(name: str, kind: str, *, is_link: bool) -> str:
    """Why an entry of a folder is never taken; '' for a plain file of a plain name."""
    if not name or name in (".", "..") or "/" in name or "\\" in name or "\x00" in name:
        return "its name leads out of the folder"
    if is_link:
        return "it is a link, and may lead out of the folder"
    if kind == "directory":
        return "it is a folder"
    return "" if kind == "file" else "it is no plain file"


def is_complete(sight: Sight, same_since: datetime, now: datetime) -> bool:
    """Complete is what is marked so beside it, or what has looked alike for a minute of the desk's clock."""
    return sight.is_marked or now - same_since >= QUIET
