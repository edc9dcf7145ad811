"""What belongs to one account, as a file: its handover pack, and its field map."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted, plain_name
from lib.domain.maps import FieldMap
from lib.domain.people import Actor
from lib.pipeline.setup.handover import handover_pack
from lib.services.mapping import map_files
from lib.services.people import taken_out


def pack_wanted(account: str) -> Wanted:
    """The handover pack of an account."""
    return Wanted("pack", {"account": account})


def pack_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """The pack as a zip file."""
    account = str(about["account"])
    content = handover_pack(desk, person, account)
    return LeavingFile(plain_name("handover", f"{account}.zip"), "application/zip", content)


def map_wanted(account: str, object_name: str, field_map: FieldMap) -> Wanted:
    """This map of an account, as it stands on the page."""
    return Wanted("map", {"account": account, "object": object_name, "mark": map_files.mark_of(field_map)})


def map_file(desk: Desk, person: Actor, about: Mapping[str, Any], _folder: Path) -> LeavingFile:
    """The map as the YAML file that it is kept and edited in."""
    account, name = str(about["account"]), str(about["object"])
    text = desk.ask(person, map_files.map_text, account, name, str(about["mark"]))
    desk.do(person, taken_out.note_taken, "field map", {"object": name}, account=account)
    return LeavingFile(plain_name(account, name, "map.yaml"), "application/yaml", text.encode())
