"""Checkers and an interactor written with the real testlib.h, where one is configured (``make testlib`` fetches it)."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from evaluator.settings import Settings
from tests.grading.conftest import LIMITS, Grade
from tests.grading.test_judges import BISECT, BISECT_C, PATIENT, SHORT

pytestmark = [
    pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed"),
    pytest.mark.skipif(Settings().testlib is None, reason="MICROCODER_TESTLIB names no testlib.h"),
]

WCMP = r"""
#include "testlib.h"
int main(int argc, char *argv[]) {
    setName("compare sequences of tokens");
    registerTestlibCmd(argc, argv);
    int n = 0;
    while (!ans.seekEof() && !ouf.seekEof()) {
        std::string j = ans.readWord(), p = ouf.readWord();
        if (++n, j != p) quitf(_wa, "%d%s words differ - expected: '%s', found: '%s'", n, englishEnding(n).c_str(),
                               compress(j).c_str(), compress(p).c_str());
    }
    if (!ans.seekEof()) quitf(_wa, "Unexpected EOF in the participants output");
    if (!ouf.seekEof()) quitf(_wa, "Participant output contains extra tokens");
    quitf(_ok, "%d tokens", n);
}
"""
NCMP = r"""
#include "testlib.h"
int main(int argc, char *argv[]) {
    registerTestlibCmd(argc, argv);
    for (int n = 1; !ans.seekEof(); n++) {
        long long j = ans.readLong(), p = ouf.readLong();
        if (j != p) quitf(_wa, "%d%s numbers differ - expected: '%lld', found: '%lld'", n, englishEnding(n).c_str(), j, p);
    }
    quitf(_ok, "equal");
}
"""
DIVISOR = r"""
#include "testlib.h"
int main(int argc, char *argv[]) {
    registerTestlibCmd(argc, argv);
    int n = inf.readInt(), p = ouf.readInt(2, n - 1, "divisor");
    quitif(n % p != 0, _wa, "%d does not divide %d", p, n);
    quitf(_ok, "%d", p);
}
"""
ENDS = r"""
#include "testlib.h"
int main(int argc, char *argv[]) {
    registerTestlibCmd(argc, argv);
    std::string said = ouf.readLine();
    switch (std::stoi(said)) {
        @ends@
    }
}
"""
GUESS = r"""
#include "testlib.h"
int main(int argc, char *argv[]) {
    registerInteraction(argc, argv);
    int secret = inf.readInt(1, 1000);
    for (int asked = 1; asked <= 12; asked++) {
        int guess = ouf.readInt(1, 1000, "guess");
        tout << guess << std::endl;
        std::cout << (guess == secret ? "equal" : secret < guess ? "less" : "greater") << std::endl;
        if (guess == secret) quitf(_ok, "%d questions", asked);
    }
    quitf(_wa, "too many questions");
}
"""


def checked(code: str, given: str, expected: str) -> dict[str, Any]:
    checker = {"kind": "program", "language": "cpp", "code": code}
    return {"mode": "stdio", "checker": checker, "tests": [{"input": given, "output": expected}]}


@pytest.mark.parametrize(
    ("checker", "expected", "printed", "verdict", "said"),
    [
        (WCMP, "a b\nc\n", "a\nb   c", "accepted", ""),
        (WCMP, "a b\nc\n", "a b d", "wrong_answer", "3rd words differ - expected: 'c', found: 'd'"),
        (WCMP, "a b\nc\n", "a b", "wrong_answer", "Unexpected EOF"),
        (WCMP, "a b\nc\n", "a b c c", "wrong_answer", "extra tokens"),
        (WCMP, "a\n", "ok 1 tokens", "wrong_answer", "words differ"),
        (WCMP, "a\n", "a\0", "wrong_answer", "words differ"),
        (WCMP, "a\n", "\x1b[2Kok", "wrong_answer", "words differ"),
        (NCMP, "1 -20\n", "1\n-20", "accepted", ""),
        (NCMP, "1 -20\n", "1 20", "wrong_answer", "numbers differ"),
        (NCMP, "1 -20\n", "1 -20.0", "wrong_answer", "wrong output format"),
        (NCMP, "1 -20\n", "1 x", "wrong_answer", "wrong output format"),
        (NCMP, "1 -20\n", "1", "wrong_answer", "wrong output format"),
        (NCMP, "1 -20\n", "1 -20 3", "wrong_answer", "Extra information"),
        (NCMP, "1 -20\n", "1 " + "9" * 10_000, "wrong_answer", "wrong output format"),
        (DIVISOR, "", "13", "accepted", ""),
        (DIVISOR, "", "8", "wrong_answer", "8 does not divide 91"),
        (DIVISOR, "", "91", "wrong_answer", "divisor"),
        (DIVISOR, "", "", "wrong_answer", "wrong output format"),
    ],
)
def test_a_checker_of_testlib_decides(
    grade: Grade, checker: str, expected: str, printed: str, verdict: str, said: str
) -> None:
    report = grade(f"print({printed!r})", checked(checker, "91\n", expected))
    assert report.verdict == verdict, report
    assert said in (report.tests[0].reason or "")


OUTCOMES = [
    ('quit(_ok, "fine");', "accepted", ""),
    ('quit(_wa, "no");', "wrong_answer", "wrong answer no"),
    ('quit(_pe, "no");', "wrong_answer", "wrong output format no"),
    ('quit(_dirt, "no");', "wrong_answer", "wrong output format no"),
    ('quit(_unexpected_eof, "no");', "wrong_answer", "wrong output format no"),
    ('quit(_fail, "the jury is wrong");', "judge_error", "the jury is wrong"),
    ('ensuref(said == "x", "no x");', "judge_error", "no x"),
    ('ans.quitf(_wa, "no");', "judge_error", "FAIL"),
    ("ans.readLine(); ans.readInt();", "judge_error", "FAIL"),
    ("return 0;", "judge_error", "FAIL"),
    ('quitp(0.5, "half");', "wrong_answer", "half"),
    ('quitp(1.0, "all");', "accepted", ""),
    ('quitp(1.5, "more");', "judge_error", "points 1.5"),
    ('quitf(_pc(0), "nothing");', "judge_error", "partially correct (0) nothing"),
    ('quitf(_pc(1), "little");', "judge_error", "partially correct (1) little"),
    ('quitf(_pc(50), "half");', "judge_error", "partially correct (50) half"),
]


SAYS_ITS_LINE = "std::string line = ouf.readLine(); quit(line[0] == 'p' ? _ok : _wa, line);"


def every_end(expected: str) -> dict[str, Any]:
    """A suite whose checker comes to the end whose number the program writes: all in one, since a compilation of
    testlib.h takes five seconds."""
    ends = [*(end for end, _, _ in OUTCOMES), SAYS_ITS_LINE]
    cases = "\n".join(f"case {number}: {{ {end} break; }}" for number, end in enumerate(ends))
    return checked(ENDS.replace("@ends@", cases), "", expected)


@pytest.mark.parametrize("number", range(len(OUTCOMES)), ids=[end for end, _, _ in OUTCOMES])
def test_every_end_that_testlib_has_is_told_apart(grade: Grade, number: int) -> None:
    report = grade(f"print({number})", every_end(f"{number}\n"))
    _, verdict, said = OUTCOMES[number]
    assert report.verdict == verdict, report
    assert said in (report.reason or (report.tests[0].reason if report.tests else "") or "")


def test_a_program_cannot_write_what_the_checker_ends_with(grade: Grade) -> None:
    number = len(OUTCOMES)
    for line, verdict in (("partially correct (0)", "accepted"), ("ok FAIL points", "wrong_answer")):
        report = grade(f"print({number})\nprint({line!r})", every_end(f"{number}\nx\n"))
        assert report.verdict == verdict, report


@pytest.mark.parametrize(
    ("language", "code", "verdict"),
    [
        ("python", BISECT, "accepted"),
        ("c", BISECT_C, "accepted"),
        (
            "python",
            "for n in range(1, 1001):\n    print(n, flush=True)\n    if input() == 'equal': break",
            "wrong_answer",
        ),
        ("python", "print(5000, flush=True)\ninput()", "wrong_answer"),
        ("python", "print('equal', flush=True)\ninput()", "wrong_answer"),
        ("python", "print(500, flush=True)", "wrong_answer"),
        ("python", "pass", "wrong_answer"),
        ("python", "print(500, flush=True)\ninput()\n1 / 0", "runtime_error"),
        ("python", "print(500, flush=True)\nwhile True: pass", "time_limit_exceeded"),
        ("python", "import sys\nprint(500)\nsys.stdin.readline()", "time_limit_exceeded"),
    ],
)
def test_an_interactor_of_testlib_decides(grade: Grade, language: str, code: str, verdict: str) -> None:
    asked = {
        "mode": "interactive",
        "limits": LIMITS | (SHORT if verdict == "time_limit_exceeded" else PATIENT),
        "interactor": {"language": "cpp", "code": GUESS},
        "tests": [{"input": "730\n"}, {"input": "1\n"}, {"input": "1000\n"}],
    }
    report = grade(code, asked, language=language)
    assert report.verdict == verdict, report
