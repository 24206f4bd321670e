"""Checkers and interactors that are programs: both protocols, and what becomes of one that fails."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.schema import Submission
from evaluator.settings import Settings
from sandbox.kernel import processes
from tests.grading.conftest import LIMITS, Grade

DIVISOR = """
import sys
n = int(open(sys.argv[1]).read())
try:
    answer = int(open(sys.argv[2]).read())
except ValueError:
    sys.exit("not a number")
if 1 < answer < n and n % answer == 0:
    sys.exit(0)
print("no divisor", file=sys.stderr)
sys.exit(1)
"""
VALIDATOR = """
import sys
n = int(open(sys.argv[1]).read())
answer = int(sys.stdin.read())
if 1 < answer < n and n % answer == 0:
    sys.exit(42)
open(sys.argv[3] + "judgemessage.txt", "w").write("no divisor of " + str(n))
sys.exit(43)
"""
VALIDATOR_CPP = {
    "validate/validate.cpp": '#include "help.h"\nint main(int c, char **v) { return divides(v[1]) ? 42 : 43; }',
    "validate/help.h": "bool divides(const char *path);",
    "validate/help.cpp": '#include "help.h"\n#include <fstream>\n#include <iostream>\nbool divides(const char *path) {\n'
    "    long n, a; std::ifstream(path) >> n; return std::cin >> a && a > 1 && a < n && n % a == 0; }",
}
GUESS = """
import sys
secret, asked = int(open(sys.argv[1]).read()), 0
while True:
    line = sys.stdin.readline()
    if not line:
        sys.exit({refuses})
    asked += 1
    guess = int(line)
    if asked > 12:
        print("too many questions", file=sys.stderr)
        sys.exit({refuses})
    print("equal" if guess == secret else "less" if secret < guess else "greater", flush=True)
    if guess == secret:
        sys.exit({accepts})
"""
BISECT = """
low, high = 1, 1000
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    said = input()
    if said == "equal": break
    if said == "less": high = middle - 1
    else: low = middle + 1
"""
BISECT_C = r"""
#include <stdio.h>
int main(void) { int low = 1, high = 1000; char said[16];
  for (;;) { int m = (low + high) / 2; printf("%d\n", m); fflush(stdout); if (scanf("%15s", said) != 1) return 1;
    if (said[0] == 'e') return 0; if (said[0] == 'l') high = m - 1; else low = m + 1; } }
