"""The prompt for a model: the statement, the way in which the program is run, and the starter code."""

from __future__ import annotations

from evaluator.schema import Verdict
from trainer_client.dataset.row import Problem, Reference

_NAMES = {
    "python": "Python",
    "cpp": "C++",
    "c": "C",
    "java": "Java",
    "javascript": "JavaScript",
    "go": "Go",
    "rust": "Rust",
}
_HOW = {
    "stdio": "Write a {language} program that reads from standard input and prints its answer to standard output.",
    "function": "Complete the starter code. It is imported and called with arguments; print nothing.",
    "program": "Write the {language} program that is asked for. It is imported and tested; print nothing.",
    "interactive": "Write a {language} program that talks with the judge over standard input and output. Flush your "
    "output after each line that you print.",
}
_ANSWER = "Answer with the whole program in one fenced block."


def prompt_of(problem: Problem) -> str:
    """Return the prompt as text."""
    language = language_of(problem)
    named = _NAMES.get(language, language)
    parts = [problem.statement.strip(), *_missing_parts(problem), _HOW[problem.io_mode].format(language=named)]
    if problem.starter_code.strip():
        parts.append(f"```{language}\n{problem.starter_code.rstrip()}\n```")
    return "\n\n".join([*parts, _ANSWER])


def messages_of(problem: Problem) -> list[dict[str, str]]:
    """Return the prompt as a chat."""
    return [{"role": "user", "content": prompt_of(problem)}]


def language_of(problem: Problem) -> str:
    """Choose the language for programs: Python if a reference shows that it suffices, else the reference's."""
    languages = [each.language for each in problem.references]
    return "python" if "python" in languages or not languages else languages[0]


def reference_of(problem: Problem) -> Reference | None:
    """Return the first reference in the problem's language that the service accepted, else the first in it."""
    own = [each for each in problem.references if each.language == language_of(problem)]
    return next((each for each in own if each.verdict == Verdict.ACCEPTED), own[0] if own else None)


def _missing_parts(problem: Problem) -> list[str]:
    """Return the parts that the source has in separate columns and the statement does not repeat."""
    named = {"Input": problem.input_format, "Output": problem.output_format, "Constraints": problem.constraints}
    return [f"{name}:\n{text.strip()}" for name, text in named.items() if text.strip() not in problem.statement]
