"""The hook that gives all processes the same statistics of batch norm."""

from mmpose_scgcn.registry import HOOKS

from mmengine.dist import all_reduce_params
from mmengine.hooks import SyncBuffersHook as _SyncBuffersHook
from mmengine.model import BaseAveragedModel
from mmengine.runner import Runner


@HOOKS.register_module()
class SyncBuffersHook(_SyncBuffersHook):
    """Average the buffers of the model over all processes, as MMEngine does.

    Those of a model that ``EMAHook`` keeps are averaged too. MMEngine leaves
    them as they are, so that checkpoints have the statistics of one process
    alone, and, with ``update_buffers=True``, each process evaluates another
    model.
    """

    def before_val_epoch(self, runner: Runner) -> None:
        """Average before a validation that is not at the end of an epoch."""
        if self.distributed and not self.called_in_train:
            _average_averaged(runner)
        super().before_val_epoch(runner)

    def after_train_epoch(self, runner: Runner) -> None:
        """Average at the end of an epoch, before a checkpoint is written."""
        super().after_train_epoch(runner)
        if self.distributed:
            _average_averaged(runner)


def _average_averaged(runner: Runner) -> None:
    """Average the buffers of what is itself an average of weights."""
    for hook in runner.hooks:
        model = getattr(hook, 'ema_model', None)
        if isinstance(model, BaseAveragedModel):
            all_reduce_params(model.module.buffers(), op='mean')
