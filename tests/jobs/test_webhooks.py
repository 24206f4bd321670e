"""Whoever asked is told that a job is over, and nobody else."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import ipaddress
import json
import signal
import time
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from evaluator.errors import WebhookRefused
from evaluator.jobs.addresses import Target, may_reach
from tests.jobs.conftest import RIGHT, WRONG, Client, Start
from tests.jobs.receiver import Message, Receiver
from tests.waiting import until
from trainer_client.webhooks import NotGenuine, verified

LOOPBACK = '["127.0.0.1/32"]'
SECRET = "whsec_" + base64.b64encode(b"twenty-four random bytes").decode()


def delivery(client: Client, job_id: str) -> dict[str, Any]:
    webhook: dict[str, Any] = client.job(job_id, reports=False)["webhook"]
    return webhook


def settled(client: Client, job_id: str) -> dict[str, Any]:
    until(lambda: delivery(client, job_id)["state"] != "waiting", "the webhook is delivered or given up")
    return delivery(client, job_id)


def test_a_message_comes_again_until_it_is_taken_and_says_what_the_job_came_to(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver(500, None, 302, 200) as receiver:
        job_id = client.submit([RIGHT, WRONG], webhook={"url": receiver.url, "secret": SECRET})
        assert settled(client, job_id) == {"state": "delivered", "attempts": 4}
        messages = receiver.messages
        assert {message.path for message in messages} == {"/hook?of=jobs"}, "no redirection is followed"
        assert {message.headers["Host"] for message in messages} == {f"127.0.0.1:{receiver.port}"}
        assert len({message.headers["webhook-id"] for message in messages}) == 1
        body = json.loads(messages[-1].body)
        assert body["type"] == "job.finished"
        assert body["data"]["verdicts"] == {"accepted": 1, "wrong_answer": 1}
        assert body["data"]["status_url"] == f"/v1/jobs/{job_id}"
        assert SECRET not in client.get(f"/v1/jobs/{job_id}").text


def signed(message: Message) -> str:
    """By the standard's words, and none of our code."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    text = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    return "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def test_a_signature_holds_for_its_message_alone(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver() as receiver:
        job_id = client.submit([RIGHT], webhook={"url": receiver.url, "secret": SECRET})
        settled(client, job_id)
        *_, message = receiver.messages
    assert message.headers["webhook-signature"] == signed(message)
    job = verified(SECRET, message.headers, message.body)
    assert (job.job_id, job.state, job.done) == (job_id, "finished", 1)
    headers = message.headers
    later = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}
    for other in (
        (SECRET, headers, message.body.replace(b"accepted", b"rejected")),
        (SECRET, later, message.body),
        (SECRET, {**headers, "webhook-id": "job-another"}, message.body),
        ("another secret altogether", headers, message.body),
        (SECRET, {name: value for name, value in headers.items() if name != "webhook-signature"}, message.body),
    ):
        with pytest.raises(NotGenuine):
            verified(*other)


def test_an_old_message_is_not_believed() -> None:
    body, sent_at = b'{"data": {}}', str(int(time.time()) - 301)
    message = Message("/", {"webhook-id": "job-1", "webhook-timestamp": sent_at}, body)
    with pytest.raises(NotGenuine, match=r"3\d\d s ago"):
        verified(SECRET, {**message.headers, "webhook-signature": signed(message)}, body)


def test_a_message_that_nobody_takes_is_given_up(start: Start) -> None:
    with start(webhook_networks=LOOPBACK, webhook_attempts="2") as client, Receiver(503) as receiver:
        job_id = client.submit([RIGHT], webhook={"url": receiver.url})
        assert settled(client, job_id) == {"state": "given_up", "attempts": 2}
        assert "webhook-signature" not in receiver.messages[0].headers


def test_a_receiver_that_wants_no_more_gets_no_more(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver(410) as receiver:
        job_id = client.submit([RIGHT], webhook={"url": receiver.url})
        assert settled(client, job_id) == {"state": "given_up", "attempts": 1}


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"x" * 65536)


