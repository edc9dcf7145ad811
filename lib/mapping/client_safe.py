"""The lint of the sentence that a client may read about a field: what in it is not for a client, and the mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

SHORTEST, LONGEST = 20, 200


@dataclass(frozen=True)
class ExplanationProblem:
    """One thing that keeps an explanation from a client: a stable code, what it is, and what mends it."""

    code: str
    sentence: str
    mend: str


_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# Seven digits with the signs that phones have between them; a year or an amount has fewer.
_PHONE = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")
_ADDRESS = re.compile(r"(?i)\bhttps?:|\bwww\.")
_NAME = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Dr)\b\.?\s+[A-Z]\w+")
_SNAKE = re.compile(r"\b[A-Za-z0-9]+_\w+\b|\b[a-z]+[a-z0-9]*[A-Z]\w*\b")
_SIGNS = re.compile(r"[{}\[\]<>`|\\=;^]|->|::")
_END = re.compile(r"[.!?。][)\u201d\u2019\"']?$")
# Written in capitals they are SQL; in small letters most of them are plain English.
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|GROUP BY|ORDER BY|NULL|VARCHAR|INTEGER|TABLE)\b")
# Words of those who connect, send and store; each with what a client would say.
_JARGON = {
    "API": "the provider",
    "webhook": "what the provider sends",
    "payload": "what was sent",
    "endpoint": "the provider",
    "JSON": "what was sent",
    "CSV": "the export",
    "XML": "what was sent",
    "SQL": "",
    "GUID": "number",
    "UUID": "number",
    "primary key": "number",
    "foreign key": "number",
    "boolean": "whether",
    "null": "empty",
    "enum": "one of a few words",
    "string": "text",
    "timestamp": "when",
    "datetime": "when",
    "epoch": "when",
    "regex": "",
    "schema": "",
    "dropdown": "list",
    "custom field": "",
    "CRM": "the customer list",
    "CSR": "the person on the phone",
    "BU": "branch",
    "business unit": "branch",
    "GCLID": "the ad that was clicked",
    "UTM": "where the visit came from",
    "SID": "number",
    "MSA": "area",
    "PII": "",
}
# What the desk and its people say to each other about rows and loads.
_INTERNAL = (
    "verdict", "dead letter", "backfill", "upsert", "dedupe", "deduped", "rollback", "unseen value",
    "marketplace duplicate", "in review", "todo", "tbd", "fixme", "lorem ipsum", "placeholder",
)  # fmt: skip


# A page asks it of every field at every edit, and the texts are few.
@lru_cache(maxsize=4096)
def explanation_problems(text: str) -> tuple[ExplanationProblem, ...]:
    """Everything that keeps the text from being read by a client; none where it may be.

    No personal data (R6), no words of machines, providers or the desk's own bookkeeping, one or two whole sentences of
    20 to 200 characters. A name without a title cannot be told from a product's, so a person still looks.
    """
    plain = text.strip()
    if not plain:
        mend = f"Write one calm sentence of {SHORTEST} to {LONGEST} characters."
        return (ExplanationProblem("no_explanation", "There is no sentence that a client may read about it.", mend),)
    return (*_personal(plain), *_machine(plain), *_form(text, plain))


def _personal(text: str) -> list[ExplanationProblem]:
    found = []
    for pattern, what in ((_MAIL, "an e-mail address"), (_PHONE, "a phone number"), (_NAME, "a person's name")):
        if match := pattern.search(text):
            sentence = f"The explanation holds {what}: “{match[0].strip(' .')}”."
            found.append(ExplanationProblem("personal_data", sentence, "Say it without naming anybody."))
    if _ADDRESS.search(text):
        found.append(ExplanationProblem("web_address", "The explanation holds a web address.", "Say it in words."))
    return found


def _machine(text: str) -> list[ExplanationProblem]:
    found = []
    for pattern, what in ((_SQL, "a word of SQL"), (_SNAKE, "a name of the machine's"), (_SIGNS, "a sign of code")):
        if match := pattern.search(text):
            sentence = f"The explanation holds {what}: “{match[0]}”."
            found.append(ExplanationProblem("machine_words", sentence, "Say it as one would to a customer."))
            break
    for word, better in _JARGON.items():
        if _holds(text, word):
            mend = f"Say “{better}” or leave it out." if better else "Leave it out."
            found.append(ExplanationProblem("jargon", f"No client knows the word “{word}”.", mend))
    for word in _INTERNAL:
        if _holds(text, word):
            sentence = f"“{word}” is a word for the desk's own people."
            found.append(ExplanationProblem("internal_words", sentence, "Say what it means for the client."))
    return found


def _holds(text: str, word: str) -> bool:
    """Whether the word stands in the text by itself, or with an s."""
    return re.search(rf"(?i)(?<![\w-]){re.escape(word)}s?(?![\w-])", text) is not None


def _form(written: str, text: str) -> list[ExplanationProblem]:
    found = []
    if not SHORTEST <= len(text) <= LONGEST:
        few = "short" if len(text) < SHORTEST else "long"
        sentence = f"The explanation is too {few}: {len(text)} of at least {SHORTEST} and at most {LONGEST} characters."
        found.append(ExplanationProblem(f"too_{few}", sentence, f"Write {SHORTEST} to {LONGEST} of them."))
    if "\n" in written.strip():
        found.append(ExplanationProblem("several_lines", "The explanation has several lines.", "Write one."))
    if text[0].islower():
        found.append(ExplanationProblem("no_capital", "The explanation begins small.", "Begin with a capital letter."))
    if not _END.search(text):
        found.append(
            ExplanationProblem("no_end", "The explanation does not end as a sentence.", "End with a full stop.")
        )
    return found


__all__ = ["LONGEST", "SHORTEST", "ExplanationProblem", "explanation_problems"]
