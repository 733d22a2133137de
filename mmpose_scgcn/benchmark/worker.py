"""One task of a benchmark, in a process of its own.

python -m mmpose_scgcn.benchmark.worker SUITE RESULTS WORK_DIR KIND ARGUMENTS

It leaves no training behind when the process that asked for it dies.
"""

import dataclasses
import io
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any

from mmpose_scgcn.allocation import keep_freed_memory
from mmpose_scgcn.orphans import end_with

import torch

from .later_tests import LaterTest
from .tasks import Costs, Run, Task, Trial
from .workspace import Workspace

#: Tasks by the name that a process is told.
TASKS: dict[str, type[Task]] = {
    kind.__name__: kind for kind in (Run, LaterTest, Trial, Costs)
}
#: What a task leaves in its folder.
_FOUND = 'found.pickle'


def worker_command(space: Workspace, task: Task) -> list[str]:
    """Write the command that executes a task."""
    paths = [space.suite.path, str(space.results), str(space.work_dir)]
    kind, arguments = type(task).__name__, json.dumps(vars(task))
    return [sys.executable, '-m', __name__, *paths, kind, arguments]


#: What NumPy's numbers are written as, by NumPy 1 and 2.
_NUMBERS = {
    ('numpy', 'dtype'),
    ('numpy.core.multiarray', 'scalar'),
    ('numpy._core.multiarray', 'scalar'),
}


class _Records(pickle._Unpickler):
    """Reads records of this package, and nothing that runs code."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _NUMBERS:
            return super().find_class(module, name)
        if module.startswith('mmpose_scgcn.benchmark.'):
            found = super().find_class(module, name)
            if dataclasses.is_dataclass(found):
                return found
        raise pickle.UnpicklingError(
            f'{_FOUND}: expected records of a benchmark, got {module}.{name}'
        )


def take_found(folder: Path) -> Any:
    """Take what a task has left in its folder; None if it has not ended."""
    path = folder / _FOUND
    if not path.is_file():
        return None
    found = _Records(io.BytesIO(path.read_bytes())).load()
    path.unlink()
    return found


def main() -> None:
    """Execute the task of the command line; leave the result in its folder."""
    *paths, kind, arguments = sys.argv[1:]
    end_with(os.getppid())
    if not torch.cuda.is_available():
        torch.set_num_threads(1)
        keep_freed_memory()
    space, task = Workspace.open(*paths), TASKS[kind](**json.loads(arguments))
    folder = space.folder(task.slug)
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f'{_FOUND}.partial'
    partial.write_bytes(pickle.dumps(task.execute(space)))
    partial.replace(folder / _FOUND)


if __name__ == '__main__':
    main()
