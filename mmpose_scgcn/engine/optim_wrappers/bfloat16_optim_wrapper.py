"""Training in bfloat16, on a CPU too."""

from collections.abc import Iterator
from contextlib import contextmanager

from mmpose_scgcn.registry import OPTIM_WRAPPERS

import torch
from mmengine.optim import OptimWrapper
from torch import nn


@OPTIM_WRAPPERS.register_module()
class BFloat16OptimWrapper(OptimWrapper):
    """Run the forward pass under bfloat16 autocast; weights stay float32.

    MMEngine's ``AmpOptimWrapper`` refuses a CPU. bfloat16 has the range of
    float32, so that no loss has to be scaled. The coordinates and losses of
    our heads are computed in float32 under autocast as well.

    ``tools/train.py CONFIG --amp`` uses it on a CPU. A processor without
    bfloat16 units gives the same results more slowly than in float32.

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
