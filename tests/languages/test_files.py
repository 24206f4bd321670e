"""Submissions of several files: compiled or run together, as each language has it."""

from __future__ import annotations

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Submission, Suite, Verdict

SUITE = Suite.model_validate(
    {"mode": "stdio", "tests": [{"input": f"{n}\n", "output": f"{n * n}\n"} for n in (3, 4, 5)], "limits": {"cpu_s": 5}}
)
FORMS = {
    # Units with names of their own that are alike, one that another includes, and a folder.
    "c": {
        "solve.c": '#include "lib/square.h"\n#include "read.c"\nstatic int help;\n'
        'int main(void) { help = read_one(); printf("%d\\n", square(help)); }\n',
        "read.c": "#include <stdio.h>\nstatic int read_one(void) { int n; scanf(\"%d\", &n); return n; }\n",
        "lib/square.c": '#include "square.h"\nstatic double help(double n) { return n; }\n'
        "int square(int n) { return n * (int)help(n); }\n",
        "lib/square.h": "int square(int n);\n",
    },
    "cpp": {
        "a.cc": '#include "square.hpp"\nnamespace { long help(long n) { return n * n; } }\n'
        "long Square::of(long n) const { return help(n); }\n",
        "main.cc": '#include <bits/stdc++.h>\n#include "square.hpp"\nusing namespace std;\n'
        "static int help = 0;\nint main() { cin >> help; cout << Square{}.of(help) << endl; }\n",
        "square.hpp": "#pragma once\nstruct Square { long of(long n) const; };\n",
    },
    "java": {
        "Solve.java": "import parts.Square;\npublic class Solve { public static void main(String[] a) {\n"
        "  System.out.println(new Square(new Reader().next()).area()); } }\n",
        "Reader.java": "class Reader { int next() { return new java.util.Scanner(System.in).nextInt(); } }\n",
        "parts/Square.java": "package parts;\npublic record Square(int side) { public int area() { return side * side; } }\n",
    },
    "python": {
        "main.py": "from parts import square\nfrom kept import seen\nn = int(input())\nseen.append(n)\n"
        "print(square.of(n) if len(seen) == 1 else seen)\n",
        "kept.py": "seen = []\n",
        "parts/__init__.py": "",
        "parts/square.py": "def of(n): return n * n\n",
    },
    "javascript": {
        "solve.js": "const { square } = require('./lib/square');\n"
        "console.log(square(+require('fs').readFileSync(0, 'utf8')));\n",
        "lib/square.js": "exports.square = n => n * n;\n",
    },
    "typescript": {
        "main.ts": "import { readFileSync } from 'fs';\nimport { Square } from './square';\n"
        "console.log(new Square(+readFileSync(0, 'utf8')).area);\n",
        "square.ts": "export class Square { constructor(readonly side: number) {} get area() { return this.side ** 2; } }\n",
    },
    "go": {
        "main.go": 'package main\nimport "fmt"\nfunc main() { var n int; fmt.Scan(&n); fmt.Println(square(n)) }\n',
        "square.go": "package main\nfunc square(n int) int { return n * n }\n",
    },
    "rust": {
        "main.rs": "mod square;\nfn main() { let mut s = String::new(); std::io::stdin().read_line(&mut s).unwrap();\n"
        'println!("{}", square::of(s.trim().parse().unwrap())); }\n',
        "square.rs": "pub fn of(n: i64) -> i64 { n * n }\n",
    },
    "csharp": {
        "main.cs": "class Entry { static void Main() { System.Console.WriteLine(\n"
        "  new Square(int.Parse(System.Console.ReadLine())).Area); } }\n",
        "square.cs": "class Square { int n; public Square(int n) { this.n = n; } public int Area { get { return n * n; } } }\n",
    },
    "d": {
        "main.d": "import std.stdio, square;\nvoid main() { int n; readf(\" %d\", &n); writeln(of(n)); }\n",
        "square.d": "module square;\nint of(int n) { return n * n; }\n",
    },
    "haskell": {
        "main.hs": "import Square (square)\nmain :: IO ()\nmain = interact (\\s -> show (square (read s)) ++ \"\\n\")\n",
        "Square.hs": "module Square (square) where\nsquare :: Int -> Int\nsquare n = n * n\n",
    },
    "pascal": {
        "main.pas": "program main;\nuses squares;\nvar n: longint;\nbegin\n  readln(n);\n  writeln(square(n));\nend.\n",
        "squares.pas": "unit squares;\ninterface\nfunction square(n: longint): longint;\nimplementation\n"
        "function square(n: longint): longint;\nbegin\n  square := n * n;\nend;\nend.\n",
    },
    "ruby": {
        "main.rb": "require_relative 'square'\nputs square(gets.to_i)\n",
        "square.rb": "def square(n) = n * n\n",
    },
    "kotlin": {
        "a.kt": "fun square(n: Int) = n * n\n",
        "solve.kt": "fun main() { println(square(readLine()!!.trim().toInt())) }\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("language", FORMS)
def test_several_files_are_one_program(grader: Grader, language: str) -> None:
    if language not in grader.languages.versions:
        pytest.skip(f"no toolchain of {language} that works")
    submission = Submission(language=language, files=FORMS[language], suite=SUITE, policy="all", detail="full")
    report = grader.grade(submission, SUITE)
    assert report.verdict == "accepted", report.model_dump_json(indent=1)


def test_files_that_do_not_belong_together_are_a_compile_error(grader: Grader) -> None:
    twice = {"a.c": "int main(void) { return 0; }\n", "b.c": "int main(void) { return 0; }\n"}
    # "a.c" is compiled as main.c, where the directory is.
    nested = {"a.c": "int main(void) { return 0; }\n", "main.c/b.h": "\n"}
    for files, log in ((twice, "main"), (nested, "do not fit")):
        report = grader.grade(Submission(language="c", files=files, suite=SUITE), SUITE)
        assert report.verdict is Verdict.COMPILE_ERROR
        assert log in (report.compile.log if report.compile else "")


def test_names_of_files_are_no_options_of_the_compiler(grader: Grader) -> None:
    files = {"main.c": "int main(void) { return 0; }\n", "-fsyntax-only.c": "int other;\n"}
    report = grader.grade(Submission(language="c", files=files, suite=SUITE), SUITE)
    assert report.verdict is Verdict.WRONG_ANSWER
