"""Export what is known of a person as one JSON file: everything that was found, each piece with where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from lib.db.bulk import batches
from lib.db.unit_of_work import Desk
from lib.domain.access.privacy import Sought
from lib.domain.people import Actor
from lib.mapping.mentions import Mentions, marks_of
from lib.pipeline.privacy.finding import FoundPerson
from lib.services.privacy import export_person

_AT_ONCE = 500
_READ_FIRST = (
    "Texts that only speak of the person are given whole and may speak of others: read the file before you hand it out. "
    "Amounts of mapped rows are in millionths."
)


def export_of(desk: Desk, actor: Actor, found: FoundPerson) -> bytes:
    """The file; that it was made is written down, for whom by keyed hashes alone."""
    who, traces = Mentions(found.who, desk.hash_key), found.traces
    records = [
        line
        for name, ids in sorted(traces.records.items())
        for some in batches(sorted(ids), _AT_ONCE)
        for line in desk.ask(actor, export_person.records_of, name, some)
    ]
    rows = [
        line
        for load_id, places in sorted(traces.rows.items())
        for some in batches(sorted(places), _AT_ONCE)
        for line in desk.ask(actor, export_person.rows_of, load_id, some)
    ]
    texts = [
        line
        for name in sorted({item.table for item in traces.sightings})
        for line in desk.ask(actor, export_person.texts_of, name, who)
    ]
    told: Mapping[str, Any] = {
        "asked_for": _asked(found.who),
        "made_at": desk.clock(),
        "read_first": _READ_FIRST,
        "counts": found.counts,
        "records": records,
        "rows": rows,
        "webhooks_waiting": desk.ask(actor, export_person.parked_of, sorted(traces.receipts)),
        "texts": texts,
        "kept_files_of_deliveries": sorted(traces.files),
        "files_in_the_desks_folder": [str(path.relative_to(desk.settings.var)) for path in found.own_files],
    }
    desk.do(actor, export_person.note_export, marks_of(found.who, desk.hash_key), found.counts)
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str)


def _asked(who: Sought) -> dict[str, list[str]]:
    return {"phones": [*who.phones], "emails": [*who.emails], "names": [" ".join(words) for words in who.names]}
