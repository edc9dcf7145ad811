"""The page in which ServiceTitan's API hands out its records."""

from __future__ import annotations

import json
from typing import Any


def page(entries: list[dict[str, Any]], *, has_more: bool = False, total: int | None = None) -> bytes:
    """`{page, pageSize, hasMore, totalCount, data}` as JSON; `total` counts what the provider has, sent or not."""
    count = len(entries) if total is None else total
    return json.dumps(
        {"page": 1, "pageSize": 5000, "hasMore": has_more, "totalCount": count, "data": entries}, indent=1
    ).encode()
