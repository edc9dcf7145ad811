"""What the bench's file says: names, phones, addresses and words drawn from short lists, each spelled in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import product

import numpy as np

Draw = np.random.Generator

_FIRST = (
    "Rosa", "James", "María", "Wei", "Ahmed", "Olga", "Denise", "Liam", "O'Neil", "Priya", "Hannah", "José", "Marcus",
    "Aaliyah", "Tom", "Ingrid", "Yusuf", "Karen", "Luis", "Grace", "Noah", "Emma", "Omar", "Fatima", "Björn", "Chloé",
    "Raj", "Mei", "Sofia", "Ethan", "Ava", "Caleb", "Nina", "Victor", "Elena", "Dmitri", "Zoe", "Paul", "Ruth", "Ian",
)  # fmt: skip
_LAST = (
    "Alvarez", "Smith", "Nguyen", "O'Brien", "Johnson", "García", "Müller", "Patel", "Kowalski", "Okafor", "Lee", "Brown",
    "Martinez", "de la Cruz", "Ivanov", "Kim", "Hernández", "Williams", "Jones", "Davis", "Rossi", "Cohen", "Haddad",
    "Larsen", "Testa", "Singh", "Wilson", "Moore", "Clark", "Lewis", "Young", "Walker", "Hall",
)  # fmt: skip
_STREETS = (
    "Juniper Way", "Main St", "W 38th Ave", "Elm Street, Apt {}", "Larimer St #{}", "Oak Ln", "County Rd {}", "Contest Ln",
)  # fmt: skip
_CITIES = (
    ("Boulder", "CO", "80302"), ("Denver", "CO", "80211"), ("DENVER", "Colorado", "80202-1419"), ("Aurora", "CO", "80012"),
    ("Springfield", "MA", "01103"), ("Newark", "NJ", "07102"), ("St. Louis", "MO", "63101"), ("Winston-Salem", "NC", "27101"),
    ("Santa Fé", "NM", "87501"), ("phoenix", "az", "85004"), ("Fort Collins", "CO", "80521"), ("Coeur d'Alene", "ID", "83814"),
)  # fmt: skip
_COMPANIES = ("", "", "", "", "Alvarez & Sons, LLC", 'The "Blue Door" Café', "Okafor Property Mgmt", "HOA of Elm Park")
_STATUSES = (
    "New",
    "New",
    "new ",
    "Contacted",
    "Quoted",
    "Quote Sent",
    "Accepted",
    "Declined",
    "Lost",
    "BOOKED",
    "Expired",
)
_SERVICES = (
    "Water heater",
    "Drain cleaning",
    "Roof repair",
    "AC tune-up",
    "Furnace install",
    "Gutter guards",
    "Re-pipe",
)
_FORMS = ("Request a quote", "Contact us", "Spring Special", "Landing page - roofing")
_WHAT = (
    "The old heater leaks since Friday", "Need an estimate, please call after 5 pm", 'He said "asap", twice',
    "Two-story house, built 1962", "Water in the basement\nand the carpet is soaked", "Second quote; first was $4,200",
    "Roof lost shingles in the hail storm of May", "Same problem as last year, see job 4471", "Wants financing",
)  # fmt: skip
_MORE = (
    "Gate code 4471, dog in the yard.", "Email is better than phone.", "", "Tenant will let you in, owner is away.",
    "Please send somebody who speaks Spanish - habla español.", "Photos attached\r\n(3 files)", "Not urgent.",
    "The unit is on the north side behind the garage, next to the meter, and hard to reach from the street.",
)  # fmt: skip
_SOURCES = ("google", "Google", "facebook", "newsletter", "bing", "(direct)", "yelp.com", "")
_MEDIA = ("cpc", "email", "organic", "social", "(none)", "")
_CAMPAIGNS = ("spring", "Spring 2026 | Search", "brand_exact", "roofing-denver", "Retargeting, all", "")
_OFFICES = ("Denver", "Boulder", "North", "")
_STAFF = ("Ana Ruiz", "D. Okafor", "sam@harborroofing.example", "", "Wells, Pat")
_PHONES = (
    "({0}) {1}-{2}", "{0}.{1}.{2}", "+1 {0} {1} {2}", "{0}{1}{2}", "1-{0}-{1}-{2}", "{0}-{1}-{2}", " {0} {1} {2} ",
    "+1{0}{1}{2}",
)  # fmt: skip
_MAILS = ("{}.{}{}@mail.example", "{}{}{}@inbox.example", "{}_{}{}@work.example ", "{}+quotes.{}{}@mail.example")
_AMOUNTS = ("${:,.2f}", "{:.2f}", "${:,.0f}", "USD {:,.2f}", "$ {:,.2f}")
_TIMES = ("%m/%d/%Y %I:%M %p", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S")


def columns(draw: Draw, count: int) -> dict[str, list[str]]:
    """Every column of the file but its id and its times, by the column of a quote request that it becomes."""
    first, last = pick(draw, _FIRST, count), pick(draw, _LAST, count)
    house, digits = draw.integers(1, 9900, count).tolist(), draw.integers(10, 100_000, count).tolist()
    place = [_CITIES[index] for index in draw.integers(0, len(_CITIES), count)]
    what = pick(draw, [f"{what}. {more}".strip() for what, more in product(_WHAT, _MORE)], count)
    return {
        "status": pick(draw, _STATUSES, count),
        "first_name": first,
        "last_name": last,
        "company": pick(draw, _COMPANIES, count),
        "phone": _phones(draw, count, blank=0.05),
        "secondary_phone": _phones(draw, count, blank=0.8),
        "email": [
            form.format(_plain(one), _plain(two), number)
            for form, one, two, number in zip(pick(draw, _MAILS, count), first, last, digits, strict=True)
        ],
        "address": [
            f"{number} {street.format(number % 60)}"
            for number, street in zip(house, pick(draw, _STREETS, count), strict=True)
        ],
        "city": [city for city, _, _ in place],
        "state": [state for _, state, _ in place],
        "postal_code": [code for _, _, code in place],
        "service": pick(draw, _SERVICES, count),
        "category": pick(draw, _FORMS, count),
        "description": [f"{text} Ref {number}" for text, number in zip(what, digits, strict=True)],
        "source": pick(draw, _SOURCES, count),
        "medium": pick(draw, _MEDIA, count),
        "campaign": pick(draw, _CAMPAIGNS, count),
        "campaign_id": [f"17{number:013d}" for number in draw.integers(0, 400, count).tolist()],
        "location": pick(draw, _OFFICES, count),
        "assigned_to": pick(draw, _STAFF, count),
        "amount": _amounts(draw, count),
        "fee": [f"{fee:.2f}" for fee in (draw.integers(900, 9000, count) / 100).tolist()],
    }


def times(draw: Draw, moments: Sequence[datetime]) -> list[str]:
    """Moments of the account's own zone, mostly in one spelling and now and then in another."""
    forms = draw.choice(len(_TIMES), len(moments), p=(0.9, 0.05, 0.05)).tolist()
    return [moment.strftime(_TIMES[form]) for moment, form in zip(moments, forms, strict=True)]


