"""Is a message that a job is over really the service's?

    job = verified(secret, request.headers, request.body)

The headers and the signature are those of Standard Webhooks (https://www.standardwebhooks.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from evaluator.schema import JobStatus
from trainer_client.errors import BadReply
from trainer_client.replies import parse

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX = "whsec_"
_VERSION = "v1"


class NotGenuine(ValueError):
    """The message was not signed with this secret, or not lately: answer 401 and do nothing."""


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, tolerance_s: float = 300.0) -> JobStatus:
    """Verify a message, and return the job that it tells about. The same message may come more than once, under the
    same ``webhook-id``.

    Args:
        secret: what the job was submitted with.
        headers: of the request, in any case.
        body: exactly as it came.
        tolerance_s: how many seconds the message may be older, or newer, than this host's clock says.
    Raises:
        NotGenuine: nothing of the message may be believed.
        BadReply: it is genuine, and not about a job.
    """
    fields = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, timestamp, signatures = fields[ID], fields[TIMESTAMP], fields[SIGNATURE]
        age_s = abs(time.time() - int(timestamp))
    except (KeyError, ValueError) as error:
        raise NotGenuine(f"the message lacks the header {ID}, {TIMESTAMP} or {SIGNATURE}") from error
    key = base64.b64decode(secret.removeprefix(_PREFIX)) if secret.startswith(_PREFIX) else secret.encode()
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    expected = f"{_VERSION},{base64.b64encode(digest).decode()}".encode()
    # compare_digest takes as long for a signature that is nearly right as for one that is not.
    if not any(hmac.compare_digest(each.encode(), expected) for each in signatures.split()):
        raise NotGenuine("the message was signed with another secret, or changed on its way")
    if age_s > tolerance_s:
        raise NotGenuine(
            f"the message was signed {age_s:.0f} s ago, or in the future: it may have been recorded and sent again"
        )
    try:
        return parse(JobStatus, json.dumps(json.loads(body)["data"]).encode())
    except (ValueError, KeyError, TypeError) as error:
        raise BadReply(f"this is no message about a job: {body[:200]!r}") from error
