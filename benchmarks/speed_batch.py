"""A training step of the small graph relational model, by the batch.

64 px, forward, loss, backward and update, in float32 and in bfloat16 with
channels-last; milliseconds for each face of the batch.
"""

from collections.abc import Callable, Iterator
from functools import partial

from mmpose_scgcn.config_files import read_config

import torch
from bench_training_steps import (
    make_batch,
    make_model,
    make_wrapper,
    step_seconds,
)
from speed_measure import take_turns
from speed_rows import Row

CONFIG = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'
KEYPOINTS = 68
BATCHES = (1, 4, 16, 64)


def make_steps(batch: int) -> dict[str, Callable]:
    """Give a step in each precision."""
    cfg = read_config(CONFIG, {})
    data = make_batch(cfg, batch, KEYPOINTS)
    steps = {}
    for name, layout in (
        ('float32', torch.contiguous_format),
        ('bfloat16', torch.channels_last),
    ):
        model = make_model(cfg).to(memory_format=layout)
        wrapper = make_wrapper(cfg, model, low=name != 'float32')
        steps[name] = partial(step_seconds, model, wrapper, data)
    return steps


def rows(runs: int = 5) -> Iterator[Row]:
    """Give the rows of the speed benchmark."""
    for batch in BATCHES:
        taken = take_turns(make_steps(batch), runs, warm=2)
        for name, seconds in taken.items():
            low = name != 'float32'
            yield Row(
                f'training step at 64 px, batch {batch}, {name}',
                *(1e3 * seconds / batch, 'ms per face'),
                baseline=1e3 * taken['float32'] / batch if low else None,
                beside='float32' if low else '',
                plot='batch',
                curve=name,
                at=batch,
            )
