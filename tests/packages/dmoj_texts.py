"""Packages of DMOJ, file by file."""

ECHO = "print(input())\n"
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
DMOJ_PEG = {
    "init.yml": "checker: {name: bridged, args: {files: judge.c, type: peg}}\ntest_cases:\n- {in: 1.in, out: 1.out, points: 9}\n",
    "judge.c": "#include <stdio.h>\nint main(int c, char **v) {\n  int got, want;\n"
    '  fscanf(fopen(v[1], "r"), "%d", &got); fscanf(fopen(v[2], "r"), "%d", &want);\n'
    '  if (got == want) return 0;\n  printf("%d\\n%d\\n", got < want ? got : 0, want);\n  return 1;\n}\n',
    "1.in": "1\n",
    "1.out": "3\n",
    "tests/all/test.yml": "language: PY3\nsource: a.py\nexpect: AC\npoints: 9\n",
    "tests/all/a.py": "print(3)\n",
    "tests/part/test.yml": "language: PY3\nsource: a.py\nexpect: AC\npoints: 6\n",
    "tests/part/a.py": "print(2)\n",
    "tests/none/test.yml": "language: PY3\nsource: a.py\nexpect: WA\npoints: 0\n",
    "tests/none/a.py": "print(4)\n",
}
