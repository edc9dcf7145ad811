"""That somebody took a file out of the desk, written down before the first byte of it leaves."""

from __future__ import annotations

from collections.abc import Mapping

from lib.db.unit_of_work import UnitOfWork


def note_taken(
    tx: UnitOfWork, what: str, about: Mapping[str, str | int], *, client: str = "", account: str = ""
) -> None:
    """Write down that `what` was taken out, of an account or else of a client (their keys); NotFound out of scope.

    `about` says which it was, and holds nothing of what stands in it.
    """
    if account:
        found = tx.accounts.by_key(account)
        tx.audit.note("file taken out", "account", found.id, found.client_id, what=what, **about)
    else:
        of = tx.clients.by_key(client)
        tx.audit.note("file taken out", "client", of.id, of.id, what=what, **about)
