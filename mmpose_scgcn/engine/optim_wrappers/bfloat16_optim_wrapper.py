"""Training in bfloat16, on a CPU too."""

from collections.abc import Iterator
from contextlib import contextmanager

from mmpose_scgcn.registry import OPTIM_WRAPPERS

import torch
from mmengine.optim import OptimWrapper
from torch import nn


def has_bfloat16_units() -> bool | None:
    """Tell whether this processor computes in bfloat16.

    Without such units training in bfloat16 takes longer than in float32
    (``benchmarks/bench_training_steps.py``).

    Returns:
        bool | None: None where PyTorch does not tell, as older versions and
        those for other kinds of processors.
    """
    capabilities: dict = getattr(torch.cpu, 'get_capabilities', dict)()
    units = [value for name, value in capabilities.items() if 'bf16' in name]
    return any(units) if units else None


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Run the forward pass under bfloat16 autocast; weights stay float32.

    MMEngine's ``AmpOptimWrapper`` refuses a CPU. bfloat16 has the range of
    float32, so that no loss has to be scaled. The coordinates and losses of
    our heads are computed in float32 under autocast as well.

    ``tools/train.py CONFIG --amp`` uses it on a CPU that has bfloat16 units
    (:func:`has_bfloat16_units`); others are faster in float32.

    Args:
        **kwargs: Those of MMEngine's ``OptimWrapper``.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast, and synchronise gradients as ``OptimWrapper`` does.

        Args:
            model (nn.Module): The model that is trained.

        Yields:
            None: The forward pass runs inside.
        """
        device = next(model.parameters()).device.type
        with (
            super().optim_context(model),
            torch.autocast(device, torch.bfloat16),
        ):
            yield
