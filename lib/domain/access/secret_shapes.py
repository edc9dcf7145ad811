"""Secrets recognised by their shape, so that one pasted into a text is refused, never stored and never said (R20).

The prefixes are those that the issuers publish so that scanners find them (Stripe, GitHub, GitLab, Slack, AWS, Google,
Twilio, SendGrid, npm, Shopify, OpenAI, Anthropic); the rest are shapes: PEM keys, JWTs (RFC 7519), `password=…`, an
address with a password in it, `Bearer …`, and long words of letters and digits without a pattern. A long word is told
from an id or a path by its spread: random text of 24 signs and more hardly repeats a sign.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from lib.errors import DeskError

_KNOWN = re.compile(
    r"""(?<![A-Za-z0-9])(?:
      (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,} | whsec_[A-Za-z0-9+/=]{8,} | sk-[A-Za-z0-9_-]{16,}
    | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,}
    | xox[abeprs]-[A-Za-z0-9-]{8,} | xapp-[A-Za-z0-9-]{10,}
    | (?:AKIA|ASIA)[A-Z0-9]{12,} | AIza[\w-]{20,} | ya29\.[\w-]{10,} | 1//[\w-]{20,} | GOCSPX-[\w-]{10,}
    | (?:AC|SK)[0-9a-f]{32} | SG\.[\w-]{10,}\.[\w-]{10,} | npm_[A-Za-z0-9]{20,} | shp(?:at|ss|ca|pa)_[a-fA-F0-9]{16,}
    | eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*
    )""",
    re.VERBOSE,
)
_KEY_FILE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_SAID = re.compile(
    r"(?i)\b(?:pass(?:word|wd|phrase)|pwd|secret|token|api[ _-]?key|client[ _-]?secret|access[ _-]?key)\s*[:=]\s*"
    r"(?P<value>[^\s,;]{6,})"
)
_BEARER = re.compile(r"(?i)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9+/._~-]{16,}=*)")
# No scheme is longer, and a long word without one is looked at from each of its letters.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9_+/=-]{24,}")
_HEX = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_REFERENCE = re.compile(r"(?:env|file|secrets):")
# Bits a sign; words, paths and names lie well below, base64 of random bytes above.
_SPREAD = 3.7


def looks_like_a_secret(text: str) -> bool:
    """Whether a text holds something of the shape of a key, token or password."""
    if _KNOWN.search(text) or _KEY_FILE.search(text):
        return True
    if any(_is_value(found["value"]) for pattern in (_SAID, _BEARER) for found in pattern.finditer(text)):
        return True
    addresses = _ADDRESS.findall(text)
    if any(_has_password(address) for address in addresses):
        return True
    return any(_is_random(word) for word in _WORD.findall(_ADDRESS.sub(" ", text)))


def refuse_secrets(texts: Iterable[tuple[str, str]]) -> None:
    """DeskError `secret_in_text` names the place of the first of these (name, text) that holds one, and never the text."""
    for name, text in texts:
        if looks_like_a_secret(text):
            raise DeskError(
                "secret_in_text",
                f"What was given for {name} looks like a secret, so it was not kept.",
                "Put the value where the desk's secrets lie, and name that place: env:NAME, file:PATH or "
                "secrets:section.key. If it went out in a message or a file, have it changed.",
            )


def texts_in(values: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(place, `name: text`) of every text in plain values however deep, for `refuse_secrets`."""
    inner = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for name, value in inner:
        place = f"{path}.{name}" if path else str(name)
        yield from ((place, f"{name}: {value}"),) if isinstance(value, str) else texts_in(value, place)


def _is_value(word: str) -> bool:
    """A thing said behind `token=`: not a reference, a placeholder, or a plain word."""
    said = word.strip(".!?)\"'")
    if not said or _REFERENCE.match(said) or said[0] in "<{[$…":
        return False
    return any(sign.isdigit() for sign in said) or not said.isalpha()


def _has_password(address: str) -> bool:
    try:
        return bool(urlsplit(address).password)
    except ValueError:
        return False


def _is_random(word: str) -> bool:
    if _HEX.fullmatch(word):
        return True
    # Any of the three alone is a name, a number or a path.
    kinds = (any(map(str.islower, word)), any(map(str.isupper, word)), any(map(str.isdigit, word)))
    # A path or a hyphened name falls into short words.
    longest = max(map(len, re.split(r"[/_-]", word)))
    return sum(kinds) == len(kinds) and longest >= 16 and _spread(word) >= _SPREAD


def _spread(word: str) -> float:
    """Shannon's entropy of the signs of a word, in bits."""
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())
