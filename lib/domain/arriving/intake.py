"""How an account's deliveries come in by themselves: webhooks, pulls, dropped files, and what is let in unattended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lib.domain.api.pulls import PullSettings
from lib.domain.arriving.drops import DropSettings
from lib.domain.arriving.unattended import Unattended
from lib.domain.hooks import HookSettings
from lib.domain.settings_text import differing, with_setting


@dataclass(frozen=True)
class IntakeSettings:
    """The four ways, each at its defaults unless the account says otherwise. A setting is named `hook.window_seconds`."""

    hook: HookSettings = field(default_factory=HookSettings)
    pull: PullSettings = field(default_factory=PullSettings)
    drop: DropSettings = field(default_factory=DropSettings)
    unattended: Unattended = field(default_factory=Unattended)

    def as_dict(self) -> dict[str, Any]:
        """What differs from the defaults, as it is stored and shown: `{}` where nothing does."""
        parts = {name: differing(getattr(self, name)) for name in _PARTS}
        return {name: values for name, values in parts.items() if values}

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> IntakeSettings:
        """The settings that `as_dict` wrote."""
        return cls(**{name: part(**stored.get(name, {})) for name, part in _PARTS.items()})

    def with_setting(self, name: str, text: str) -> IntakeSettings:
        """These settings with one set from text; DeskError as `settings_text.with_setting` says."""
        part, _, inner = name.partition(".")
        return replace(self, **{part: with_setting(getattr(self, part), inner, text)})


_PARTS: dict[str, type[Any]] = {
    "hook": HookSettings,
    "pull": PullSettings,
    "drop": DropSettings,
    "unattended": Unattended,
}


def is_intake_setting(name: str) -> bool:
    """Whether this names a setting of one of the four ways."""
    part, dot, _ = name.partition(".")
    return bool(dot) and part in _PARTS
