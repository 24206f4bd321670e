"""An OpenAI-compatible endpoint: a vLLM server, or a hosted model."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

import httpx

from evaluator.schema import write_json
from trainer_client.benchmarks.generations import Generation, token_lengths
from trainer_client.benchmarks.task import BenchmarkTask, Question
from trainer_client.replies import retry_after_s
from trainer_client.retry import Backoff, Transient, retry

_log = logging.getLogger(__name__)

_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_BUSY = frozenset({429, 529})
_CONNECT_TIMEOUT_S = 10.0
_JSON = {"Content-Type": "application/json"}
_OWN_FIELDS = frozenset(
    {"model", "messages", "prompt", "n", "temperature", "top_p", "max_tokens", "seed", "top_k", "min_p", "stop",
     "logprobs", "stream"}
)  # fmt: skip
"""Fields of a request that ``Sampling`` and ``Endpoint`` set."""


class EndpointRefused(Exception):
    """The endpoint refused a request, or answers in another protocol; the message is what it said. ``status`` is that
    of a refusal."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Sampling:
    """Options of sampling. ``boundaries``: with the lengths of tokens, which takes a server that has ``logprobs``.
    ``extra_body`` are further fields of a request.

    Raises:
        ValueError: ``extra_body`` has a field that is set here.
    """

    model: str
    temperature: float = 0.2
    top_p: float = 0.95
    max_tokens: int = 2000
    chat: bool = True
    boundaries: bool = False
    seed: int | None = None
    top_k: int | None = None
    min_p: float | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if own := sorted(self.extra_body.keys() & _OWN_FIELDS):
            raise ValueError(f"{', '.join(own)} cannot be set there: each has an option of its own, or is set by us")

    def body(self, question: Question) -> dict[str, Any]:
        """A request for one answer."""
        optional = {"seed": self.seed, "top_k": self.top_k, "min_p": self.min_p}
        body: dict[str, Any] = {
            "model": self.model,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            **{name: value for name, value in optional.items() if value is not None},
            **self.extra_body,
        }
        if self.chat:
            system = [{"role": "system", "content": question.system}] if question.system else []
            body["messages"] = [*system, {"role": "user", "content": question.user}]
            return body | ({"logprobs": True} if self.boundaries else {})
        body["prompt"] = question.prompt
        if question.stop:
            body["stop"] = list(question.stop[:4])  # as many as the protocol has
        return body | ({"logprobs": 0} if self.boundaries else {})


class Endpoint:
    """Asks one endpoint, ``concurrency`` requests at a time.

    Args:
        url: ends before ``/chat/completions``, such as ``http://127.0.0.1:8000/v1``.
        patience_s: how long it may fail without a success before that is given up, in seconds.
        answer_s: how long one answer may take, in seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        concurrency: int = 16,
        patience_s: float = 600.0,
        answer_s: float = 3600.0,
    ) -> None:
        self._url, self._patience_s = url.rstrip("/"), patience_s
        self._slots = asyncio.Semaphore(concurrency)
        self._takes_several = True
        self._http = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(answer_s, connect=_CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
        )

    async def ask(self, task: BenchmarkTask, sampling: Sampling, count: int, before: int = 0) -> list[Generation]:
        """Ask for at least one answer and at most ``count``: a server may give fewer choices than that. ``before``
        counts the task's earlier answers: a seed is moved on by them, since the same one would give the same answers.

        Raises:
            EndpointRefused: it refuses, and would again.
            Unreachable: it has been failing for too long.
        """
        assert task.question is not None
        base = sampling.body(task.question)
        body = base if sampling.seed is None else {**base, "seed": sampling.seed + before}
        async with self._slots:
            if count > 1 and self._takes_several:
                try:
                    reply = await self._send({**body, "n": count}, sampling.chat)
                except EndpointRefused as refusal:
                    reply = await self._send(body, sampling.chat)  # raises as well where n was not the reason
                    _log.info("asking for one answer at a time: %s", refusal)
                    self._takes_several = False
            else:
                reply = await self._send(body, sampling.chat)
        try:
            return _generations(reply, task.id, sampling, digest(base))[:count]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EndpointRefused(
                f"{self._url} does not answer by the protocol: {error!r} in {str(reply)[:300]}"
            ) from error

    async def complete(self, body: Mapping[str, Any]) -> Any:
        """The reply to one request of ``/chat/completions``, as it stands.

        Raises:
            EndpointRefused, Unreachable: as ``ask``.
        """
        async with self._slots:
            return await self._send(body, chat=True)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _send(self, body: Mapping[str, Any], chat: bool) -> Any:
        path = "/chat/completions" if chat else "/completions"
        return await retry(lambda: self._post(self._url + path, body), Backoff(self._patience_s))

    async def _post(self, url: str, body: Mapping[str, Any]) -> Any:
        try:
            response = await self._http.post(url, content=write_json(body), headers=_JSON)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise EndpointRefused(f"{url}: {error}") from error
        except httpx.TransportError as error:
            raise Transient(f"{type(error).__name__}: {error}") from error
        text = response.text[:500]
        if response.status_code in _RETRIED:
            pause_s = retry_after_s(response.headers.get("retry-after"))
            busy = response.status_code in _BUSY
            raise Transient(f"{response.status_code} {text}", retry_after_s=pause_s, alive=busy)
        if not response.is_success:
            raise EndpointRefused(f"{url} answers {response.status_code}: {text}", response.status_code)
        try:
            return response.json()
        except ValueError as error:  # cut where no length said how long it would be
            raise Transient(f"not JSON: {text!r}") from error


def digest(body: Mapping[str, Any]) -> str:
    """A name for what is asked."""
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]


def _generations(reply: Any, name: str, sampling: Sampling, request_digest: str) -> list[Generation]:
    """The choices of an answer.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: it is none.
    """
    choices, usage = reply["choices"], reply.get("usage") or {}
    if not choices:
        raise ValueError("no choices")
    return [_generation(choice, usage, len(choices) == 1, name, sampling, request_digest) for choice in choices]


def _generation(
    choice: Any, usage: Mapping[str, Any], alone: bool, name: str, sampling: Sampling, request_digest: str
) -> Generation:
    text = (choice["message"].get("content") if sampling.chat else choice["text"]) or ""
    tokens = _tokens(choice.get("logprobs") or {}, sampling.chat) if sampling.boundaries else None
    lengths = None if tokens is None else token_lengths(text, tokens)
    if sampling.boundaries and lengths is None:
        raise ValueError("it has no logprobs whose tokens spell the text, which scores at several lengths need")
    count = usage.get("completion_tokens") if alone else None
    if lengths is not None:
        count = len(lengths)
    return Generation(
        task_id=name,
        kind="answer" if sampling.chat else "completion",
        text=text,
        asked=request_digest,
        model=sampling.model,
        finish_reason=choice.get("finish_reason"),
        prompt_tokens=usage.get("prompt_tokens"),
        completion_tokens=count,
        token_lengths=lengths,
    )


def _tokens(logprobs: Mapping[str, Any], chat: bool) -> list[str] | None:
    if not chat:
        return logprobs.get("tokens")
    content = logprobs.get("content")
    return None if content is None else [str(each["token"]) for each in content]
