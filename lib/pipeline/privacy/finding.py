"""Look for a person everywhere: tables, payloads, kept files, webhooks that wait, and files in the desk's own folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lib.db.unit_of_work import Desk
from lib.domain.access.privacy import Sought, Traces
from lib.domain.jobs import Progress
from lib.domain.people import Actor, Right
from lib.intake.plain_texts import plain_texts
from lib.mapping.mentions import Mentions, marks_of
from lib.services.privacy import find_person

# Databases are looked into by their tables, and the key is nobody's name.
_NOT_TEXT = (".db", ".db-wal", ".db-shm", ".db-journal", ".key")
_PIECE = 1 << 20


@dataclass(frozen=True)
class FoundPerson:
    """Who was looked for, where they are, and the files of the desk's own folder that speak of them."""

    who: Sought
    traces: Traces
    own_files: tuple[Path, ...] = ()
    was_erased: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How much there is."""
        return {**self.traces.counts, "own_files": len(self.own_files)}


def narrowed(desk: Desk, actor: Actor, client: str = "") -> Actor:
    """Who asks, narrowed to one client where one is named."""
    actor.require(Right.MANAGE_ACCOUNTS)
    return desk.ask(actor, find_person.within, client)


def find_person_everywhere(desk: Desk, actor: Actor, who: Sought, progress: Progress = lambda *_: None) -> FoundPerson:
    """Everything about a person in what the actor may see; that it was asked is written down, without their name."""
    actor.require(Right.MANAGE_ACCOUNTS)
    mentions = Mentions(who, desk.hash_key)
    traces = look(desk, actor, mentions, progress)
    found = FoundPerson(who, traces, own_files(desk, actor, mentions))
    marks = marks_of(who, desk.hash_key)
    desk.ask(actor, find_person.note_search, marks, found.counts)
    return replace(found, was_erased=desk.ask(actor, find_person.erased_before, marks))


def look(desk: Desk, actor: Actor, who: Mentions, progress: Progress = lambda *_: None) -> Traces:
    """Where the databases speak of them."""
    tables, last = desk.ask(actor, find_person.tables_with_texts)
    parts = [
        desk.ask(actor, find_person.by_hash, who.who, desk.hash_key),
        Traces(receipts=desk.ask(actor, find_person.in_parked, who)),
    ]
    for place, table in enumerate(tables):
        progress("looking through texts", place, len(tables))
        parts.append(desk.ask(actor, find_person.in_texts, who, table))
    deliveries: list[int] = []
    after = 0
    while (found := desk.ask(actor, find_person.in_payloads, who, after)) is not None:
        part, files, after = found
        parts.append(part)
        deliveries += files
        progress("looking through payloads", min(after, last), last)
    traces = desk.ask(actor, find_person.hanging_on, find_person.merged(parts))
    kept = list(dict.fromkeys(deliveries))
    for place, delivery_id in enumerate(kept):
        progress("looking through kept files", place, len(kept))
        if delivery_id not in traces.files and desk.ask(actor, find_person.is_in_file, who, delivery_id):
            traces.files.add(delivery_id)
    return traces


def own_files(desk: Desk, actor: Actor, who: Mentions) -> tuple[Path, ...]:
    """The files in the desk's own folder that speak of them; they belong to no client, so only who sees all is told."""
    if actor.client_ids is not None:
        return ()
    return tuple(
        path for path in _files(desk.settings.var) if any(who.is_in(text) for text in plain_texts(_read(path)))
    )


def _files(folder: Path) -> Sequence[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(_NOT_TEXT))


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError:
        # It went while it was looked at.
        return
