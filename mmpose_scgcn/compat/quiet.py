"""Warnings of the host that no user of it can act on."""

import warnings

#: What they start with -> why they are of no use.
USELESS = {
    # MMEngine 0.10.7 imports it; requirements pin what it needs.
    'pkg_resources is deprecated': UserWarning,
    # mmcv-lite has no compiled operators, which no model here uses.
    'Fail to import ``MultiScaleDeformableAttention``': UserWarning,
    # MMPose's data sets bring both, and its own transform tells so.
    'Use the existing "bbox_center" and "bbox_scale"': UserWarning,
    # MMPose's data sets look for their own descriptions of keypoints in the
    # current folder first, and say so when they find them in MMPose.
    'The metainfo config file "configs/_base_/datasets/': UserWarning,
    # MMEngine 0.10.7 with --amp on a GPU; PyTorch has both names.
    r'`torch\.cuda\.amp\.GradScaler': FutureWarning,
}


def enable() -> None:
    """Leave these warnings out (idempotent)."""
    for message, category in USELESS.items():
        warnings.filterwarnings('ignore', message, category)
