"""A batch of ``extreme_batches.py`` goes through losses and heads."""

import math
from dataclasses import dataclass, field

from mmpose_scgcn.models import GraphRefinementHead
from mmpose_scgcn.models.heads import CoordinateHead

import torch
from extreme_draws import Batches
from extreme_models import LOSSES, SIZE, K, Penalty
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample
from torch import Tensor, nn

#: A loss of float16 is halved so often at most; ``GradScaler`` starts at 2 to
#: the power of 16.
MOST_HALVINGS = 40


@dataclass
class Report:
    """What was put through, and what came out.

    Args:
        passes (dict[str, int]): How often each loss and head learned.
        steepest (dict[str, float]): For each loss the largest gradient of
            the coordinates as a part of what its slope allows.
        largest (dict[str, float]): For each head the largest gradient of a
            weight, with the losses whose slope has a limit.
        faults (list[str]): What was not as it should be.
        most_error (float): The largest error that counted, px.
        halvings (int): How often a loss had to be halved for float16.
    """

    passes: dict[str, int] = field(default_factory=dict)
    steepest: dict[str, float] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    most_error: float = 0.0
    halvings: int = 0

    def count(self, name: str) -> None:
        """Count a pass."""
        self.passes[name] = self.passes.get(name, 0) + 1

    def add(self, other: 'Report') -> None:
        """Take over what came out of other batches."""
        for name, times in other.passes.items():
            self.passes[name] = self.passes.get(name, 0) + times
        for mine, theirs in (
            (self.steepest, other.steepest),
            (self.largest, other.largest),
        ):
            for name, value in theirs.items():
                mine[name] = max(mine.get(name, 0.0), value)
        self.faults += other.faults
        self.most_error = max(self.most_error, other.most_error)
        self.halvings = max(self.halvings, other.halvings)

    def check(self, where: str, values: dict[str, Tensor | None]) -> None:
        """Note values that are not finite."""
        self.faults += [
            f'{where}: {name} is not finite'
            for name, value in values.items()
            if value is not None and not value.isfinite().all()
        ]


def try_losses(
    losses: dict[str, nn.Module], batch: Batches, name: str, report: Report
) -> None:
    """Put a batch through every loss, and measure the gradients.

    The output is in the precision of the batch, as a head in half precision
    gives it.
    """
    output = 0.5 + batch.normal(batch.size, K, 2) * batch.power(-3, 4, 1)
    output = output.clamp(-6e4, 6e4).to(batch.dtype)
    target, weight = batch.draw(output)
    for kind, loss in losses.items():
        points = output.clone().requires_grad_()
        value = loss(points, target, weight)
        where = f'{name}, {kind}'
        report.check(where, dict(loss=value))
        (gradient,) = gradients(value, [points], batch.dtype, where, report)
        if value < 0:
            report.faults.append(f'{where}: negative, {value.item()}')
        error = (output - target).float()
        part = _part_of_slope(LOSSES[kind], loss, gradient, error, weight)
        if part > 1.01:  # half precision rounds gradients
            report.faults.append(f'{where}: {part:.3f} of the slope')
        report.steepest[kind] = max(report.steepest.get(kind, 0.0), part)
        report.count(kind)
    counted = weight > 0
    if counted.any():
        errors = (output.float() - target)[counted] * torch.tensor(SIZE)
        most = errors.norm(dim=-1).max().item()
        report.most_error = max(report.most_error, most)


def _part_of_slope(
    penalty: Penalty,
    loss: nn.Module,
    gradient: Tensor,
    error: Tensor,
    weight: Tensor,
) -> float:
    """Divide the gradient of the coordinates by what the slope allows.

    The magnitudes of a mean's gradient add up to the slope times the longer
    side at most, those of a sum to as often as coordinates count.
    """
    counted = (weight > 0)[..., None]
    error = torch.where(counted, error, 0.0) * torch.tensor(SIZE)
    steep = (
        error.abs().max().item()
        if penalty.slope is None
        else penalty.slope(loss)
    )
    allowed = max(steep, 1e-30) * max(SIZE)
    if getattr(loss, 'reduction', 'mean') == 'sum':
        allowed *= 2 * weight.sum().item() / len(weight)
    total = gradient.double().abs().sum().item()
    if not total:
        return 0.0
    return total / allowed if allowed else math.inf


def try_head(
    head: CoordinateHead, batch: Batches, where: str, report: Report
) -> float:
    """Let a head learn from a batch, in the precision of the batch.

    Returns:
        float: The largest gradient of a weight.
    """
    for parameter in head.parameters():
        scale = batch.power(-2, 0.5).item()
        with torch.no_grad():
            parameter.copy_(scale * batch.normal(*parameter.shape))
    feats = batch.maps()
    if not isinstance(head, GraphRefinementHead):
        feats = feats[-1:]
    half = batch.dtype is not torch.float32
    with torch.autocast('cpu', batch.dtype, enabled=half):
        with torch.no_grad():
            output = head(feats)
        samples = _samples(*batch.draw(output))
        losses = head.loss(feats, samples)
    report.check(where, dict(output=output, **losses))
    report.check(where, dict(head.named_buffers()))
    total = sum(v for k, v in losses.items() if 'loss' in k)
    weights = list(head.parameters())
    found = gradients(total, [*weights, *feats], batch.dtype, where, report)
    return max(g.abs().max().item() for g in found[: len(weights)])


def gradients(
    loss: Tensor,
    of: list[Tensor],
    dtype: torch.dtype,
    where: str,
    report: Report,
) -> list[Tensor]:
    """Compute gradients; those beyond float16 as ``AmpOptimWrapper`` does.

    The loss is multiplied by a half again and again until they fit.

    Returns:
        list[Tensor]: In float64, zero where a tensor has no part in the loss.
    """
    for halvings in range(MOST_HALVINGS + 1):
        found = torch.autograd.grad(
            loss * 0.5**halvings, of, retain_graph=True, allow_unused=True
        )
        known = [g for g in found if g is not None]
        if all(g.isfinite().all() for g in known):
            report.halvings = max(report.halvings, halvings)
            break
        if dtype is not torch.float16 or halvings == MOST_HALVINGS:
            report.faults.append(f'{where}: gradients are not finite')
            break
    return [
        torch.zeros_like(t) if g is None else g.double() * 2.0**halvings
        for t, g in zip(of, found, strict=True)
    ]


def _samples(target: Tensor, weight: Tensor) -> list[PoseDataSample]:
    """Make data samples of labels (B, K, 2) and weights (B, K)."""
    return [
        PoseDataSample(
            metainfo=dict(input_size=SIZE),
            gt_instance_labels=InstanceData(
                keypoint_labels=points[None], keypoint_weights=counts[None]
            ),
        )
        for points, counts in zip(target, weight, strict=True)
    ]
