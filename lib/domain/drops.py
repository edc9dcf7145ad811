"""Files that are put down for an account, in a folder or behind an address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DropSettings:
    """Where an account's files are looked for, and which object they hold."""

    url: str = ""
    object: str = ""
    pattern: str = "*"
    credential_ref: str = ""
