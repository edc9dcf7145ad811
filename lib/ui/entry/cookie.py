"""Who asks a door that is no page: the same signed cookie is read, by the same code, as when a page is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from streamlit.web.server.server_util import AUTH_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import (
    _get_signed_cookie_with_chunks,
    _parse_decoded_user_cookie,
)

from lib.domain.people import Actor
from lib.pipeline.desk import Desk
from lib.services.people import people
from lib.ui.entry.sign_in import configured
from lib.ui.entry.visitor import person_of


def person_asking(desk: Desk, cookies: Mapping[str, str]) -> Actor:
    """The person whose browser sends these cookies; without sign-in the local admin, as only this machine gets here.

    Looked up on each request, as a page does on each run. DeskError `not_signed_in`, or what `person_at_the_door` says.
    """
    sign_in = configured()
    if sign_in is None:
        return people.local_admin(desk)
    return person_of(desk, _claims(cookies, sign_in.redirect_uri))


def _claims(cookies: Mapping[str, str], redirect_uri: str) -> dict[str, Any]:
    """What the cookie says, where its signature is this desk's and it was made for this address; else nothing."""
    signed = _get_signed_cookie_with_chunks(dict(cookies), AUTH_COOKIE_NAME)
    if not signed:
        return {}
    address = urlsplit(redirect_uri)
    return _parse_decoded_user_cookie(signed, f"{address.scheme}://{address.netloc}")
