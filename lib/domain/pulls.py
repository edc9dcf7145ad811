"""How an account's records are fetched from its provider's API."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PullSettings:
    """What an account says of its API; what is empty is its template's."""

    base_url: str = ""
    token_url: str = ""
    tenant: str = ""
    app_key_ref: str = ""
