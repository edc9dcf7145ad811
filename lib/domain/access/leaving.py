"""What a person asks to take out of the desk as a file, and the file that is made of it while they wait."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_OTHER = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Wanted:
    """One file that somebody wants: its kind (a name of `lib.pipeline.leaving.KINDS`) and, in plain values, of what."""

    kind: str
    about: Mapping[str, Any]


@dataclass(frozen=True)
class LeavingFile:
    """A file on its way out. One at a path is removed as soon as it is opened to be sent."""

    name: str
    content_type: str
    content: bytes | Path


def plain_name(*parts: object) -> str:
    """A file name of plain letters, digits, dots and dashes: whatever an account is called, it breaks no header."""
    return "-".join(_OTHER.sub("_", str(part)) for part in parts)
