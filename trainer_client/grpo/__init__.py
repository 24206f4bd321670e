"""MicroCoder-GRPO (arXiv 2603.07777): what it adds to GRPO, apart from any trainer. docs/grpo.md has the equations.

    advantages       rewards of a group to advantages
    mask             which truncated completions keep theirs: the conditional truncation mask
    repetition       whether a completion ends in a loop
    loss             the clipped objective, in NumPy; torch_loss has the same for tensors
    diversity        how unlike the completions of a prompt are, at a fixed prefix
    temperature      which temperature to train at, from a probe
    controller       when to go to the next stage's temperature
    presets          GRPO, DAPO and MicroCoder as settings of all these
    trl              TRL's GRPOTrainer with the mask and a temperature that can change
    streaming        rewards while others are generated, by TRL's rollout_func
    async_trl        TRL's AsyncGRPOTrainer with the mask
    verl             verl's trainers with the mask

Modules are imported by their names. ``advantages`` and ``loss`` need NumPy (extra ``grpo``), ``torch_loss`` needs
torch, ``trl``, ``streaming`` and ``async_trl`` need TRL and ``verl`` verl; the others need nothing.
"""
