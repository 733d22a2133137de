"""Registries of the plugin, children of MMPose's own.

MMEngine imports ``<scope>.registry`` when it meets a type such as
``'mmpose_scgcn.SoftWingLoss'``, and then each registry's ``locations``, so a
config may name our classes with nothing imported beforehand. For that this
file must keep its name and the scope must be the package's name.
"""

from .compat import require

require('torch', 'mmengine', 'mmcv', 'mmpose')

from mmengine.registry import Registry  # noqa: E402
from mmpose import registry as mmpose_registry  # noqa: E402

SCOPE = 'mmpose_scgcn'

MODELS = Registry(
    'model',
    parent=mmpose_registry.MODELS,
    scope=SCOPE,
    locations=['mmpose_scgcn.models'],
)
DATA_SAMPLERS = Registry(
    'data sampler',
    parent=mmpose_registry.DATA_SAMPLERS,
    scope=SCOPE,
    locations=['mmpose_scgcn.datasets.samplers'],
)
DATASETS = Registry(
    'dataset',
    parent=mmpose_registry.DATASETS,
    scope=SCOPE,
    locations=['mmpose_scgcn.datasets.mapped_dataset'],
)
HOOKS = Registry(
    'hook',
    parent=mmpose_registry.HOOKS,
    scope=SCOPE,
    locations=['mmpose_scgcn.engine.hooks'],
)
METRICS = Registry(
    'metric',
    parent=mmpose_registry.METRICS,
    scope=SCOPE,
    locations=['mmpose_scgcn.evaluation.metrics'],
)
OPTIM_WRAPPERS = Registry(
    'optim_wrapper',
    parent=mmpose_registry.OPTIM_WRAPPERS,
    scope=SCOPE,
    locations=['mmpose_scgcn.engine.optim_wrappers'],
)
TRANSFORMS = Registry(
    'transform',
    parent=mmpose_registry.TRANSFORMS,
    scope=SCOPE,
    locations=['mmpose_scgcn.datasets.transforms'],
)

__all__ = [
    'DATASETS',
    'DATA_SAMPLERS',
    'HOOKS',
    'METRICS',
    'MODELS',
    'OPTIM_WRAPPERS',
    'SCOPE',
    'TRANSFORMS',
]
