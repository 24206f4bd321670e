"""Readers of public problem sets, by the ``format`` that a configuration names."""

from __future__ import annotations

from trainer_client.dataset.sources.contests import Apps, CodeContests, LiveCodeBench, OpenR1, Prime
from trainer_client.dataset.sources.functions import Functions, KodCode, LeetCodeDataset
from trainer_client.dataset.sources.icpc import IcpcPackages
from trainer_client.dataset.sources.own import Folders, Own
from trainer_client.dataset.sources.records import BadSource
from trainer_client.dataset.sources.source import Collected, RawTests, RowFault, Source

SOURCES: dict[str, Source] = {
    "own": Own(),
    "folders": Folders(),
    "livecodebench": LiveCodeBench(),
    "apps": Apps(),
    "taco": Apps(),
    "codecontests": CodeContests(),
    "open_r1": OpenR1(),
    "prime": Prime(),
    "leetcodedataset": LeetCodeDataset(),
    "kodcode": KodCode(),
    "humaneval": Functions(),
    "mbpp": Functions(),
    "icpc": IcpcPackages(),
}

__all__ = ["SOURCES", "BadSource", "Collected", "RawTests", "RowFault", "Source"]
