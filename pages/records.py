"""Records: find a lead, leaf through what is committed, and read where one record comes from."""

from lib.domain.people import Right
from lib.services.counting import numbers_on_load
from lib.services.tracing import find_records, trace_record, trace_slice
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address, number_from_address
from lib.ui.parts.notebook import cell, next_line, page, turn
from lib.ui.records import cells
from lib.ui.records import lineage as lineage_cells
from lib.ui.records.person import person_cell

visit = require(Right.SEE_DETAIL)
record, load, metric = number_from_address("record"), number_from_address("on"), from_address("metric")

if record is not None:
    with shown_errors():
        trace = visit.read(trace_record.trace_record, from_address("table"), record)
    with page("Records", f"{trace.client_name} / {trace.source_label} / {trace.object}"), shown_errors():
        cells.record_next_line(trace)
        cells.values_cell(1, trace)
        cells.history_cell(2, trace.history)
        turn("All records", find=from_address("find"))
elif metric:
    with page("Records", f"What {metric} counts"), shown_errors():
        day, after = lineage_cells.day_of(from_address("day")), number_from_address("after") or 0
        value = from_address("value") or None
        lineage_cells.number_cells(visit.read(trace_slice.trace_slice, metric, day, value, after))
elif load is not None:
    with page("Records", f"What stands on load {load}"), shown_errors():
        skipped = number_from_address("after") or 0
        lineage_cells.on_load_cells(visit.read(numbers_on_load.numbers_on_load, load, skipped))
else:
    with page("Records", "Every client you may see"), shown_errors():
        next_line(
            "Look for one lead, or leaf through all of them.", "Each opens with its whole story, back to its raw cell."
        )
        asked = cells.search_cell(1)
        if asked:
            cells.found_cell(2, asked, visit.read(find_records.find, asked, visit.desk.hash_key))
            person_cell(3, visit, from_address(CLIENT))
        else:
            chosen = cells.browse_choice(2, visit.read(find_records.shelves, from_address(CLIENT)))
            if chosen is not None:
                key, name, row_class = chosen
                older = number_from_address("after")
                with cell(3, "Page", why="Twenty-five at a time. Uses step 2."):
                    found = visit.read(find_records.browse, key, name, row_class=row_class, after=older)
                    cells.browse_page(found, is_first=older is None)
            person_cell(4 if chosen is not None else 3, visit, from_address(CLIENT))
