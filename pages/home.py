"""Home: what is connected, what arrived, and what became of it."""

from lib.domain.people import Right
from lib.services import overview
from lib.ui.door import shown_errors
from lib.ui.guard import require
from lib.ui.home_cells import accounts_cell, deliveries_cell, loads_cell, next_step
from lib.ui.notebook import page

visit = require(Right.SEE_DETAIL)

with page("Home", "Every client of this desk"), shown_errors():
    seen = visit.read(overview.overview)
    next_step(seen)
    accounts_cell(1, seen.accounts)
    deliveries_cell(2, seen.deliveries)
    loads_cell(3, seen.loads)
