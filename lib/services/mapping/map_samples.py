"""Take a sample to draft a map against: a file, a kept delivery, a logged webhook, a pasted payload, or the example."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import orjson
import pandas as pd

from lib.db.unit_of_work import UnitOfWork
from lib.domain.people import Right
from lib.domain.settings.retention import payload_gone
from lib.domain.states import DeliveryStatus
from lib.errors import DeskError
from lib.intake.reading import Reading, read_bytes, read_path
from lib.mapping.drafts import SAMPLE_ROWS, Sample
from lib.mapping.profile import profile
from lib.providers import template

_OFFERED = 5

# A pasted payload is read in the page's own memory, so it stays small.
MOST_PASTED = 2_000_000

__all__ = [
    "MOST_PASTED",
    "KeptDelivery",
    "KeptWebhook",
    "Sample",
    "kept_deliveries",
    "kept_webhooks",
    "sample_delivery",
    "sample_example",
    "sample_file",
    "sample_pasted",
    "sample_webhook",
]


@dataclass(frozen=True)
class KeptDelivery:
    """A delivery of the account whose bytes are still kept."""

    id: int
    file_name: str
    received_at: datetime
    row_count: int | None


def kept_deliveries(tx: UnitOfWork, key: str, name: str) -> tuple[KeptDelivery, ...]:
    """The newest deliveries of an account that a sample of an object can be taken of, as far as retention keeps them."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    newest = tx.deliveries.newest_of(account, name, _OFFERED)
    return tuple(
        KeptDelivery(item.id, item.file_name, item.received_at, item.row_count)
        for item in newest
        if item.status is not DeliveryStatus.REFUSED and tx.payloads.has_file(item.id)
    )


@dataclass(frozen=True)
class KeptWebhook:
    """A webhook that was logged and whose payload is still kept; `words` say when it came and what became of it.

    One that lies in no delivery yet has `receipt_id` alone: on a new account all wait for their first map.
    """

    receipt_id: int
    delivery_id: int | None
    words: str


def kept_webhooks(tx: UnitOfWork, key: str) -> tuple[KeptWebhook, ...]:
    """The newest logged webhooks of an account whose payload is still kept, those that wait first."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    waiting = [
        KeptWebhook(item.id, None, f"{_moment(item.received_at)}, waits for a map")
        for item in tx.receipts.newest_waiting(account, _OFFERED)
    ]
    lying = [
        KeptWebhook(item.id, item.delivery_id, f"{_moment(item.received_at)}, {item.refusal or item.status}")
        for item in tx.receipts.kept_of(account, _OFFERED)
        if tx.payloads.has_file(item.delivery_id)
    ]
    return (*waiting, *lying)


def _moment(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"


def sample_webhook(tx: UnitOfWork, key: str, receipt_id: int) -> Sample:
    """A sample of a logged webhook: of its delivery, or of all that wait where it lies in none yet.

    DeskError `payload_gone` where neither is kept any more.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    chosen = next((item for item in kept_webhooks(tx, key) if item.receipt_id == receipt_id), None)
    if chosen is None:
        raise payload_gone("That webhook is", account.retention_days, "Choose another one, or paste a payload.")
    if chosen.delivery_id is not None:
        return sample_delivery(tx, chosen.delivery_id)
    waiting = tx.receipts.newest_waiting(account, SAMPLE_ROWS)
    content = b"".join(item.body + b"\n" for item in waiting)
    tx.audit.saw("account", account.id, account.client_id, what="payloads of waiting webhooks as a sample for a map")
    words = f"{len(waiting)} waiting webhook{'s' if len(waiting) > 1 else ''}"
    return _sample(read_bytes(content, "webhooks.ndjson"), hashlib.sha256(content).hexdigest(), words, tx.now)


def sample_delivery(tx: UnitOfWork, delivery_id: int) -> Sample:
    """A sample of what arrived; DeskError `payload_gone` where retention has deleted it."""
    tx.actor.require(Right.EDIT_MAPS)
    delivery = tx.deliveries.by_id(delivery_id)
    if not tx.payloads.has_file(delivery.id):
        policy = tx.accounts.by_id(delivery.account_id).retention_days
        raise payload_gone(f"The bytes of delivery {delivery.id} are", policy, "Upload the file again to look at it.")
    words = f"{delivery.file_name}, delivery {delivery.id}"
    tx.audit.saw("delivery", delivery.id, delivery.client_id, what="raw payload as a sample for a map")
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        path = Path(folder) / ("delivery" + "".join(Path(delivery.file_name).suffixes[-2:]))
        tx.payloads.write_file(delivery.id, path)
        found = _sample(read_path(path), delivery.content_hash, words, delivery.received_at)
        return replace(found, delivery=delivery.id)


def sample_file(tx: UnitOfWork, file_name: str, content: bytes) -> Sample:
    """A sample of an uploaded file, which is read and kept nowhere; DeskError where the file must be refused."""
    tx.actor.require(Right.EDIT_MAPS)
    mark = hashlib.sha256(content).hexdigest()
    return _sample(read_bytes(content, file_name), mark, f"{file_name}, uploaded", tx.now)


def sample_pasted(tx: UnitOfWork, text: str) -> Sample:
    """A sample of a pasted payload, JSON or delimited text; DeskError names the line and column of a mistake."""
    tx.actor.require(Right.EDIT_MAPS)
    content = text.encode("utf-8", errors="surrogatepass")
    if not text.strip():
        raise DeskError("nothing_pasted", "Nothing was pasted.", "Paste a payload, or rows with their header.")
    if len(content) > MOST_PASTED:
        raise DeskError("too_large", f"{len(content):,} bytes were pasted.", "Upload so much as a file instead.")
    is_json = text.lstrip()[:1] in ("{", "[")
    mark = hashlib.sha256(content).hexdigest()
    try:
        reading = read_bytes(content, "pasted.json" if is_json else "pasted.csv")
    except DeskError as trouble:
        hint = "Copy the whole payload again, from its first bracket to its last." if is_json else trouble.hint
        raise DeskError(trouble.code, trouble.message, hint) from trouble
    found = _sample(reading, mark, f"a pasted payload, {tx.now:%H:%M} UTC", tx.now)
    if found.frame.empty:
        raise DeskError(
            "no_rows",
            "What was pasted is one line and no row below it." if not is_json else "The pasted JSON holds no record.",
            "Paste the header and at least one row, or one JSON object.",
        )
    return found


def sample_example(tx: UnitOfWork, key: str, name: str) -> Sample:
    """The one invented row of the provider's template; DeskError `no_example` where it has none."""
    tx.actor.require(Right.EDIT_MAPS)
    offered = template(tx.accounts.by_key(key).provider)
    example = offered.object(name).example
    if not example:
        raise DeskError("no_example", f"{offered.name} comes without an example.", "Upload a file instead.")
    content = orjson.dumps([example])
    mark = hashlib.sha256(content).hexdigest()
    words = f"the invented example of {offered.name}"
    return replace(_sample(read_bytes(content, "example.json"), mark, words, tx.now), is_example=True)


def _sample(reading: Reading, content_mark: str, words: str, received_at: datetime) -> Sample:
    batch = next(reading.batches(SAMPLE_ROWS), None)
    frame = batch.frame if batch else pd.DataFrame(columns=list(reading.facts.columns), dtype="str")
    lines = np.asarray(batch.lines if batch else [], dtype=np.int64)
    mark = hashlib.sha256((content_mark + words).encode()).hexdigest()
    return Sample(mark, words, frame, lines, reading.facts.rows, tuple(profile(frame)), received_at)
