"""The rules of extraction, one by one, and what must hold for any text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tomllib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evaluator.extraction import extract
from evaluator.extraction.choice import MAX_COMPARED
from evaluator.extraction.explanation import explain
from evaluator.extraction.fences import Fences
from evaluator.extraction.formats import OTHER, language_of
from evaluator.extraction.source import MAX_PARSED
from evaluator.schema import Suite
from sandbox.toolchain import languages

PROGRAM = "print(input())"
CASES = [
    ("the last complete block", f"```python\nold\n```\n```python\n{PROGRAM}\n```\n", PROGRAM),
    ("an untagged block", f"```\n{PROGRAM}\n```", PROGRAM),
    ("an alias as tag", f"```py\n{PROGRAM}\n```", PROGRAM),
    ("a tag in capitals, with attributes", f"```Python title=main.py\n{PROGRAM}\n```", PROGRAM),
    ("an unknown tag", f"```solution\n{PROGRAM}\n```", PROGRAM),
    ("tildes", f"~~~python\n{PROGRAM}\n~~~", PROGRAM),
    ("a longer fence around a shorter one", f"````python\ns = '''\n```\n'''\n{PROGRAM}\n````", f"s = '''\n```\n'''\n{PROGRAM}"),
    ("an indented fence", f"   ```python\n{PROGRAM}\n   ```", PROGRAM),
    ("Windows line ends", f"```python\r\n{PROGRAM}\r\n```\r\n", PROGRAM),
    ("the language's block before another's", f"```python\n{PROGRAM}\n```\n```bash\nls\n```", PROGRAM),
    ("the program before its sample output", f"```python\n{PROGRAM}\n```\nIt prints\n```text\n5\n```", PROGRAM),
    ("a tagged block before a later untagged one", f"```python\n{PROGRAM}\n```\n```\n1 2\n```", PROGRAM),
    ("a complete block before one that is cut", f"```python\n{PROGRAM}\n```\n```python\nimport", PROGRAM),
    ("reasoning with code in it", f"<think>\n```python\nno\n```\n</think>\n```python\n{PROGRAM}\n```", PROGRAM),
    ("reasoning that its template opened", f"hm ```\n</think>```python\n{PROGRAM}\n```", PROGRAM),
    ("bare Python", PROGRAM, PROGRAM),
    ("only a block that is cut", f"```python\n{PROGRAM}", None),
    ("a fence with something behind it does not close", f"```python\n{PROGRAM}\n``` end", None),
    ("only another language", "```cpp\nint main() {}\n```", None),
    ("only output", "```output\n5\n```", None),
    ("an empty block", "```python\n\n```", None),
    ("prose", "I am not sure.", None),
    ("one word, which is a Python expression", "yes", None),
    ("reasoning that never ends", f"<think>\n```python\n{PROGRAM}\n```", None),
    ("nothing", "", None),
]  # fmt: skip
DATA = tomllib.loads(Path(__file__).with_name("extraction_answers.toml").read_text(encoding="utf-8"))
TEST_CODE = {
    "python": "assert add(1, 2) == 3",
    "c": "int main() { assert(add(1, 2) == 3); }",
    "cpp": "int main() { assert(add(1, 2) == 3); }",
    "csharp": "class T { static void Main() { Debug.Assert(new Solution().add(1, 2) == 3); } }",
    "go": "func main() { if add(1, 2) != 3 { panic(1) } }",
    "java": "class T { public static void main(String[] a) { assert new Solution().add(1, 2) == 3; } }",
    "javascript": "const candidate = add;\nassert(candidate(1, 2) === 3)",
    "kotlin": "fun main() { check(add(1, 2) == 3) }",
    "lua": "assert(add(1, 2) == 3)",
    "php": "<?php assert(add(1, 2) == 3);",
    "ruby": "raise unless add(1, 2) == 3",
    "rust": "fn main() { assert_eq!(add(1, 2), 3); }",
    "typescript": "let candidate = add;\nassert(candidate(1, 2) === 3)",
}


def explained(response: str, language: str, suite: Suite | None) -> str | None:
    """The program of the explanation, whose parts must be the response."""
    explanation = explain(response, language, suite)
    assert "".join(part.text for part in explanation.parts) == response
    assert explanation.reason
    return explanation.program


WHYS = [
    (f"```cpp\n{PROGRAM}\n```\n```python\n{PROGRAM}\n```", ["it is tagged 'cpp', and the program is to be in python", "no other block can be meant"]),
    (f"```python\nprint(1)\n```\n```python\n{PROGRAM}\n```", ["a later block is as good", "the last of several that are equal"]),
    (f"```python\n{PROGRAM}\n```\n```\n3\n4 5\n```", ["it is a program by itself", "it is not a program by itself, or only calls what another block defines"]),
    (f"```\n\n```\n```python\n{PROGRAM}\n```", ["it is empty", "no other block can be meant"]),
    (f"<think>\nhm\n</think>\n{PROGRAM}", ["left out", "there is no fenced block, and the text is a program"]),
    ("<think>\nhm", ["it never ends"]),
]  # fmt: skip


@pytest.mark.parametrize(("response", "whys"), WHYS)
def test_what_is_taken_and_what_is_not_has_a_reason(response: str, whys: list[str]) -> None:
    assert [part.why for part in explain(response, "python").parts if part.why] == whys


def test_an_answer_without_a_program_says_why() -> None:
    assert explain("```python\nprint(", "python").reason.startswith("a fenced block was opened and never closed")
    assert explain("No.", "python").reason == "there is no fenced block, and the text is not a program in python"
    assert explain(" \n", "python").reason == "the response is empty"
    assert explain("```\n\n```", "python").reason == "no fenced block has a program in python"
    cpp = "```cpp\nint x;\n```"
    assert explain(cpp, "python").reason == "no fenced block has a program in python: blocks are tagged 'cpp'"


@pytest.mark.parametrize(("what", "response", "program"), CASES, ids=[case[0] for case in CASES])
def test_the_program_is_found(what: str, response: str, program: str | None) -> None:
    found = extract(response, "python")
    assert (found.strip() if found is not None else None) == program


@pytest.mark.parametrize("name", DATA["answers"])
def test_the_program_is_found_in_answers_of_every_shape(name: str) -> None:
    case = DATA["answers"][name]
    language = case.get("language", "python")
    suite = suite_of(case.get("suite", "stdio"), language)
    programs = DATA["programs"]["function" if suite.mode in ("function", "program") else language]

    def filled(text: str) -> str:
        return text.replace("PROGRAM", programs["right"].strip()).replace("DRAFT", programs["draft"].strip())

    found = extract(filled(case["answer"]), language, suite)
    assert explained(filled(case["answer"]), language, suite) == found
    assert (found or "").strip("\n") == filled(case.get("found", "PROGRAM"))
    assert (found is None) == (case.get("found") == "")


def suite_of(kind: str, language: str) -> Suite:
    forms: dict[str, dict[str, Any]] = {
        "stdio": {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]},
        "function": {"mode": "function", "function": {"name": "add"}, "tests": [{"input": [1, 2], "output": 3}]},
        "operations": {
            "mode": "function",
            "function": {"name": "Stack", "style": "operations"},
            "tests": [{"input": [["Stack", "push"], [[], [1]]], "output": [None, None]}],
        },
        "program": {"mode": "program", "program": {"test_code": "assert True", "entry_point": "add"}},
        "tests": {"mode": "program", "program": {"test_code": TEST_CODE.get(language, "")}},
        "two": {"mode": "program", "program": {"test_code": "assert add(twice(1), 2) == 4"}},
    }
    return Suite.model_validate(forms[kind])


LAST = [(language, case["draft"], program) for language, case in DATA["last"].items() for program in case["programs"]]
# Python that does not parse shows by nothing that it is a program, and what quotes each line is a quote.
OPENED = [case for case in LAST if "Python 2" not in case[2] and not case[2].startswith(">")]
DEFINED = [
    (language, DATA["drafts"][language], program)
    for language, programs in DATA["defined"].items()
    for program in programs
]
EXPLANATIONS = [
    "It reads two numbers and prints their sum.",
    "It prints\n```\n3\n```",
    "It prints\n```text\n3\n```\nfor the input\n```\n1 2\n```",
    "Run it:\n```console\n$ ./main\n```",
    "In Swift:\n```swift\nprint(3)\n```",
    "Time: O(n).\n> ```text\n> a quote\n> ```",
    "An empty one:\n```\n\n```",
]


def test_every_language_has_last_programs() -> None:
    assert set(DATA["last"]) == set(languages())


@pytest.mark.parametrize(("language", "draft", "program"), LAST)
def test_the_last_program_wins_over_a_draft_whatever_it_starts_with(language: str, draft: str, program: str) -> None:
    answer = f"First:\n```{language}\n{draft}\n```\nThat is wrong. Better:\n```{language}\n{program}\n```\nDone."
    assert extract(answer, language) == f"{program}\n"
    assert extract(answer, language, suite_of("stdio", language)) == f"{program}\n"


@pytest.mark.parametrize(("language", "draft", "program"), LAST)
def test_an_explanation_behind_the_program_takes_nothing_from_it(language: str, draft: str, program: str) -> None:
    answers = {each: f"Here:\n```{language}\n{program}\n```\n{each}" for each in EXPLANATIONS}
    assert [each for each, answer in answers.items() if extract(answer, language) != f"{program}\n"] == []


HEADINGS = [
    "Solution:", "Solution", "**Solution**", "### Code", "# Solution", "Here it is:", "Here's the code:", "Sure! Here is the code:",
    "To solve this, I use `sort`; it is (almost) linear:", "1. Read.\n2. Print (both).", "- Read;\n- print;\n\nSo:", "C++ solution",
    "I read f(n), and print it.", "The complexity is O(n)", "Output for `{1, 2}`:", "First I read n; then I loop (fast)", "The set {1, 2}",
]  # fmt: skip


@pytest.mark.parametrize(("language", "draft", "program"), LAST)
def test_whatever_stands_before_a_fence_without_a_tag_is_prose(language: str, draft: str, program: str) -> None:
    answers = {each: f"{each}\n\n```\n{program}\n```\n" for each in HEADINGS}
    assert [each for each, answer in answers.items() if extract(answer, language) != f"{program}\n"] == []


@pytest.mark.parametrize("behind", ["```", "```\nIt prints\n```\n3\n```"])
@pytest.mark.parametrize(("language", "draft", "program"), OPENED)
def test_a_program_that_the_prompt_s_fence_opens_is_found(language: str, draft: str, program: str, behind: str) -> None:
    whole = f"{draft}\n{program}"
    assert extract(f"{whole}\n{behind}", language) == f"{whole}\n"


@pytest.mark.parametrize(("language", "draft", "program"), DEFINED)
def test_whatever_defines_the_name_that_is_asked_for_wins_over_a_draft(language: str, draft: str, program: str) -> None:
    answer = f"```{language}\n{draft}\n```\nThat is wrong:\n```{language}\n{program}\n```\n"
    assert extract(answer, language, suite_of("function", language)) == f"{program}\n"
    assert extract(answer, language, suite_of("program", language)) == f"{program}\n"
    assert extract(answer, language, suite_of("tests", language)) == f"{program}\n"


@pytest.mark.parametrize(
    ("language", "test_code", "draft", "program"),
    [
        ("cpp", "int main() { auto candidate = add; assert(candidate(1, 2) == 3); }",
         "void assert(bool) {}\nint add(int a, int b) { return 0; }", "int add(int a, int b) { return a + b; }"),
        ("javascript", "let candidate = add;\nassert(candidate(1, 2) === 3)",
         "const assert = require('assert');\nfunction add(a, b) { return 0 }", "function add(a, b) { return a + b }"),
        ("python", "from math import *\nassert sqrt(add(1, 3)) == 2",
         "def sqrt(x): return 0\ndef add(a, b): return 0", "def add(a, b): return a + b"),
        ("lua", "local candidate = add\nassert(candidate(1, 2) == 3)",
         "function assert() end", "function add(a, b) return a + b end"),
        ("java", "class T { public static void main(String[] a) { assert new Solution().add(1, 2) == 3; } }",
         "class Solution { int add(int a, int b) { return 0; } boolean equals() { return true; } }",
         "class Solution { int add(int a, int b) { return a + b; } }"),
    ],
)  # fmt: skip
def test_a_draft_does_not_win_by_names_that_the_tests_have_from_elsewhere(
    language: str, test_code: str, draft: str, program: str
) -> None:
    suite = Suite.model_validate({"mode": "program", "program": {"test_code": test_code}})
    answer = f"```{language}\n{draft}\n```\n```{language}\n{program}\n```"
    assert extract(answer, language, suite) == f"{program}\n"


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python3.12", "python"), ("Python3", "python"), (".py", "python"), ("py:main.py", "python"), ("{ .python }", "python"),
        ("python#L3", "python"), ("lang-python", "python"), ("pypy3", "pypy"), ("python-repl", OTHER), ("c99", "c"), ("c11", "c"), ("c++20", "cpp"),
        ("C++17", "cpp17"), ("cxx", "cpp"), ("c#", "csharp"), ("c#10", "csharp"), ("f#", OTHER), ("csharp", "csharp"), ("java8", "java"),
        ("node20", "javascript"), ("tsx", "typescript"), ("go1.22", "go"), ("rust2021", "rust"), ("lua5.4", "lua"), ("f95", "fortran"), ("f90", "fortran"),
        ("src/main.rs", "rust"), ("Main.java", "java"), ("swift5", OTHER), ("Objective-C++", OTHER), ("json", OTHER), ("README.md", OTHER),
        ("", None), ("solution", None), ("code", None), ("=", None), ("123", None), ("{}", None), ("final answer in python", None),
    ],
)  # fmt: skip
def test_a_fence_s_tag_is_what_it_says(info: str, language: str | None) -> None:
    assert language_of(info) == language


def test_standards_of_one_language_are_one_language() -> None:
    assert extract("```cpp\nint main() {}\n```", "cpp17") == "int main() {}\n"
    assert extract("```c++\nint main() {}\n```", "cpp") == "int main() {}\n"


def test_bare_text_is_taken_for_python_only() -> None:
    assert extract("int main() {}", "cpp") is None


@given(st.text(alphabet="`~ \n<think>/pyabc", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    extract(text, "python")


PIECES = [
    "```", "````", "~~~", "python", "cpp", "\n", "\n\n", "    ", "  ", "\t", "> ", "- ", "1. ", "<think>", "</think>", "<answer>", "</answer>",
    "<|im_end|>", "<|im_start|>assistant\n", "'''", '"""', "/*", "*/", 'R"x(', "\\", "#", "a = 1", "def f():", "print(a)", ">>> ", "\ud83d", "\0",
    "\ufeff", "\u2028", "\r", "<|channel|>final<|message|>", "assistantfinal", "analysisA", "it's", ":",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.sampled_from(["python", "cpp", "javascript", "bash"]))
