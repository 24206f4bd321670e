"""Readers of public problem sets, by the ``format`` that a configuration names."""

from __future__ import annotations

from evaluator.schema.shapes import RawTests
from trainer_client.dataset.records import BadSource
from trainer_client.dataset.sources.contests import Apps, CodeContests, LiveCodeBench, OpenR1
from trainer_client.dataset.sources.functions import Functions, KodCode, LeetCodeDataset
from trainer_client.dataset.sources.own import Folders, OwnProblems
from trainer_client.dataset.sources.packages import Packages
from trainer_client.dataset.sources.source import Collected, ProblemReader, RowFault
from trainer_client.dataset.sources.training_sets import DeepCoder, Prime

SOURCES: dict[str, ProblemReader] = {
    "own": OwnProblems(),
    "folders": Folders(),
    "livecodebench": LiveCodeBench(),
    "apps": Apps(),
    "taco": Apps(),
    "codecontests": CodeContests(),
    "open_r1": OpenR1(),
    "prime": Prime(),
    "deepcoder": DeepCoder(),
    "leetcodedataset": LeetCodeDataset(),
    "kodcode": KodCode(),
    "humaneval": Functions(),
    "mbpp": Functions(),
    "icpc": Packages(),
    "dmoj": Packages(),
    "polygon": Packages(),
}

__all__ = ["SOURCES", "BadSource", "Collected", "ProblemReader", "RawTests", "RowFault"]
