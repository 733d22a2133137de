"""Training in bfloat16, on a CPU too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mmpose_scgcn.models.heads.coordinate_head import CoordinateHead
from mmpose_scgcn.registry import OPTIM_WRAPPERS

import torch
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper
from mmpose.models.heads import BaseHead
from torch import Tensor, nn


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
    float32, so that no loss has to be scaled. Coordinates and losses are
    computed in float32: our heads see to it themselves, and MMPose's run in
    float32 as a whole, on features of the backbone in bfloat16.

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
            _stock_head_in_float32(model, device),
            torch.autocast(device, torch.bfloat16),
        ):
            yield


@contextmanager
def _stock_head_in_float32(model: nn.Module, device: str) -> Iterator[None]:
    """Compute the loss of a head that is not ours without autocast."""
    inner = model.module if is_model_wrapper(model) else model
    head = getattr(inner, 'head', None)
    if not isinstance(head, BaseHead) or isinstance(head, CoordinateHead):
        yield
        return
    loss = head.loss

    def loss_in_float32(feats: Any, *args: Any, **kwargs: Any) -> dict:
        with torch.autocast(device, enabled=False):
            return loss(_to_float32(feats), *args, **kwargs)

    head.loss = loss_in_float32
    try:
        yield
    finally:
        del head.loss  # that of the instance; the class keeps its own


def _to_float32(feats: Any) -> Any:
    """Convert feature maps, alone or in sequences."""
    if isinstance(feats, Tensor):
        return feats.float()
    return tuple(map(_to_float32, feats))
