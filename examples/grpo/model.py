"""A small transformer and its tokenizer, as a folder that any trainer loads."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from transformers.pytorch_utils import Conv1D

from examples.grpo.task import END, LENGTH, PAD, PROMPT_LENGTH, VOCABULARY


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a model."""

    width: int
    layers: int
    heads: int = 4


@torch.no_grad()
def fresh(shape: Shape) -> GPT2LMHeadModel:
    """Random weights. GPT-2's learnt positions find the operation that a line of a plan is about; prompts are of one
    length, so nothing is padded on the left, which GPT-2 would count."""
    end, pad = VOCABULARY.index(END), VOCABULARY.index(PAD)
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(VOCABULARY),
            n_positions=PROMPT_LENGTH + 2 * LENGTH,
            n_embd=shape.width,
            n_layer=shape.layers,
            n_head=shape.heads,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            tie_word_embeddings=False,
            bos_token_id=end,
            eos_token_id=end,
            pad_token_id=pad,
        )
    )
    # GPT-2's own 0.02 is made for a width of 768: narrow models learn no plans from it in the time that there is.
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            module.weight.normal_()
        elif isinstance(module, nn.Linear | Conv1D):
            fan_in = module.weight.shape[0 if isinstance(module, Conv1D) else 1]
            module.weight.normal_(std=0.6 / fan_in**0.5)
    return model


def tokenizer() -> PreTrainedTokenizerFast:
    """One token for each of ``VOCABULARY``; texts are split by it, and joined without anything between."""
    made = Tokenizer(models.WordLevel({token: n for n, token in enumerate(VOCABULARY)}, unk_token=PAD))
    longest_first = sorted(VOCABULARY, key=len, reverse=True)
    pattern = "|".join("".join(f"\\{c}" if not c.isalnum() and c.isascii() else c for c in t) for t in longest_first)
    made.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "isolated")
    made.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=PAD, eos_token=END, padding_side="left", clean_up_tokenization_spaces=False
    )
