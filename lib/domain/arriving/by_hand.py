"""What a person entered for want of the provider's own word is called so wherever it shows (R16): the words, once."""

from __future__ import annotations

from lib.domain.imports import DeliveryKind
from lib.errors import DeskError

LABEL = "Entered by hand"
_LONGEST = 500
_KINDS = {
    DeliveryKind.FILE: "file",
    DeliveryKind.WEBHOOK: "webhooks",
    DeliveryKind.API: "pulled from the API",
    DeliveryKind.DROP: "dropped file",
    DeliveryKind.MANUAL: "entered by hand",
}


def is_by_hand(kind: str) -> bool:
    """Whether a delivery of this kind is a person's and not the provider's."""
    return kind == DeliveryKind.MANUAL


def kind_words(kind: str) -> str:
    """How a delivery came in: `webhooks`, `dropped file`, `entered by hand`."""
    return _KINDS.get(DeliveryKind(kind), kind)


def delivery_name(kind: str, file_name: str) -> str:
    """What a delivery is called in every list, log and sentence: its file, and that it was entered by hand.

    The label stands in front, so that the ending, by which a file is read, stays where it is.
    """
    return f"{LABEL}: {file_name}" if is_by_hand(kind) else file_name


def source_name(source_label: str, *, has_by_hand: bool) -> str:
    """A source label as numbers carry it: with what was entered by hand said beside it (R1)."""
    return f"{source_label} (in part {LABEL.lower()})" if has_by_hand else source_label


def record_source(source_label: str, *, is_by_hand: bool) -> str:
    """A source label as one record carries it: who wrote it last, the provider or a person (R1, R16)."""
    return f"{source_label} ({LABEL.lower()})" if is_by_hand else source_label


def caveat(*sides: tuple[str, bool]) -> str:
    """The sentence a comparison says of periods that hold such rows; each side is its name and whether it does."""
    names = [name for name, has_by_hand in sides if has_by_hand]
    if not names:
        return ""
    return f"Part of the {' and of the '.join(names)} was {LABEL.lower()}, not sent by the provider."


def require_reason(reason: str) -> str:
    """Why it was entered by hand, as it is kept; DeskError `reason_missing` or `too_long`."""
    said = reason.strip()
    if not said:
        raise DeskError(
            "reason_missing",
            "Entering something by hand needs a reason.",
            "Say why the provider's own delivery cannot be used, with --reason.",
        )
    if len(said) > _LONGEST:
        raise DeskError("too_long", f"That reason has {len(said)} characters.", f"Use at most {_LONGEST}.")
    return said
