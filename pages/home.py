"""Home: what to do next, what is connected, what waits for somebody, and what came in this week."""

from lib.domain.people import Right
from lib.services import arrivals, overview, tasks
from lib.ui.address import from_address
from lib.ui.door import shown_errors
from lib.ui.first_start import first_start
from lib.ui.guard import require
from lib.ui.home_cells import arrivals_cell, connectors_cell, waiting_cell
from lib.ui.home_next import context, next_step, today_in_words
from lib.ui.notebook import page
from lib.ui.sidebar import CLIENT
from lib.ui.tasks_cell import tasks_cell

visit = require(Right.SEE_DETAIL)
client = from_address(CLIENT)

with shown_errors():
    seen = visit.read(overview.overview, client)

with page("Home", context(seen), today_in_words(seen.now)), shown_errors():
    if not seen.accounts:
        first_start(visit)
    else:
        next_step(seen)
        connectors_cell(1, seen.accounts)
        waiting_cell(2, seen)
        arrivals_cell(3, visit.read(arrivals.arrivals, client))
        tasks_cell(4, visit.read(tasks.listed, client=client))
