"""ServiceTitan's API v2: tokens, tenants, the app key, lists by page and exports that go on from a token."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any

from lib.clock import Clock, utc_now
from lib.providers.servicetitan_objects import OBJECTS
from tests.standins.ledger import Change, Details, Ledger
from tests.standins.serving import Asked, Reply, StandIn

TENANT, APP_KEY = "1042", "ak1.stand-in-app-key"
CLIENT, SECRET = "cid.stand-in", "cs1.stand-in-secret"
_PATHS = {
    "job": "jpm/v2/tenant/{}/jobs", "call": "telecom/v2/tenant/{}/calls", "booking": "crm/v2/tenant/{}/bookings",
    "lead": "crm/v2/tenant/{}/leads", "invoice": "accounting/v2/tenant/{}/invoices",
    "customer": "crm/v2/tenant/{}/customers", "campaign": "marketing/v2/tenant/{}/campaigns",
}  # fmt: skip
_LIST = frozenset({
    "page", "pageSize", "includeTotal", "sort", "active", "createdOnOrAfter", "createdBefore", "modifiedOnOrAfter",
    "modifiedBefore",
})  # fmt: skip
# Of these a list leaves inactive ones out unless it is asked for them.
_ONLY_ACTIVE = frozenset({"customer", "campaign"})


class ServiceTitan(StandIn):
    """`books` holds a ledger for each object; tokens live for `token_life`, an export hands out `export_page` at a time.

    The app may read the objects of `scopes`, None for all of them.
    """

    def __init__(self, books: dict[str, Ledger], clock: Clock = utc_now) -> None:
        super().__init__(clock)
        self.books = books
        self.token_life = timedelta(minutes=15)
        self.export_page = 100
        self.scopes: set[str] | None = None
        self.tokens: dict[str, datetime] = {}

    def expire(self) -> None:
        self.tokens.clear()

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/connect/token":
            return self._token(asked)
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, self.now) <= self.now or asked.headers.get("ST-App-Key") != APP_KEY:
            return Reply(401, {"title": "Unauthorized"})
        for name, path in _PATHS.items():
            module, place = path.format(TENANT).rsplit("/", 1)
            if asked.path.startswith(f"/{module}/") and asked.path.endswith(f"/{place}") and not self._may_read(name):
                return Reply(403, {"title": "Forbidden"})
            if asked.path == f"/{module}/{place}":
                return self._list(name, asked.query)
            if asked.path == f"/{module}/export/{place}" and name != "campaign":
                return self._export(name, asked.query)
        return Reply(404, {"title": "Not Found"})

    def _may_read(self, name: str) -> bool:
        return self.scopes is None or name in self.scopes

    def _token(self, asked: Asked) -> Reply:
        form = asked.form
        if (form.get("grant_type"), form.get("client_id"), form.get("client_secret")) != (
            "client_credentials", CLIENT, SECRET,
        ):  # fmt: skip
            return Reply(400, {"error": "invalid_client"})
        token = secrets.token_hex(8)
        self.tokens[token] = self.now + self.token_life
        life = int(self.token_life.total_seconds())
        return Reply(200, {"access_token": token, "expires_in": life, "token_type": "Bearer"})

    def _list(self, name: str, query: dict[str, str]) -> Reply:
        size = int(query.get("pageSize", "50"))
        if set(query) - _LIST or not 1 <= size <= 5000:
            return Reply(400, {"title": "One or more validation errors occurred."})
        rows = [row for _, row in sorted(self.books[name].held(self.now).items()) if _fits(name, row, query)]
        first = (int(query.get("page", "1")) - 1) * size
        page = {"page": first // size + 1, "pageSize": size, "hasMore": first + size < len(rows)}
        total = {"totalCount": len(rows)} if query.get("includeTotal") == "true" else {}
        return Reply(200, {**page, **total, "data": [shown(name, row) for row in rows[first : first + size]]})

    def _export(self, name: str, query: dict[str, str]) -> Reply:
        if set(query) - {"from", "includeRecentChanges"}:
            return Reply(400, {"title": "One or more validation errors occurred."})
        changes = self.books[name].upto(self.now)
        begins = query.get("from", "")
        first = _place_of(begins) if begins.startswith("c_") else sum(_z(item.at) < begins for item in changes)
        end = min(first + self.export_page, len(changes))
        held = self.books[name].held(self.now)
        rows = [shown(name, held[number]) for number in dict.fromkeys(item.number for item in changes[first:end])]
        return Reply(200, {"hasMore": end < len(changes), "continueFrom": _token_of(end), "data": rows})


def details_of(name: str) -> Details:
    """What a record of an object says, as the provider's own documents show one, after a change of it."""
    example = next(item.example for item in OBJECTS if item.object == name)
    return lambda change, made: _details(name, example, change, made)


def _details(name: str, example: dict[str, Any], change: Change, made: datetime) -> dict[str, Any]:
    known = {
        field: value for field, value in example.items() if field not in ("id", "createdOn", "modifiedOn", "active")
    }
    if name == "call":
        when = {"receivedOn": _z(made), "modifiedOn": _z(change.at)}
        called = {"id": 90_088_000 + change.number, **when, "callType": "Booked" if change.version else "Unbooked"}
        return {**known, "leadCall": {**example["leadCall"], **called}}
    states = {"job": "jobStatus", "booking": "status", "lead": "status"}
    now = {"job": ("Scheduled", "Completed")}.get(name, ("New" if name == "booking" else "Open", "Converted"))
    told = {states[name]: now[min(change.version, 1)]} if name in states else {}
    if name == "invoice":
        told = {"invoiceDate": _z(made), "total": f"{100 + change.number}.50"}
    return {**known, **told}


def shown(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """As it goes over the line: a call has its dates in its inner part only."""
    hidden = ("createdOn", "modifiedOn", "active") if name == "call" else ()
    return {field: value for field, value in row.items() if field not in hidden}


def _fits(name: str, row: dict[str, Any], query: dict[str, str]) -> bool:
    is_asked = name not in _ONLY_ACTIVE or query.get("active", "True") == "Any" or row["active"]
    made, changed = row["createdOn"], row["modifiedOn"]
    return (
        bool(is_asked)
        and query.get("createdOnOrAfter", "") <= made < query.get("createdBefore", "9")
        and query.get("modifiedOnOrAfter", "") <= changed < query.get("modifiedBefore", "9")
    )


def _z(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _token_of(place: int) -> str:
    return "c_" + base64.urlsafe_b64encode(f"after:{place}".encode()).decode()


def _place_of(token: str) -> int:
    return int(base64.urlsafe_b64decode(token.removeprefix("c_")).decode().removeprefix("after:"))
