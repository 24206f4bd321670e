"""Packages of our own, one for each format and feature: the files of each, by their paths."""

from __future__ import annotations

from pathlib import Path

from tests.packages.dmoj_texts import (
    DMOJ,
    DMOJ_BROKEN,
    DMOJ_CASES,
    DMOJ_CHECK,
    DMOJ_FILES,
    DMOJ_FLAGS,
    DMOJ_GENERATOR,
    DMOJ_INTERACTIVE,
    DMOJ_PEG,
    DMOJ_SHARES,
    DMOJ_SIGNATURE,
    DMOJ_TALK,
    ECHO,
)

SPIN = "n = input()\nwhile n in ('5', '9'): pass\nprint(n)\n"
SAME = """
import sys
given, answer, feedback = sys.argv[1:4]
got, want = sys.stdin.read().split(), open(answer).read().split()
if "any_sign" in sys.argv[4:]: got, want = [w.lstrip("-") for w in got], [w.lstrip("-") for w in want]
sys.exit(42 if got == want else 43)
"""


def write(root: Path, files: dict[str, str]) -> Path:
    """Write a package's files below a folder, and return that."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def data(*tests: tuple[str, str, str]) -> dict[str, str]:
    """Return the files of tests, each a name, an input and an answer."""
    return {
        f"data/{name}.{ending}": text + "\n"
        for name, stdin, out in tests
        for ending, text in (("in", stdin), ("ans", out))
    }


LEGACY_FLAGS = {
    "problem.yaml": "name: Echo\nvalidation: custom\nlimits:\n  memory: 256\n",
    ".timelimit": "0.5",
    "output_validators/same/main.py": "import sys\nfrom judge import decide\ndecide()\n",
    "output_validators/same/judge.py": f"def decide():\n{''.join(f'    {line}' + chr(10) for line in SAME.splitlines())}",
    "output_validators/same/__main__.py": "from judge import decide\ndecide()\n",
    **data(("sample/1", "3", "3"), ("secret/1", "-4", "-4"), ("secret/signs/2", "5", "-5")),
    "data/secret/signs/testdata.yaml": "output_validator_flags: any_sign\n",
    "submissions/accepted/echo.py": ECHO,
    "submissions/wrong_answer/positive.py": "print(input().lstrip('-'))\n",
    "submissions/run_time_error/crash.py": "print(int(input()) ** 0.5 < 2 or 1 / 0)\n",
    "submissions/time_limit_exceeded/spin.py": SPIN,
    "submissions/accepted/two/a.py": "import b\n",
    "submissions/accepted/two/b.py": ECHO,
    "submissions/accepted/linked/echo.c": '#include "word.h"\n#include <stdio.h>\nint main(void) { puts(word()); }\n',
    "submissions/accepted/linked/word.c": '#include "word.h"\n#include <stdio.h>\n'
    'const char *word(void) { static char text[9]; scanf("%8s", text); return text; }\n',
    "submissions/accepted/linked/word.h": "const char *word(void);\n",
    "submissions/accepted/built/build": "#!/bin/sh\n",
    "submissions/accepted/old.py": "#!/usr/bin/python2\nprint raw_input()\n",
    "submissions/accepted/rules.pl": ":- initialization(main).\nmain :- read(X), print(X).\n",
    "submissions/accepted/late.cpp.disabled": "int main() {}\n",
    "submissions/accepted/.gitkeep": "",
    "submissions/accepted/echo.bash": "cat\n",
    "submissions/accepted/parts/main.sh": ". ${0%/*}/part.sh\n",
    "submissions/accepted/parts/part.sh": "cat\n",
    "submissions/rejected/tag.py": "# @EXPECTED_RESULTS@: WRONG-ANSWER, RUN-ERROR\nprint(1)\n",
}
BUILT_INTERACTOR = {
    "problem.yaml": "name: Guess\nvalidation: custom interactive\n",
    "domjudge-problem.ini": "timelimit='2'\n",
    "output_validators/guess/build": "#!/bin/sh\nset -e\ncat head.py tail.py > run\n",
    "output_validators/guess/head.py": "#!/usr/bin/env python3\nimport sys\nsecret = int(open(sys.argv[1]).read())\n",
    "output_validators/guess/tail.py": "for turn in range(8):\n    guess = int(sys.stdin.readline() or sys.exit(43))\n"
    "    print('<' if secret < guess else '>' if secret > guess else '=', flush=True)\n"
    "    if guess == secret: sys.exit(42)\nsys.exit(43)\n",
    **data(("sample/1", "7", ""), ("secret/1", "99", "")),
    "submissions/accepted/halves.py": "low, high = 0, 128\nwhile True:\n    middle = (low + high) // 2\n"
    "    print(middle, flush=True)\n    said = input()\n    if said == '=': break\n"
    "    if said == '<': high = middle\n    else: low = middle\n",
    "submissions/run_time_error/after.py": "low, high = 0, 128\nwhile True:\n    middle = (low + high) // 2\n"
    "    print(middle, flush=True)\n    said = input()\n    if said == '=': raise SystemExit(3)\n"
    "    if said == '<': high = middle\n    else: low = middle\n",
    "submissions/wrong_answer/one_by_one.py": "n = 0\nwhile True:\n    n += 1\n    print(n, flush=True)\n"
    "    if input() == '=': break\n",
}
LEGACY_SCORES = {
    "problem.yaml": "name: Points\ntype: scoring\nlimits: {time_limit: 1}\n",
    "data/testdata.yaml": "grader_flags: ignore_sample accept_if_any_accepted\n",
    "data/secret/small/testdata.yaml": "accept_score: 30\ngrader_flags: min\n",
    "data/secret/large/testdata.yaml": "accept_score: 70\ngrader_flags: min\n",
    **data(
        ("sample/1", "0", "0"), ("secret/small/1", "1", "1"), ("secret/small/2", "2", "2"), ("secret/large/1", "100", "100"),
        ("secret/large/2", "200", "200"),
    ),
    "submissions/accepted/echo.py": ECHO,
    "submissions/partially_accepted/small.py": "print(min(int(input()), 150))\n",
    "submissions/wrong_answer/no.py": "print('no')\n",
}  # fmt: skip
DRAFT_PASSES = {
    "problem.yaml": "problem_format_version: 2023-07-draft\nname: {en: Relay}\ntype: [pass-fail, multi-pass]\n"
    "license: cc0\nlimits: {time_limit: 1, validation_passes: 2}\nconstants: {step: {value: 0, word: 1}}\n",
    "output_validator/relay.py": "import sys\ngiven, answer, feedback = sys.argv[1:4]\n"
    "line, got = open(given).read().split(), sys.stdin.read().split()\n"
    "if line[0] == 'encode':\n    open(feedback + 'kept', 'w').write(line[1])\n"
    "    open(feedback + 'nextpass.in', 'w').write('decode ' + got[0] + '\\n')\n"
    "    sys.exit(42 if int(got[0]) == int(line[1]) + {{step.word}} + {{step}} else 43)\n"
    "sys.exit(42 if open(feedback + 'kept').read() == got[0] else 43)\n",
    **data(("sample/1", "encode 5", ""), ("secret/1", "encode 8", "")),
    "submissions/accepted/relay.py": "way, n = input().split()\nprint(int(n) + (1 if way == 'encode' else -1))\n",
    "submissions/wrong_answer/one_way.py": "way, n = input().split()\nprint(int(n) + 1)\n",
    "submissions/run_time_error/constant.py": "input()\nprint({{step}})\n",
    "submissions/brute_force/crash.py": "way, n = input().split()\nprint(int(n) + 1) if way == 'encode' else 1 / 0\n",
}
DRAFT_FILES = {
    "problem.yaml": "problem_format_version: 2023-07-draft\nname: {en: Look it up}\nlimits: {time_limit: 1}\n",
    "include/python3/look.py": "import sys\n\ndef up(name):\n    return open(sys.argv[1]).read().split()[int(name)]\n",
    "include/c/count.h": "static int counted(int n, char **v) { return n - 2; }\n",
    "include/default/unused.txt": "for the others\n",
    **data(("sample/1", "0", "a"), ("secret/1", "1", "é"), ("secret/2", "2", "z")),
    "data/test_group.yaml": "args: [words.txt, more]\n",
    "data/sample/1.files/words.txt": "a b c\n",
    "data/secret/1.files/words.txt": "x é\n",
    "data/secret/2.args": "deep/words.txt\n",
    "data/secret/2.files/deep/words.txt": "x y z\n",
    "submissions/accepted/find.py": "import look\nprint(look.up(input()))\n",
    "submissions/wrong_answer/first.py": "import look\nprint(look.up(0))\n",
    "submissions/wrong_answer/count.c": '#include "count.h"\n#include <stdio.h>\n'
    'int main(int n, char **v) { printf("%d\\n", counted(n, v)); }\n',
    "submissions/run_time_error/open.py": "print(open('/words.txt').read())\n",
}
DRIVER = {
    "problem.yaml": "name: Driver\nlimits: {time_limit: 1}\n",
    "include/python3/main.py": "from solve import solve\nprint(solve(int(input())))\n",
    "include/c/main.c": '#include <stdio.h>\nint solve(int);\nint main(void) { int n; scanf("%d", &n);'
    ' printf("%d\\n", solve(n)); }\n',
    **data(("sample/1", "3", "9"), ("secret/1", "-4", "16")),
    "submissions/accepted/solve.py": "def solve(n):\n    return n * n\n",
    "submissions/accepted/square.c": "int solve(int n) { return n * n; }\n",
    "submissions/wrong_answer/solve.py": "def solve(n):\n    return n * 3\n",
    "submissions/wrong_answer/own/main.py": "print(9)\n",
    "submissions/wrong_answer/own/solve.py": "solve = abs\n",
}
DRAFT_SHARES = {
    "problem.yaml": "problem_format_version: 2023-07-draft\nname: {en: Shares}\ntype: scoring\nlimits: {time_limit: 1}\n",
    "output_validator/near.py": "import sys\nanswer, feedback = sys.argv[2:4]\n"
    "got, want = int(sys.stdin.read()), int(open(answer).read())\nif abs(got - want) > 9: sys.exit(43)\n"
    "open(feedback + 'score_multiplier.txt', 'w').write(str(1 - abs(got - want) / 10))\nsys.exit(42)\n",
    "data/secret/test_group.yaml": "scoring: {score: 100, aggregation: sum}\n",
    **data(("sample/1", "0", "0"), ("secret/1", "1", "1"), ("secret/2", "2", "2")),
    "submissions/accepted/echo.py": ECHO,
    "submissions/partially_accepted/near.py": "n = int(input())\nprint(n + n // 2)\n",
    "submissions/wrong_answer/far.py": "print(int(input()) * 20)\n",
    "submissions/other/even.py": "print(int(input()) + 4)\n",
    "submissions/submissions.yaml": "other/even.py: {permitted: [AC], score: 60}\n",
}
DRAFT_GROUPS = {
    "problem.yaml": "problem_format_version: 2023-07-draft\nname: {en: Groups}\ntype: scoring\n"
    "limits: {time_limit: 1, output: 1}\n",
    "data/secret/test_group.yaml": "scoring: {score: 100, aggregation: sum}\n",
    "data/secret/a/test_group.yaml": "scoring: {score: 20}\n",
    "data/secret/b/test_group.yaml": "output_validator_args: [float_tolerance, '0.1']\nscoring: {require_pass: [secret/a, sample]}\n",
    "data/secret/c/test_group.yaml": "scoring: {aggregation: sum}\n",
    **data(
        ("sample/1", "Yes", "yes"), ("secret/a/1", "1", "1"), ("secret/a/2", "2", "2"), ("secret/b/1", "3.01", "3"),
        ("secret/c/1", "4", "4"), ("secret/c/2", "5", "5"),
    ),
    "data/secret/c/2.yaml": "output_validator_args: [case_sensitive]\n",
    "submissions/accepted/echo.py": ECHO,
    "submissions/other/half.py": "x = input()\nprint(0 if x == '2' else x)\n",
    "submissions/other/loud.py": "x = input()\nprint(x.upper() if x != '5' else 'five')\n",
    "submissions/other/started/main.py": "print('the wrong one')\n",
    "submissions/other/started/real.py": ECHO,
    "submissions/time_limit_exceeded/flood.py": "while True: print('x' * 65536)\n",
    "submissions/submissions.yaml": "other/started: {entrypoint: real.py, permitted: [AC]}\nother/half.py:\n  score: 40\n  secret/a: {permitted: [AC, WA], required: [WA]}\n"
    "'other/{ loud , quiet }.py':\n  score: [79, 81]\n  required: [WA]\n  'secret/?/1': {permitted: [AC]}\n",
}  # fmt: skip
_POLYGON_SOLUTIONS = "".join(
    f'<solution tag="{tag}"><source path="solutions/{name}" type="python.3"/></solution>'
    for tag, name in (("main", "a.py"), ("wrong-answer", "w.py"), ("time-limit-exceeded", "t.py"))
)
POLYGON = {
    "problem.xml": '<?xml version="1.0" encoding="utf-8"?><problem short-name="echo"><names><name language="english" '
    'value="Echo"/></names><judging input-file="" output-file=""><testset name="tests"><time-limit>500</time-limit>'
    "<memory-limit>268435456</memory-limit><test-count>3</test-count><input-path-pattern>tests/%02d</input-path-pattern>"
    "<answer-path-pattern>tests/%02d.a</answer-path-pattern><tests>"
    '<test method="manual" sample="true" group="1" points="0.0"/><test method="manual" group="2" points="40.0"/>'
    '<test method="generated" group="2" points="60.0"/></tests><groups>'
    '<group name="1" points-policy="complete-group"/><group name="2" points-policy="each-test">'
    '<dependencies><dependency group="1"/></dependencies></group></groups></testset></judging>'
    '<files><resources><file path="files/words.h"/></resources></files><assets><checker type="testlib"><source '
    f'path="files/check.cpp" type="cpp.g++17"/></checker><solutions>{_POLYGON_SOLUTIONS}</solutions></assets></problem>',
    "files/check.cpp": '#include "words.h"\nint main(int c, char **v) { return first(v[2]) == first(v[3]) ? 0 : 1; }\n',
    "files/words.h": "#include <fstream>\n#include <string>\n"
    "inline std::string first(const char *p) { std::string s; std::ifstream(p) >> s; return s; }\n",
    **{f"tests/0{n}{end}": f"{n * n}\n" for n in (1, 2, 3) for end in ("", ".a")},
    "solutions/a.py": ECHO,
    "solutions/w.py": "n = input()\nprint(n if n < '9' else 0)\n",
    "solutions/t.py": SPIN,
}
POLYGON_INTERACTIVE = {
    **{name: text for name, text in POLYGON.items() if not name.startswith("solutions/")},
    "problem.xml": POLYGON["problem.xml"].replace(
        "<solutions>", '<interactor><source path="files/talk.py" type="python.3"/></interactor><solutions>'
    ),
    "files/talk.py": "import sys\nprint(open(sys.argv[1]).read(), flush=True)\nopen(sys.argv[2], 'w').write(input())\n",
    "solutions/a.py": ECHO,
    "solutions/w.py": "print(input() + '1')\n",
    "solutions/t.py": SPIN,
}
_FROM_FILE = "n = open('echo.in').read().strip()\n"
POLYGON_FILES = {
    **{name: text for name, text in POLYGON.items() if not name.startswith("solutions/")},
    "problem.xml": POLYGON["problem.xml"].replace(
        'input-file="" output-file=""', 'input-file="echo.in" output-file="echo.out"'
    ),
    "solutions/a.py": f"{_FROM_FILE}open('echo.out', 'w').write(n)\n",
    "solutions/w.py": f"{_FROM_FILE}print(n)\n",
    "solutions/t.py": f"{_FROM_FILE}open('echo.out', 'w').write(n)\nwhile n == '9': pass\n",
}
POLYGON_POINTS = {
    **{name: text for name, text in POLYGON.items() if not name.startswith("solutions/")},
    "problem.xml": POLYGON["problem.xml"]
    .replace("complete-group", "each-test")
    .replace("wrong-answer", "rejected")
    .replace("time-limit-exceeded", "accepted"),
    "files/check.cpp": '#include "words.h"\n#include <cstdio>\nint main(int c, char **v) {\n'
    "  std::string got = first(v[2]), want = first(v[3]);\n  if (got == want) return 0;\n"
    '  if (got != "0") return 1;\n  fprintf(stderr, "points 15.5 for a try\\n"); return 7;\n}\n',
    "solutions/a.py": ECHO,
    "solutions/w.py": "n = input()\nprint(n if n < '9' else 3)\n",
    "solutions/t.py": "print(input())\n",
}
EXPECTED = {
    "legacy_flags": (
        LEGACY_FLAGS,
        {f"accepted/{name}" for name in ("old.py", "built", "rules.pl", "late.cpp.disabled")},
    ),
    "built_interactor": (BUILT_INTERACTOR, set()),
    "legacy_scores": (LEGACY_SCORES, set()),
    "draft_passes": (DRAFT_PASSES, set()),
    "draft_groups": (DRAFT_GROUPS, set()),
    "draft_files": (DRAFT_FILES, set()),
    "draft_shares": (DRAFT_SHARES, set()),
    "driver": (DRIVER, set()),
    "dmoj": (DMOJ, {"tests/two"}),
    "dmoj_check": (DMOJ_CHECK, set()),
    "dmoj_flags": (DMOJ_FLAGS, set()),
    "dmoj_cases": (DMOJ_CASES, set()),
    "dmoj_broken": (DMOJ_BROKEN, set()),
    "dmoj_interactive": (DMOJ_INTERACTIVE, set()),
    "dmoj_talk": (DMOJ_TALK, set()),
    "dmoj_files": (DMOJ_FILES, set()),
    "dmoj_generator": (DMOJ_GENERATOR, set()),
    "dmoj_signature": (DMOJ_SIGNATURE, set()),
    "polygon": (POLYGON, set()),
    "dmoj_peg": (DMOJ_PEG, set()),
    "dmoj_shares": (DMOJ_SHARES, set()),
    "polygon_points": (POLYGON_POINTS, set()),
    "polygon_files": (POLYGON_FILES, set()),
    "polygon_interactive": (POLYGON_INTERACTIVE, set()),
}
"""Each package, with its submissions that cannot be graded. All others get what the package says."""
