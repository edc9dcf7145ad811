"""Rules: what the desk asks of every row, how often rows passed, and what becomes of those that do not."""

from lib.domain.people import Right
from lib.services.loading import rules, score_card
from lib.ui.controls.score_card import scores_cell
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.entry.sidebar import CLIENT
from lib.ui.parts.address import from_address
from lib.ui.parts.notebook import page
from lib.ui.rules import cells
from lib.ui.rules.own import own_rules_cell

visit = require(Right.SEE_DETAIL)

with page("Rules", "What good data means here"), shown_errors():
    client = from_address(CLIENT)
    accounts = visit.read(rules.rule_accounts, client)
    book = visit.read(rules.rule_history, cells.account_asked(accounts), client=client)
    cells.next_step(book)
    cells.scope_cell(1, book, accounts)
    cells.rows_cell(2, book)
    cells.rule_cell(3, visit, book)
    cells.loads_cell(4, book)
    own_rules_cell(5, visit, book.account.key if book.account else "")
    scores_cell(6, visit.read(score_card.score_cards, book.account.key if book.account else "", client=client))
