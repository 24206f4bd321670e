"""The rules of extraction, one by one, and what must hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.extraction import extract
from evaluator.extraction.fences import Fences

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


@pytest.mark.parametrize(("what", "response", "program"), CASES, ids=[case[0] for case in CASES])
def test_the_program_is_found(what: str, response: str, program: str | None) -> None:
    found = extract(response, "python")
    assert (found.strip() if found is not None else None) == program


def test_standards_of_one_language_are_one_language() -> None:
    assert extract("```cpp\nint main() {}\n```", "cpp17") == "int main() {}\n"
    assert extract("```c++\nint main() {}\n```", "cpp") == "int main() {}\n"


def test_bare_text_is_taken_for_python_only() -> None:
    assert extract("int main() {}", "cpp") is None


@given(st.text(alphabet="`~ \n<think>/pyabc", max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    extract(text, "python")


@given(st.text(st.characters(blacklist_characters="`~\r", blacklist_categories=["Cs"])))
def test_a_fenced_program_comes_back_as_it_was(program: str) -> None:
    blocks = Fences(f"Here:\n```python\n{program}\n```\n", "bash").blocks()
    assert [(block.info, block.text) for block in blocks] == [("python", program + "\n")]
