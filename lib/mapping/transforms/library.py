"""Every step that a map may name, and the reading step that a column asks for by itself."""

from __future__ import annotations

from lib.domain.objects import Kind
from lib.mapping.transforms.combine import COMBINE_TRANSFORMS
from lib.mapping.transforms.contact import CONTACT_TRANSFORMS
from lib.mapping.transforms.cover import COVER_TRANSFORMS
from lib.mapping.transforms.dates import DATE_TRANSFORMS
from lib.mapping.transforms.money import MONEY_TRANSFORMS
from lib.mapping.transforms.numbers import NUMBER_TRANSFORMS
from lib.mapping.transforms.shape import TransformSpec
from lib.mapping.transforms.text import TEXT_TRANSFORMS
from lib.mapping.transforms.units import UNIT_TRANSFORMS

TRANSFORMS: dict[str, TransformSpec] = {
    spec.name: spec
    for spec in (
        *TEXT_TRANSFORMS,
        *COMBINE_TRANSFORMS,
        *UNIT_TRANSFORMS,
        *DATE_TRANSFORMS,
        *MONEY_TRANSFORMS,
        *NUMBER_TRANSFORMS,
        *CONTACT_TRANSFORMS,
        *COVER_TRANSFORMS,
    )
}

# The reading step that a kind implies where the chain does not end in one; kinds not named here stay text.
READERS: dict[Kind, str] = {
    Kind.TIMESTAMP: "parse_datetime",
    Kind.DATE: "parse_date",
    Kind.MONEY: "parse_money",
    Kind.INTEGER: "parse_number",
    Kind.DECIMAL: "parse_number",
    Kind.BOOLEAN: "parse_boolean",
    Kind.DURATION: "parse_duration",
    Kind.PHONE: "parse_phone",
    Kind.EMAIL: "email",
}
# What ends a chain and is still text, so that it may stand in a text column.
STILL_TEXT = frozenset({"text", "phone", "email", "hash", "mask"})