"""


def checked(checker: dict[str, Any]) -> dict[str, Any]:
    return {"mode": "stdio", "checker": {"kind": "program", **checker}, "tests": [{"input": "91\n", "output": "7\n"}]}


@pytest.mark.parametrize(
    "checker",
    [
        {"code": DIVISOR},
        {"code": VALIDATOR, "protocol": "icpc"},
        {"files": VALIDATOR_CPP, "language": "cpp", "protocol": "icpc"},
    ],
    ids=["testlib", "icpc", "icpc in C++"],
)
def test_a_checker_decides(grade: Grade, checker: dict[str, Any]) -> None:
    if checker.get("language") == "cpp" and shutil.which("g++") is None:
        pytest.skip("g++ is not installed")
    assert grade("print(13)", checked(checker)).verdict == "accepted"
    assert grade("print(7)", checked(checker)).tests[0].strict is True
    assert grade("print(8)", checked(checker)).verdict == "wrong_answer"
    assert grade("print(1 / 0)", checked(checker)).verdict == "runtime_error"


def test_what_the_checker_says_is_the_reason(grade: Grade) -> None:
    for checker in ({"code": DIVISOR}, {"code": VALIDATOR, "protocol": "icpc"}):
        report = grade("print(8)", checked(checker))
        assert "no divisor" in (report.tests[0].reason or "")


@pytest.mark.parametrize(
    ("checker", "said"),
    [
        ({"code": "import sys; sys.exit(3)"}, "exit code 3"),
        ({"code": "1 / 0", "protocol": "icpc"}, "ZeroDivisionError"),
        ({"code": "pass", "protocol": "icpc"}, "exit code 0"),
        ({"code": "import sys; sys.exit(7)"}, "gives points"),
        ({"code": "import sys; print('partially correct (0) no', file=sys.stderr)"}, "gives points"),
        ({"code": "import sys; print('partially correct (1) no', file=sys.stderr); sys.exit(1)"}, "gives points"),
        ({"code": "import os; os.abort()"}, "SIGABRT"),
        ({"code": "x = = 1"}, "does not parse"),
        ({"code": "1 / 0"}, "ZeroDivisionError"),
        ({"code": "int main( {", "language": "cpp"}, "does not compile"),
        ({"code": "x", "language": "cobol"}, "cobol"),
        ({"code": "import os\nwhile True: os.fork()", "protocol": "icpc"}, "failed"),
    ],
)
def test_a_broken_checker_is_our_side_and_never_a_score(grade: Grade, checker: dict[str, Any], said: str) -> None:
    report = grade("print(13)", checked(checker))
    assert (report.verdict, report.score) == ("judge_error", None), report
    assert said in (report.reason or "")
    assert grade("print(13)", checked({"code": DIVISOR})).verdict == "accepted"


def test_a_checker_gives_a_share_of_the_points(grade: Grade) -> None:
    quarter = "import sys; print('points 0.25 for a try', file=sys.stderr); sys.exit(7)"
    coci = "import sys; print('partial 1/4', file=sys.stderr); sys.exit(7)"
    icpc = "import sys; open(sys.argv[3] + 'score_multiplier.txt', 'w').write('0.25'); sys.exit(42)"
    for checker in (
        {"code": quarter},
        {"code": coci},
        {"code": icpc, "protocol": "icpc"},
        {"code": quarter.replace("0.25", "0.75"), "points": "weight"},
    ):
        suite = {**checked(checker), "tests": [{"input": "", "output": "91", "weight": 3}]}
        report = grade("print(13)", suite, policy="all")
        assert (report.verdict, report.score, report.tests[0].points) == ("wrong_answer", 0.25, 0.25), report
        assert report.passed == 0
        assert grade("print(13)", suite).score == 0, "by the policy of the first failure only all counts"


def test_points_that_mean_nothing_are_a_fault_of_the_checker(grade: Grade) -> None:
    said = "import sys; print('points {}', file=sys.stderr); sys.exit(7)"
    multiplier = "import sys; open(sys.argv[3] + 'score_multiplier.txt', 'w').write('{}'); sys.exit(42)"
    for checker, reason in (
        ({"code": said.format(40)}, "gives 40 points of 1"),
        ({"code": said.format(1), "points": "none"}, "gives points that mean nothing"),
        ({"code": said.format("x")}, "gives points that mean nothing"),
        ({"code": multiplier.format(2), "protocol": "icpc"}, "no number from 0 to 1"),
        ({"code": multiplier.format("nan"), "protocol": "icpc"}, "no number from 0 to 1"),
    ):
        report = grade("print(13)", checked(checker))
        assert (report.verdict, report.score) == ("judge_error", None), report
        assert reason in (report.reason or "")
    ignored = {"code": multiplier.format(0), "protocol": "icpc", "points": "none"}
    assert grade("print(13)", checked(ignored)).verdict == "accepted"


LEFT = {
    "a link to a file": "os.symlink(canary, message)",
    "a link to a directory": "replaced(os.path.dirname(canary))",
    "a link to a directory of its own": "replaced('.')",
    "the root of another process": "os.symlink(f'/proc/{owner}/root{canary}', message)",
    "another process's root on the way": "replaced(f'/proc/{owner}/root{os.path.dirname(canary)}')",
    "a link of its own /proc": "replaced('/proc/self/cwd')",
    "a pipe": "os.mkfifo(message)",
    "a directory": "os.mkdir(message)",
}


def leaves(left: str, canary: Path) -> str:
    """A validator that leaves something in the place of its message."""
    (canary.parent.parent).chmod(0o755)
    canary.parent.chmod(0o755)
    canary.write_text("canary")
    return (
        f"import os, shutil, sys\nowner, canary, message = {os.getpid()}, {str(canary)!r}, sys.argv[3] + 'judgemessage.txt'\n"
        "def replaced(target):\n    shutil.rmtree('feedback')\n    os.symlink(target, 'feedback')\n"
        f"{left}\n"
    )


@pytest.mark.parametrize("code", [42, 43])
@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_a_checker_that_leaves_no_file_as_its_message_is_broken(
    grade: Grade, tmp_path: Path, left: str, code: int
) -> None:
    validator = leaves(left, tmp_path / "judgemessage.txt") + f"sys.exit({code})"
    report = grade("print(13)", checked({"code": validator, "protocol": "icpc"}))
    assert (report.verdict, report.score) == ("judge_error", None), report
    assert "feedback/judgemessage.txt" in (report.reason or "")
    assert "canary" not in report.model_dump_json()


def test_a_submission_that_has_its_checker_leave_a_link_is_wrong(grade: Grade, tmp_path: Path) -> None:
    validator = (
        "import os, sys\nif sys.stdin.read() != '7\\n':\n    os.symlink('/etc/hostname', sys.argv[3] + 'judgemessage.txt')\n"
        "sys.exit(42)"
    )
    suite = checked({"code": validator, "protocol": "icpc"})
    assert grade("print(7)", suite).verdict == "accepted"
    report = grade("print(13)", suite)
    assert report.verdict == "wrong_answer"
    assert "feedback/judgemessage.txt" in (report.tests[0].reason or "")


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
def test_a_checker_that_misses_testlib_is_told_where_to_put_it(tmp_path: Path) -> None:
    suite = checked({"code": '#include "testlib.h"\nint main() {}', "language": "cpp"})
    submission = Submission.model_validate({"code": "print(13)", "suite": suite})
    assert submission.suite is not None
    with open_grader(Settings(data_dir=tmp_path, testlib=None, min_isolation="process")) as grader:
        report = grader.grade(submission, submission.suite)
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "MICROCODER_TESTLIB" in (report.reason or "")


def test_a_test_without_a_right_output_does_not_let_a_submission_break_its_checker(grade: Grade) -> None:
    suite = checked({"code": FRAGILE["traceback"]})
    suite["tests"] = [{"input": "91\n", "output": ""}]
    assert grade("print(7)", suite).verdict == "accepted"
    for code in ("print('seven')", "pass"):
        report = grade(code, suite)
        assert (report.verdict, report.score) == ("wrong_answer", 0.0), report
    suite["checker"]["code"] = "x = = 1"
    assert grade("print(7)", suite).verdict == "judge_error"


FRAGILE = {
    "traceback": "import sys\nsys.exit(0 if 91 % int(open(sys.argv[2]).read()) == 0 else 1)",
    "abort": "import os, sys\nopen(sys.argv[2]).read().strip().isdigit() or os.abort()",
    "memory": "import sys\nsize = len(open(sys.argv[2]).read())\nx = bytearray((size - 2) << 30)\nsys.exit(size != 2)",
    "own failure": "import sys\nsys.exit(0 if open(sys.argv[2]).read() == '7\\n' else 3)",
    "points": "import sys\nif open(sys.argv[2]).read() != '7\\n': sys.exit(7)",
}


@pytest.mark.parametrize("name", FRAGILE)
def test_an_output_that_the_checker_fails_on_is_wrong(grade: Grade, name: str) -> None:
    suite = checked({"code": FRAGILE[name]})
    assert grade("print(7)", suite).verdict == "accepted"
    report = grade("print('seven')", suite)
    assert (report.verdict, report.score) == ("wrong_answer", 0.0), report
    assert "the checker" in (report.tests[0].reason or "")


def test_an_output_that_leaves_the_checker_no_room_is_wrong(grade: Grade) -> None:
    suite = checked({"code": "import sys; sys.exit(0)"})
    suite["tests"] = [{"input": "1" * (200 << 20), "output": "7\n"}]
    suite["limits"] = {"cpu_s": 10, "memory_mb": 1024}
    assert grade("print(7)", suite).verdict == "accepted"
    assert grade("print('7' * (60 << 20))", suite).verdict == "wrong_answer"


@pytest.mark.parametrize("output", ["b'9' * (60 << 20)", "bytes(60 << 20)", "bytes(range(256)) * 200_000"])
def test_a_checker_is_given_whatever_was_written_within_the_limit(grade: Grade, output: str) -> None:
    code = f"import os\ndata = {output}\nwhile data: data = data[os.write(1, data[:1 << 20]):]"
    limits = {"limits": {"cpu_s": 10, "memory_mb": 1024}}
    for checker in ({"code": DIVISOR}, {"code": VALIDATOR, "protocol": "icpc"}):
        report = grade(code, checked(checker) | limits)
        assert (report.verdict, report.score) == ("wrong_answer", 0.0), report
    assert grade("print(13)", checked({"code": DIVISOR})).verdict == "accepted"


def test_sockets_that_a_program_leaves_behind_do_not_reach_its_checker(grader: Grader, grade: Grade) -> None:
    leak = (
        "import array, socket\ntry:\n    while True:\n        left, right = socket.socketpair()\n"
        "        both = array.array('i', [left.fileno(), right.fileno()] * 100)\n"
        "        left.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, both)])\nexcept OSError: print(7)"
    )
    before = grader.slots_discarded
    suite = checked({"code": DIVISOR})
    assert grade(leak, {**suite, "tests": suite["tests"] * 5}, policy="all").passed == 5
    assert grader.slots_discarded == before


def test_a_checker_sees_no_output_of_a_program_that_failed(grade: Grade) -> None:
    checker = {"code": "import sys; sys.exit(0)"}
    assert grade("print(1); raise SystemExit(1)", checked(checker)).verdict == "runtime_error"


PATIENT, SHORT = {"cpu_s": 10, "wall_s": 60}, {"cpu_s": 1, "wall_s": 2}
"""No busy machine takes a program to the former limits; who reaches the latter would never end."""


def talking(protocol: str, *, limits: dict[str, int] = PATIENT, **interactor: Any) -> dict[str, Any]:
    codes = {"testlib": {"accepts": 0, "refuses": 1}, "icpc": {"accepts": 42, "refuses": 43}}[protocol]
    return {
        "mode": "interactive",
        "limits": LIMITS | limits,
        "interactor": {"code": GUESS.format(**codes), "protocol": protocol, **interactor},
        "tests": [{"input": "730\n"}, {"input": "1\n"}, {"input": "1000\n"}],
    }


@pytest.mark.parametrize("protocol", ["testlib", "icpc"])
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (BISECT, "accepted"),
        ("for n in range(1, 1001):\n    print(n, flush=True)\n    if input() == 'equal': break", "wrong_answer"),
        ("print(500, flush=True)\ninput()\n1 / 0", "runtime_error"),
        ("print(500, flush=True)", "wrong_answer"),
        ("import time\nprint(500, flush=True)\ntime.sleep(100)", "time_limit_exceeded"),
        ("print(500, flush=True)\nwhile True: pass", "time_limit_exceeded"),
        ("import sys\nprint(500)\nsys.stdin.readline()", "time_limit_exceeded"),
        ("print('x' * (1 << 20))\nwhile True: print(1)", "wrong_answer"),
        ("import sys\nprint(", "compile_error"),
    ],
    ids=["bisects", "asks too much", "fails", "leaves", "sleeps", "spins", "does not flush", "nonsense", "no python"],
)
def test_a_conversation_is_judged(grade: Grade, protocol: str, code: str, verdict: str) -> None:
    limits = SHORT if verdict == "time_limit_exceeded" else PATIENT
    report = grade(code, talking(protocol, limits=limits))
    assert report.verdict == verdict, report


def test_a_compiled_program_talks(grade: Grade) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    report = grade(BISECT_C, talking("icpc"), language="c")
    assert (report.verdict, report.passed) == ("accepted", 3), report


def test_an_interactor_that_fails_is_our_side(grade: Grade) -> None:
    report = grade(BISECT, talking("icpc", code="1 / 0"))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "ZeroDivisionError" in (report.reason or "")


DECIDES = """
import sys, time
for line in sys.stdin:
    word = line.strip()
    if word == "right": sys.exit(42)
    if word == "wrong": sys.exit(43)
    if word == "crash": 1 / 0
    print("go on", flush=True)
{at_the_end}
"""
IN_C = r"""
#include <stdio.h>
#include <stdlib.h>
int main(void) {{ char said[64]; puts("{word}"); fflush(stdout); {then} return 0; }}
"""
IN_PYTHON = "import sys\nprint('{word}', flush=True)\n{then}"
THEN = {
    "a line more in C": (IN_C, 'puts("more"); fflush(stdout);'),
    "many lines more in C": (IN_C, 'for (int i = 0; i < 100000; i++) puts("more");'),
    "the end of input in C": (IN_C, "if (!fgets(said, 64, stdin)) return 1;"),
    "an exit code in C": (IN_C, "exit(3);"),
    "a signal in C": (IN_C, "abort();"),
    "a line more": (IN_PYTHON, "print('more', flush=True)"),
    "the end of input": (IN_PYTHON, "input()"),
    "the end of input, parsed": (IN_PYTHON, "int(sys.stdin.readline())"),
    "lines until one is refused": (
        IN_PYTHON,
        "try:\n    while True: print('more', flush=True)\nexcept OSError: sys.exit(3)",
    ),
    "an exit code": (IN_PYTHON, "sys.exit(3)"),
    "an error": (IN_PYTHON, "1 / 0"),
}
TIMES = 5
INTERACTOR_S = 60
"""Wall seconds that an interactor may take by itself."""


def decided(at_the_end: str = "sys.exit(43)", **limits: float) -> dict[str, Any]:
    return {
        "mode": "interactive",
        "limits": LIMITS | PATIENT | limits,
        "interactor": {"code": DECIDES.format(at_the_end=at_the_end), "protocol": "icpc"},
        "tests": [{"input": ""}],
    }


PARDONED = ("a line more in C", "many lines more in C", "a line more", "the end of input")
"""Ends that a closed pipe may or may not bring about, and the end of input where a runtime says that it was that."""


@pytest.mark.parametrize(("word", "verdict"), [("right", "accepted"), ("wrong", "wrong_answer")])
@pytest.mark.parametrize("then", THEN)
def test_a_program_that_is_accepted_has_to_end_well_and_that_is_all_that_counts_then(
    grade: Grade, then: str, word: str, verdict: str
) -> None:
    form, what = THEN[then]
    language = "c" if form is IN_C else "python"
    if language == "c" and shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    code = form.format(word=word, then=what)
    expected = "runtime_error" if word == "right" and then not in PARDONED else verdict
    assert {grade(code, decided(), language=language).verdict.value for _ in range(TIMES)} == {expected}


SPINS = ["sh", "-c", "while :; do :; done"]


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """All that this process has started shares one CPU with programs that never sleep, each in a session of its own:
    the kernel may give each session as much as another (sched(7), autogroups)."""
    cpus = os.sched_getaffinity(0)
    with contextlib.ExitStack() as undo:
        for _ in range(40):
            spins = undo.enter_context(subprocess.Popen(SPINS, start_new_session=True))
            undo.callback(spins.kill)
        pin({min(cpus)})
        undo.callback(pin, cpus)
        yield


def pin(cpus: set[int]) -> None:
    """Let all that this process has started run on these CPUs only."""
    for pid in processes.descendants(os.getpid()):
        with contextlib.suppress(ProcessLookupError):  # it ended meanwhile
            os.sched_setaffinity(pid, cpus)


@pytest.mark.parametrize(("word", "verdict"), [("right", "runtime_error"), ("wrong", "wrong_answer")])
def test_a_busy_machine_changes_nothing(grade: Grade, busy_machine: None, word: str, verdict: str) -> None:
    code = IN_PYTHON.format(word=word, then="sys.exit(3)")
    assert {grade(code, decided()).verdict.value for _ in range(TIMES)} == {verdict}


@pytest.mark.parametrize("then", ["an error", "an exit code", "a line more"])
def test_a_program_on_which_the_interactor_fails_is_wrong_whatever_it_does_then(grade: Grade, then: str) -> None:
    form, what = THEN[then]
    for _ in range(3):
        report = grade(form.format(word="crash", then=what), decided())
        assert (report.verdict, report.score) == ("wrong_answer", 0.0), report
        assert "ZeroDivisionError" in (report.tests[0].reason or "")


@pytest.mark.parametrize("at_the_end", ["sys.exit(43)", "input()", "int(sys.stdin.readline())", "1 / 0"])
def test_a_program_that_ends_in_the_middle_is_judged_by_its_own_end(grade: Grade, at_the_end: str) -> None:
    for then, verdict in (("1 / 0", "runtime_error"), ("sys.exit(3)", "runtime_error"), ("", "wrong_answer")):
        code = IN_PYTHON.format(word="hello", then=then)
        assert grade(code, decided(at_the_end)).verdict == verdict


@pytest.mark.parametrize(
    ("word", "then", "limits", "verdict"),
    [
        ("right", "while True: pass", {"cpu_s": 1}, "accepted"),
        ("right", "import time\ntime.sleep(100)", {}, "accepted"),
        ("hello", "input()\nwhile True: pass", {"cpu_s": 1}, "time_limit_exceeded"),
        ("hello", "input()\nx = bytearray(1 << 30)\nprint('right')", {}, "memory_limit_exceeded"),
        (
            "hello",
            "import time\nwhile time.process_time() < 2: pass\nprint('right')",
            {"cpu_s": 1},
            "time_limit_exceeded",
        ),
    ],
)
def test_only_a_limit_that_was_reached_before_it_was_judged_counts(
    grade: Grade, word: str, then: str, limits: dict[str, float], verdict: str
) -> None:
    report = grade(IN_PYTHON.format(word=word, then=then), decided(**limits))
    assert report.verdict == verdict, report
    assert report.run_s < INTERACTOR_S


@pytest.mark.parametrize("code", ["import time\ntime.sleep(100)", "print('hello')", "1 / 0"])
def test_an_interactor_that_sleeps_on_when_the_program_has_ended_is_ended_too(grade: Grade, code: str) -> None:
    suite = decided(wall_s=1)
    suite["interactor"] = {"code": "import time\ntime.sleep(100)", "protocol": "icpc"}
    report = grade(code, suite)
    assert report.verdict in ("time_limit_exceeded", "wrong_answer", "runtime_error"), report
    assert report.run_s < INTERACTOR_S


@pytest.mark.parametrize("work", ["while time.process_time() < 1.5: pass", "sys.stdin.close()"])
def test_an_interactor_that_fails_by_itself_is_our_side_however_long_it_takes(grade: Grade, work: str) -> None:
    suite = decided()
    suite["interactor"] = {"code": f"import sys, time\n{work}\n1 / 0", "protocol": "icpc"}
    report = grade(IN_PYTHON.format(word="hello", then="input()"), suite)
    assert (report.verdict, report.score) == ("judge_error", None), report
    assert "ZeroDivisionError" in (report.reason or "")


def test_a_program_that_was_still_read_when_the_interactor_failed_is_not_blamed(grade: Grade) -> None:
    long = f"x = [{'1, ' * 500_000}]\n{BISECT}"
    patient = {"limits": LIMITS | {"cpu_s": 20, "wall_s": 120}}  # to read it takes a good part of a second
    assert grade(long, talking("icpc") | patient).verdict == "accepted"
    report = grade(long, talking("icpc", code="1 / 0") | patient)
    assert (report.verdict, report.score) == ("judge_error", None)
    assert grade(BISECT + "if", talking("icpc")).verdict == "compile_error"


def test_neither_program_sees_the_files_of_the_other(grade: Grade) -> None:
    code = (
        "import os\nfor folder, _, names in os.walk('/run/box'):\n    for name in names:\n"
        "        if name == 'input.txt': print(open(folder + '/' + name).read(), flush=True); input()\nprint(0, flush=True)\n"
    )
    assert grade(code, talking("testlib")).verdict == "wrong_answer"


@pytest.mark.parametrize("weights", [(1e308, 7e307), (5e-324, 1e-323), (0.1,) * 10, (1e16, 1.0, 1.0, 1e-16)])
def test_a_score_by_weights_is_one_where_all_passed_and_less_where_not(
    grade: Grade, weights: tuple[float, ...]
) -> None:
    tests = [{"input": f"{n}\n", "output": f"{n}", "weight": weight} for n, weight in enumerate(weights)]
    suite = {"mode": "stdio", "tests": tests}
    assert grade("print(input())", suite, policy="all").score == 1.0
    partial = grade("print(input().replace('0', 'x'))", suite, policy="all").score
    assert partial is not None
    assert 0 <= partial < 1
