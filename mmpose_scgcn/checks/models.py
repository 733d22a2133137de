"""What a model demands of the data sets that it is to be run on."""

from collections.abc import Iterable, Mapping

from mmpose_scgcn.datasets.pipeline import flat_transforms, pipelines_of
from mmpose_scgcn.models.agreement import check_pipeline, wrong_codec
from mmpose_scgcn.models.heads import CoordinateHead
from mmpose_scgcn.models.pose_estimators import (
    AdaptedEstimator,
    TwoStageEstimator,
)
from mmpose_scgcn.models.units import codec_input_size, warn_of_units

from mmpose.registry import TRANSFORMS
from torch import nn


def check_model(
    model: nn.Module, datasets: Mapping, codec: Mapping | None = None
) -> None:
    """Check a model against the data sets that it is to be run on.

    Args:
        model (nn.Module): A pose estimator.
        datasets (Mapping[str, BaseDataset]): By ``training``,
            ``validation`` and ``test``.
        codec (Mapping, optional): The config's.

    Raises:
        ValueError: What does not fit, and the lines that mend it.
    """
    if isinstance(model, AdaptedEstimator):
        model = model.estimator
    learner, setting, size = _demands(model)
    used = {size} if size else set()
    for where, dataset in datasets.items():
        name = learner if where == 'training' else None
        for transforms in pipelines_of(dataset):
            used |= check_pipeline(transforms, name, setting, size, where)
    wanted = codec.get('input_size') if isinstance(codec, Mapping) else None
    if wanted and used and tuple(wanted) not in used:
        raise ValueError(wrong_codec(tuple(wanted), used))


def check_later(model: nn.Module, steps: Iterable) -> None:
    """Check a pipeline that takes the place of the training's.

    Args:
        model (nn.Module): A pose estimator.
        steps (Iterable): As a hook such as ``PipelineSwitchHook`` has them:
            settings of transforms, or the transforms.

    Raises:
        ValueError: It does not fit the model.
    """
    built = (s if callable(s) else TRANSFORMS.build(s) for s in steps)
    check_pipeline(
        flat_transforms(built), *_demands(model), 'switched training'
    )


def _demands(model: nn.Module) -> tuple[str | None, str, tuple | None]:
    """Find who learns coordinates, and which setting has the crop's size."""
    if isinstance(model, TwoStageEstimator):
        return type(model).__name__, 'model.input_size', model.input_size
    head = getattr(model, 'head', None)
    ours = isinstance(head, CoordinateHead)
    size = codec_input_size(getattr(head, 'decoder', None))
    return type(head).__name__ if ours else None, 'model.head.decoder', size


def check_units(model: nn.Module) -> None:
    """Warn of a loss in px under a head of MMPose's; ours have done so.

    Args:
        model (nn.Module): A pose estimator, not wrapped.
    """
    head = getattr(model, 'head', None)
    loss = getattr(head, 'loss_module', None)
    if loss is not None and not isinstance(head, CoordinateHead):
        warn_of_units(loss, getattr(head, 'decoder', None))
