"""The order of the steps: receive → read → map → validate → classify → stage → review → commit → roll up.

The only room that knows what follows what; each step is a service, and services never import each other.
"""

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.pipeline.decisions import approve, undo_load
from lib.pipeline.inward import Delivered, Queued, import_delivery, preview_map, queue_import, stage_received
from lib.pipeline.opening import Connection, connect, migrate, open_desk

__all__ = [
    "Connection",
    "Delivered",
    "Desk",
    "Queued",
    "UnitOfWork",
    "approve",
    "connect",
    "import_delivery",
    "migrate",
    "open_desk",
    "preview_map",
    "queue_import",
    "stage_received",
    "undo_load",
]