def test_no_answer_breaks_it_and_what_is_found_is_of_the_answer(pieces: list[str], language: str) -> None:
    text = "".join(pieces)
    for suite in (None, suite_of("function", "python"), suite_of("tests", "python")):
        found = extract(text, language, suite)
        assert explained(text, language, suite) == found
        assert found is None or found.strip()
        assert all(line.strip() in text for line in (found or "").splitlines())


@given(st.text(st.characters(blacklist_characters="`~\r", blacklist_categories=["Cs"])))
def test_a_fenced_program_comes_back_as_it_was(program: str) -> None:
    blocks = Fences(f"Here:\n```python\n{program}\n```\n", "bash").blocks()
    assert [(block.info, block.text) for block in blocks] == [("python", program + "\n")]


@given(st.text(max_size=50), st.lists(st.sampled_from(["<|im_end|>", "</s>", "<pad>", "\n"]), max_size=9).map("".join))
def test_special_tokens_behind_a_fence_do_not_hide_the_program(text: str, tokens: str) -> None:
    program = "#" + "".join(text.split())
    assert extract(f"```python\n{program}\n```{tokens}", "python") == program + "\n"


LINES = [
    "",
    "a",
    "  b",
    "    c",
    "\td",
    "```",
    "```python",
    "~~~",
    "~~~~ cpp",
    " ```",
    "   ```py",
    "````",
    "  ~~~",
    "# h",
]


