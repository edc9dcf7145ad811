"""Import review: bring a file in, see what each of its rows becomes, and decide whether it counts."""

from lib.domain.people import Right
from lib.services import review, review_reasons, uploads
from lib.ui.address import from_address, number_from_address
from lib.ui.door import shown_errors
from lib.ui.guard import Visit, require
from lib.ui.import_review_cells import aside, context, file_line, funnel_cell, next_step, standing, verdicts_cell
from lib.ui.notebook import page, turn
from lib.ui.review_decision import bar, decide_cell, decided, show_outcome
from lib.ui.review_list import list_next, loads_cell, refused_cell, statuses_asked
from lib.ui.review_reasons_cell import reasons_cell
from lib.ui.review_rows_cell import rows_cell
from lib.ui.review_undo_cell import undo_cell
from lib.ui.review_upload import job_cell, upload_cell

visit = require(Right.SEE_DETAIL)


def bring(here: Visit, job_id: int | None) -> None:
    with page("Import review", "Bring a file in, and look at it before it counts"), shown_errors():
        client = from_address("client")
        brought = here.read(uploads.brought, client, statuses_asked())
        list_next(brought)
        if job_id is not None:
            job_cell(1, job_id)
        else:
            upload_cell(1, here, here.read(uploads.targets, client))
        loads_cell(2, brought)
        refused_cell(3, brought.refused)


def look(here: Visit, load_id: int) -> None:
    outcome = decided(here)
    with shown_errors():
        seen = here.read(review.look_at, load_id)
    with page("Import review", context(seen), aside(seen)), shown_errors():
        fails = here.read(review_reasons.what_fails, load_id)
        next_step(seen, fails)
        show_outcome(outcome)
        standing(seen)
        file_line(seen)
        funnel_cell(1, seen)
        verdicts_cell(2, seen)
        reasons_cell(3, here, seen, fails)
        rows_cell(4, here, seen)
        decide_cell(5, seen)
        undo_cell(6, here, seen)
        turn("All loads, or bring another file", account=seen.account.key, object=seen.load.object)
        bar(here, seen)


load_ = number_from_address("load")
if load_ is None:
    bring(visit, number_from_address("job"))
else:
    look(visit, load_)
