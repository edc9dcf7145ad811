"""An account's own signs of test, spam and internal rows, beside those of its provider (R10)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import regex

from lib.domain.providers import Mark, MarkOn, Test
from lib.domain.verdicts import RowClass
from lib.errors import DeskError

# A resale is found by the request it belongs to, and genuine is what bears no mark.
CLASSES = (RowClass.TEST, RowClass.SPAM, RowClass.INTERNAL)
MOST_RULES, MOST_VALUES, LONGEST = 100, 200, 200


@dataclass(frozen=True)
class ClassRule:
    """One rule: its number within the account, which is never given twice, and the mark that it looks for."""

    number: int
    mark: Mark

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they are stored and shown."""
        mark = self.mark
        return {
            "number": self.number,
            "class": str(mark.row_class),
            "on": str(mark.on),
            "field": mark.field,
            "test": str(mark.test),
            "values": list(mark.values),
            "evidence": mark.evidence,
        }

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> ClassRule:
        """The rule that `as_dict` wrote."""
        mark = Mark(
            RowClass(stored["class"]),
            MarkOn(stored["on"]),
            stored["field"],
            Test(stored["test"]),
            tuple(stored["values"]),
            stored["evidence"],
            f"rule_{stored['number']}",
        )
        return cls(stored["number"], mark)


def drawn_up(
    row_class: str, field: str, test: str, values: Sequence[str], *, evidence: str = "", on: str = MarkOn.TARGET
) -> Mark:
    """A mark out of what a person typed, looked at; DeskError `bad_class_rule` says in one sentence what is wrong."""
    if row_class not in CLASSES:
        raise _bad(f"There is no rule for the class {row_class!r}", f"Use one of {', '.join(CLASSES)}")
    if test not in list(Test):
        raise _bad(f"A rule cannot compare by {test!r}", f"Use one of {', '.join(Test)}")
    if on not in list(MarkOn) or not field.strip():
        raise _bad("A rule looks at one field", "Name a target column, or a column of the file with `source`")
    found = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if not found or len(found) > MOST_VALUES or max(map(len, found)) > LONGEST:
        raise _bad(
            f"A rule compares with 1 to {MOST_VALUES} values of at most {LONGEST} characters", "Shorten the list"
        )
    if test == Test.MATCHES:
        for value in found:
            _require_pattern(value)
    says = evidence.strip() or f"The {field.replace('_', ' ')} {_SAYS[Test(test)]} {_listed(found)}."
    return Mark(RowClass(row_class), MarkOn(on), field.strip(), Test(test), found, says[:300])


def own_domain(domain: str) -> Mark:
    """E-mail addresses of the business itself, those of its subdomains too."""
    name = domain.strip().casefold().removeprefix("@")
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name):
        raise _bad(f"{domain!r} is not a domain", "Write it as example.com")
    pattern = rf"[@.]{re.escape(name)}$"
    return drawn_up(RowClass.INTERNAL, "email", Test.MATCHES, [pattern], evidence=f"The e-mail address is at {name}.")


def own_phone(phone: str) -> Mark:
    """A number of the business itself; `phone` as records hold it, in E.164."""
    return drawn_up(RowClass.INTERNAL, "phone", Test.EQUALS, [phone], evidence="The phone is one of our own numbers.")


def test_word(word: str) -> Mark:
    """A word or a name that only tests bear, as a word of its own."""
    text = word.strip().casefold()
    # Only beside a letter or digit is there an end of a word to ask for.
    start, end = (r"\b" if edge.isalnum() else "" for edge in (text[:1], text[-1:]))
    pattern = f"{start}{re.escape(text)}{end}"
    return drawn_up(RowClass.TEST, "name", Test.MATCHES, [pattern], evidence=f"The name holds the test word {word!r}.")


def spam_sender(sender: str) -> Mark:
    """An address that only spam comes from, or with `@domain` all of a domain."""
    text = sender.strip().casefold()
    if "@" not in text:
        raise _bad(f"{sender!r} is not a sender", "Write an e-mail address, or @example.com for all of a domain")
    if not text.startswith("@"):
        return drawn_up(RowClass.SPAM, "email", Test.EQUALS, [text], evidence=f"{text} is known to send spam.")
    pattern = rf"{re.escape(text)}$"
    return drawn_up(RowClass.SPAM, "email", Test.MATCHES, [pattern], evidence=f"{text} is known to send spam.")


_SAYS = {
    Test.EQUALS: "is",
    Test.CONTAINS: "contains",
    Test.STARTS_WITH: "starts with",
    Test.MATCHES: "matches",
}


def _listed(values: Sequence[str]) -> str:
    more = f" or one of {len(values) - 3} more" if len(values) > 3 else ""
    return ", ".join(values[:3]) + more


# Texts on which a pattern that goes through every way of reading them shows itself.
_TRYING = tuple(sign * 60 + "\n!" for sign in ("a", "1", " ", "a1", "a ", "é", "a@", "-", "."))
_PATIENCE_SECONDS = 0.2


def _require_pattern(value: str) -> None:
    try:
        pattern = regex.compile(value, regex.IGNORECASE)
        for text in _TRYING:
            pattern.search(text, timeout=_PATIENCE_SECONDS)
    except regex.error as error:
        raise _bad(f"The pattern {value!r} cannot be read: {error}", "Mend it, or compare with `contains`") from None
    except TimeoutError:
        raise _bad(
            f"The pattern {value!r} takes too long on some texts",
            "Repeat nothing that can be read in two ways, as (a|aa)+ can",
        ) from None


def _bad(sentence: str, mend: str) -> DeskError:
    return DeskError("bad_class_rule", f"{sentence}.", f"{mend}.")
