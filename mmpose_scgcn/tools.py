"""The command line tools: where they are, and running them."""

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent

#: Lines that are shown of a tool that failed.
_LAST_LINES = 40


def find_tools() -> dict[str, Path]:
    """Find the tools: the source tree's, or the wheel's.

    Returns:
        dict[str, pathlib.Path]: Files by name.
    """
    for folder in (_PACKAGE.parent / 'tools', _PACKAGE / '.mim/tools'):
        if (folder / 'predict.py').is_file():
            return {path.stem: path for path in sorted(folder.glob('*.py'))}
    return {}


def run_tool(
    name: str, *words: object, prefix: str = '', only: str = ''
) -> None:
    """Run a tool in a process of its own, one thread, and show its progress.

    Args:
        name (str): Of the tool.
        *words (object): Its arguments.
        prefix (str): Put before each line. Defaults to ''.
        only (str): Show lines that hold this, and the last lines if it
            fails. Defaults to '': let it write to the terminal itself.

    Raises:
        RuntimeError: It failed.
    """
    tool = find_tools()[name]
    command = [os.path.relpath(tool), *map(str, words)]
    # One write: two tools may start at once.
    print(f'$ python {shlex.join(command)}\n', end='', flush=True)
    # Tools that run beside each other share the cores; more threads would
    # only wait.
    env = {**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHONUNBUFFERED': '1'}
    with subprocess.Popen(
        [sys.executable, *command],
        env=env,
        stdout=subprocess.PIPE if only else None,
        stderr=subprocess.STDOUT if only else None,
        text=True,
    ) as process:
        lines = _show_lines(process, prefix, only)
    if process.returncode:
        print(''.join(lines[-_LAST_LINES:]), file=sys.stderr)
        raise RuntimeError(
            f'{tool.name} failed with status {process.returncode}'
        )


def _show_lines(
    process: subprocess.Popen, prefix: str, only: str
) -> Sequence[str]:
    """Print those lines of a process that hold a text; gives all of them."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if only in line:
            shown = line.split(' - INFO - ')[-1].rstrip()
            print(f'[{prefix}] {shown}' if prefix else shown, flush=True)
    return lines
