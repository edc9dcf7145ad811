"""The lint of the sentence that a client may read about a field: what in it is not for a client, and the mend."""

from __future__ import annotations

from functools import lru_cache

from lib.domain.publishing.client_words import Form, TextProblem, client_problems

SHORTEST, LONGEST = 20, 200
_FORM = Form("explanation", SHORTEST, LONGEST)


# A page asks it of every field at every edit, and the texts are few.
@lru_cache(maxsize=4096)
def explanation_problems(text: str) -> tuple[TextProblem, ...]:
    """Everything that keeps the text from being read by a client; none where it may be.

    One or two whole sentences of 20 to 200 characters, in the words of `lib.domain.publishing.client_words`.
    """
    if not text.strip():
        mend = f"Write one calm sentence of {SHORTEST} to {LONGEST} characters."
        return (TextProblem("no_explanation", "There is no sentence that a client may read about it.", mend),)
    return client_problems(text, _FORM)
