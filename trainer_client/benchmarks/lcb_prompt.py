"""LiveCodeBench's prompt for a chat model: its words are part of the benchmark, so that scores can be compared.

From LiveCodeBench/LiveCodeBench, lcb_runner/prompts/code_generation.py, the generic template (MIT licence, copyright
its authors). Its templates for other families of models, and the few-shot examples for base models, are not here.
"""

from __future__ import annotations

from trainer_client.benchmarks.task import Question

ROLE = (
    "You are an expert Python programmer. You will be given a question (problem specification) and will generate a "
    "correct Python program that matches the specification and passes all tests."
)
_SYSTEM = f"{ROLE} You will NOT return anything except for the program."
_WITH_STARTER = (
    "You will use the following starter code to write the solution to the problem and enclose your code within "
    "delimiters."
)
_WITHOUT_STARTER = (
    "Read the inputs from stdin solve the problem and write the answer to stdout (do not directly test on the sample "
    "inputs). Enclose your code within delimiters as follows."
)


def question(content: str, starter_code: str) -> Question:
    """Ask about a problem, as a chat, and as one text with the system's words before."""
    form = _WITH_STARTER if starter_code else _WITHOUT_STARTER
    user = (
        f"### Question:\n{content}\n\n### Format: {form}\n```python\n{starter_code or '# YOUR CODE HERE'}\n```\n\n"
        "### Answer: (use the provided format with backticks)\n\n"
    )
    return Question(user, _SYSTEM, prompt=f"{_SYSTEM}\n\n{user}", stop=("###",))
