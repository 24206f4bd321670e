"""Settings of a client, from arguments or from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self
from urllib.parse import urlsplit

URL_VARIABLE, KEY_VARIABLE = "MICROCODER_URL", "MICROCODER_API_KEY"
DEFAULT_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Address of the service, and bounds of a call. Times are seconds, sizes bytes.

    Raises:
        ValueError: a value has no meaning.
    """

    url: str = DEFAULT_URL
    """``http://`` or ``https://``, host, and what lies before ``/v1`` if anything does."""
    api_key: str | None = field(default=None, repr=False)
    timeout_s: float | None = 600.0
    """Most seconds of a call, queueing and retries included. None: no bound."""
    patience_s: float = 60.0
    """Seconds without success after which a call gives up with ``Unreachable``. A service that says that it is
    busy (429) is reached."""
    answer_s: float = 60.0
    """Seconds without the beginning of an answer after which a request is sent again. The service
    begins at once and may then take its time, as programs do; so silence means a connection that leads nowhere."""
    chunk_submissions: int = 64
    chunk_bytes: int = 8 * 2**20
    """A request of ``grade_many`` and ``stream`` holds no more than these, but at least one submission."""
    concurrent_chunks: int = 8
    """Requests under way at once, for one call."""
    connections: int = 128
    """Open at once, for all calls."""
    judge_error_retries: int = 1
    """Most times that a submission is sent again whose report is ``judge_error``."""
    trust_env: bool = False
    """Use ``HTTP_PROXY``, ``SSL_CERT_FILE`` and their like. Off by default: a proxy made for the way out of a cluster
    is no way to a service inside it."""

    def __post_init__(self) -> None:
        if not _is_address(self.url):
            raise ValueError(f"url must be like {DEFAULT_URL}, not {self.url!r}")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise ValueError("api_key must be printable ASCII without line breaks")
        for name in ("chunk_submissions", "chunk_bytes", "concurrent_chunks", "connections"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("timeout_s", "patience_s", "answer_s", "judge_error_retries"):
            if getattr(self, name) is not None and getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative, but is {getattr(self, name)}")

    @classmethod
    def make(cls, url: str | None = None, **options: Any) -> Self:
        """Settings from arguments; what is not given comes from ``MICROCODER_URL`` and ``MICROCODER_API_KEY``.

        Raises:
            TypeError: an option is unknown.
            ValueError: a value has no meaning.
        """
        known = {each.name for each in fields(cls)}
        if unknown := sorted(options.keys() - known):
            raise TypeError(f"unknown option {', '.join(unknown)}; known are: {', '.join(sorted(known))}")
        variable = os.environ.get(URL_VARIABLE)
        if not url and variable and not _is_address(variable):
            raise ValueError(f"{URL_VARIABLE} must be a url like {DEFAULT_URL}, not {variable!r}")
        settings = cls(url or variable or DEFAULT_URL, **options)
        return replace(settings, api_key=settings.api_key or os.environ.get(KEY_VARIABLE) or None)


def _is_address(url: str) -> bool:
    """Tell whether a text is the URL of a service. One with a blank is not: it would lead to another host, or to
    none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    has_blank = any(character.isspace() for character in url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and not has_blank
