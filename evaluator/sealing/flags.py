"""Flags: what a suite reads that differs from run to run."""

from __future__ import annotations

import ast

from evaluator.sealing.source import Source, dotted

_CLOCK = {"time", "time_ns", "perf_counter", "monotonic", "now", "today", "utcnow", "process_time", "timeit"}
_CLOCK_OWNERS = {"time", "datetime", "date", "timeit", "pd.Timestamp", "datetime.datetime", "datetime.date"}
_CHANCE_OWNERS = {"random", "np.random", "numpy.random", "secrets"}
_CHANCE = {"uuid.uuid4", "uuid4", "os.urandom", "randint", "shuffle", "urandom"}
_SEEDS = {"seed", "default_rng", "RandomState", "Random", "manual_seed"}


def find_flags(source: Source) -> set[str]:
    """``clock`` and ``chance``, where the text reads them. Chance with a seed is none."""
    flags: set[str] = set()
    seeded = False
    for node in source.nodes:
        if isinstance(node, ast.Attribute):
            owner = dotted(node.value)
            seeded |= node.attr in _SEEDS
            if node.attr in _CLOCK and owner in _CLOCK_OWNERS:
                flags.add("clock")
            if owner in _CHANCE_OWNERS or f"{owner}.{node.attr}" in _CHANCE:
                flags.add("chance")
        elif isinstance(node, ast.Name) and node.id in _CHANCE:
            flags.add("chance")
    return flags - {"chance"} if seeded else flags
