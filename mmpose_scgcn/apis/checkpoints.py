"""The checkpoints of a training: which one is best, how large it is."""

import os
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

#: What of a state is no trained number.
_BUFFERS = ('running_mean', 'running_var', 'num_batches_tracked', 'graph.')


def best_checkpoint(work_dir: str | Path) -> Path:
    """Find the checkpoint that was best on the validation faces.

    Args:
        work_dir (str | Path): Folder given to ``tools/train.py``.

    Returns:
        pathlib.Path: The newest of ``best_NME_*.pth``.

    Raises:
        FileNotFoundError: There is none.
    """
    found = sorted(Path(work_dir).glob('best_NME_*.pth'), key=os.path.getmtime)
    if not found:
        raise FileNotFoundError(f'no best_NME_*.pth in {work_dir}')
    return found[-1]


def count_parameters(state: Mapping[str, Tensor]) -> int:
    """Count the trained numbers of a model, without running averages.

    Args:
        state (Mapping[str, Tensor]): Its ``state_dict``.

    Returns:
        int: The number.
    """
    return sum(
        value.numel()
        for key, value in state.items()
        if not any(word in key for word in _BUFFERS)
    )
