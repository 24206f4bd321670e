"""A client of a language model behind an OpenAI-compatible endpoint, which stores every answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Future
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from trainer_client.benchmarks.endpoint import Endpoint, EndpointRefused
from trainer_client.blocking import BackgroundLoop
from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.files import RunError
from trainer_client.dataset.journal import KeyedJournal
from trainer_client.dataset.row import Json, write_canonical
from trainer_client.errors import Unreachable

_OF_THE_PROMPT = frozenset({400, 413, 422})
"""Statuses that refuse one prompt, such as one that is too long. Other errors would refuse every prompt."""
_Answer = str | None


class CachedModel:
    """A ``stage.LanguageModel``. Answers are stored in ``file`` by the digest of the request: an equal request, in this
    run or another, gets the same answer.

    Raises:
        RunError: the environment variable for the key is not set.
    """

    def __init__(self, config: LlmConfig, file: Path) -> None:
        self._config = config
        self._answers = KeyedJournal(file)
        self._lock = Lock()
        self._pending: dict[str, Future[_Answer]] = {}
        self._loop: BackgroundLoop | None = None
        self._endpoint: Endpoint | None = None
        self._key = _api_key(config)

    def ask(self, prompt: str, *, system: str = "", repeat: int = 0, schema: Json | None = None) -> str | None:
        body = self._body(prompt, system, repeat, schema)
        key = sha256(write_canonical(body)).hexdigest()
        with self._lock:
            stored = self._answers.get(key)
            if stored is not None:
                return _text(stored)
            mine = key not in self._pending
            future = self._pending.setdefault(key, Future())
        if mine:
            self._answer(key, body, future)
        return future.result()

    def close(self) -> None:
        """Close connections and the file."""
        if self._loop is not None and self._endpoint is not None:
            self._loop.stop(self._endpoint.aclose())
        self._answers.close()

    def _answer(self, key: str, body: Mapping[str, Any], future: Future[_Answer]) -> None:
        try:
            stored = self._reply(body)
            self._answers.write(key, stored)
            future.set_result(_text(stored))
        except BaseException as error:
            future.set_exception(error)
        finally:
            with self._lock:
                del self._pending[key]

    def _reply(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the part of a reply that is stored."""
        try:
            reply = self._send(body)
            return {"text": reply["choices"][0]["message"]["content"] or ""}
        except EndpointRefused as refusal:
            if refusal.status in _OF_THE_PROMPT:
                return {"refused": str(refusal)}
            raise RunError(f"llm.url: {refusal}") from refusal
        except Unreachable as error:
            raise RunError(f"llm.url: {self._config.url}: {error}") from error
        except (KeyError, IndexError, TypeError) as error:
            raise RunError(f"llm.url: {self._config.url} does not answer by the protocol: {error!r}") from error

    def _send(self, body: Mapping[str, Any]) -> Any:
        with self._lock:
            if self._loop is None or self._endpoint is None:
                self._loop = BackgroundLoop()
                self._endpoint = self._loop.submit(self._opened()).result()
        return self._loop.submit(self._endpoint.complete(body)).result()

    async def _opened(self) -> Endpoint:
        return Endpoint(self._config.url, api_key=self._key)

    def _body(self, prompt: str, system: str, repeat: int, schema: Json | None) -> dict[str, Any]:
        config = self._config
        messages = [{"role": "system", "content": system}] if system else []
        body: dict[str, Any] = {
            "model": config.model,
            "messages": [*messages, {"role": "user", "content": prompt}],
            "temperature": config.temperature,
            "max_tokens": config.max_tokens,
            "seed": repeat,
        }
        if schema is not None:
            named = {"name": "answer", "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        return body


def _text(stored: Mapping[str, Any]) -> str | None:
    text: str | None = stored.get("text")
    return text


def _api_key(config: LlmConfig) -> str | None:
    if not config.key_variable:
        return None
    if config.key_variable not in os.environ:
        raise RunError(f"llm.key_variable: the environment has no {config.key_variable}")
    return os.environ[config.key_variable]
