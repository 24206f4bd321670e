"""The pages as texts, where no browser is needed: hostile texts change no element of a report, its policy names the one
script and the one style that it has, and no source of a page makes markup of a text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from evaluator.web import CONSOLE, report_page
from tests.house.source import ROOT
from tests.web.conftest import run_of, sample
from tests.web.hostile_texts import TEXTS

MAKES_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|createContextualFragment|parseFromString|srcdoc|setHTML"
    r"|document\.write|\beval\(|new Function|import\(|<(?:iframe|object|embed|base|meta|img|script|style)\b|\bon[a-z]+=\"|style="
)
"""Ways from a text to an element, a script, a frame or a style in the pages' sources."""
LINK = re.compile(r"\b(?:href|src|action|formAction)=(\S+?)[\s>]")
KNOWN_LINKS = {'"#main"', '"/docs"', "{`#/${name}`}"}


class Structure(HTMLParser):
    """The elements of a page with their attributes, and the text in each."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[str] = []
        self._is_inside = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        self.texts.append("")
        self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.elements.append((f"comment {data}", ()))
        self.texts.append("")

    def text_of(self, tag: str, *attributes: tuple[str, str]) -> str:
        """The text of the one element like this."""
        [number] = [place for place, element in enumerate(self.elements) if element == (tag, attributes)]
        return self.texts[number]


def hostile(value: Any, texts: list[str]) -> Any:
    """Replace each text of a value by a hostile one, under names that are hostile too."""
    if isinstance(value, dict):
        inner = {name: hostile(each, texts) for name, each in value.items()}
        return {**inner, texts[len(value) % len(texts)]: texts[0]}
    if isinstance(value, list):
        return [hostile(each, texts) for each in value]
    return texts[len(value) % len(texts)] if isinstance(value, str) else value


@pytest.fixture(scope="module")
def plain() -> Structure:
    return Structure(report_page("Run report", run_of([])))


def test_no_text_becomes_an_element_of_a_report(plain: Structure) -> None:
    run = run_of([{"task_id": "a", "prompt": "b", "samples": [sample("wrong_answer", answer=[{"text": "c"}])]}])
    for start in range(0, len(TEXTS), 50):
        texts = [*TEXTS[start : start + 50], "half of a pair: \ud83d"]
        data = {"runs": [hostile(run, texts)], "texts": texts}
        page = report_page(texts[0], data)
        seen = Structure(page)
        assert seen.elements == plain.elements
        assert seen.text_of("title") == texts[0].replace("\r\n", "\n").replace("\r", "\n")
        stored = seen.text_of("script", ("type", "application/json"), ("id", "data"))
        assert stored.isascii()
        assert not set("<>&") & set(stored)
        assert json.loads(stored) == data
    assert Structure(report_page("\ud83d", {})).text_of("title") == "?", "a page can be written"


def test_a_report_s_policy_names_its_own_script_and_style_and_nothing_else(plain: Structure) -> None:
    [policy] = [
        dict(attributes)["content"]
        for tag, attributes in plain.elements
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attributes
    ]
    script, style = (
        base64.b64encode(hashlib.sha256(plain.text_of(tag).encode()).digest()).decode() for tag in ("script", "style")
    )
    assert policy == (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    order = [tag for tag, _ in plain.elements]
    assert order.index("meta") < min(order.index("script"), order.index("style"), order.index("title"))
    assert [attributes for tag, attributes in plain.elements if tag == "script"] == [
        (("type", "application/json"), ("id", "data")),
        (),
    ]
    assert not [name for _, attributes in plain.elements for name, _ in attributes if name.startswith("on")]


def test_the_console_runs_its_own_files_alone() -> None:
    page = Structure((CONSOLE / "index.html").read_text())
    scripts = [dict(attributes) for tag, attributes in page.elements if tag == "script"]
    assert [each["src"].startswith("/console/assets/") for each in scripts] == [True]
    assert page.texts[[tag for tag, _ in page.elements].index("script")].strip() == ""
    assert {tag for tag, _ in page.elements}.isdisjoint({"style", "base", "iframe", "object", "embed"})


def test_no_source_of_a_page_makes_markup_of_a_text() -> None:
    sources = sorted((ROOT / "web" / "source").rglob("*.ts*"))
    assert len(sources) > 20
    made = [
        f"{path.name}:{number}: {line.strip()}"
        for path in sources
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MAKES_MARKUP.search(line) or {*LINK.findall(line)} - KNOWN_LINKS
    ]
    assert not made, "texts of programs become elements by text nodes alone:\n" + "\n".join(made)
