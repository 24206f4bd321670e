"""Authentication: a key with each request, where keys are configured."""

from __future__ import annotations

import base64
import logging

from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from evaluator.api.problems import answer
from evaluator.counts import Counts, Kind
from evaluator.errors import AdminNeeded, KeyMissing, KeyUnknown, QuotaReached
from evaluator.keys import Keys, KeysUnusable
from evaluator.queueing.quotas import Account, account

_log = logging.getLogger(__name__)
OPEN = frozenset({"/", "/healthz", "/readyz", "/docs", "/openapi.json"})
"""Asked by those who watch the service and by browsers, which cannot send a key; nothing in them is anybody's."""
_OPEN_BELOW = ("/static-offline-docs/", "/console/")
OF_OPERATORS = frozenset({"/metrics", "/v1/languages/refresh"})
"""Routes that concern all holders of keys, for keys with ``admin`` alone."""
_QUESTIONS = frozenset({"/authenticate", "/authorize"})


class Accounts:
    """The holders of keys and what each has under way."""

    def __init__(self, keys: Keys, counts: Counts) -> None:
        self._keys, self._counts = keys, counts
        self._known: dict[str, Account] = {}
        self._unknown = counts.row("unknown keys")

    def count_unknown(self) -> None:
        """Count a request without a key, or with one that is not known."""
        self._unknown.add(Kind.REFUSED_REQUESTS, 1)

    def holder(self, secret: str) -> Account | None:
        """Return the account of a key, by the current file; None if the key is unknown."""
        try:
            self._keys.reload()
        except KeysUnusable as error:
            _log.error("the keys file cannot be used; what it said before holds", extra={"reason": str(error)})
        if (entry := self._keys.holder(secret)) is None:
            return None
        name, key = entry
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Account(name, key, self._counts.row(f"key {name}"))
        if known.key != key:
            known.limit(key)
        return known

    def refusals(self) -> dict[tuple[str, str], int]:
        """Count of the refused requests, by key and reason; those without a known key under the key ``-``."""
        counts = {(each.name, reason): count for each in self._known.values() for reason, count in each.refused.items()}
        return {**counts, ("-", "unknown"): self._unknown.total(Kind.REFUSED_REQUESTS)}


class Authentication:
    """Lets requests pass that bring a key."""

    def __init__(self, app: ASGIApp, accounts: Accounts, requests: int) -> None:
        """``requests`` may be under way for one key."""
        self._app, self._accounts, self._requests = app, accounts, requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN or scope["path"].startswith(_OPEN_BELOW):
            await self._app(scope, receive, send)
            return
        secret = secret_of(Headers(scope=scope)) or _in_query(scope)
        holder = self._accounts.holder(secret) if secret else None
        if holder is None:
            self._accounts.count_unknown()
            await answer(KeyUnknown() if secret else KeyMissing())(scope, receive, send)
            return
        scope.setdefault("state", {})["key"] = holder.name
        if scope["path"] in OF_OPERATORS and not holder.key.admin:
            await answer(AdminNeeded())(scope, receive, send)
            return
        token = account.set(holder)
        try:
            with holder.request(self._requests):
                await self._app(scope, receive, send)
        except QuotaReached as error:
            await answer(error)(scope, receive, send)
        finally:
            account.reset(token)


def secret_of(headers: Headers) -> str | None:
    """Return the key that a request brings: ``Authorization: Bearer``; or as the clients of other systems can send one,
    as Judge0's ``X-Auth-Token`` or as a URL's password, which every HTTP library makes ``Authorization: Basic`` of."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip() or None
    if scheme.lower() == "basic":
        return _password(credentials)
    return headers.get("x-auth-token")


def _in_query(scope: Scope) -> str | None:
    """Return the key of Judge0's question whether it is one: there a client may send it in the query."""
    if scope["path"] not in _QUESTIONS:
        return None
    return QueryParams(scope["query_string"]).get("X-Auth-Token")


def _password(credentials: str) -> str | None:
    try:
        _, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:  # of letters that are none of base64, or not even ASCII; of bytes that are not UTF-8
        return None
    return password or None
