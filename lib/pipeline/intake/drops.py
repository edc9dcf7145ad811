"""Files that were put down for an account become deliveries, each once it is complete; one that fails holds up no other."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.arriving.drops import After, DropState, RefusedName, Sight
from lib.domain.imports import DeliveryKind
from lib.domain.jobs import Progress
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.intake.drop_folder import DropFolder
from lib.intake.secret_values import secret_value
from lib.pipeline.loading.inward import Delivered, import_delivery
from lib.services.arriving import drops, receive
from lib.services.mapping import maps


@dataclass(frozen=True)
class TakenFile:
    """One file that was taken: the load it is read into and whether the desk had it before, or why it failed.

    `aside` says that the file could not be moved or deleted afterwards; its delivery stands all the same.
    """

    name: str
    load_id: int | None
    is_known: bool = False
    trouble: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Taken:
    """What one look came to: files taken, files that are not complete yet, and what is never taken."""

    files: tuple[TakenFile, ...]
    waiting: tuple[str, ...]
    refused: tuple[RefusedName, ...]

    @property
    def counts(self) -> dict[str, int]:
        """The same as a job keeps it."""
        failed = sum(bool(item.trouble) for item in self.files)
        told = {"taken": len(self.files) - failed, "failed": failed, "waiting": len(self.waiting)}
        return {**told, "refused": len(self.refused)}


def take_dropped(desk: Desk, actor: Actor, account_key: str, progress: Progress = lambda *_: None) -> Taken:
    """Look once into the place of an account's files, and bring what is complete to review.

    The same bytes again are the delivery they already are. A file that cannot be read is a refused delivery and a dead
    letter, and the next one goes on. DeskError where nothing can be taken at all: `no_drop_folder`, `account_paused`,
    `no_approved_map`, or what `DropFolder` says.
    """
    account = desk.ask(actor, drops.watched, account_key)
    settings = account.intake.drop
    # Without a map no file could be read, which is not the files' fault: they wait.
    desk.ask(actor, maps.approved_map, account_key, settings.object)
    secret = secret_value(settings.credential_ref, desk.settings) if settings.credential_ref else ""
    folder = DropFolder(settings, secret)
    _require_elsewhere(desk, folder)
    progress("looking", 0, 0)
    sights, refused = folder.look()
    complete = desk.do(actor, drops.noted, account, sights)
    files, changed = [], set()
    for number, sight in enumerate(complete):
        progress("taking", number, len(complete))
        taken = _take(desk, actor, account, folder, sight, progress)
        if taken is None:
            changed.add(sight.name)
        else:
            files.append(taken)
    done = {sight.name for sight in complete} - changed
    waiting = desk.ask(actor, _waiting, account, [sight.name for sight in sights if sight.name not in done])
    return Taken(tuple(files), waiting, tuple(refused))


def _take(
    desk: Desk, actor: Actor, account: Account, folder: DropFolder, sight: Sight, progress: Progress
) -> TakenFile | None:
    """One complete file; None where it changed under our hands and waits anew."""
    with tempfile.TemporaryDirectory(prefix="desk-drop-") as room:
        path = Path(room) / "file"
        try:
            is_whole = folder.fetch(sight, path)
        except DeskError as trouble:
            if trouble.code != "drop_not_found":
                raise
            is_whole = False
        if not is_whole:
            desk.do(actor, drops.still_written, account, sight)
            return None
        taken = _read(desk, actor, account, sight, path, progress)
    return taken if taken.trouble else _tidied(folder, account, sight, taken)


def _read(desk: Desk, actor: Actor, account: Account, sight: Sight, path: Path, progress: Progress) -> TakenFile:
    name, content_hash = account.intake.drop.object, receive.Arrived.at(path, sight.name).content_hash
    delivered = Delivered(account.key, name, sight.name, path, kind=DeliveryKind.DROP)
    try:
        done = import_delivery(desk, actor, delivered, progress)
    except DeskError as trouble:
        delivery = desk.ask(actor, drops.delivery_of, account, content_hash)
        # What the next try may mend, and what is not the file's own doing, ends this look; the file waits as it lies.
        if trouble.is_retryable or delivery is None or not drops.is_refused(delivery):
            raise
        # Reading has put it into the queue of dead letters already.
        desk.do(actor, drops.ended, account, sight, delivery, f"{trouble.message} {trouble.hint}".strip())
        return TakenFile(sight.name, None, trouble=trouble.message)

    def taken(tx: UnitOfWork) -> None:
        drops.ended(tx, account, sight, drops.delivery_of(tx, account, content_hash))

    desk.do(actor, taken)
    return TakenFile(sight.name, int(done["load"]), is_known=bool(done["already_seen"]))


def _tidied(folder: DropFolder, account: Account, sight: Sight, taken: TakenFile) -> TakenFile:
    """Do with the file what the account asks for; a place that does not let us leaves the file where it lies."""
    after = After(account.intake.drop.after)
    try:
        if after is After.MOVE:
            folder.move_away(sight)
        elif after is After.DELETE:
            folder.delete(sight)
    except DeskError as trouble:
        return TakenFile(taken.name, taken.load_id, taken.is_known, aside=f"{trouble.message} {trouble.hint}".strip())
    return taken


def _waiting(tx: UnitOfWork, account: Account, names: list[str]) -> tuple[str, ...]:
    found = (tx.drops.named(account, account.intake.drop.url, name) for name in names)
    return tuple(item.name for item in found if item is not None and item.state is DropState.WAITING)


def _require_elsewhere(desk: Desk, folder: DropFolder) -> None:
    """The desk's own files (databases, the key of its hashes, its secrets) are no deliveries."""
    path, settings = folder.local_path, desk.settings
    places = (settings.var.resolve(), settings.secrets_file.parent.resolve())
    if path is not None and any(path == own or own in path.parents or path in own.parents for own in places):
        raise DeskError(
            "drop_in_own_folder",
            f"{path} holds the desk's own files, so nothing is fetched from there.",
            "Choose a folder beside the desk's.",
        )
