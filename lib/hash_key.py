"""The secret under which ids, phones and e-mail addresses are hashed; it lives in a file, never in the database (R20)."""

from __future__ import annotations

import os
import secrets

from lib.errors import DeskError
from lib.settings import Settings


def hash_key(settings: Settings) -> bytes:
    """The desk's own key from `var/hash.key`, made at first use and readable by its owner alone.

    Several machines on one database need the same file: "find this lead" looks hashes up.
    """
    path = settings.var / "hash.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = bytes.fromhex(path.read_text().strip())
    else:
        key = secrets.token_bytes(32)
        with os.fdopen(descriptor, "w") as file:
            file.write(key.hex())
    if len(key) != 32:
        raise DeskError("hash_key_damaged", f"The key in {path} is damaged.", "Put the file back from a backup.")
    return key
