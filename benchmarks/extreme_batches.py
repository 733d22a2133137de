"""Put random extreme batches through every loss and every head.

python benchmarks/extreme_batches.py
python benchmarks/extreme_batches.py --batches 300 --no-save

Each batch has errors of 0 to 1e6 px, labels that MMPose's pipeline made of
boxes of 0.001 px to a million px, keypoints that do not count and hold NaN,
infinity or 1e38, and feature maps from zeros to 1e4 (1e2 in float16), which
are learned in float32, bfloat16 or float16 in turn. It goes forward and
backward through every loss, and through every head with one of the losses.
All values and gradients have to be finite, and the gradients of the
coordinates within what the slope of the loss allows. The result is written to
``benchmarks/results/extreme_batches.json``; the exit status is 1 if something
was not as it should be.
"""

import argparse
import json
import math
import multiprocessing
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import mmpose_scgcn  # noqa: F401  before MMPose
from mmpose_scgcn.models import (
    FullyConnectedHead,
    GraphRefinementHead,
    GraphRelationalHead,
)
from mmpose_scgcn.models.heads import CoordinateHead
from mmpose_scgcn.registry import MODELS

import numpy as np
import torch
from mmengine.dataset import Compose
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from mmpose.registry import TRANSFORMS
from mmpose.structures import PoseDataSample
from torch import Tensor, nn

RESULT = Path(__file__).parent / 'results' / 'extreme_batches.json'
#: Keypoints, width and height of the crop (px), channels and maps.
K, SIZE, CHANNELS = 6, (64, 48), (4, 6)
MAPS = ((4, 8, 6), (6, 4, 3))  # (W, H) of the finest is (8, 6)
GRAPH = dict(
    num_keypoints=K,
    top_k=2,
    neighbors=[[i, (i + 1) % K, (i + 2) % K] for i in range(K)],
    mean_shape=[[0.1 + 0.15 * i, 0.5 - 0.05 * i] for i in range(K)],
)
RELATIVE = dict(type='mmpose_scgcn.RelativeLocationLoss', graph=GRAPH)
PRECISIONS = (torch.float32, torch.bfloat16, torch.float16)
#: A loss of float16 is halved so often at most; ``GradScaler`` starts at 2 to
#: the power of 16.
MOST_HALVINGS = 40
#: Labels where a keypoint does not count.
JUNK = (0.0, torch.nan, torch.inf, -torch.inf, 1e38)


@dataclass(frozen=True)
class Penalty:
    """A loss, and how steep it is.

    Args:
        settings (dict): Its config, but for what all have.
        slope (Callable, optional): From its module to the largest slope of
            its penalty, px per px. None where it grows with the error.
        relative (bool): Whether it sees relative locations too.
    """

    settings: dict
    slope: Callable[[nn.Module], float] | None
    relative: bool = False

    def build(self) -> nn.Module:
        """Build it for the crop."""
        shared = dict(input_size=SIZE, use_target_weight=True)
        return MODELS.build({**self.settings, **shared})


def _wing_slope(loss: nn.Module) -> float:
    scaled = loss.scaled
    return max(1.0, scaled['omega'] / scaled['epsilon'])


def _soft_wing_slope(loss: nn.Module) -> float:
    omega1, omega2, epsilon = (
        loss.scaled[name] for name in ('omega1', 'omega2', 'epsilon')
    )
    return max(1.0, omega2 / (epsilon + omega1))


def _one(loss: nn.Module) -> float:
    return 1.0


LOSSES = {
    'L1': Penalty(dict(type='mmpose_scgcn.L1Loss'), _one),
    'L2': Penalty(dict(type='mmpose_scgcn.L2Loss'), None),
    'smooth L1': Penalty(dict(type='mmpose_scgcn.SmoothL1Loss'), _one),
    'Wing': Penalty(dict(type='mmpose_scgcn.WingLoss'), _wing_slope),
    'Wing, sum': Penalty(
        dict(type='mmpose_scgcn.WingLoss', reduction='sum'), _wing_slope
    ),
    'Soft Wing': Penalty(
        dict(type='mmpose_scgcn.SoftWingLoss'), _soft_wing_slope
    ),
    'relative': Penalty(
        RELATIVE, lambda loss: 2 * _soft_wing_slope(loss.penalty), True
    ),
    'structure-coherent': Penalty(
        dict(type='mmpose_scgcn.StructureCoherentLoss', relative=RELATIVE),
        lambda loss: 3 * _soft_wing_slope(loss.absolute),
        True,
    ),
}


def _relational(**settings: object) -> partial:
    return partial(
        GraphRelationalHead,
        CHANNELS[1],
        MAPS[1][1:],
        K,
        graph=GRAPH,
        top_k=2,
        num_layers=1,
        embed_channels=8,
        hidden_channels=8,
        **settings,
    )


