"""CallRail's API v3: calls of an account by the days on which they began, a page at a time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from lib.clock import Clock, utc_now, zone
from tests.standins.ledger import Ledger
from tests.standins.serving import Asked, Reply, StandIn

ACCOUNT, KEY = "227799611", "stand-in-callrail-key"
_ZONE = "America/Denver"
_KNOWN = frozenset({"page", "per_page", "start_date", "end_date", "fields", "sort", "order"})
_MOST_A_PAGE = 250
_KEPT = timedelta(days=760)


class CallRail(StandIn):
    """`ledger` holds the calls; a change of one is a mark that somebody set on it."""

    def __init__(self, ledger: Ledger, clock: Clock = utc_now) -> None:
        super().__init__(clock)
        self.ledger = ledger

    def without_end(self, reply: Reply) -> Reply:
        return Reply(reply.status, {**reply.value, "total_pages": 10**9}, reply.headers)

    def calls(self) -> list[dict[str, Any]]:
        """Every call it holds, oldest first."""
        rows = self.ledger.held(self.now).values()
        return sorted((_call(row) for row in rows), key=lambda row: (row["start_time"], row["id"]))

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("Authorization") != f'Token token="{KEY}"':
            return Reply(401, {"error": "HTTP Token: Access denied."})
        if asked.path != f"/v3/a/{ACCOUNT}/calls.json":
            return Reply(404, {"error": "Not found."})
        query = asked.query
        size, page = int(query.get("per_page", "100")), int(query.get("page", "1"))
        first, last = query.get("start_date", ""), query.get("end_date", "9")
        if set(query) - _KNOWN or not 1 <= size <= _MOST_A_PAGE or _is_gone(first, self.now):
            return Reply(400, {"error": "Bad request."})
        found = [row for row in self.calls() if first <= row["start_time"][:10] <= last]
        shown = found[(page - 1) * size : page * size]
        about = {"page": page, "per_page": size, "total_pages": -(-len(found) // size), "total_records": len(found)}
        return Reply(200, {**about, "calls": shown})


def _is_gone(first: str, now: datetime) -> bool:
    return bool(first) and date.fromisoformat(first) < (now - _KEPT).date()


def _call(row: dict[str, Any]) -> dict[str, Any]:
    began = datetime.fromisoformat(row["createdOn"]).astimezone(zone(_ZONE))
    return {
        "id": f"CAL{row['id']:032x}",
        "answered": True,
        "call_type": "answered",
        "customer_name": f"Caller {row['id'] % 1000}",
        "customer_phone_number": f"+1303555{row['id'] % 10_000:04d}",
        "direction": "inbound",
        "duration": row["id"] % 600,
        "start_time": began.isoformat(timespec="milliseconds"),
        "source_name": "Google Ads",
        "lead_status": None if row["modifiedOn"] == row["createdOn"] else "good_lead",
        "note": "",
    }
