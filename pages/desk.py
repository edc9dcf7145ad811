"""The desk itself: its clients, its people, who is told of what, what its databases say, and where it runs."""

from lib.domain.people import Right
from lib.services.people import people
from lib.services.setup import clients, desk_settings
from lib.ui.controls.alerts import alerts_cell
from lib.ui.desk.cells import clients_cell, health_cell, next_step, settings_cell
from lib.ui.desk.health import health
from lib.ui.desk.people import people_cell
from lib.ui.desk.settings import desk_settings_cell
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.parts.notebook import page

visit = require(Right.MANAGE_DESK)

with page("Clients and people", "The desk itself"), shown_errors():
    everyone, members = visit.read(clients.every_client), visit.read(people.members)
    persons = [item.actor for item in members if item.is_active]
    found = health(visit)
    next_step(everyone, persons, found.findings)
    clients_cell(1, visit, everyone)
    people_cell(2, visit, members, everyone)
    alerts_cell(3, visit, persons)
    health_cell(4, found)
    settings_cell(5, visit.desk.settings)
    desk_settings_cell(6, visit, visit.read(desk_settings.show_desk))
