"""What an admin says for the whole desk: how long payloads are kept at the least, and how long a test proves something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.domain.settings.retention import FOR_GOOD, in_words
from lib.domain.settings_text import with_setting
from lib.errors import DeskError

_LIMIT = 36500


@dataclass(frozen=True)
class DeskSettings:
    """The desk's settings, at their defaults where nobody has said otherwise.

    `min_retention_days` is the legal minimum for which an account keeps what arrived; 0 where the law asks for none.
    `test_days` is how long a passed setup test, a reviewed test import and a QA check stay good (F145).
    """

    min_retention_days: int = 0
    test_days: int = 30

    def __post_init__(self) -> None:
        """DeskError `desk_setting_invalid` where a number means nothing."""
        if not 0 <= self.min_retention_days <= _LIMIT or not 1 <= self.test_days <= _LIMIT:
            raise DeskError(
                "desk_setting_invalid",
                "A setting of the desk lies outside of what it can mean.",
                f"min_retention_days is 0 to {_LIMIT}, test_days 1 to {_LIMIT}.",
            )

    def keeps_long_enough(self, retention_days: int) -> bool:
        """Whether an account that keeps payloads so long keeps them as long as the law asks."""
        return retention_days == FOR_GOOD or retention_days >= self.min_retention_days

    def at_least(self, retention_days: int) -> int:
        """The retention that a template offers, or the legal minimum where that is longer."""
        return retention_days if self.keeps_long_enough(retention_days) else self.min_retention_days

    def require_retention(self, retention_days: int) -> None:
        """DeskError `retention_below_minimum` where payloads would be let go sooner than the law allows."""
        if not self.keeps_long_enough(retention_days):
            raise DeskError(
                "retention_below_minimum",
                f"Payloads would be kept {in_words(retention_days)}; the legal minimum of this desk is "
                f"{in_words(self.min_retention_days)}.",
                "Keep them longer; an admin says the minimum with `desk set min_retention_days=DAYS`.",
            )

    @classmethod
    def of_texts(cls, said: Mapping[str, str]) -> DeskSettings:
        """The settings that these texts say, by name; DeskError where one is unknown or no number."""
        settings = cls()
        for name, text in said.items():
            settings = with_setting(settings, name, text)
        return settings
