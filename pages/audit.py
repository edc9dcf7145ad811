"""The audit log: who did what to which client's data, from where; and whether the log is whole."""

from lib.domain.people import Right
from lib.services.running import audit_check, audit_lines
from lib.ui.audit.address import filters_asked, place_asked
from lib.ui.audit.check import check_cell
from lib.ui.audit.lines import lines_cell
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.parts.notebook import next_line, page

visit = require(Right.MANAGE_ACCOUNTS)

with page("Audit log", "Who did what to whose data"), shown_errors():
    filters = filters_asked()
    before, after = place_asked()
    found = visit.read(audit_lines.audit_page, filters, before=before, after=after)
    may_check = visit.may(Right.MANAGE_DESK)
    if may_check:
        next_line("Keep the end of the log elsewhere.", "With it an end that was cut off is found for sure: step 2.")
    else:
        next_line("Narrow it to what you look for.", "You see the lines about your clients.")
    lines_cell(1, visit, filters, found)
    if may_check:
        check_cell(2, visit, visit.read(audit_check.end_of_log))
