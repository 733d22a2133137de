"""Run a function of a test file in two processes: FILE FUNCTION FOLDER.

``conftest.py`` runs it in a fork of the interpreter that has imported the
host, and the two are forks of that: spawned ones would import all anew.
"""

import runpy
import sys
from pathlib import Path

import torch.distributed as dist
import torch.multiprocessing as mp


def meet(rank: int, folder: Path) -> None:
    """Join the other of two processes, on CPUs."""
    dist.init_process_group(
        'gloo', f'file://{folder}/meeting', rank=rank, world_size=2
    )


def main() -> None:
    """Call the function with the rank and the folder."""
    file, name, folder = sys.argv[1:]
    function = runpy.run_path(file)[name]
    mp.start_processes(
        function, args=(Path(folder),), nprocs=2, start_method='fork'
    )


if __name__ == '__main__':
    main()
