"""Signs that more than one provider's rows bear: test people, test addresses, a status that says spam (R10)."""

from __future__ import annotations

from lib.domain.providers import Mark, MarkOn, Test
from lib.domain.verdicts import RowClass

# "Test" as a word of its own: a Mr. Testa and a Contest Lane are genuine.
TEST_WORD = (r"\btest(?:ing|er)?\b", r"^dummy[_ ]", r"^<test lead")
# The addresses that Google's and Meta's own test buttons send.
TEST_ADDRESSES = (r"^(?:[a-z0-9.]+[-_+])?test@(?:example\.(?:com|org|net)|test\.com|meta\.com|fb\.com)$",)


def _test_name(column: str) -> Mark:
    return Mark(
        RowClass.TEST, MarkOn.TARGET, column, Test.MATCHES, TEST_WORD, "The name says that this is a test entry."
    )


TEST_PEOPLE = (
    *(_test_name(column) for column in ("name", "first_name", "last_name")),
    Mark(
        RowClass.TEST,
        MarkOn.TARGET,
        "email",
        Test.MATCHES,
        TEST_ADDRESSES,
        "The e-mail address is one that is only used for tests.",
    ),
)
SPAM_STATUS = (
    Mark(
        RowClass.SPAM,
        MarkOn.TARGET,
        "status",
        Test.EQUALS,
        ("spam", "junk", "junk lead", "marked as spam"),
        "The provider itself marked this entry as spam.",
    ),
)
