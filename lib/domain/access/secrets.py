"""References to secrets: `env:NAME`, `file:PATH`, `secrets:section.key`; values never enter the desk's data (R20)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.domain.access.secret_shapes import looks_like_a_secret
from lib.errors import DeskError

_FORMS = {
    "env": re.compile(r"[A-Z_][A-Z0-9_]*"),
    "file": re.compile(r"\S.*"),
    "secrets": re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+"),
}


@dataclass(frozen=True)
class SecretReference:
    """Where a secret lives: `kind` is env, file or secrets; `name` the variable, path or dotted key."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def parse_reference(text: str) -> SecretReference:
    """Read a reference; anything else is refused without being repeated, since it may be the secret itself."""
    kind, _, name = text.partition(":")
    form = _FORMS.get(kind)
    # A secret with `env:` before it is still one; a path may hold any letters.
    if form is None or not form.fullmatch(name) or (kind != "file" and looks_like_a_secret(name)):
        raise DeskError(
            "not_a_reference",
            "What was given is not a reference to a secret, so it was not kept.",
            "Write env:NAME, file:PATH or secrets:section.key, and put the value itself there.",
        )
    return SecretReference(kind, name)
