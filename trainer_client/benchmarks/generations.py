"""Models' answers on disk: one line for each answer, with what is needed to score it at shorter lengths too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from trainer_client.benchmarks.task import BadFile


@dataclass(frozen=True, slots=True)
class Generation:
    """One answer, or with ``kind`` ``completion`` how a model went on with the prompt.

    ``completion_tokens`` is null where the server told those of several choices together. ``token_lengths`` says for
    each token how many characters of ``text`` it stands for; 0 for those of the reasoning, which comes before.
    ``asked`` names what was asked: the request without its number of choices.
    """

    task_id: str
    kind: str
    text: str
    asked: str
    model: str
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    token_lengths: tuple[int, ...] | None = None

    def row(self) -> dict[str, Any]:
        """The generation's line in a file."""
        fields = asdict(self)
        fields["answer" if self.kind == "answer" else "completion"] = fields.pop("text")
        del fields["kind"]
        return {name: value for name, value in fields.items() if value is not None}

    @classmethod
    def of(cls, row: Mapping[str, Any], where: str) -> Generation:
        """Read a line.

        Raises:
            BadFile: it holds none.
        """
        kind = "answer" if "answer" in row else "completion"
        try:
            lengths = row.get("token_lengths")
            return cls(
                str(row["task_id"]), kind, str(row[kind]), str(row.get("asked", "")), str(row.get("model", "")),
                row.get("finish_reason"), row.get("prompt_tokens"), row.get("completion_tokens"),
                None if lengths is None else tuple(map(int, lengths)),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise BadFile(f"{where}: this is no answer of a model: {error!r}") from error

    def cut(self, tokens: int) -> Generation:
        """Return the answer as ``max_tokens`` of so many would have cut it: sampling goes forward only, so a longer
        answer begins with the shorter one.

        Raises:
            BadFile: it may be longer, and was generated without the lengths of its tokens.
        """
        if self.completion_tokens is not None and self.completion_tokens <= tokens:
            return self
        if self.token_lengths is None:
            raise BadFile(
                f"an answer to {self.task_id} has no token_lengths, so it cannot be cut at {tokens} tokens: generate "
                "with --max-response, which asks for them"
            )
        if len(self.token_lengths) <= tokens:
            return self
        end = sum(self.token_lengths[:tokens])
        return replace(self, text=self.text[:end], finish_reason="length", completion_tokens=tokens)


def token_lengths(text: str, tokens: Sequence[str]) -> tuple[int, ...] | None:
    """Count the characters of a text that each of its tokens stands for; None where the tokens do not spell the text.

    Compared are ASCII characters alone: a character of several bytes may be spread over several tokens, none of which
    shows it. Before the text may be tokens of a reasoning that the server took out, behind it those of the end.
    """
    plain = "".join(filter(str.isascii, text))
    spelled = [sum(map(str.isascii, token)) for token in tokens]
    start = "".join(filter(str.isascii, "".join(tokens))).rfind(plain)
    if start < 0:
        return None
    # Where in the text its n-th ASCII character ends: a character that is not counts with the one before.
    ends, at = [], 0
    for place, character in enumerate(text):
        if character.isascii():
            ends.append(place)
    ends = [*ends[1:], len(text)] if ends else []
    lengths, seen, counted = [], -start, 0
    for count in spelled:
        seen += count
        at = ends[min(seen, len(ends)) - 1] if seen > 0 and ends else 0
        lengths.append(at - counted)
        counted = at
    if lengths and counted < len(text):
        lengths[-1] += len(text) - counted
    return tuple(lengths)
