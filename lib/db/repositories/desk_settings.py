"""What holds for the whole desk, and who said so when."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select

from lib.db.repositories.base import Repository
from lib.db.tables.desk_settings import desk_settings
from lib.db.tables.people import people
from lib.domain.settings.desk_settings import DeskSettings


class DeskSettingRepository(Repository):
    """Settings of the desk; they belong to no client, so everybody's services may ask for them."""

    def now(self) -> DeskSettings:
        """What holds now."""
        return DeskSettings.of_texts({row.name: row.value for row in self.newest()})

    def newest(self) -> list[Row[Any]]:
        """The newest line of each setting that was ever said (`name`, `value`, `at`, `email`), by name."""
        last = select(func.max(desk_settings.c.id)).group_by(desk_settings.c.name)
        return self.all(
            select(desk_settings.c.name, desk_settings.c.value, desk_settings.c.at, people.c.email)
            .join(people, people.c.id == desk_settings.c.person_id)
            .where(desk_settings.c.id.in_(last))
            .order_by(desk_settings.c.name)
        )

    def say(self, name: str, value: str) -> None:
        """Say a setting in the name of the person acting; what was said before stays below it."""
        line = {"name": name, "value": value, "person_id": self.tx.actor.person_id, "at": self.tx.now}
        self.run(insert(desk_settings).values(**line))
