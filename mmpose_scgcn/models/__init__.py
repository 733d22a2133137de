from .backbones import CNN6, CNN7
from .heads import GraphRelationalHead
from .losses import (
    RelativeLocationLoss,
    SoftWingLoss,
    StructureCoherentLoss,
    WingLoss,
)

__all__ = [
    'CNN6',
    'CNN7',
    'GraphRelationalHead',
    'RelativeLocationLoss',
    'SoftWingLoss',
    'StructureCoherentLoss',
    'WingLoss',
]