def later(draw: Draw, moments: Sequence[datetime]) -> list[str]:
    """When each was last changed: in UTC, some days after; blank now and then."""
    minutes = draw.integers(1440, 5760, len(moments)).tolist()
    is_blank = (draw.random(len(moments)) < 0.1).tolist()
    return [
        "" if blank else f"{(moment + timedelta(minutes=minute)).isoformat()}Z"
        for moment, minute, blank in zip(moments, minutes, is_blank, strict=True)
    ]


def pick(draw: Draw, among: Sequence[str], count: int) -> list[str]:
    """`count` of these, with repetition."""
    return [among[index] for index in draw.integers(0, len(among), count).tolist()]


def _phones(draw: Draw, count: int, *, blank: float) -> list[str]:
    """Numbers of the North American shape in every spelling; one in a hundred has an extension, few are no number."""
    parts = zip(
        draw.integers(201, 990, count).tolist(),
        draw.integers(200, 1000, count).tolist(),
        draw.integers(0, 10_000, count).tolist(),
        strict=True,
    )
    found = [
        form.format(f"{area}", f"{middle}", f"{end:04d}")
        for form, (area, middle, end) in zip(pick(draw, _PHONES, count), parts, strict=True)
    ]
    chance = draw.random(count)
    for row in np.flatnonzero(chance < blank + 0.012).tolist():
        odd = f"{found[row].strip()} x12" if chance[row] >= blank + 0.002 else "call the office"
        found[row] = "" if chance[row] < blank else odd
    return found


def _amounts(draw: Draw, count: int) -> list[str]:
    amounts = (draw.integers(4_000, 2_400_000, count) / 100).tolist()
    is_blank = (draw.random(count) < 0.3).tolist()
    return [
        "" if blank else form.format(amount)
        for amount, form, blank in zip(amounts, pick(draw, _AMOUNTS, count), is_blank, strict=True)
    ]


def _plain(name: str) -> str:
    """A name as it stands in an address: lower case, letters only."""
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())
