"""Home: what to do next, what is connected, what waits, which client can be told, what came in, and what happened."""

from lib.domain.people import Right
from lib.services.arriving import arrivals
from lib.services.running import overview, pulses, readiness
from lib.ui.desk.tasks import tasks_cell, waiting
from lib.ui.entry.door import shown_errors
from lib.ui.entry.first_start import first_start
from lib.ui.entry.guard import require
from lib.ui.entry.sidebar import CLIENT
from lib.ui.home.cells import arrivals_cell, connectors_cell
from lib.ui.home.next import context, next_step, today_in_words
from lib.ui.home.readiness import readiness_cell
from lib.ui.home.timeline import timeline_cell
from lib.ui.parts.address import from_address
from lib.ui.parts.notebook import page

visit = require(Right.SEE_DETAIL)
client = from_address(CLIENT)

with shown_errors():
    seen = visit.read(overview.overview, client)

with page("Home", context(seen), today_in_words(seen.now)), shown_errors():
    if not seen.accounts:
        first_start(visit)
    else:
        found = waiting(visit, client)
        next_step(seen, found)
        connectors_cell(1, seen.accounts, visit.read(pulses.pulses, client))
        tasks_cell(2, visit, found)
        readiness_cell(3, visit.read(readiness.readiness, client))
        arrivals_cell(4, visit.read(arrivals.arrivals, client))
        timeline_cell(5, visit, seen.accounts, client)