def _refinement(**settings: object) -> partial:
    return partial(
        GraphRefinementHead,
        CHANNELS,
        MAPS[0][1:],
        K,
        graph=GRAPH,
        top_k=2,
        hidden_channels=8,
        pyramid_channels=(4, 8),
        **settings,
    )


HEADS = {
    'fully connected': partial(
        FullyConnectedHead, CHANNELS[1], MAPS[1][1:], K, hidden_channels=16
    ),
    'graph, dynamic': _relational(),
    'graph, certainty': _relational(adjacency='certainty'),
    'graph, learned': _relational(adjacency='learned'),
    'graph, uniform': _relational(adjacency='uniform'),
    'graph, batch norm': _relational(norm='batch'),
    'refinement': _refinement(),
    'refinement, mean shape': _refinement(prior='mean shape'),
    'refinement, no prior': _refinement(prior=None),
    'refinement, separable': _refinement(separable=True),
}


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


class Batches:
    """Draw the parts of an extreme batch.

    Args:
        number (int): Of the batch; it decides everything.
    """

    def __init__(self, number: int) -> None:
        self.generator = torch.Generator().manual_seed(number)
        self.rng = np.random.default_rng(number)
        self.dtype = PRECISIONS[number % len(PRECISIONS)]
        self.size = int(self.rng.integers(2, 5))

    def normal(self, *shape: int) -> Tensor:
        """Draw normal numbers."""
        return torch.randn(shape, generator=self.generator)

    def power(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw powers of ten, their exponents uniform."""
        part = torch.rand(shape, generator=self.generator)
        return 10 ** (low + (high - low) * part)

    def maps(self) -> list[Tensor]:
        """Draw feature maps, (B, C, H, W) each, that want gradients."""
        limit = 2 if self.dtype is torch.float16 else 4
        found = []
        for channels, width, height in MAPS:
            features = self.normal(self.size, channels, height, width)
            features = features * self.power(-6, limit, self.size, 1, 1, 1)
            kind = self.rng.integers(6)
            if kind == 0:
                features = torch.zeros_like(features)
            elif kind == 1:
                features = torch.full_like(features, 10.0**limit)
            elif kind == 2:
                features = features.relu()
            found.append(features.requires_grad_())
        return found

    def labels(self) -> tuple[Tensor, Tensor]:
        """Give labels (B, K, 2) and weights (B, K) of extreme boxes."""
        faces = [_encode(self.rng) for _ in range(self.size)]
        labels, weights = zip(*faces, strict=True)
        return torch.from_numpy(np.stack(labels)), torch.from_numpy(
            np.stack(weights)
        )

    def apart(self, output: Tensor) -> tuple[Tensor, Tensor]:
        """Place labels at 0 to 1e6 px from an output (B, K, 2).

        Returns:
            tuple[Tensor, Tensor]: Labels and weights (B, K), some of them
            fractions.
        """
        distance = self.power(-6, 6, self.size, K, 1)
        exact = torch.rand(distance.shape, generator=self.generator) < 0.1
        distance = torch.where(exact, 0.0, distance)
        way = nn.functional.normalize(self.normal(self.size, K, 2), dim=-1)
        target = output.detach().float() + distance * way / torch.tensor(SIZE)
        weight = torch.rand((self.size, K), generator=self.generator)
        return target, torch.where(weight < 0.5, 1.0, weight)

    def hide(self, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Let some keypoints not count, with junk in their places."""
        share = self.rng.choice([0.0, 0.3, 1.0], p=[0.3, 0.6, 0.1])
        hidden = torch.rand(weight.shape, generator=self.generator) < share
        junk = JUNK[self.rng.integers(len(JUNK))]
        hidden |= ~target.isfinite().all(-1)
        target = target.masked_fill(hidden[..., None], junk)
        return target, weight.masked_fill(hidden, 0.0)

    def draw(self, output: Tensor) -> tuple[Tensor, Tensor]:
        """Give labels and weights for an output, of one kind or the other."""
        if self.rng.random() < 0.3:
            target, weight = self.labels()
        else:
            target, weight = self.apart(output)
        return self.hide(target, weight)


_PIPELINE: list[Compose] = []


def _encode(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Let MMPose's pipeline make the labels of a face in an extreme box.

    Returns:
        tuple[np.ndarray, np.ndarray]: (K, 2) and (K,).
    """
    if not _PIPELINE:
        codec = dict(type='RegressionLabel', input_size=SIZE)
        steps = [
            dict(type='GetBBoxCenterScale'),
            dict(type='TopdownAffine', input_size=SIZE),
            dict(type='GenerateTarget', encoder=codec),
        ]
        _PIPELINE.append(Compose([TRANSFORMS.build(step) for step in steps]))
    sides = 10 ** rng.uniform(-3, 6, 2)
    corner = rng.uniform(-1, 1, 2) * 10 ** rng.uniform(0, 6)
    spread = rng.choice([0.5, 0.5, 10.0])
    points = corner + sides * rng.uniform(0.5 - spread, 0.5 + spread, (K, 2))
    face = dict(
        img=np.zeros((8, 8, 3), np.uint8),
        bbox=np.float32([[*corner, *corner + sides]]),
        bbox_score=np.ones(1, np.float32),
        keypoints=points[None].astype(np.float32),
        keypoints_visible=np.float32(rng.random((1, K)) > 0.2),
        dataset_keypoint_weights=np.ones(K, np.float32),
    )
    with np.errstate(all='ignore'):
        done = _PIPELINE[0](face)
    return done['keypoint_labels'][0], done['keypoint_weights'][0]


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


def build_heads() -> dict[str, dict[str, CoordinateHead]]:
    """Build every head with every loss."""
    decoder = dict(type='RegressionLabel', input_size=SIZE)
    shared = dict(input_size=SIZE, use_target_weight=True)
    return {
        name: {
            kind: head(decoder=decoder, loss={**loss.settings, **shared})
            for kind, loss in LOSSES.items()
        }
        for name, head in HEADS.items()
    }


def run(numbers: Iterable[int], all_heads: bool = True) -> Report:
    """Put batches through all losses and heads.

    Args:
        numbers (Iterable[int]): Of the batches.
        all_heads (bool): Whether each batch goes through every head.
            Defaults to True; otherwise through one, by its number.

    Returns:
        Report: What came out.
    """
    warnings.simplefilter('ignore')  # boxes that overflow in the pipeline
    init_default_scope('mmpose')
    torch.manual_seed(0)
    report, heads = Report(), build_heads()
    losses = {kind: penalty.build() for kind, penalty in LOSSES.items()}
    kinds = list(LOSSES)
    for number in numbers:
        try_losses(losses, Batches(number), f'batch {number}', report)
        for place, (name, variants) in enumerate(heads.items()):
            if not all_heads and place != number % len(heads):
                continue
            kind = kinds[(number // len(PRECISIONS) + place) % len(kinds)]
            where = f'batch {number}, {name}, {kind}'
            batch = Batches(number)
            try:
                largest = try_head(variants[kind], batch, where, report)
            except Exception as error:
                report.faults.append(f'{where}: {error}')
                continue
            report.count(name)
            # That of L2 grows with the error.
            if LOSSES[kind].slope is not None:
                most = max(report.largest.get(name, 0.0), largest)
                report.largest[name] = most
    return report


def run_in(processes: int, first: int, batches: int) -> Report:
    """Share batches among processes, and add up what came out.

    Args:
        processes (int): 1 for this one alone.
        first (int): Number of the first batch.
        batches (int): How many.

    Returns:
        Report: Of all.
    """
    numbers = range(first, first + batches)
    if processes == 1:
        return run(numbers)
    parts = [numbers[i::processes] for i in range(processes)]
    with multiprocessing.get_context('spawn').Pool(processes) as pool:
        first_report, *others = pool.map(run, parts)
    for other in others:
        first_report.add(other)
    return first_report


def summarize(report: Report, batches: int) -> dict:
    """Give the result as it is written."""
    return dict(
        command=f'python benchmarks/extreme_batches.py --batches {batches}',
        batches=batches,
        torch=torch.__version__,
        precisions=[str(dtype).split('.')[1] for dtype in PRECISIONS],
        largest_error_px=round(report.most_error),
        halvings_in_float16=report.halvings,
        passes=report.passes,
        part_of_allowed_gradient={
            name: round(part, 4) for name, part in report.steepest.items()
        },
        largest_gradient_of_a_weight={
            name: float(f'{value:.3g}')
            for name, value in report.largest.items()
        },
        faults=report.faults,
    )


def main() -> int:
    """Run the batches, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument('--batches', type=int, default=10_000)
    parser.add_argument('--first', type=int, default=0, help='number (0)')
    parser.add_argument('--processes', type=int, default=1)
    parser.add_argument('--no-save', action='store_true')
    args = parser.parse_args()
    report = run_in(args.processes, args.first, args.batches)
    found = summarize(report, args.batches)
    print(json.dumps(found, indent=1))
    if not args.no_save:
        RESULT.write_text(json.dumps(found, indent=1) + '\n', 'utf-8')
    return int(bool(report.faults))


if __name__ == '__main__':
    sys.exit(main())
