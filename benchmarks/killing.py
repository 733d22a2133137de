"""Hooks of trainings that end themselves at a chosen moment.

``kill_and_resume.py`` writes configs that import this module. Nothing stands
for the kill: the process gets SIGKILL, or, while it writes a file, the signal
that ends a process at a byte of its choice.
"""

import io
import json
import os
import resource
import signal
from pathlib import Path
from typing import Any

import torch
from mmengine.hooks import Hook
from mmengine.registry import HOOKS
from mmengine.runner import Runner


@HOOKS.register_module()
class KillHook(Hook):
    """End the process within a step, a validation or a checkpoint.

    Args:
        step (int, optional): In the forward pass of which step, from 0.
        batch (int, optional): In the forward pass of which batch that is
            validated, from 0, over all validations.
        write (int, optional): While which file is written, from 0.
        share (float): After what share of its bytes. Defaults to 0.5.
    """

    def __init__(
        self,
        step: int | None = None,
        batch: int | None = None,
        write: int | None = None,
        share: float = 0.5,
    ) -> None:
        self.left = {True: step, False: batch}
        self.write = write
        self.share = share

    def before_train(self, runner: Runner) -> None:
        """Watch the forward pass."""
        model = getattr(runner.model, 'module', runner.model)
        model.backbone.register_forward_hook(self._pass)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """End the process at a byte of this file."""
        if self.write == 0:
            with io.BytesIO() as whole:
                torch.save(checkpoint, whole)
                size = whole.tell()
            die_at_byte(int(self.share * size))
        if self.write is not None:
            self.write -= 1

    def _pass(self, module: torch.nn.Module, *args: Any) -> None:
        """Count a batch that is trained or validated."""
        left = self.left[module.training]
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if left is not None:
            self.left[module.training] = left - 1


def die_at_byte(size: int) -> None:
    """Let the system end this process when a file of it grows beyond a size.

    Python ignores the signal otherwise. No handler of Python's runs.
    """
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))


@HOOKS.register_module()
class OrderHook(Hook):
    """Write down which images each step has, and the loss it leaves.

    Args:
        path (str): File of lines of JSON: a step, its images, its loss.
    """

    priority = 'LOWEST'

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def after_train_iter(
        self,
        runner: Runner,
        batch_idx: int,
        data_batch: Any = None,
        outputs: Any = None,
    ) -> None:
        """Add a line."""
        images = [sample.img_id for sample in data_batch['data_samples']]
        loss = float(outputs['loss']).hex()
        with self.path.open('a', encoding='utf-8') as file:
            file.write(json.dumps([runner.iter, images, loss]) + '\n')
