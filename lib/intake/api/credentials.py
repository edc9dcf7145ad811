"""Signing in: a token fetched and renewed, a fixed header, name and password, or a key in the query.

Authlib's client was looked at: it judges a token's age by the machine's clock, and the desk asks its own; the grant itself
is one POST, for which httpx has a place of its own.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta

import httpx

from lib.clock import Clock
from lib.domain.api.sources import ApiSource, Auth, AuthScheme
from lib.errors import DeskError
from lib.intake.api import trouble

# A token is renewed this long before its end, or a tenth of its life where that is less.
_MARGIN = 60.0
# RFC 6749 lets a server leave expires_in out; then a quarter of an hour, the shortest life known of a provider.
_USUAL_LIFE = 900.0


class ClientCredentials(httpx.Auth):
    """OAuth 2.0 client credentials: the token is kept until shortly before its end, and fetched anew once on 401."""

    def __init__(self, auth: Auth, client_id: str, client_secret: str, clock: Clock) -> None:
        self._auth, self._id, self._secret, self._clock = auth, client_id, client_secret, clock
        self._token, self._until = "", datetime.min.replace(tzinfo=clock().tzinfo)

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a token that is good, and once more with a new one where it was not."""
        if self._clock() >= self._until:
            self._keep((yield self._asking()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._keep((yield self._asking()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _asking(self) -> httpx.Request:
        form = {"grant_type": "client_credentials", "client_id": self._id, "client_secret": self._secret}
        if self._auth.scope:
            form["scope"] = self._auth.scope
        return httpx.Request("POST", self._auth.token_url, data=form, headers={"Accept": "application/json"})

    def _keep(self, response: httpx.Response) -> None:
        host = response.request.url.host
        response.read()
        if response.status_code == httpx.codes.BAD_REQUEST:
            # RFC 6749, 5.2: invalid_client and invalid_grant come as 400.
            raise trouble.refused(host, response.status_code)
        if (met := trouble.of_status(host, response, self._clock())) is not None:
            raise met
        try:
            said = response.json()
            token, life = str(said["access_token"]), float(said.get("expires_in") or _USUAL_LIFE)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise trouble.cut_off(host) from None
        self._token = token
        self._until = self._clock() + timedelta(seconds=life - min(_MARGIN, life / 10))


class _Header(httpx.Auth):
    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self._name] = self._value
        yield request


class _Query(httpx.Auth):
    def __init__(self, name: str, value: str) -> None:
        self._name, self._value = name, value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.url = request.url.copy_set_param(self._name, self._value)
        yield request


def signing_in(source: ApiSource, secret: str, clock: Clock) -> httpx.Auth | None:
    """How requests of a source prove who asks; DeskError `credential_shape` where two parts are due and one is there."""
    auth = source.auth
    if auth.scheme is AuthScheme.OAUTH2:
        return ClientCredentials(auth, *_pair(secret), clock)
    if auth.scheme is AuthScheme.BASIC:
        return httpx.BasicAuth(*_pair(secret))
    if auth.scheme is AuthScheme.TOKEN:
        return _Header(auth.header, auth.form.replace("{secret}", secret))
    if auth.scheme is AuthScheme.QUERY:
        return _Query(auth.parameter, secret)
    return None


def _pair(secret: str) -> tuple[str, str]:
    name, colon, rest = secret.partition(":")
    if not colon or not name or not rest:
        raise DeskError(
            "credential_shape",
            "The account's credential is not of the form ID:SECRET.",
            "Write the client id, a colon and the secret where the credential reference points.",
        )
    return name, rest