@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_blocks_are_commonmark_s(text: str) -> None:
    """Texts whose blocks are all complete, none with a fence in it or a start left of its own: there we do more."""
    lines = text.split("\n")
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.type == "fence"]
    for token in tokens:
        assert token.map is not None
        is_complete = token.map[1] - token.map[0] > 1 and lines[token.map[1] - 1].strip().startswith(token.markup)
        starts_left = lines[token.map[0]].startswith(" ") and not token.content.startswith(" ")
        if not is_complete or starts_left or "`" in token.content or "~" in token.content:
            return
    if sum(line.strip().startswith(("```", "~~~")) for line in lines) != 2 * len(tokens):
        return
    ours = Fences(text, "bash").blocks()
    assert [(each.info, each.text) for each in ours] == [(each.info, each.content) for each in tokens]


DEEP = [
    "(" * 100_000, "-" * 200_000 + "1", "+".join(["1"] * 100_000), "a" + ".b" * 100_000, "f" + "()" * 100_000,
    "if x: pass\n" + "elif x: pass\n" * 15_000, "x if y else " * 20_000 + "1", "lambda:" * 30_000 + "1", "f\"{" * 50_000,
    "[" * 199 + "]" * 199, "not " * 60_000 + "x", "\n".join(" " * n + "if x:" for n in range(120)), "\0", "\ud83d", "x = '\\d'",
]  # fmt: skip
ASK = """
import json, sys
from evaluator.extraction import extract
for text in json.loads(sys.stdin.read()):
    for answer in (text, text + "\\n```", f"```python\\n{text}\\n```\\n```python\\nprint(1)\\n```"):
        extract(answer, "python")
"""


