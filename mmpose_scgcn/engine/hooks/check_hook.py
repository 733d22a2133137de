"""The hook that checks a run, before its first step and in each."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from mmpose_scgcn.checks import (
    Findings,
    LossWatch,
    adopt_best,
    bring_forward,
    check_batches,
    check_codec,
    check_heatmaps,
    check_run,
    check_shares,
    compare_settings,
    compare_weights,
    describe_changes,
    latest_checkpoint,
    loops_of,
    on_every_rank,
    take_new_settings,
)
from mmpose_scgcn.checks.models import (
    check_later,
    check_model,
    check_units,
)
from mmpose_scgcn.models.layers import is_resized
from mmpose_scgcn.processes import average_again, inner_model, wrap_again
from mmpose_scgcn.registry import HOOKS

from mmengine.hooks import Hook
from mmengine.runner import BaseLoop, IterBasedTrainLoop, Runner

from .graph_hook import GraphHook, hold_graphs, release_graphs


@HOOKS.register_module()
class CheckHook(Hook):
    """Say before the first step what would fail or mislead hours later.

    Before training and before testing:

    * a model of this package that learns coordinates needs a pipeline with
      the labels of ``RegressionLabel``, not heatmaps or others;
    * crops (``TopdownAffine``) have to be of the size that the decoder, and
      in training the encoder, are told, whatever the head;
    * a ``codec`` in the config has to be one that something uses: pipelines
      and decoders of a base config hold the codec of that config, which a
      child's ``codec`` does not replace;
    * a loss with constants in px should be told the input size where labels
      are normalised: there is a warning otherwise, under MMPose's heads too;
    * images that are not there, numbers of keypoints that differ, a graph
      with more neighbours than there are keypoints;
    * faces that the metric cannot score, ``save_best`` by a figure that no
      metric reports, and how many faces MMPose's filter drops;
    * a batch of one face under batch normalisation, and processes of which
      one has more batches in an epoch than another.

    When weights are loaded: those that do not fit are listed. When training
    is resumed: settings of optimizer and schedules that have changed are
    listed, another optimizer is refused, and the best checkpoint of a folder
    that this one was copied from is not deleted.

    While training, losses that are not finite are told with the images of
    their batch, and a model that they have spoilt is neither trained further
    nor saved.

    Annotations are read, images are not decoded. All that is wrong is said
    at once, on every rank. ``docs/checks.md`` has the messages;
    ``tools/train.py`` and ``tools/test.py`` add this hook to any config.

    Args:
        resume_with (str): Whose optimizer settings and schedules a resumed
            training goes on with if they differ: ``checkpoint``, as MMEngine
            does, or ``config``. Defaults to ``checkpoint``.

    Raises:
        ValueError: An unknown ``resume_with``.
    """

    # Before the graph is built.
    priority = 'VERY_HIGH'

    def __init__(self, resume_with: str = 'checkpoint') -> None:
        if resume_with not in ('checkpoint', 'config'):
            raise ValueError(
                "resume_with: expected 'checkpoint' or 'config', got "
                f'{resume_with!r}'
            )
        self.resume_with = resume_with
        self._bring_forward = False
        self._losses = LossWatch()

    def before_run(self, runner: Runner) -> None:
        """Check what is about to run.

        Raises:
            CheckError: A ValueError with all that does not fit, and the lines
                that mend it.
        """
        found = on_every_rank(partial(check_all, runner))
        if found.warnings or found.notes:
            found.log(runner.logger)
        found.raise_errors()
        check_units(inner_model(runner.model))
        if getattr(runner, '_resume', False) and runner._load_from is None:
            runner._load_from = latest_checkpoint(runner.work_dir)
        if _keeps_graphs(runner):
            hold_graphs(runner)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Compare weights, or settings of a training that is resumed.

        Raises:
            CheckError: No weight fits, or the optimizer is another one.
        """
        training = isinstance(runner._train_loop, BaseLoop)
        if not training or runner._has_loaded:
            return
        if runner._resume:
            self._check_resumption(runner, checkpoint)
        elif runner._load_from:
            found = compare_weights(
                runner.model, checkpoint, str(runner._load_from)
            )
            found.log(runner.logger)
            found.raise_errors()

    def before_train(self, runner: Runner) -> None:
        """Bring new schedules forward, and look at the batches of an epoch.

        A wrapped model is wrapped anew if its weights have taken another
        shape.

        Raises:
            CheckError: A batch that PyTorch would refuse, or processes with
                different numbers of batches.
        """
        if self._bring_forward:
            bring_forward(runner)
            self._bring_forward = False
        if _keeps_graphs(runner):
            release_graphs(runner)
        if is_resized(inner_model(runner.model)):
            wrap_again(runner)
            average_again(runner)
        found = on_every_rank(partial(_check_batches, runner))
        found.add(check_shares(runner))
        found.log(runner.logger)
        found.raise_errors()

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Mapping | None = None,
    ) -> None:
        """Look at the losses of a step.

        Raises:
            CheckError: They are not finite, and the model is spoilt.
        """
        self._losses.look(runner, data_batch, outputs)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Keep a model that is spoilt from replacing one that is not.

        Raises:
            CheckError: Weights or statistics are not finite.
        """
        self._losses.check_saving(runner)

    def _check_resumption(self, runner: Runner, checkpoint: dict) -> None:
        """Compare settings; keep away from the files of another folder."""
        found = Findings(warnings=adopt_best(runner, checkpoint))
        differences: list[str] = []
        found.attempt(
            'settings of the resumed training',
            lambda: differences.extend(compare_settings(runner, checkpoint)),
        )
        name = str(runner._load_from)
        if differences:
            told = describe_changes(name, differences, self.resume_with)
            found.warnings.append(told)
        found.log(runner.logger)
        found.raise_errors()
        if differences and self.resume_with == 'config':
            take_new_settings(runner, checkpoint)
            self._bring_forward = True
        _check_end(runner, checkpoint)


def check_all(runner: Runner) -> Findings:
    """Run all checks of a run."""
    found = Findings()
    datasets = {
        where: loop.dataloader.dataset
        for where, loop in loops_of(runner).items()
    }
    model = inner_model(runner.model)
    codec = runner.cfg.get('codec')
    later = [
        hook.switch_pipeline
        for hook in getattr(runner, 'hooks', ())
        if getattr(hook, 'switch_pipeline', None)
    ]
    found.attempt(
        'model and pipelines', partial(check_model, model, datasets, codec)
    )
    for steps in later:
        found.attempt(
            'the pipeline of a hook', partial(check_later, model, steps)
        )
    if not found.errors:
        found.attempt('codec', partial(check_codec, runner.cfg))
        found.attempt('heatmaps', partial(check_heatmaps, runner.cfg))
    if datasets:
        found.add(check_run(runner))
    return found


def _check_batches(runner: Runner) -> Findings:
    """Look for batches of one face."""
    found = Findings()
    check = partial(check_batches, runner.model, runner.train_dataloader)
    found.attempt('batches', check)
    return found


def _check_end(runner: Runner, checkpoint: Mapping) -> None:
    """Warn where nothing is left to train."""
    meta = checkpoint.get('meta') or {}
    loop, unit = runner._train_loop, 'epoch'
    if isinstance(loop, IterBasedTrainLoop):
        unit = 'iter'
    limit = getattr(loop, f'_max_{unit}s', None)
    done = meta.get(unit, 0)
    if isinstance(limit, int) and limit and done >= limit:
        words = dict(epoch='epochs', iter='iterations')[unit]
        runner.logger.warning(
            f'nothing is left to train: {runner._load_from} has {done} of '
            f'train_cfg.max_{unit}s={limit} {words} behind it'
        )


def _keeps_graphs(runner: Runner) -> bool:
    """Tell whether this hook looks after the graphs: there is no other."""
    hooks = getattr(runner, 'hooks', ())
    return isinstance(runner._train_loop, BaseLoop) and not any(
        isinstance(other, GraphHook) for other in hooks
    )
