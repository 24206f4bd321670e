"""Packages of our own, one for each format and feature: the files of each, by their paths."""

from __future__ import annotations

from pathlib import Path

ECHO = "print(input())\n"
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
DMOJ = {
    "init.yml": "checker: {name: floats, args: {precision: 2}}\npretest_test_cases:\n- {in: 0.in, out: 0.out}\ntest_cases:\n"
    "- {in: 1.in, out: 1.out, points: 10}\n- points: 30\n  batched:\n  - {in: 2a.in, out: 2a.out}\n"
    "  - {in: 2b.in, out: 2b.out}\n- points: 60\n  batched:\n  - {in: 3.in, out: 3.out}\n  dependencies: [1]\n",
    **{f"{name}.{end}": f"{text}\n" for name, text in (("0", "0"), ("1", "1"), ("2a", "2"), ("2b", "2.5"), ("3", "3")) for end in ("in", "out")},
    "tests/right/test.yml": "language: PY3\ntime: 1\nmemory: 65536\nsource: a.py\nexpect: AC\n",
    "tests/right/a.py": "print(float(input()) + 0.001)\n",
    "tests/whole/test.yml": "language: PY3\ntime: 1\nsource: a.py\nexpect: WA\ncases: [AC, AC, AC, WA, SC]\n",
    "tests/whole/a.py": "print(int(float(input())))\n",
    "tests/two/test.yml": "language: PY2\nsource: a.py\n",
    "tests/two/a.py": "print raw_input()\n",
    "submissions/partially_accepted/whole.py": "print(int(float(input())))\n",
    "submissions/wrong_answer/pretest.py": "print(float(input()) or 9)\n",
}  # fmt: skip
DMOJ_CHECK = {
    "init.yml": "checker: check.py\narchive: data.zip\npoints: 5\n",
    "check.py": "from dmoj.result import CheckerResult\nfrom dmoj.utils.unicode import utf8text\n"
    "def check(process_output, judge_output, judge_input, **kwargs):\n"
    "    right = int(utf8text(process_output)) % int(judge_input) == 0\n"
    "    return CheckerResult(right, kwargs['point_value'] if right else 0.0, 'no multiple')\n",
    "submissions/accepted/twice.py": "print(int(input()) * 2)\n",
    "submissions/wrong_answer/more.py": "print(int(input()) + 2)\n",
}
DMOJ_FLAGS = {
    "init.yml": "checker:\n  name: bridged\n  args:\n    files: [judge.c, words.h]\n    flags: [-DFACTOR=2]\n    type: coci\n"
    "    args_format_string: '\"the mode\" {answer_file} {output_file}'\ntest_cases:\n- {in: 1.in, out: 1.out, points: 5}\n",
    "judge.c": '#include "words.h"\n#include <string.h>\nint main(int c, char **v) {\n'
    '  return c == 4 && !strcmp(v[1], "the mode") ? number(v[2]) * FACTOR != number(v[3]) : 3;\n}\n',
    "words.h": "#include <stdio.h>\nstatic int number(const char *name) {\n"
    '  int n = -1; FILE *f = fopen(name, "r"); return fscanf(f, "%d", &n) == 1 ? n : -1;\n}\n',
    "1.in": "4\n",
    "1.out": "16\n",
    "submissions/accepted/twice.py": "print(2 * int(input()) ** 2)\n",
    "submissions/wrong_answer/once.py": "print(int(input()) ** 2)\n",
}
DMOJ_CASES = {
    "init.yml": "test_cases:\n- {in: a, out: a, points: 1, checker: {name: floats, args: {precision: 1}}}\n- points: 1\n"
    "  checker: {name: sorted, args: {split_on: whitespace}}\n  batched:\n  - {in: b, out: b}\n"
    "  - {in: c, out: c, checker: own.py}\n"
    "- {in: b, out: b, points: 1, checker: {name: linematches, args: {point_distribution: [0, 1]}}}\n",
    "a": "1.5\n",
    "b": "2\n3\n",
    "c": "4\n",
    "own.py": "def check(process_output, judge_output, **kwargs): return process_output.split() == [b'4', b'!']\n",
    "submissions/accepted/each.py": "n = input()\nprint({'1.5': 1.52, '4': '4 !'}.get(n) or '2\\n3')\n",
    "submissions/partially_accepted/backwards.py": "n = input()\nprint({'1.5': 1.52, '4': '4 !'}.get(n) or '3\\n2')\n",
    "submissions/wrong_answer/echo.py": "import sys\nprint(sys.stdin.read())\n",
}
DMOJ_BROKEN = {
    "init.yml": "checker: own.py\ntest_cases: [{in: a, out: a, points: 1}]\n",
    "a": "1\n",
    "own.py": "def check(*args, **kwargs): raise RuntimeError('out of order')\n",
    "tests/broken/test.yml": "language: PY3\nsource: a.py\nexpect: IE\n",
    "tests/broken/a.py": ECHO,
}
DMOJ_INTERACTIVE = {
    "init.yml": "interactive: {files: talk.cpp, lang: CPP17}\nunbuffered: true\ntest_cases:\n- {in: 1.in, out: 1.out, points: 1}\n",
    "talk.cpp": "#include <cstdio>\nint main(int c, char **v) {\n  if (c != 3) return 5;\n  int n, m, got;\n"
    '  if (fscanf(fopen(v[1], "r"), "%d", &n) != 1 || fscanf(fopen(v[2], "r"), "%d", &m) != 1) return 6;\n'
    '  printf("%d\\n", n); fflush(stdout);\n  return scanf("%d", &got) == 1 && got == m ? 0 : 1;\n}\n',
    "1.in": "4\n",
    "1.out": "16\n",
    "submissions/accepted/square.py": "print(int(input()) ** 2, flush=True)\n",
    "submissions/wrong_answer/double.py": "print(int(input()) * 2, flush=True)\n",
}
DMOJ_TALK = {
    "init.yml": "custom_judge: talk.py\nunbuffered: true\ntest_cases:\n- {in: 1.in, points: 1}\n- {in: 2.in, points: 1}\n",
    "talk.py": "from dmoj.graders.interactive import InteractiveGrader\nfrom dmoj.result import CheckerResult\n"
    "class Grader(InteractiveGrader):\n    def interact(self, case, interactor):\n"
    "        secret, guess = int(case.input_data()), None\n        for turn in range(9):\n"
    "            guess = interactor.readint(1, 100)\n            interactor.writeln((secret > guess) - (secret < guess))\n"
    "            if guess == secret: return CheckerResult(interactor.readtoken() == b'found', case.points)\n"
    "        return False\n",
    "1.in": "37\n",
    "2.in": "100\n",
    "submissions/accepted/halves.py": "low, high = 1, 100\nwhile True:\n    middle = (low + high + 1) // 2\n"
    "    print(middle, flush=True)\n    side = int(input())\n    if not side: break\n"
    "    if side > 0: low = middle + 1\n    else: high = middle - 1\nprint('found', flush=True)\n",
    "submissions/wrong_answer/count.py": "for n in range(1, 101):\n    print(n, flush=True)\n    if input() == '0': break\n",
    "submissions/wrong_answer/far.py": "print(101)\n",
    "submissions/wrong_answer/word.py": "print('x')\n",
    "submissions/wrong_answer/silent.py": "",
}
DMOJ_FILES = {
    "init.yml": "file_io: {input: post.inp, output: post.out}\ntest_cases:\n- {in: 1.in, out: 1.out, points: 1}\n",
    "1.in": "4\n",
    "1.out": "16\n",
    "submissions/accepted/square.py": "open('post.out', 'w').write(str(int(open('post.inp').read()) ** 2))\n",
    "submissions/wrong_answer/cube.py": "print(16)\nopen('post.out', 'w').write(str(int(open('post.inp').read()) ** 3))\n",
    "submissions/wrong_answer/stdout.py": "print(int(open('post.inp').read()) ** 2)\n",
    "submissions/run_time_error/stdin.py": "print(int(input()) ** 2)\n",
}
DMOJ_GENERATOR = {
    "init.yml": "generator: {source: [gen.py, pairs.py], args: [9]}\ntest_cases:\n- {generator_args: [3, '4 5'], points: 1}\n"
    "- points: 1\n  batched:\n  - {generator_in: seed, out: 2.out}\n  - {in: 3.in, out: 3.out}\n"
    "- {generator: {source: gen.c, flags: [-DFACTOR=2, -DFLAG]}, generator_args: [21], points: 1}\n",
    "gen.py": "import sys, pairs\nwords = sys.argv[1:] or ['0']\nwords += sys.stdin.read().split()\n"
    "sys.stdout.write(' '.join(words) + '\\r\\n')\nprint(pairs.total(words), file=sys.stderr)\n",
    "pairs.py": "def total(words): return sum(int(n) for word in words for n in word.split())\n",
    "gen.c": "#include <stdio.h>\n#include <stdlib.h>\n#ifdef FLAG\nint main(int c, char **v) { int n = atoi(v[1]);\n"
    ' printf("%d %d\\n", n, n * (FACTOR - 1)); fprintf(stderr, "%d\\n", n * FACTOR); return 0; }\n#endif\n',
    "seed": "30\n",
    "2.out": "39\n",
    "3.in": "1 1\n",
    "3.out": "2\n",
    "submissions/accepted/total.py": "line = open(0, newline='').read()\nassert '\\r' not in line\n"
    "print(sum(map(int, line.split())))\n",
    "submissions/partially_accepted/small.py": "print(sum(map(int, input().split())) % 40)\n",
}
DMOJ_SIGNATURE = {
    "init.yml": "signature_grader: {entry: handler.c, header: square.h}\nout: 1.out\ntest_cases:\n- {in: 1.in, points: 1}\n",
    "handler.c": '#include "square.h"\n#include <stdio.h>\nint main() { int n; scanf("%d", &n); printf("%d\\n", square(n)); }\n',
    "square.h": "#pragma once\nint square(int);\n",
    "1.in": "4\n",
    "1.out": "16\n",
    "submissions/accepted/own_main.c": "int square(int n) { return n * n; }\nint main() { return square(2) - 4; }\n",
    "submissions/accepted/plus.cpp": "int square(int n) { auto f = [](int m) { return m * m; }; return f(n); }\n",
    "submissions/wrong_answer/twice.c": "int square(int n) { return 2 * n; }\n",
    "submissions/compile_error/none.c": "int cube(int n) { return n * n * n; }\n",
}
DMOJ_SHARES = {
    "init.yml": "checker:\n  name: bridged\n  args: {files: judge.py, type: coci}\ntest_cases:\n"
    "- {in: 1.in, out: 1.in, points: 10}\n- points: 30\n  batched:\n  - {in: 1.in, out: 1.in}\n  - {in: 2.in, out: 2.in}\n",
    "judge.py": "import sys\ngot, want = (open(name).read().split() for name in sys.argv[2:4])\n"
    "right = sum(a == b for a, b in zip(got, want))\nif len(got) != len(want): sys.exit(1)\n"
    "if right < len(want): print(f'partial {right}/{len(want)}', file=sys.stderr)\nsys.exit(7 * (right < len(want)))\n",
    "1.in": "1 2 3 4\n",
    "2.in": "5 6\n",
    "tests/half/test.yml": "language: PY3\nsource: a.py\nexpect: AC\npoints: 20\n",
    "tests/half/a.py": "print(*[int(n) * (int(n) % 2) for n in input().split()])\n",
    "tests/none/test.yml": "language: PY3\nsource: a.py\nexpect: WA\npoints: 0\n",
    "tests/none/a.py": "print(1)\n",
    "submissions/accepted/echo.py": ECHO,
    "submissions/partially_accepted/first.py": "n = input().split()\nprint(*(n if len(n) > 2 else [5, 5]))\n",
}
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
    "dmoj_shares": (DMOJ_SHARES, set()),
    "polygon_points": (POLYGON_POINTS, set()),
    "polygon_files": (POLYGON_FILES, set()),
    "polygon_interactive": (POLYGON_INTERACTIVE, set()),
}
"""Each package, with its submissions that cannot be graded. All others get what the package says."""
