"""Prediction of difficulty without a language model: ridge regression on features that can be counted."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from trainer_client.dataset.bounds import bounds
from trainer_client.dataset.filter.beta_binomial import Floats
from trainer_client.dataset.row import Problem
from trainer_client.dataset.similarity import words

NAME = "ridge-1"
FOLDS = 5
MIN_LABELS = 40
"""Problems with labels, at least, to learn from. With fewer, ``HEURISTIC`` is used."""
HEURISTIC = "heuristic-1"
_ALPHA = 30.0
_TAG_BUCKETS = 32
_LEVELS = {
    "easy": 0.0, "introductory": 0.0, "medium": 0.5, "meidum": 0.5, "interview": 0.4, "medium_hard": 0.65,
    "hard": 1.0, "competition": 0.9, "very_hard": 1.0,
}  # fmt: skip
_RATING_LEAST, _RATING_MOST = 800.0, 3500.0
"""The range of Codeforces' ratings."""
_LOOPS = (ast.For, ast.While, ast.comprehension)
_BRANCHES = (ast.If, ast.IfExp, ast.BoolOp, ast.Try)
_TOOLS = re.compile(r"heap|bisect|lru_cache|cache\(|deque|SortedList|defaultdict|dp\[|dfs|bfs|mod\b|10 ?\*\* ?9|<<|>>")


def label(problem: Problem) -> float | None:
    """Return the difficulty by the source's label, from 0 (easy) to 1 (hard), None if it has no known label."""
    text = problem.source_difficulty.strip().lower().replace(" ", "_").replace("-", "_")
    if text in _LEVELS:
        return _LEVELS[text]
    try:
        rating = float(text)
    except ValueError:
        return None
    return min(max((rating - _RATING_LEAST) / (_RATING_MOST - _RATING_LEAST), 0.0), 1.0)


def fold_of(problem: Problem, seed: int) -> int:
    """Return a problem's fold in cross-validation. Problems of one day, or of one group of variants, share a fold: a
    sequel must not be predicted from its twin."""
    group = problem.date or problem.group_id or problem.id
    return int.from_bytes(blake2b(f"{seed} {group}".encode(), digest_size=8).digest()) % FOLDS


def features(problem: Problem) -> list[float]:
    """Return a problem's numeric features: magnitudes of limits, lengths, tags, the reference's size, tests, CPU
    time."""
    return [*_of_text(problem), *_of_tests(problem), *_of_reference(problem), *_of_tags(problem)]


def predict(problems: Sequence[Problem], targets: Sequence[float | None], seed: int) -> tuple[Floats, str]:
    """Predict difficulties from 0 (easy) to 1 (hard). Returns them and the name of the method. A problem with a target
    is predicted by a model that was trained without it and its group.

    Args:
        targets: difficulties to learn from, None for a problem without one.
    """
    known = np.array([target is not None for target in targets], dtype=np.bool_)
    if known.sum() < MIN_LABELS:
        return _heuristic(problems), HEURISTIC
    matrix = np.array([features(each) for each in problems], dtype=np.float64)
    values = np.array([0.0 if target is None else target for target in targets])
    folds = np.array([fold_of(each, seed) for each in problems])
    predicted = _fit(matrix[known], values[known], matrix)
    for fold in range(FOLDS):
        train, test = known & (folds != fold), known & (folds == fold)
        if train.any() and test.any():
            predicted[test] = _fit(matrix[train], values[train], matrix[test])
    return np.clip(predicted, 0.0, 1.0), NAME


def _fit(matrix: Floats, values: Floats, new_rows: Floats) -> Floats:
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), Ridge(alpha=_ALPHA, solver="cholesky"))
    predicted: Floats = model.fit(matrix, values).predict(new_rows)
    return predicted


def _heuristic(problems: Sequence[Problem]) -> Floats:
    """Predict by weights set by hand, for sets without labels: larger limits, longer texts and longer references count
    as harder."""

    def difficulty(problem: Problem) -> float:
        size = math.log10(1 + len(words(problem.statement))) / 3
        limit = min(math.log10(1 + max(bounds(problem.statement, problem.constraints), default=0)), 12) / 12
        nodes = math.log10(1 + _size(problem)) / 3.5
        return 0.25 * size + 0.25 * limit + 0.5 * nodes

    return np.array([difficulty(each) for each in problems], dtype=np.float64)


def _of_text(problem: Problem) -> list[float]:
    limits = bounds(problem.statement, problem.constraints)
    logs = sorted((math.log10(1 + limit) for limit in limits), reverse=True)
    top = [*logs[:3], 0.0, 0.0, 0.0][:3]
    text = problem.statement.lower()
    cues = (
        "modulo",
        "subsequence",
        "tree",
        "graph",
        "minimum",
        "maximum",
        "number of ways",
        "lexicographically",
        "query",
    )
    return [
        *top,
        float(len(limits)),
        math.log1p(len(words(problem.statement))),
        math.log1p(len(problem.constraints)),
        float(len(problem.samples)),
        float(problem.starter_code.count(",")),
        *(float(cue in text) for cue in cues),
    ]


def _of_tests(problem: Problem) -> list[float]:
    cpu_s = max((each.cpu_s or 0.0 for each in problem.references), default=0.0)
    per_test = problem.suite_bytes / max(problem.tests_kept, 1)
    return [math.log1p(problem.tests_total), math.log1p(per_test), math.log1p(cpu_s)]


def _of_reference(problem: Problem) -> list[float]:
    """Return features of the shortest reference, which shows best what the problem needs."""
    counts = [_counts(each.code) for each in problem.references if each.language == "python"]
    known = [each for each in counts if each[0]]
    return min(known, default=[0.0] * 8)


def _counts(code: str) -> list[float]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return [0.0] * 8
    nodes = list(ast.walk(tree))
    return [
        math.log1p(len(nodes)),
        math.log1p(sum(isinstance(node, _LOOPS) for node in nodes)),
        math.log1p(sum(isinstance(node, _BRANCHES) for node in nodes)),
        math.log1p(sum(isinstance(node, ast.FunctionDef) for node in nodes)),
        math.log1p(sum(isinstance(node, ast.Subscript) for node in nodes)),
        float(_depth(tree)),
        float(len(set(_TOOLS.findall(code)))),
        math.log1p(len({node.id for node in nodes if isinstance(node, ast.Name)})),
    ]


def _depth(node: ast.AST) -> int:
    """Return the depth to which loops and functions nest."""
    own = isinstance(node, ast.For | ast.While | ast.FunctionDef)
    return own + max((_depth(child) for child in ast.iter_child_nodes(node)), default=0)


def _size(problem: Problem) -> float:
    return math.expm1(_of_reference(problem)[0])


def _of_tags(problem: Problem) -> list[float]:
    """Return the tags hashed into buckets, so that any set's own tags can be used."""
    features = [0.0] * _TAG_BUCKETS
    for tag in problem.tags:
        digest = blake2b(tag.lower().encode(errors="surrogatepass"), digest_size=4).digest()
        features[int.from_bytes(digest) % _TAG_BUCKETS] = 1.0
    return features
