"""E-mail addresses as the desk knows people by them: two of the same person are written alike, two others never."""

from __future__ import annotations

import re
import string

from lib.errors import DeskError

LONGEST = 254  # RFC 3696, erratum 1690
# No signs that take an address apart in a message's head or in a list, and nothing that a terminal obeys.
_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\\x00-\x1f\x7f-\x9f]+@[^@\s,;:<>()\[\]\"\\\x00-\x1f\x7f-\x9f]+")
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(text: str) -> str:
    """An address without the blanks around it and in small letters, those of ASCII only.

    `str.lower` also makes a k of the Kelvin sign and an i of a dotted capital one: somebody who owns such a look-alike at
    a provider would be taken for another person (CVE-2019-19844).
    """
    return text.strip().translate(_SMALL)


def email_address(text: str) -> str:
    """The address that somebody wrote, folded; DeskError `not_an_address` where it is none."""
    address = folded(text)
    if len(address) > LONGEST or not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise DeskError("not_an_address", f"{text[:80]!r} is not an e-mail address.", "Write it as name@example.com.")
    return address


def name_from(address: str) -> str:
    """What to call somebody of whom only the address is known."""
    return address.partition("@")[0].replace(".", " ").replace("_", " ").title()
