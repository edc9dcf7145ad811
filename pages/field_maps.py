"""Field maps: what each field of a provider becomes, tried on a sample, submitted and approved."""

from lib.domain.people import Right
from lib.services.mapping import map_desk
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.mapping.approval import approval_cell
from lib.ui.mapping.cells import context, next_step, nothing_to_map, picked, pickers, profile_cell, version_in_words
from lib.ui.mapping.changes import versions_cell
from lib.ui.mapping.impact import impact_cell
from lib.ui.mapping.memory import memory_cell
from lib.ui.mapping.placement import placement_line
from lib.ui.mapping.session import opened
from lib.ui.mapping.workbench import workbench
from lib.ui.parts.address import from_address, number_from_address
from lib.ui.parts.notebook import page

visit = require(Right.EDIT_MAPS)

with shown_errors():
    choices = visit.read(map_desk.accounts_to_map, from_address("client"))
    pick = picked(choices)
    work = opened(visit, visit.read(map_desk.map_desk, *pick), number_from_address("version")) if pick else None

if work is None:
    with page("Field maps", "No account yet"):
        nothing_to_map(choices)
else:
    with page("Field maps", context(work), version_in_words(work)), shown_errors():
        pickers(choices)
        next_step(work)
        profile_cell(1, work)
        placement_line(work)
        workbench(work)
        approval_cell(5, work)
        versions_cell(6, work)
        impact_cell(7, work)
        memory_cell(8, work)
