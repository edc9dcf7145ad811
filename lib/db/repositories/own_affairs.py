"""What everybody may change of their own, whatever their role: their sign-ins, and the notes that they get."""

from __future__ import annotations

from datetime import datetime

from lib.db.repositories.base import Repository
from lib.db.repositories.people import PeopleRepository
from lib.db.repositories.report_notes import ReportNoteRepository
from lib.db.repositories.tasks import TaskRepository
from lib.domain.access.members import Member
from lib.domain.tasks import REPORT_NOTE


class OwnAffairsRepository(Repository):
    """Every question and every change is about the person who acts; nobody else can be named."""

    def me(self) -> Member | None:
        """The person who acts, as the desk knows them now."""
        return PeopleRepository(self.tx).member(self.tx.actor.email)

    def arrive(self, issued_at: datetime) -> None:
        """They came by a sign-in of that moment; an invitation has done its work."""
        PeopleRepository(self.tx).arrive(self.tx.actor.person_id, issued_at)

    def see(self) -> None:
        """They are here now."""
        PeopleRepository(self.tx).see(self.tx.actor.person_id)

    def sign_out(self) -> None:
        """Refuse every sign-in of theirs so far."""
        PeopleRepository(self.tx).sign_out(self.tx.actor.person_id)

    def asks_for_notes(self, client_id: int) -> bool:
        """Whether they get the notes of a client."""
        return ReportNoteRepository(self.tx).is_asked_for(client_id, self.tx.actor.person_id)

    def ask_for_notes(self, client_id: int, *, is_on: bool) -> None:
        """Ask for the notes of a client in scope, or stop them."""
        ReportNoteRepository(self.tx).ask(client_id, self.tx.actor.person_id, is_on=is_on)

    def drop_note_tasks(self, client_id: int, cause: str, because: str) -> None:
        """Close the tasks that a note of theirs left behind."""
        tasks = TaskRepository(self.tx)
        for task in tasks.listed(kind=REPORT_NOTE, client_id=client_id):
            if task.cause == cause:
                tasks.close_task(task, because)
