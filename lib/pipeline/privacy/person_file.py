"""What is known of a person as a file of the download route; who it is about stands sealed in the address."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted
from lib.domain.access.privacy import Sought
from lib.domain.people import Actor
from lib.pipeline.privacy.exporting import export_of
from lib.pipeline.privacy.finding import find_person_everywhere, narrowed


def person_wanted(desk: Desk, who: Sought, client: str = "") -> Wanted:
    """Everything about this person, within one client where one is named.

    An address lies in logs and histories, so their phone is not written into it in the clear.
    """
    said = {"phones": who.phones, "emails": who.emails, "names": who.names, "client": client}
    return Wanted("person", {"sealed": _seal(desk).encrypt(json.dumps(said).encode()).decode()})


def person_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """The file, looked for anew in the name of whoever takes it."""
    said = json.loads(_seal(desk).decrypt(str(about["sealed"]).encode()))
    who = Sought(tuple(said["phones"]), tuple(said["emails"]), tuple(tuple(words) for words in said["names"]))
    actor = narrowed(desk, person, said["client"])
    content = export_of(desk, actor, find_person_everywhere(desk, actor, who))
    return LeavingFile("what-is-known-of-a-person.json", "application/json", content)


def _seal(desk: Desk) -> Fernet:
    key = blake2b(desk.hash_key, person=b"person in a link", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
