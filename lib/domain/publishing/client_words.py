"""What no client should have to read, wherever it stands: personal data, words of machines, the desk's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class TextProblem:
    """One thing that keeps a text from a client: a stable code, what it is, and what mends it."""

    code: str
    sentence: str
    mend: str


@dataclass(frozen=True)
class Form:
    """The form of a text: what it is called in a sentence about it, and how many characters it may have."""

    noun: str
    shortest: int
    longest: int
    signs: str = ""


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


def client_problems(text: str, form: Form, internal: Iterable[str] = ()) -> tuple[TextProblem, ...]:
    """Everything that keeps a text from being read by a client; none where it may be. The text is not blank.

    No personal data (R6), no words of machines, providers or the desk's own bookkeeping (`internal` names more of
    those), whole sentences of the form's length. `form.signs` are signs of code that are ordinary in such a text. A name
    without a title cannot be told from a product's, so a person still looks.
    """
    plain = text.strip()
    return (
        *personal_problems(plain, form),
        *machine_problems(plain, form, internal),
        *form_problems(text, form),
    )


def personal_problems(text: str, form: Form) -> tuple[TextProblem, ...]:
    """Personal data (R6) and addresses in a text."""
    found = []
    for pattern, what in ((_MAIL, "an e-mail address"), (_PHONE, "a phone number"), (_NAME, "a person's name")):
        if match := pattern.search(text):
            sentence = f"The {form.noun} holds {what}: “{match[0].strip(' .')}”."
            found.append(TextProblem("personal_data", sentence, "Say it without naming anybody."))
    if _ADDRESS.search(text):
        found.append(TextProblem("web_address", f"The {form.noun} holds a web address.", "Say it in words."))
    return tuple(found)


def machine_problems(text: str, form: Form, internal: Iterable[str] = ()) -> tuple[TextProblem, ...]:
    """Words of machines and providers, and those that the desk's own people use among themselves."""
    found = []
    signs = re.sub(f"[{re.escape(form.signs)}]", " ", text) if form.signs else text
    for pattern, what in ((_SQL, "a word of SQL"), (_SNAKE, "a name of the machine's"), (_SIGNS, "a sign of code")):
        if match := pattern.search(signs):
            sentence = f"The {form.noun} holds {what}: “{match[0]}”."
            found.append(TextProblem("machine_words", sentence, "Say it as one would to a customer."))
            break
    for word, better in _JARGON.items():
        if holds(text, word):
            mend = f"Say “{better}” or leave it out." if better else "Leave it out."
            found.append(TextProblem("jargon", f"No client knows the word “{word}”.", mend))
    for word in (*_INTERNAL, *internal):
        if holds(text, word):
            sentence = f"“{word}” is a word for the desk's own people."
            found.append(TextProblem("internal_words", sentence, "Say what it means for the client."))
    return tuple(found)


def holds(text: str, word: str) -> bool:
    """Whether the word stands in the text by itself, in any case, or with an s."""
    return re.search(rf"(?i)(?<![\w-]){re.escape(word)}s?(?![\w-])", text) is not None


def form_problems(written: str, form: Form) -> tuple[TextProblem, ...]:
    """What is wrong with the form of a text that is not blank: its length, its lines, its beginning and its end."""
    text, found = written.strip(), []
    if not form.shortest <= len(text) <= form.longest:
        few = "short" if len(text) < form.shortest else "long"
        bounds = f"at least {form.shortest} and at most {form.longest} characters"
        sentence = f"The {form.noun} is too {few}: {len(text)} of {bounds}."
        found.append(TextProblem(f"too_{few}", sentence, f"Write {form.shortest} to {form.longest} of them."))
    if "\n" in text:
        found.append(TextProblem("several_lines", f"The {form.noun} has several lines.", "Write one."))
    if text[0].islower():
        found.append(TextProblem("no_capital", f"The {form.noun} begins small.", "Begin with a capital letter."))
    if not _END.search(text):
        sentence = f"The {form.noun} does not end as a sentence."
        found.append(TextProblem("no_end", sentence, "End with a full stop."))
    return tuple(found)
