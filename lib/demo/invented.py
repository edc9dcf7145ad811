"""Invented people: their phones are 555-01xx and their addresses at example.com, which belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# fmt: off
_FIRST = (
    "Ada", "Alma", "Arlo", "Basil", "Bea", "Cato", "Celia", "Corin", "Dora", "Edda", "Emil", "Enid", "Faye", "Felix",
    "Greta", "Hugo", "Ida", "Ines", "Ivo", "Jory", "June", "Kit", "Lena", "Leif", "Mabel", "Milo", "Nell", "Nico",
    "Olive", "Orla", "Otto", "Pia", "Quinn", "Rhea", "Rufus", "Selma", "Silas", "Tess", "Ulla", "Vera", "Wendell", "Zora",
)
_LAST = (
    "Alderwick", "Ashgrove", "Birchard", "Brambley", "Calloway", "Cobbler", "Dunmere", "Eastlake", "Fairbrook",
    "Fenwright", "Gablestone", "Greyharbor", "Hollins", "Inkwell", "Juniperson", "Kettering", "Larkhill", "Marlowe",
    "Mossgrove", "Northam", "Oakhurst", "Pemberly", "Quillon", "Ridgeway", "Saltmarsh", "Shinglewood", "Tarnley",
    "Thistledown", "Underhill", "Vanderleaf", "Westerby", "Windrow", "Yarrow",
)
_STREETS = ("Juniper Way", "Gull Lane", "Tidewater Road", "Slate Street", "Old Mill Road", "Lantern Court", "Cedar Row")
# A ZIP code of Maine begins with a zero, which spreadsheets lose.
_CITIES = (
    ("Portland", "04101"), ("South Portland", "04106"), ("Westbrook", "04092"), ("Falmouth", "04105"),
    ("Scarborough", "04074"), ("Saco", "04072"),
)
# fmt: on
_AREA_CODES = ("207", "603", "978")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist; `phone` has ten digits."""

    first: str
    last: str
    phone: str
    email: str
    street: str
    city: str
    state: str
    postal_code: str

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    @property
    def written_phone(self) -> str:
        """The phone as people type it: `(207) 555-0142`."""
        return f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}"


def somebody(rng: Random) -> Person:
    """Draw a person."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    city, postal_code = rng.choice(_CITIES)
    return Person(
        first=first,
        last=last,
        phone=f"{rng.choice(_AREA_CODES)}55501{rng.randrange(100):02d}",
        email=f"{first}.{last}{rng.randrange(100)}@example.com".lower(),
        street=f"{rng.randrange(2, 480)} {rng.choice(_STREETS)}",
        city=city,
        state="ME",
        postal_code=postal_code,
    )


TESTER = Person(
    "Test", "Tester", "2075550100", "test@example.com", "1 Slate Street", "Portland", "ME", "04101"
)  # what people who try a form out call themselves
