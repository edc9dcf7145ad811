"""What every answer of the desk tells the browser that receives it: to guess nothing, show it nowhere else, keep no secret."""

from __future__ import annotations

import re
from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

# Streamlit's page holds one script, which tells crawlers that it is not drawn yet; no other runs in place.
STREAMLITS_SCRIPT = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
# Everything comes from the desk and is sent to the desk: a picture or a script in a provider's text calls nobody.
# Components come as blobs and style themselves in place.
_PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' blob: '{STREAMLITS_SCRIPT}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"content-security-policy", _PAGE_POLICY.encode()),
)
_TLS = (b"strict-transport-security", b"max-age=31536000")
# The desk's own routes, and what a session shows or was sent: nothing of it stays in a cache on the way.
_OURS = re.compile(r"/(?:downloads|uploads|hooks|shared|media|auth|oauth2callback|_stcore)(?:/|$)")
# Streamlit's page reads this one itself and sends it back; every other cookie is no script's business.
_READ_BY_SCRIPT = b"_streamlit_xsrf="


class SafeAnswers:
    """ASGI middleware, in front of all others; what a route says of itself stands, but for where it may be kept."""

    def __init__(self, app: ASGIApp, *, is_secure: bool) -> None:
        """`is_secure` says that people reach the desk by https: then cookies and addresses stay with https."""
        self.app = app
        self._always = (*_ALWAYS, _TLS) if is_secure else _ALWAYS
        self._is_secure = is_secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete its answer's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_ours = _OURS.match(str(scope["path"])) is not None

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._completed(list(message.get("headers", ())), is_ours=is_ours)
            await send(message)

        await self.app(scope, receive, answer)

    def _completed(self, headers: Headers, *, is_ours: bool) -> Headers:
        if is_ours:
            headers = [(name, value) for name, value in headers if name.lower() != b"cache-control"]
            headers.append((b"cache-control", b"no-store"))
        said = {name.lower() for name, _ in headers}
        completed = [(name, self._cookie(value) if name.lower() == b"set-cookie" else value) for name, value in headers]
        return completed + [(name, value) for name, value in self._always if name not in said]

    def _cookie(self, cookie: bytes) -> bytes:
        flags = {part.strip().partition(b"=")[0].lower() for part in cookie.split(b";")[1:]}
        return b"; ".join((cookie, *_missing(flags, self._is_secure, cookie.startswith(_READ_BY_SCRIPT))))


def _missing(flags: set[bytes], is_secure: bool, is_read_by_script: bool) -> Iterable[bytes]:
    if b"samesite" not in flags:
        yield b"SameSite=Lax"
    if b"httponly" not in flags and not is_read_by_script:
        yield b"HttpOnly"
    if is_secure and b"secure" not in flags:
        yield b"Secure"
