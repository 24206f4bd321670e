"""The loss for tensors equals the one in NumPy, and its gradient is the slope of that."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from tests.grpo.test_loss import PRESET, batches
from tests.grpo.test_loss import settings as of
from trainer_client.grpo.loss import policy_loss as reference
from trainer_client.grpo.presets import MICROCODER, Preset

torch = pytest.importorskip("torch", reason="torch is there only where one trains")
from trainer_client.grpo.torch_loss import clipped_high, policy_loss  # noqa: E402


@PRESET
@given(batches())
def test_the_losses_agree(preset: Preset, batch) -> None:
    assert policy_loss(*map(torch.from_numpy, batch), **of(preset)).item() == pytest.approx(
        reference(*batch, **of(preset)), abs=1e-6
    )


@PRESET
def test_the_gradient_is_the_slope(preset: Preset) -> None:
    rng = np.random.default_rng(3)
    old = -rng.exponential(1, (4, 5))
    # Far enough from the corners of the clipping, where there is no one slope.
    new = old + rng.choice([-0.5, -0.1, 0.05, 0.5], (4, 5))
    advantages, tokens = np.array([1.0, -2.0, 0.0, 0.5]), np.array([[1] * 5, [1] * 3 + [0] * 2, [1] * 5, [0] * 5])
    log_probs = torch.from_numpy(new).requires_grad_()
    policy_loss(log_probs, *map(torch.from_numpy, (old, advantages, tokens)), **of(preset)).backward()
    for place in np.ndindex(new.shape):
        step = np.zeros_like(new)
        step[place] = 1e-6
        up, down = (reference(new + sign * step, old, advantages, tokens, **of(preset)) for sign in (1, -1))
        assert log_probs.grad[place].item() == pytest.approx((up - down) / 2e-6, abs=1e-6)


def test_padding_lets_no_gradient_through() -> None:
    log_probs = torch.tensor([[0.0, float("nan")]], requires_grad=True)
    policy_loss(log_probs, torch.zeros(1, 2), torch.ones(1), torch.tensor([[1, 0]]), **of(MICROCODER)).backward()
    assert log_probs.grad.tolist() == [[-1.0, 0.0]]


def test_tokens_beyond_the_high_clip_are_counted() -> None:
    new = torch.tensor([[0.5, 0.1], [0.5, 0.0]])
    old, tokens = torch.zeros(2, 2), torch.tensor([[1, 1], [1, 0]])
    assert clipped_high(new, old, torch.tensor([1.0, -1.0]), tokens, 0.28).item() == pytest.approx(1 / 3)
