"""A small transformer, its sampling with a cache, and the scoring of what was sampled."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from examples.grpo.task import END, IDS, LENGTH, PAD, PROMPT_LENGTH, VOCABULARY

WIDTH, HEADS, LAYERS = 64, 4, 2
Cache = list[tuple[Tensor, Tensor]]


class Block(nn.Module):
    """Attention, then a perceptron; both on normalised input, both added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.before_attention, self.before_mlp = nn.RMSNorm(WIDTH), nn.RMSNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x: Tensor, past: tuple[Tensor, Tensor] | None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        batch, length, _ = x.shape
        q, k, v = (
            part.view(batch, length, HEADS, -1).transpose(1, 2)
            for part in self.qkv(self.before_attention(x)).chunk(3, dim=-1)
        )
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        # With a cache one token comes at a time, and it sees everything.
        attended = functional.scaled_dot_product_attention(q, k, v, is_causal=past is None)
        x = x + self.out(attended.transpose(1, 2).reshape(batch, length, WIDTH))
        return x + self.mlp(self.before_mlp(x)), (k, v)


class Model(nn.Module):
    """Token ids of shape (B, T) to logits of shape (B, T, vocabulary). Padding comes last, so no mask is needed."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = nn.Embedding(len(VOCABULARY), WIDTH)
        self.positions = nn.Embedding(PROMPT_LENGTH + 2 * LENGTH, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm, self.head = nn.RMSNorm(WIDTH), nn.Linear(WIDTH, len(VOCABULARY), bias=False)

    def forward(self, ids: Tensor, cache: Cache | None = None) -> tuple[Tensor, Cache]:
        start = cache[0][0].shape[2] if cache else 0
        x = self.tokens(ids) + self.positions(torch.arange(start, start + ids.shape[1]))
        after: Cache = []
        for number, block in enumerate(self.blocks):
            x, keys = block(x, cache[number] if cache else None)
            after.append(keys)
        return self.head(self.norm(x)), after


@dataclass(frozen=True, slots=True)
class Sampled:
    """Completions of prompts: ids of shape (B, prompt + T), and which of the last T are tokens (B, T)."""

    ids: Tensor
    tokens: Tensor

    def completions(self) -> list[list[int]]:
        """Token ids without padding, the END included where it was written."""
        rows, there = self.ids[:, PROMPT_LENGTH:].tolist(), self.tokens.sum(dim=1).tolist()
        return [row[:length] for row, length in zip(rows, there, strict=True)]


@torch.no_grad()
def sample(
    model: Model, prompts: list[list[int]], *, length: int, temperature: float, generator: torch.Generator
) -> Sampled:
    """One completion of at most ``length`` tokens for each prompt."""
    ids = torch.tensor(prompts)
    logits, cache = model(ids)
    written, tokens = [], []
    going = torch.ones(len(prompts), dtype=torch.bool)
    for _ in range(length):
        chances = (logits[:, -1] / temperature).softmax(dim=-1)
        following = torch.multinomial(chances, 1, generator=generator).squeeze(1).masked_fill(~going, IDS[PAD])
        written.append(following)
        tokens.append(going)
        going = going & (following != IDS[END])
        if not going.any():
            break
        logits, cache = model(following[:, None], cache)
    return Sampled(torch.cat([ids, torch.stack(written, dim=1)], dim=1), torch.stack(tokens, dim=1))


def score(model: Model, sampled: Sampled, temperature: float) -> tuple[Tensor, Tensor]:
    """Log-probabilities of the completions' tokens and the entropy at each, at ``temperature``; both shaped (B, T)."""
    logits = model(sampled.ids[:, :-1])[0][:, PROMPT_LENGTH - 1 :] / temperature
    log_probs = logits.log_softmax(dim=-1)
    entropy = -(log_probs.detach().exp() * log_probs.detach()).sum(dim=-1)
    return log_probs.gather(2, sampled.ids[:, PROMPT_LENGTH:, None]).squeeze(2), entropy
