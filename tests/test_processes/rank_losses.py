"""A hook that keeps the losses of each process in a file of its own."""

from pathlib import Path

from mmpose_scgcn.registry import HOOKS

from mmengine.dist import get_rank
from mmengine.hooks import Hook
from mmengine.runner import Runner


@HOOKS.register_module()
class RankLosses(Hook):
    """Writes ``losses0.txt`` and so on into the work dir."""

    def after_train_iter(self, runner: Runner, **step) -> None:
        """Add a line."""
        loss = float(step['outputs']['loss'])
        with Path(runner.work_dir, f'losses{get_rank()}.txt').open('a') as f:
            f.write(f'{loss!r}\n')
