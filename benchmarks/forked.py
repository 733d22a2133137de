"""Tools as processes that need not import everything again.

Each is a fork of this process, which has imported PyTorch and MMPose: what is
killed at a random moment is the work, not the seconds of importing.
"""

import os
import runpy
import signal
import sys
import time
import traceback
from pathlib import Path

# What is not used here, the tools would import in each of their processes.
import mmpose_scgcn.launch  # noqa: F401  before MMPose; by train and test

import mmengine.runner  # noqa: F401  by launch
import mmpose.apis  # noqa: F401  by what loads a model
import mmpose.datasets  # noqa: F401  by what reads a data set
import torch._dynamo  # noqa: F401  by the first optimizer
import torch.utils.cpp_extension  # noqa: F401  by a runner, for its log


class Forked:
    """A tool that runs.

    Args:
        folder (Path): Where it runs.
        command (list): Script and arguments.
        log (Path): File for what it prints.
    """

    def __init__(self, folder: Path, command: list, log: Path) -> None:
        self.status: int | None = None
        sys.stdout.flush()
        self.process = os.fork()
        if self.process == 0:
            _become(folder, [str(word) for word in command], log)

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for its end.

        Args:
            seconds (float, optional): At most so long. Defaults to None.

        Returns:
            int, optional: Its exit status, negative for a signal; None if it
            still runs.
        """
        until = None if seconds is None else time.monotonic() + seconds
        while self.status is None:
            number, status = os.waitpid(self.process, os.WNOHANG)
            if number:
                self.status = os.waitstatus_to_exitcode(status)
            elif until is not None and time.monotonic() >= until:
                break
            else:
                time.sleep(0.005)
        return self.status

    def kill(self) -> None:
        """Kill it, and what it has started goes by itself."""
        os.kill(self.process, signal.SIGKILL)
        self.wait()


def run_forked(folder: Path, command: list, check: bool = True) -> int:
    """Run a tool to its end.

    Args:
        folder (Path): Where it runs; what it prints is beside the folder.
        command (list): Script and arguments.
        check (bool): Whether it has to succeed. Defaults to True.

    Returns:
        int: Its exit status, negative for a signal.

    Raises:
        RuntimeError: It failed, and had to succeed.
    """
    log = folder.parent / 'output.log'
    status = Forked(folder, command, log).wait()
    if status is None or (check and status):
        raise RuntimeError(f'{command}: {log.read_text("utf-8")[-3000:]}')
    return status


def _become(folder: Path, command: list[str], log: Path) -> None:
    """Run a script as this process; never returns."""
    status = 1
    try:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.chdir(folder)
        sys.argv = command
        sys.path.insert(0, str(Path(command[0]).parent))
        runpy.run_path(command[0], run_name='__main__')
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
