"""One task of a benchmark, in a process of its own.

python -m mmpose_scgcn.benchmark.worker SUITE TASK FOLDER
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

import torch

from .costs import measure_costs
from .results import RESULT
from .run import run_method, run_search, run_tests
from .suite import Suite, load_suite


def run_task(suite: Suite, task: dict, folder: Path) -> dict:
    """Run a task.

    Args:
        suite (Suite): The benchmark.
        task (dict): ``kind`` and what belongs to it.
        folder (Path): For all that it writes.

    Returns:
        dict: Its result.
    """
    arguments = {k: v for k, v in task.items() if k != 'kind'}
    if task['kind'] == 'run':
        method = suite.method(arguments.pop('method'))
        return run_method(suite, method, folder=folder, **arguments)
    if task['kind'] == 'test':
        method = suite.method(arguments.pop('method'))
        return run_tests(suite, method, folder=folder, **arguments)
    if task['kind'] == 'search':
        return run_search(suite, folder=folder, **arguments)
    methods = [suite.method(name) for name in arguments.pop('methods')]
    return measure_costs(methods, folder, **arguments)


def main() -> None:
    """Run the command line."""
    suite, task, folder = sys.argv[1:]
    _end_with_parent()
    if not torch.cuda.is_available():
        torch.set_num_threads(1)
    result = run_task(load_suite(suite), json.loads(task), Path(folder))
    partial = Path(folder, f'{RESULT}.partial')
    partial.write_text(json.dumps(result), encoding='utf-8')
    partial.replace(Path(folder, RESULT))


def _end_with_parent() -> None:
    """Leave no training behind when the process that asked for it dies."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == '__main__':
    main()
