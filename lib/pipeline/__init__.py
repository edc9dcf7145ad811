"""The order of the steps: receive → read → map → validate → classify → stage → review → commit → roll up.

The only room that knows what follows what; each step is a service, and services never import each other.
"""

from lib.db.own_work import OwnWork
from lib.db.unit_of_work import Desk, UnitOfWork
from lib.pipeline.intake.drops import Taken, take_dropped
from lib.pipeline.loading.arrival import approve_map
from lib.pipeline.loading.by_hand import enter_rows
from lib.pipeline.loading.decisions import approve, undo_load
from lib.pipeline.loading.inward import (
    Delivered,
    Queued,
    import_delivery,
    preview_map,
    queue_import,
    stage_received,
)
from lib.pipeline.loading.reading_again import read_again
from lib.pipeline.loading.stopped_imports import drop_load, go_on, stopped_import
from lib.pipeline.loading.unattended import let_in, waits_for_person
from lib.pipeline.opening import Connection, connect, migrate, open_desk
from lib.pipeline.publishing.report_notes import note_asides, send_report_notes
from lib.pipeline.running.queueing import queue_approval, queue_undo, queue_undo_preview
from lib.pipeline.running.retention import purge_payloads, queue_purges, reject_load
from lib.pipeline.running.work import perform

__all__ = [
    "Connection",
    "Delivered",
    "Desk",
    "OwnWork",
    "Queued",
    "Taken",
    "UnitOfWork",
    "approve",
    "approve_map",
    "connect",
    "drop_load",
    "enter_rows",
    "go_on",
    "import_delivery",
    "let_in",
    "migrate",
    "note_asides",
    "open_desk",
    "perform",
    "preview_map",
    "purge_payloads",
    "queue_approval",
    "queue_import",
    "queue_purges",
    "queue_undo",
    "queue_undo_preview",
    "read_again",
    "reject_load",
    "send_report_notes",
    "stage_received",
    "stopped_import",
    "take_dropped",
    "undo_load",
    "waits_for_person",
]
