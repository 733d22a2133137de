"""The hook that compares model, pipelines and codec before a run."""

from collections.abc import Mapping

from mmpose_scgcn.datasets.pipeline import pipelines_of
from mmpose_scgcn.models.agreement import check_pipeline, wrong_codec
from mmpose_scgcn.models.heads import CoordinateHead
from mmpose_scgcn.models.pose_estimators import (
    AdaptedEstimator,
    TwoStageEstimator,
)
from mmpose_scgcn.models.units import codec_input_size, warn_of_units
from mmpose_scgcn.registry import HOOKS

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import BaseLoop, Runner
from torch import nn


@HOOKS.register_module()
class CheckHook(Hook):
    """Stop a run whose model and pipelines do not fit together.

    Before training and before testing:

    * a model of this package that learns coordinates needs a pipeline with
      the labels of ``RegressionLabel``, not heatmaps or others;
    * crops (``TopdownAffine``) have to be of the size that the decoder, and
      in training the encoder, are told, whatever the head;
    * a ``codec`` in the config has to be one that something uses: pipelines
      and decoders of a base config hold the codec of that config, which a
      child's ``codec`` does not replace;
    * a loss with constants in px should be told the input size where labels
      are normalised: there is a warning otherwise, under MMPose's heads too.

    Without this hook, the heads of this package notice the first two at their
    first batch, and the last one when they are built. ``tools/train.py`` and
    ``tools/test.py`` add it to any config.
    """

    # Before the graph is built.
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Check what is about to run.

        Raises:
            ValueError: What does not fit, and the lines that mend it.
        """
        model = runner.model
        model = model.module if is_model_wrapper(model) else model
        loops = dict(
            training=runner._train_loop,
            validation=runner._val_loop,
            test=runner._test_loop,
        )
        datasets = {
            name: loop.dataloader.dataset
            for name, loop in loops.items()
            if isinstance(loop, BaseLoop) and hasattr(loop, 'dataloader')
        }
        check_model(model, datasets, runner.cfg.get('codec'))
        _check_units(model)


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


def _demands(model: nn.Module) -> tuple[str | None, str, tuple | None]:
    """Find who learns coordinates, and which setting has the crop's size."""
    if isinstance(model, TwoStageEstimator):
        return type(model).__name__, 'model.input_size', model.input_size
    head = getattr(model, 'head', None)
    ours = isinstance(head, CoordinateHead)
    size = codec_input_size(getattr(head, 'decoder', None))
    return type(head).__name__ if ours else None, 'model.head.decoder', size


def _check_units(model: nn.Module) -> None:
    """Warn of a loss under a head of MMPose's; ours have done so."""
    head = getattr(model, 'head', None)
    loss = getattr(head, 'loss_module', None)
    if loss is not None and not isinstance(head, CoordinateHead):
        warn_of_units(loss, getattr(head, 'decoder', None))
