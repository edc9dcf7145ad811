"""What a page lets a person take out as a file: each kind by its name, made anew in their own name while they wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lib.db.unit_of_work import Desk
from lib.domain.access.leaving import LeavingFile, Wanted
from lib.domain.people import Actor, Right
from lib.errors import NotAllowed
from lib.pipeline.leaving.accounts import map_file, pack_file
from lib.pipeline.leaving.audit import audit_file
from lib.pipeline.leaving.comparisons import chart_file, numbers_file, page_file
from lib.pipeline.leaving.rows import rows_file
from lib.pipeline.privacy.person_file import person_file

Maker = Callable[[Desk, Actor, Mapping[str, Any], Path], LeavingFile]

# Each asks for its rights and its scope through the services that it calls, and has it logged that the file was taken.
KINDS: dict[str, Maker] = {
    "rows": rows_file,
    "pack": pack_file,
    "map": map_file,
    "numbers": numbers_file,
    "chart": chart_file,
    "page": page_file,
    "audit": audit_file,
    "person": person_file,
}


def leaving_file(desk: Desk, person: Actor, wanted: Wanted, folder: Path) -> LeavingFile:
    """Make the file that a person wants; a large one in `folder`, under a name that nothing else has.

    DeskError as the services say; that it was taken is in the audit log by then.
    """
    person.require(Right.SEE_DETAIL)
    maker = KINDS.get(wanted.kind)
    if maker is None:
        raise NotAllowed("The desk hands out no file of this kind.", "Go back to the page and ask for it again.")
    return maker(desk, person, wanted.about, folder)
