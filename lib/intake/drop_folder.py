"""A place where files are put down: looked into, fetched from, and tidied, wherever it is; `fsspec` speaks to it.

Names come from outside and are never made into a path of our own: a file is fetched into one that we name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import fsspec

from lib.domain.arriving.drops import (
    MARKER,
    PROTOCOLS,
    TAKEN_FOLDER,
    DropSettings,
    RefusedName,
    Sight,
    is_unfinished,
    protocol_of,
    require_clean_url,
    why_refused,
)
from lib.errors import DeskError
from lib.intake.sftp_host import FINGERPRINT, only_known_hosts

_PIECE = 1 << 20
_MOST = 10_000
_LOCAL, _SFTP = ("file", "local"), ("sftp", "ssh")
_MODIFIED = ("mtime", "LastModified", "last_modified", "updated", "modify", "modified", "date_time", "created")
# What the packages call a credential that is none, or not good enough; they share no class.
_REFUSALS = frozenset(
    {
        "AuthenticationException",
        "BadAuthenticationType",
        "ClientAuthenticationError",
        "NoCredentialsError",
        "error_perm",
    }
)
_PASSWORD_ONLY = ("sftp", "ssh", "ftp", "smb")


class DropFolder:
    """One place of one account, opened afresh for each look, so that nothing of it is remembered wrongly."""

    def __init__(self, settings: DropSettings, secret: str = "") -> None:
        """`secret` is the value behind the account's reference: a password, or a JSON object of fsspec's options.

        DeskError `package_missing`, `credential_invalid`, `drop_unreachable`.
        """
        require_clean_url(settings.url)
        self._settings, self._protocol = settings, protocol_of(settings.url)
        options = _options(self._protocol, secret)
        with self._reached():
            self._files, self._path = _opened(settings.url, self._protocol, options)

    @property
    def local_path(self) -> Path | None:
        """The folder itself where it lies on this machine, else None."""
        return Path(self._path).resolve() if self._protocol in _LOCAL else None

    def look(self) -> tuple[list[Sight], list[RefusedName]]:
        """What lies there now: the files that may be taken once they are complete, by name, and what never is."""
        with self._reached():
            self._files.invalidate_cache()
            entries = self._files.ls(self._path, detail=True)
        names = {_name(entry) for entry in entries}
        sights, refused = [], []
        for entry in sorted(entries, key=_name)[:_MOST]:
            name = _name(entry)
            if not self._is_asked_for(name, str(entry.get("type", ""))):
                continue
            why = why_refused(name, str(entry.get("type", "")), is_link=_is_link(entry))
            if why:
                refused.append(RefusedName(name, why))
            else:
                sights.append(_sight(entry, is_marked=f"{name}{MARKER}" in names))
        return sights, refused

    def fetch(self, sight: Sight, into: Path) -> bool:
        """Write the bytes of a file down; False where it is no longer what was seen, and so may be half of something."""
        with self._reached(), self._open(sight.name) as source, into.open("wb") as target:
            while piece := source.read(_PIECE):
                target.write(piece)
        with self._reached():
            self._files.invalidate_cache()
            now = _sight(self._files.info(self._at(sight.name)), is_marked=sight.is_marked)
        return now.looks_like(sight.size, sight.modified, sight.etag) and into.stat().st_size == sight.size

    def move_away(self, sight: Sight) -> None:
        """Put a file into `taken/` beside it, under a name that is not there yet."""
        with self._reached():
            folder = f"{self._path.rstrip('/')}/{TAKEN_FOLDER}"
            self._files.makedirs(folder, exist_ok=True)
            target, number = f"{folder}/{sight.name}", 1
            while self._files.exists(target):
                number += 1
                target = f"{folder}/{number} {sight.name}"
            self._files.mv(self._at(sight.name), target)
            self._unmark(sight)

    def delete(self, sight: Sight) -> None:
        """Take a file away, and its marker."""
        with self._reached():
            self._files.rm_file(self._at(sight.name))
            self._unmark(sight)

    def _unmark(self, sight: Sight) -> None:
        if sight.is_marked:
            self._files.rm_file(self._at(f"{sight.name}{MARKER}"))

    def _is_asked_for(self, name: str, kind: str) -> bool:
        """Whether it is anything to us: not our own folder, no marker, not still being written, of the pattern."""
        if (kind == "directory" and name == TAKEN_FOLDER) or name.endswith(MARKER) or is_unfinished(name):
            return False
        return fnmatchcase(name.casefold(), self._settings.pattern.casefold())

    def _at(self, name: str) -> str:
        return f"{self._path.rstrip('/')}/{name}" if self._path else name

    def _open(self, name: str) -> Any:
        if self._protocol in _LOCAL:
            # A link put in its place after the look must not be followed.
            return os.fdopen(os.open(self._at(name), os.O_RDONLY | os.O_NOFOLLOW), "rb")
        return self._files.open(self._at(name), "rb")

    def _refused(self) -> DeskError:
        return DeskError(
            "drop_refused",
            f"{self._settings.url} does not let the desk in.",
            "Check the rights of the folder, or the credential that drop.credential_ref names.",
        )

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Whatever the place's own package raises is trouble with the place: said without its words, which may quote
        what it was given.
        """
        try:
            yield
        except (DeskError, AttributeError, NameError, TypeError):
            raise  # known already, or a bug of ours
        except ImportError:
            raise _package_missing(self._protocol) from None
        except FileNotFoundError as error:
            raise DeskError(
                "drop_not_found",
                f"There is no {self._settings.url} to fetch files from, or a file of it went away.",
                "Check drop.url, or make the folder.",
                is_retryable=True,
            ) from error
        except PermissionError as error:
            raise self._refused() from error
        except Exception as error:
            if type(error).__name__ in _REFUSALS:
                raise self._refused() from error
            raise DeskError(
                "drop_unreachable",
                f"{self._settings.url} cannot be reached or read ({type(error).__name__}).",
                "It is tried again; check that the place is up.",
                is_retryable=True,
            ) from error


