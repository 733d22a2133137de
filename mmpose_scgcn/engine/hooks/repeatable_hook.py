"""The hook that makes a training the same again, resumed or not."""

from typing import Any

from mmpose_scgcn.datasets.seeded_batches import (
    NumberedBatches,
    number_batches,
    seed_all,
)
from mmpose_scgcn.orphans import end_workers
from mmpose_scgcn.registry import HOOKS

from mmengine.device import get_device
from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import (
    BaseLoop,
    EpochBasedTrainLoop,
    IterBasedTrainLoop,
    Runner,
)

from .late_removal import finish_removal, remove_late
from .restarting import base_seed, recall_last, restart_batches, use_seed

#: Key of a checkpoint's ``meta``.
_NOTE = 'mmpose_scgcn_progress'
#: Keep the random numbers of steps and of samples apart.
_STEP, _SAMPLE = 0, 1


@HOOKS.register_module()
class RepeatableHook(Hook):
    """Make random numbers depend on the seed and the step alone.

    With the same seed a training is the same, bit for bit where the processor
    computes alike: with any number of workers, and if it was killed and
    resumed.

    * Before each sample is read, the generators of Python, NumPy and PyTorch
      are seeded by the seed, the process, and the number of the sample in
      the training; before each step, by the seed and the number of the step.
      MMEngine seeds each worker once, and again with the same numbers when
      training is resumed.
    * A training that was started without a seed goes on with the order of
      samples that it had.
    * A checkpoint from within an epoch, or of a training by iterations, goes
      on at the next batch, without reading those before.
    * If the training was killed before a validation that was due, that
      validation is made up for.
    * Old checkpoints are deleted after the new ones are written, not before.
    * Worker processes end if this one is killed.

    Transforms that have generators of their own are not seeded. On a GPU,
    see ``randomness = dict(deterministic=True)`` of MMEngine.
    """

    # After hooks that write checkpoints.
    priority = 'LOWEST'

    def __init__(self) -> None:
        self._batches: NumberedBatches | None = None
        self._epoch = 0  # the one that was begun last
        self._start = 0  # the number of steps then
        self._done = 0  # steps in an epoch that is resumed
        self._evaluated: int | None = None
        self._may_be_due = False
        self._devices = get_device() != 'cpu'

    def before_run(self, runner: Runner) -> None:
        """Let worker processes end with this one."""
        for loop in (runner._train_loop, runner._val_loop, runner._test_loop):
            if isinstance(loop, BaseLoop):
                end_workers(loop.dataloader)

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Read where the training was cut off."""
        if not getattr(runner, '_resume', False):
            return
        meta = checkpoint.get('meta') or {}
        note = meta.get(_NOTE)
        if not isinstance(note, dict):
            return
        self._evaluated = note['evaluated']
        unfinished = note['epoch'] == meta['epoch']
        self._done = meta['iter'] - note['start'] if unfinished else 0
        self._may_be_due = True

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note where the training is."""
        checkpoint['meta'][_NOTE] = dict(
            epoch=self._epoch, start=self._start, evaluated=self._evaluated
        )

    def before_train(self, runner: Runner) -> None:
        """Number the batches, and validate what was due."""
        loop = runner.train_loop
        key = (_SAMPLE, runner.seed, get_rank())
        self._batches = number_batches(loop.dataloader, key)
        remove_late(runner)
        if not isinstance(loop, IterBasedTrainLoop):
            use_seed(loop.dataloader.sampler, runner, base_seed(runner))
        if self._may_be_due and self._is_due(runner):
            runner.logger.info(
                'The checkpoint was written before its validation, which is '
                'done now:'
            )
            recall_last(runner)
            runner.val_loop.run()
        self._may_be_due = False

    def before_train_epoch(self, runner: Runner) -> None:
        """Go on with the numbers where the epoch begins."""
        self._epoch = runner.epoch
        self._start = runner.iter
        if isinstance(runner.train_loop, IterBasedTrainLoop):
            if self._batches is not None:
                restart_batches(runner, self._batches)
            return
        self._start -= self._done
        if self._batches is not None:
            self._batches.start = self._start
            self._batches.skip = self._done
        self._done = 0

    def before_train_iter(self, runner: Runner, **kwargs: Any) -> None:
        """Seed what the step itself draws, such as dropout."""
        seed_all(_STEP, runner.seed, runner.iter, devices=self._devices)

    def before_val(self, runner: Runner) -> None:
        """Note which validation the next checkpoint has behind it."""
        self._evaluated = runner.iter

    def after_train_iter(self, runner: Runner, **kwargs: Any) -> None:
        """Delete what a checkpoint of this step has replaced."""
        finish_removal(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Delete what a checkpoint of this epoch has replaced."""
        finish_removal(runner)

    def after_val_epoch(self, runner: Runner, **kwargs: Any) -> None:
        """Delete what a better checkpoint has replaced."""
        finish_removal(runner)

    def _is_due(self, runner: Runner) -> bool:
        """Tell whether a validation belongs here that was not made."""
        loop = runner.train_loop
        if not isinstance(runner._val_loop, BaseLoop):
            return False
        if self._evaluated == runner.iter:
            return False
        if isinstance(loop, EpochBasedTrainLoop):
            done, last = loop.epoch, loop.max_epochs
            if self._done:
                return False
        elif isinstance(loop, IterBasedTrainLoop):
            done, last = loop.iter, loop.max_iters
        else:
            return False
        loop._decide_current_val_interval()
        begun = 0 < done >= loop.val_begin
        return begun and (done % loop.val_interval == 0 or done == last)
