"""The losses and heads that ``extreme_batches.py`` tries, and their crop."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mmpose_scgcn.models import (
    FullyConnectedHead,
    GraphRefinementHead,
    GraphRelationalHead,
)
from mmpose_scgcn.models.heads import CoordinateHead
from mmpose_scgcn.registry import MODELS

from torch import nn

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
