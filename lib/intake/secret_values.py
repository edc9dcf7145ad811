"""The value behind a reference to a secret: looked up when it is used, kept nowhere, and never said (R20)."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from lib.domain.access.secrets import SecretReference, parse_reference
from lib.errors import DeskError
from lib.settings import HOLD_SECRETS, Settings

# Here a process finds its own memory, environment and devices.
_OF_THE_SYSTEM = tuple(map(Path, ("/proc", "/sys", "/dev")))


def secret_value(reference: str, settings: Settings) -> str:
    """What `env:NAME`, `file:PATH` or `secrets:section.key` stands for, without a line end behind it.

    DeskError `secret_missing` where nothing is there; `not_a_reference` where the text is none; `secret_of_the_desk`
    where it is what the desk itself signs in and signs by: whoever names a secret also names the server it goes to.
    """
    found = parse_reference(reference)
    if _is_the_desks(found, settings):
        raise DeskError(
            "secret_of_the_desk",
            f"{found} is the desk's own secret, which is sent to no provider.",
            "Put the account's value into a variable, a file or a section of its own.",
        )
    value = _LOOK[found.kind](found, settings).strip()
    if not value:
        raise DeskError(
            "secret_missing", f"There is nothing behind {found}.", "Put the value there and start the desk again."
        )
    return value


def _is_the_desks(reference: SecretReference, settings: Settings) -> bool:
    if reference.kind == "env":
        return reference.name.removesuffix("_FILE") in HOLD_SECRETS
    if reference.kind == "secrets":
        return reference.name.partition(".")[0] == "auth"
    path = (settings.home / Path(reference.name)).resolve()
    own = (settings.var.resolve(), settings.secrets_file.resolve().parent, *_OF_THE_SYSTEM)
    return any(path == place or place in path.parents for place in own)


def _variable(reference: SecretReference, _settings: Settings) -> str:
    """The variable, or the file that NAME_FILE names, as containers hand secrets over."""
    path = os.environ.get(f"{reference.name}_FILE", "")
    if path and not os.environ.get(reference.name):
        return _read(Path(path))
    return os.environ.get(reference.name, "")


def _file(reference: SecretReference, settings: Settings) -> str:
    return _read(settings.home / Path(reference.name))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError):
        return ""


def _section(reference: SecretReference, settings: Settings) -> str:
    try:
        with settings.secrets_file.open("rb") as file:
            value: object = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError):
        return ""
    for part in reference.name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


_LOOK = {"env": _variable, "file": _file, "secrets": _section}