def _opened(url: str, protocol: str, options: dict[str, Any]) -> tuple[Any, str]:
    if protocol in _LOCAL:
        path = url.partition("://")[2] if "://" in url else url
        return fsspec.filesystem("file", skip_instance_cache=True), str(Path(path).absolute())
    if protocol in _SFTP:
        options = {"look_for_keys": False, **options}
        options["host_key_policy"] = only_known_hosts(str(options.pop(FINGERPRINT, "")))
    try:
        files, path = fsspec.core.url_to_fs(url, skip_instance_cache=True, **options)
    except TypeError as error:
        raise DeskError(
            "credential_invalid",
            f"{protocol} does not know one of the options in the credential: {', '.join(sorted(options)) or 'there are none'}.",
            "Write it as that package wants it, such as username and password, or key and secret.",
        ) from error
    return files, str(path)


def _options(protocol: str, secret: str) -> dict[str, Any]:
    """What the place is told of who asks."""
    if not secret:
        return {}
    if not secret.lstrip().startswith("{"):
        if protocol in _PASSWORD_ONLY:
            return {"password": secret}
        raise DeskError(
            "credential_invalid",
            f"The credential for {protocol} is a JSON object of its options, and what is there is none.",
            'Write it as {"key": "…", "secret": "…"} where drop.credential_ref points.',
        )
    try:
        found = json.loads(secret)
    except ValueError:
        raise DeskError(
            "credential_invalid", "The credential is no JSON object.", 'Write it as {"username": "…", "password": "…"}.'
        ) from None
    return {str(name): value for name, value in found.items()}


def _package_missing(protocol: str) -> DeskError:
    package = PROTOCOLS.get(protocol, "")
    return DeskError(
        "package_missing",
        f"Files by {protocol} need the package {package or 'for it'}, which is not installed here.",
        f"Run `pip install {package}` on this machine." if package else "Use another address.",
    )


def _name(entry: dict[str, Any]) -> str:
    return str(entry["name"]).rstrip("/").rpartition("/")[2]


def _is_link(entry: dict[str, Any]) -> bool:
    return bool(entry.get("islink")) or entry.get("type") == "link"


def _sight(entry: dict[str, Any], *, is_marked: bool) -> Sight:
    size = entry.get("size")
    modified = next((_moment(entry[key]) for key in _MODIFIED if entry.get(key)), "")
    etag = str(entry.get("ETag") or entry.get("etag") or entry.get("md5") or entry.get("CRC") or "")[:100]
    return Sight(_name(entry), int(size) if size is not None else -1, modified[:60], etag, is_marked)


def _moment(value: Any) -> str:
    """A time as its place tells it, always in the same words."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    return str(value)
