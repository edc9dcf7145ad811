"""An API that no template knows, in any style of paging and of signing in: for sources that a file describes."""

from __future__ import annotations

import base64
from typing import Any

from lib.clock import Clock, utc_now
from tests.standins.ledger import Ledger
from tests.standins.serving import Asked, Reply, StandIn

KEY, USER, PASSWORD = "stand-in-plain-key", "desk", "stand-in-password"
_BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class PlainApi(StandIn):
    """`style` is single, offset, cursor or next_link; `auth` none, token, basic or query."""

    def __init__(self, ledger: Ledger, style: str, auth: str = "none", clock: Clock = utc_now) -> None:
        super().__init__(clock)
        self.ledger, self.style, self.auth = ledger, style, auth
        self.elsewhere = ""

    def without_end(self, reply: Reply) -> Reply:
        value = {**reply.value, "total": 10**9}
        if self.style == "cursor":
            value["next"] = reply.value["next"] or "0"
        if self.style == "next_link":
            value["next"] = reply.value["next"] or "/things?offset=0&size=10"
        return Reply(reply.status, value, reply.headers)

    def answer(self, asked: Asked) -> Reply:
        if not self._is_known(asked):
            return Reply(401, {"error": "unauthorized"})
        if asked.path != "/things":
            return Reply(404, {"error": "not found"})
        since = asked.query.get("since", "")
        rows = [row for _, row in sorted(self.ledger.held(self.now).items()) if row["modifiedOn"] >= since]
        if self.style == "single":
            return Reply(200, rows)
        size = int(asked.query.get("size", "10"))
        first = int(asked.query.get("cursor", asked.query.get("offset", "0")))
        end = first + size
        body: dict[str, Any] = {"result": {"things": rows[first:end]}, "total": len(rows), "next": None}
        if end < len(rows):
            link = f"{self.elsewhere}/things?offset={end}&size={size}&since={since}"
            body["next"] = link if self.style == "next_link" else str(end)
        left = {"X-RateLimit-Remaining": str(max(0, 100 - len(self.asked))), "X-RateLimit-Limit": "100"}
        return Reply(200, body, left)

    def _is_known(self, asked: Asked) -> bool:
        given = asked.headers.get("Authorization", "")
        return {
            "none": True,
            "token": asked.headers.get("X-Api-Key") == KEY,
            "basic": given == _BASIC,
            "query": asked.query.get("api_key") == KEY,
        }[self.auth]
