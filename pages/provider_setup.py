"""Provider setup: connect a provider, then see one account climb by evidence, and write its plan for trouble."""

from lib.domain.people import Right
from lib.services.setup import account_forms, account_setup, templates
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.parts.address import from_address
from lib.ui.parts.notebook import page, turn
from lib.ui.setup import cells as setup_cells
from lib.ui.setup import clone as clone_cell
from lib.ui.setup import connect as connect_cells
from lib.ui.setup import forms as setup_forms
from lib.ui.setup import handover as handover_cell
from lib.ui.setup import ladder as ladder_cells
from lib.ui.setup import metric_catalog, qa
from lib.ui.setup import setup_test as test_cell

visit = require(Right.SEE_DETAIL)
account = from_address("account")

if not account:
    with page("Provider setup", "A new connection"), shown_errors():
        offers = visit.read(templates.offers)
        connect_cells.choose_and_connect(visit, offers)
        handover_cell.take_over(visit, offers.clients)
else:
    with shown_errors():
        setup = visit.read(account_setup.account_setup, account)
    owner = f"Owner {setup.account.owner_email}"
    with page("Provider setup", setup_cells.head_context(setup), owner), shown_errors():
        forms = visit.read(account_forms.account_forms, account)
        ladder_cells.next_step(setup)
        ladder_cells.ladder_cell(1, visit, setup)
        ladder_cells.promote_cell(2, visit, setup)
        setup_cells.objects_cell(3, setup)
        setup_forms.record_cell(4, visit, forms)
        setup_forms.access_cell(5, visit, forms)
        setup_forms.plan_cell(6, visit, forms)
        setup_forms.keeping_cell(7, visit, forms)
        test_cell.setup_test_cell(8, visit, setup.account)
        metric_catalog.metrics_cell(9, visit, setup.account)
        qa.qa_cell(10, visit, setup.account)
        setup_cells.timeline_cell(11, setup.timeline)
        clone_cell.clone(visit, setup.account)
        handover_cell.hand_over(visit, setup.account)
        turn("All accounts, or connect another")
