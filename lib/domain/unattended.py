"""Loads that may go in without a person: off by default, and only clean ones."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unattended:
    """When a load of an account is let through by itself."""

    is_on: bool = False
    max_failed_percent: int = 1
