"""A training that kills itself while its workers wait to hand over batches.

It prints the numbers of their processes. Batches are larger than a pipe.
"""

import os
import signal
import sys
import time

import mmpose_scgcn  # noqa: F401  before MMEngine

import torch
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import Runner


class OneWeight(BaseModel):
    """Takes any batch."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(()))

    def forward(self, inputs: list, mode: str) -> dict:
        """Give a loss."""
        return dict(loss=self.weight)


class Killed(Hook):
    """Ends the process in a step, as soon as workers have read ahead."""

    def after_train_iter(self, runner: Runner, **_: object) -> None:
        """Print the workers, and end."""
        workers = runner.train_dataloader._iterator._workers
        print(*(worker.pid for worker in workers), flush=True)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGKILL)


hooks = [dict(type=f'mmpose_scgcn.{name}') for name in sys.argv[2:]]
Runner(
    model=OneWeight(),
    work_dir=sys.argv[1],
    train_dataloader=dict(
        dataset=[dict(inputs=bytes(2**20)) for _ in range(64)],
        sampler=dict(type='DefaultSampler', shuffle=False),
        batch_size=2,
        num_workers=3,
        persistent_workers=True,
    ),
    optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1)),
    train_cfg=dict(by_epoch=True, max_epochs=1),
    default_scope='mmpose',
    custom_hooks=[*hooks, Killed()],
    log_level='ERROR',
).train()
