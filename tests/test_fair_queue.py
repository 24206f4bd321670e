"""Turns in the queue, by the queue itself."""

from __future__ import annotations

import asyncio

from evaluator.queueing.fair_queue import Costs, FairQueue
from tests.waiting import DEADLINE_S


def taken(line: FairQueue[str], count: int) -> list[str]:
    async def take() -> list[str]:
        return [await asyncio.wait_for(line.get(), DEADLINE_S) for _ in range(count)]

    return asyncio.run(take())


def test_requests_take_turns() -> None:
    line: FairQueue[str] = FairQueue()
    line.put(["a1", "a2", "a3"])
    line.put([])
    line.put(["b1"])
    line.put(["c1", "c2"])
    assert taken(line, 6) == ["a1", "b1", "c1", "a2", "c2", "a3"]


def test_who_comes_later_does_not_wait_for_the_large_request_before() -> None:
    line: FairQueue[str] = FairQueue()
    line.put([f"large {number}" for number in range(1000)])
    assert taken(line, 5) == [f"large {number}" for number in range(5)]
    line.put(["small"])
    assert "small" in taken(line, 2)


def test_senders_share_the_workers_time() -> None:
    line: FairQueue[str] = FairQueue()
    line.put([f"slow {number}" for number in range(9)], sender="slow")
    line.put([f"quick {number}" for number in range(9)], sender="quick")
    took_s = {"slow": 1.0, "quick": 0.25}
    order = []
    for _ in range(10):
        sender = line.take().split()[0]
        line.charge(sender, took_s[sender])
        order.append(sender)
    assert order.count("slow") == 2
    assert order[:2] == ["slow", "quick"]


def test_a_sender_of_many_requests_has_no_more_than_another() -> None:
    line: FairQueue[str] = FairQueue()
    for number in range(9):
        line.put([f"a{number}"], sender="a")
    line.put(["b1", "b2"], sender="b")
    order = []
    for _ in range(4):
        order.append(line.take())
        line.charge(order[-1][0], 1.0)
    assert order == ["a0", "b1", "a1", "b2"]


def test_nobody_saves_up_time() -> None:
    line: FairQueue[str] = FairQueue()
    line.put([f"a{number}" for number in range(9)], sender="a")
    for _ in range(5):
        line.take()
        line.charge("a", 1.0)
    line.put(["b1", "b2", "b3"], sender="b")
    order = []
    for _ in range(4):
        order.append(line.take())
        line.charge(order[-1][0], 1.0)
    assert order == ["b1", "a5", "b2", "a6"]


def test_what_took_less_than_was_charged_is_given_back() -> None:
    line: FairQueue[str] = FairQueue()
    line.put(["a1", "a2", "a3"], sender="a")
    line.put(["b1"], sender="b")
    assert line.take() == "a1"
    line.charge("a", 1.0)
    line.charge("b", 0.5)
    line.charge("a", -0.9)
    assert line.take() == "a2"


def test_what_a_suite_costs_follows_what_it_took() -> None:
    costs = Costs()
    assert costs.of("suite", otherwise=7.0) == 7.0
    costs.learn("suite", 1.0)
    assert costs.of("suite", otherwise=7.0) == 1.0
    for _ in range(50):
        costs.learn("suite", 3.0)
    assert 2.9 < costs.of("suite", otherwise=7.0) <= 3.0
    assert costs.of(None, otherwise=7.0) == 7.0


def test_what_comes_back_is_next() -> None:
    line: FairQueue[str] = FairQueue()
    line.put(["a1", "a2"])
    line.put(["again"], first=True)
    assert line.peek() == "again"
    assert taken(line, 3) == ["again", "a1", "a2"]
    assert line.peek() is None
