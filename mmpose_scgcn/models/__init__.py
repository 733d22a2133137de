from .backbones import CNN6, CNN7
from .heads import (
    AlignedRTMCCHead,
    FullyConnectedHead,
    GraphRefinementHead,
    GraphRelationalHead,
)
from .losses import (
    L1Loss,
    L2Loss,
    RelativeLocationLoss,
    SmoothL1Loss,
    SoftWingLoss,
    StructureCoherentLoss,
    WingLoss,
)
from .pose_estimators import AdaptedEstimator, TwoStageEstimator

__all__ = [
    'CNN6',
    'CNN7',
    'AdaptedEstimator',
    'AlignedRTMCCHead',
    'FullyConnectedHead',
    'GraphRefinementHead',
    'GraphRelationalHead',
    'L1Loss',
    'L2Loss',
    'RelativeLocationLoss',
    'SmoothL1Loss',
    'SoftWingLoss',
    'StructureCoherentLoss',
    'TwoStageEstimator',
    'WingLoss',
]
