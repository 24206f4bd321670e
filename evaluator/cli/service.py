"""The service that a command asks: one that is named, or one that lasts as long as the command."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from evaluator.cli.errors import BadInput, require_server_packages
from evaluator.cli.terminal import Terminal
from evaluator.local import ServiceFailed, local_service
from trainer_client.errors import Unreachable
from trainer_client.settings import URL_VARIABLE, ClientSettings

if TYPE_CHECKING:
    from trainer_client.blocking import EvaluatorClient

SERVER_HELP = f"URL of a running service; by default {URL_VARIABLE}; without both, one is started."
WORKERS_HELP = f"Workers of the service that is started; {URL_VARIABLE} is passed over then."
_PATIENCE_S = 2.0
_HINT = f"start it by `microcoder serve`, or name none (--server, {URL_VARIABLE}), and one is started here"


@contextlib.contextmanager
def service(
    server: str | None,
    workers: int | None = None,
    settings: Mapping[str, str] | None = None,
    start: Callable[..., subprocess.Popen[bytes]] | None = None,
) -> Iterator[str]:
    """Yield the URL of the service that ``server`` names, else ``MICROCODER_URL``; else start one, which lasts as long
    as the block. With ``workers`` or ``settings`` the variable is passed over. ``start`` makes its process.

    Raises:
        BadInput, ServiceFailed: no service can be started here, or the variable's value is no URL.
    """
    if server is not None:
        yield server
        return
    named = os.environ.get(URL_VARIABLE)
    if named and workers is None and not settings:
        yield _url_of_variable()
        return
    require_server_packages()
    why = f"{URL_VARIABLE} is passed over" if named else f"neither --server nor {URL_VARIABLE}"
    Terminal(stderr=True).print(f"{why}: a service is started here, for as long as this takes")
    begin = local_service if start is None else partial(local_service, start=start)
    with begin(workers=workers, settings=settings) as started:
        yield started.url


def _url_of_variable() -> str:
    """Return the service that the variable names, and say so.

    Raises:
        BadInput: its value is no URL.
    """
    try:
        url = ClientSettings.make().url
    except ValueError as error:
        raise BadInput(str(error)) from error
    Terminal(stderr=True).print(f"{URL_VARIABLE}: the service at {url} is asked")
    return url


@contextlib.contextmanager
def client_of(url: str) -> Iterator[EvaluatorClient]:
    """Yield a client for a command: one that waits for reports as long as they take, and for a service that does not
    answer only briefly, since somebody sits before it.

    Raises:
        BadInput: the URL is none.
        ServiceFailed: the service does not answer.
    """
    from trainer_client.blocking import EvaluatorClient  # `serve` starts sooner without it

    try:
        client = EvaluatorClient(url, timeout_s=None, patience_s=_PATIENCE_S, judge_error_retries=0)
    except ValueError as error:
        raise BadInput(f"--server: {error}") from error
    with client:
        try:
            yield client
        except Unreachable as error:
            raise ServiceFailed(f"{url} does not answer ({error}): {_HINT}") from error