def test_no_program_s_depth_ends_the_interpreter_or_writes_to_its_stderr() -> None:
    """In an interpreter of its own, which a crash would end; with all warnings shown."""
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", ASK],
        input=json.dumps(DEEP),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_warnings_about_a_program_are_no_errors_of_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert extract("x = '\\d'\nprint(x is 1)", "python") == "x = '\\d'\nprint(x is 1)"


def test_half_a_surrogate_pair_is_text_like_any_other() -> None:
    assert extract("```python\nprint('\ud83d')\n```", "python") == "print('\ud83d')\n"
    assert extract("I think \ud83d so.", "python") is None
    assert extract("```python\nprint(1)\n```\n```python\n# \ud83d\nx = (\n```", "python") == "# \ud83d\nx = (\n"


def test_of_many_blocks_only_the_last_are_compared() -> None:
    defines, other = "```python\ndef add(a, b): return a + b\n```\n", "```python\nprint(1)\n```\n"
    suite = suite_of("function", "python")
    assert extract(defines + other * (MAX_COMPARED - 1), "python", suite) == "def add(a, b): return a + b\n"
    assert extract(defines + other * MAX_COMPARED, "python", suite) == "print(1)\n"


def test_what_is_too_long_to_parse_is_taken_in_a_block_and_not_bare() -> None:
    program = "print(1)\n" + "#" * MAX_PARSED
    assert extract(program, "python") is None
    assert extract(f"```python\nprint(0)\n```\n```python\n{program}\n```", "python") == program + "\n"


