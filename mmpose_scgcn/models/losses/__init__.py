from .coordinate_loss import CoordinateLoss
from .pixel_loss import PixelLoss
from .plain_losses import L1Loss, L2Loss, SmoothL1Loss
from .relative_location_loss import RelativeLocationLoss
from .soft_wing_loss import SoftWingLoss, soft_wing
from .structure_coherent_loss import StructureCoherentLoss
from .wing_loss import WingLoss, wing

__all__ = [
    'CoordinateLoss',
    'L1Loss',
    'L2Loss',
    'PixelLoss',
    'RelativeLocationLoss',
    'SmoothL1Loss',
    'SoftWingLoss',
    'StructureCoherentLoss',
    'WingLoss',
    'soft_wing',
    'wing',
]
