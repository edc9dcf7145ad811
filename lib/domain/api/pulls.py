"""How an account's records are fetched from its provider's API, and how far that has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from lib.domain.access.secrets import parse_reference
from lib.domain.api.source_text import is_safe_address
from lib.domain.api.sources import EXPORT, LIST
from lib.domain.imports import DateRange
from lib.errors import DeskError


@dataclass(frozen=True)
class PullSettings:
    """What an account says of its API; what is empty or 0 is its template's. `way` is list or export where there are both."""

    base_url: str = ""
    token_url: str = ""
    tenant: str = ""
    app_key_ref: str = ""
    way: str = ""
    look_back_days: int = 0

    def __post_init__(self) -> None:
        """DeskError `not_a_reference`, `unsafe_address` or `no_such_way`; what was written by mistake is not repeated."""
        if self.app_key_ref:
            parse_reference(self.app_key_ref)
        for name, url in (("base_url", self.base_url), ("token_url", self.token_url)):
            if url and not is_safe_address(url):
                raise DeskError(
                    "unsafe_address",
                    f"pull.{name} is no address that credentials are sent to.",
                    "Write https:// and a server, without a name, a password or a question mark.",
                )
        if self.way not in ("", LIST, EXPORT):
            raise DeskError("no_such_way", f"There is no way {self.way!r} of pulling.", f"Write {LIST} or {EXPORT}.")


@dataclass(frozen=True)
class SyncCursor:
    """How far the pulls of one object have come.

    `token` is the provider's own cursor, '' where it gives none; up to `high_water` (the provider's clock) everything was
    asked for. `covered_to` is the last whole day that deliveries were said to cover. `limit_left` of `limit_of` calls were
    left when last asked, at `asked_at`; `clock_skew_seconds` is how far the provider's clock was ahead of the desk's.
    """

    account_id: int
    object: str
    token: str = ""
    high_water: datetime | None = None
    covered_to: date | None = None
    look_back_days: int = 0
    date_basis: str = ""
    zone: str = ""
    limit_left: int | None = None
    limit_of: int | None = None
    clock_skew_seconds: int = 0
    asked_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True)
class Pulled:
    """What one pull, or one slice of a backfill, came to.

    `load_id` is None where nothing came, and `is_seen` says that the very same records had come before. `days` are the
    whole days it answers for; `basis` and `zone` what it was asked by, `since` the moment it was asked from, `cursor` where
    it stands afterwards ('' where it was never set). `repeated` records came twice, byte for byte, and were taken once;
    `expected` is how many the provider says there are.
    """

    object: str
    rows: int
    pages: int
    days: DateRange | None
    basis: str
    zone: str
    since: datetime | None
    cursor: str
    load_id: int | None = None
    delivery_id: int | None = None
    is_seen: bool = False
    is_partial: bool = False
    repeated: int = 0
    expected: int | None = None
    clock_skew_seconds: int = 0
    limit_left: int | None = None
    limit_of: int | None = None