def test_of_an_answer_without_end_no_more_than_its_head_is_read(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver(endless) as receiver:
        job_id = client.submit([RIGHT], webhook={"url": receiver.url})
        assert settled(client, job_id) == {"state": "delivered", "attempts": 1}


def test_a_message_that_had_not_arrived_is_sent_after_a_restart(start: Start) -> None:
    with Receiver(500) as receiver:
        with start(webhook_networks=LOOPBACK) as client:
            job_id = client.submit([RIGHT], webhook={"url": receiver.url})
            until(lambda: delivery(client, job_id)["attempts"] >= 1, "it was tried")
            client.service.process.send_signal(signal.SIGKILL)
            client.service.process.wait()
        receiver.answer(200)
        with start(webhook_networks=LOOPBACK) as client:
            assert settled(client, job_id)["state"] == "delivered"


def test_a_cancelled_job_is_told_too(start: Start) -> None:
    with start(webhook_networks=LOOPBACK) as client, Receiver() as receiver:
        job_id = client.submit(["import time; time.sleep(100)"], webhook={"url": receiver.url})
        client.delete(f"/v1/jobs/{job_id}")
        settled(client, job_id)
        assert json.loads(receiver.messages[-1].body)["type"] == "job.cancelled"


FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://100.100.100.200/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fd00:ec2::254]/",
    "http://[3fff::1]/",
    "http://[2001:db8::1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://example.com:0/",
    "http://localhost/",
    "http://LOCALHOST:8000/v1/jobs",
    "https://127.0.0.1/",
    "http://user:password@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1#@example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "http:///path",
    "http://example.com:99999/",
    "http://exam ple.com/",
    "http://example.com/\r\nX-Injected: 1",
]


@pytest.mark.parametrize("url", FORBIDDEN)
def test_an_address_inside_is_refused_with_the_job(client: Client, url: str) -> None:
    response = client.post("/v1/jobs", json={"submissions": [], "webhook": {"url": url}})
    assert (response.status_code, response.json()["type"]) == (422, "/problems/webhook-refused")


def test_an_address_that_was_allowed_once_is_refused_when_the_message_goes_out(start: Start) -> None:
    with Receiver(500) as receiver:
        with start(webhook_networks=LOOPBACK) as client:
            job_id = client.submit([RIGHT], webhook={"url": receiver.url})
            until(lambda: delivery(client, job_id)["attempts"] >= 1, "it was tried")
        tried = len(receiver.messages)
        with start(webhook_attempts="3") as client:
            assert settled(client, job_id)["state"] == "given_up"
        assert len(receiver.messages) == tried


SPECIAL = [
    *("0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.0.0.8", "192.0.0.9"),
    *("192.0.0.170", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.1.1", "192.175.48.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:0:7f00:1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1"),
    *("100:0:0:1::1", "2001::1", "2001:0:7f00:1::", "2001:1::1", "2001:2::1", "2001:3::1", "2001:4:112::1"),
    *("2001:10::1", "2001:20::1", "2001:30::1", "2001:db8::1", "2002:7f00:1::1", "2620:4f:8000::1", "3ffe::1"),
    *("3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"),
    *("2606:4700::5efe:a00:1", "2606:4700::200:5efe:a00:1"),
]
"""Of each line of IANA's IPv4 and IPv6 special-purpose registries, and of what embeds an IPv4 address."""


@pytest.mark.parametrize("address", SPECIAL)
def test_no_address_of_a_special_purpose_is_reached(address: str) -> None:
    assert not may_reach(ipaddress.ip_address(address), ())


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "3ff0::1", "2001:4860:4860::8888", "192.0.1.1"]
)
def test_the_public_internet_may_be_reached(address: str) -> None:
    assert may_reach(ipaddress.ip_address(address), ())


def test_an_allowed_network_is_allowed_however_it_is_written() -> None:
    networks = (ipaddress.ip_network("10.1.0.0/16"),)
    assert may_reach(ipaddress.ip_address("::ffff:10.1.2.3"), networks)
    assert not may_reach(ipaddress.ip_address("10.2.0.1"), networks)


def test_the_connection_goes_to_the_address_and_the_name_goes_along() -> None:
    target = Target.of("https://hooks.example:8443/a?b=c#d")
    assert target.at(ipaddress.ip_address("2606:4700::1")) == "https://[2606:4700::1]:8443/a?b=c"
    assert target.host_header == "hooks.example:8443"
    assert Target.of("https://hooks.example").host_header == "hooks.example"
    with pytest.raises(WebhookRefused):
        Target.of("gopher://hooks.example/")
