"""The value behind a reference to a secret: looked up when it is used, kept nowhere, and never said (R20)."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from lib.domain.secrets import SecretReference, parse_reference
from lib.errors import DeskError
from lib.settings import Settings


def secret_value(reference: str, settings: Settings) -> str:
    """What `env:NAME`, `file:PATH` or `secrets:section.key` stands for, without a line end behind it.

    DeskError `secret_missing` where nothing is there; `not_a_reference` where the text is none.
    """
    found = parse_reference(reference)
    value = _LOOK[found.kind](found, settings).strip()
    if not value:
        raise DeskError(
            "secret_missing", f"There is nothing behind {found}.", "Put the value there and start the desk again."
        )
    return value


def _variable(reference: SecretReference, _settings: Settings) -> str:
    return os.environ.get(reference.name, "")


def _file(reference: SecretReference, settings: Settings) -> str:
    try:
        return (settings.home / Path(reference.name)).read_text()
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