HOSTILE: dict[str, Callable[[int], str]] = {
    "fences": lambda n: "```\n" * n,
    "tagged fences": lambda n: "```python\n" * n,
    "fences with unknown tags": lambda n: "```x y\n" * n,
    "unknown tags, then a fence that closes": lambda n: "```x\n" * n + "```\n",
    "unknown tags, then a fence that starts anew": lambda n: "```x\n" * n + "```python\n",
    "fences of two kinds": lambda n: "```x\n~~~x\n" * n,
    "longer and longer fences": lambda n: "".join("`" * (3 + k) + "x\n" for k in range(int((2 * n) ** 0.5))),
    "shorter and shorter fences": lambda n: "".join("`" * (3 + k) + "x\n" for k in range(int((2 * n) ** 0.5), 0, -1)),
    "quoted fences": lambda n: "> ```python\n" * n,
    "quotes of growing depth": lambda n: "".join(">" * k + " ```x\n" for k in range(1, int((2 * n) ** 0.5))),
    "quotes that end": lambda n: "> ```python\n\nx\n" * n,
    "list markers": lambda n: "- " * n + "```\n",
    "deep lists": lambda n: "".join(" " * k + "- ```python\n" for k in range(int((2 * n) ** 0.5))),
    "blanks": lambda n: " " * n,
    "lines of blanks": lambda n: " \n" * n,
    "blanks before fences": lambda n: (" " * 50 + "```python\n") * (n // 10),
    "backticks": lambda n: "`" * n,
    "lines of backticks": lambda n: "``\n" * n,
    "openers of reasoning": lambda n: "<think>" * n,
    "lines that open reasoning": lambda n: "<think>\n" * n,
    "closers of reasoning": lambda n: "</think>" * n,
    "pairs in a line": lambda n: "<think>a</think>" * n,
    "pairs in lines": lambda n: "<think>a</think>\n" * n,
    "mentions": lambda n: "the <think> tag, the </think> tag " * n,
    "closers that are only mentioned": lambda n: "<think>\n" + "a </think> b\n" * n,
    "tokens": lambda n: "<|im_end|>" * n + "x",
    "lines of tokens": lambda n: "<|im_start|>\n" * n + "x",
    "half tokens": lambda n: "<|a" * n,
    "tokens behind a fence": lambda n: "```python\nx\n```" + "<|a|>" * n + "x",
    "wrappers": lambda n: "<answer>" * n + "x",
    "strings that end in the next block": lambda n: "```python\n'''\n```\n" * n,
    "strings that never end": lambda n: "```python\n\\'''\n```\n" * n + '"""',
    "raw strings that never end": lambda n: "".join(f'```cpp\nR"{k}(\n```\n' for k in range(n // 2)),
    "comments that never end": lambda n: "```cpp\n/*\n```\n" * n,
    "quotes": lambda n: "```python\n" + "'\"" * n + "\n```",
    "triple quotes": lambda n: "```python\n" + "'''\"\"\"" * n + "\n```",
    "backslashes": lambda n: "```python\n'''" + "\\" * n + "\n```",
    "programs": lambda n: "```python\nf(x)\n```\n" * n,
    "a name": lambda n: "```cpp\n" + "add(" * n + "\n```\n```cpp\nint add;\n```",
    "a name and blanks": lambda n: "```cpp\n" + "int add (" + " " * n + "\n```\n```cpp\nint add;\n```",
    "openers in mid-line": lambda n: "a ```python\n" * n,
    "openers in mid-line, then a fence that closes": lambda n: "a ```python\n" * n + "```\n",
    "openers in mid-line, programs between": lambda n: "a ```python\nf(x)\n" * n + "```\n",
    "openers in mid-line of unknown blocks": lambda n: "```x\na ```cpp\n" * n + "```cpp\n",
    "closing fences in mid-line": lambda n: "```python\nf(x);```\n" * n,
    "closing fences in mid-line that end nothing": lambda n: "```python\n" + "f((x;```\n" * n,
    "closing fences in mid-line, and one that closes": lambda n: "```python\n" + "f(x);'''```\n" * n + "```\n",
    "backticks in a line": lambda n: "```python\n" + "f(x);```a" * n,
    "unknown tags and closing fences in mid-line": lambda n: "```x\n(;```\n" * n,
    "longer fences around blocks": lambda n: "````\n```python\nf(x)\n```\n````\n" * n,
    "longer and longer Markdown": lambda n: (
        "".join("`" * k + "md\n" for k in range(int((2 * n) ** 0.5), 2, -1))
        + "".join("`" * k + "\n" for k in range(3, int((2 * n) ** 0.5)))
    ),
    "punctuation behind a fence": lambda n: "```python\nx\n```" + ".;" * n + "x",
    "code elements": lambda n: "<code class='python'>\n" * n,
    "code elements with entities": lambda n: "<code class='python'>&lt;</code>\n" * n,
    "classes": lambda n: ("<code " + "class=a " * 30 + "\n") * (n // 30),
    "halves of elements": lambda n: "<pre>" * n + "<code ",
    "words": lambda n: "Word " * n + "\n```\n",
    "analysis": lambda n: "analysisA" * n,
    "ends of an analysis": lambda n: "analysisWe add" + ' "assistantfinal"' * n,
    "closers in programs": lambda n: "```python\n# a </think>\n```\n" * n,
    "closers in a program": lambda n: "```python\n" + "# a </think>\n" * n + "```\n",
    "comments in a program that never end": lambda n: "```cpp\n" + "/*" * n + "\n```\n```cpp\nint add;\n```",
    "strings in a program that never end": lambda n: "```cpp\n" + '\\"' * n + "\n```\n```cpp\nint add;\n```",
    "calls": lambda n: "```cpp\n" + "x = add(1);\n" * n + "\n```\n```cpp\nint add;\n```",
    "arguments": lambda n: "```cpp\n" + "add((((" * n + "))));" * n + "\n```\n```cpp\nint add;\n```",
    "requires": lambda n: "```js\n" + "const a = require('" * n + "\n```\n```js\nadd()\n```",
    "a prompt": lambda n: "```cpp\n" + "a@b" * n + "\n```\n```cpp\nint add;\n```",
    "a title": lambda n: "Word, " * n + "*\n```\nx\n```",
}


@pytest.mark.parametrize("shape", HOSTILE)
@pytest.mark.parametrize("language", ["python", "cpp"])
def test_time_grows_with_the_length_and_no_faster(shape: str, language: str) -> None:
    """Eight times the text may take 24 times as long, since the machine may be busy: what is quadratic takes 64 times."""
    suite = suite_of("function", language)
    small, large = HOSTILE[shape](1_000), HOSTILE[shape](8_000)

    def in_proportion() -> bool:
        return seconds(large, language, suite) < 24 * min(seconds(small, language, suite) for _ in range(3)) + 0.05

    assert any(in_proportion() for _ in range(3))  # mostly the first time


def seconds(text: str, language: str, suite: Suite) -> float:
    """CPU seconds of this process."""
    started = time.process_time()
    extract(text, language, suite)
    return time.process_time() - started
