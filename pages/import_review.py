"""Import review: bring a file in, see what each of its rows becomes, and decide whether it counts."""

from lib.domain.people import Right
from lib.domain.states import LoadStatus
from lib.services.arriving import uploads
from lib.services.reviewing import review, review_reasons
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, require
from lib.ui.parts.address import from_address, number_from_address
from lib.ui.parts.notebook import link, page, turn
from lib.ui.review.cells import aside, context, file_line, funnel_cell, next_step, standing, verdicts_cell
from lib.ui.review.decision import bar, decide_cell, decided, show_outcome
from lib.ui.review.drift import drift_part
from lib.ui.review.effect import effect_cell
from lib.ui.review.error_file import error_file
from lib.ui.review.fix import fix_cell
from lib.ui.review.load_list import list_next, loads_cell, refused_cell, statuses_asked
from lib.ui.review.match import class_evidence_part, match_part
from lib.ui.review.reading import reading_cell
from lib.ui.review.reasons import reasons_cell
from lib.ui.review.rows import rows_cell
from lib.ui.review.totals import control_totals
from lib.ui.review.undo import undo_cell
from lib.ui.review.unfinished import job_cell, unfinished_cell, unfinished_load
from lib.ui.review.upload import upload_cell
from lib.ui.review.waits import waits_part
from lib.ui.review.work import at_work_on, show_work

visit = require(Right.SEE_DETAIL)


def bring(here: Visit, job_id: int | None) -> None:
    with page("Import review", "Bring a file in, and look at it before it counts"), shown_errors():
        client = from_address("client")
        brought = here.read(uploads.brought, client, statuses_asked())
        list_next(brought)
        shown = None if job_id is None else job_cell(1, here, job_id)
        if shown is None:
            upload_cell(1, here, here.read(uploads.targets, client))
        number = unfinished_cell(2, here, brought.stopped, shown)
        loads_cell(number, brought)
        refused_cell(number + 1, brought.refused)


def look(here: Visit, load_id: int) -> None:
    outcome = decided(here)
    with shown_errors():
        seen = here.read(review.look_at, load_id)
        job = at_work_on(here, seen)
    with page("Import review", context(seen), aside(seen)), shown_errors():
        if seen.load.status is LoadStatus.MAPPED:
            unfinished_load(here, seen)
            return
        fails = here.read(review_reasons.what_fails, load_id)
        next_step(seen, fails)
        show_outcome(outcome)
        show_work(seen, job)
        standing(seen)
        file_line(seen)
        waits_part(here, seen)
        drift_part(here, seen)
        reading_cell(here, seen)
        funnel_cell(1, seen)
        verdicts_cell(2, seen)
        class_evidence_part(here, seen)
        match_part(here, seen)
        control_totals(here, seen)
        reasons_cell(3, here, seen, fails)
        fix_cell(seen, fails)
        error_file(here, seen)
        rows_cell(4, seen.load)
        number = effect_cell(5, here, seen)
        decide_cell(number, seen)
        undo_cell(number + 1, here, seen, job)
        if seen.load.status is LoadStatus.COMMITTED:
            link("The numbers that stand on it", "records", on=seen.load.id)
        turn("All loads, or bring another file", account=seen.account.key, object=seen.load.object)
        bar(here, seen, job)


load_ = number_from_address("load")
if load_ is None:
    bring(visit, number_from_address("job"))
else:
    look(visit, load_)
