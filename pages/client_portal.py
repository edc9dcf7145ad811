"""The client portal: what a client reads, one card a number; the desk's own people see the same page as a preview."""

import streamlit as st

from lib.domain.people import Right
from lib.services.publishing import portal
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import require
from lib.ui.parts.address import from_address
from lib.ui.parts.notebook import page
from lib.ui.parts.words import plain
from lib.ui.portal import cards as portal_cards
from lib.ui.portal import detail as portal_detail
from lib.ui.portal import head as portal_head
from lib.ui.portal import notes as portal_notes
from lib.ui.portal import sharing as portal_sharing

visit = require(Right.SEE_SUMMARIES)
portal_cards.styles()

with shown_errors():
    client = portal_head.chosen_client(visit)
    if not client:
        with page("Client portal", portal_head.context(visit)):
            portal_head.pick_client(visit)
        st.stop()
    seen = visit.read(portal.portal, client)

with page(plain(seen.client_name), portal_head.context(visit), portal_head.aside(seen)), shown_errors():
    portal_head.pick_client(visit)
    ways_on = portal_cards.ways_into_the_desk(visit, seen)
    asked = from_address(portal_cards.CARD)
    card = portal_cards.named(seen, asked)
    if card is not None:
        portal_detail.opened(seen, *card, ways_on)
    elif asked:
        portal_head.not_shown()
    elif not seen.cards:
        portal_head.nothing_published()
    else:
        portal_head.summary_and_late(seen)
        portal_cards.cards(seen, ways_on)
    portal_head.taken_back(seen)
    portal_head.foot()
    portal_notes.subscription(visit, client)
    portal_sharing.sharing(visit, seen)
