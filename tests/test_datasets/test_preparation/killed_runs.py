"""Runs of a preparation that are killed, each at another step.

A step is whatever changes names in the file system. Each run is a process of
its own, forked from this one; what it leaves is printed, a line for each.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from mmpose_scgcn.datasets.preparation import (
    Options,
    output,
    prepare,
    read_tables,
)
from mmpose_scgcn.staging import recover

STEPS = ('replace', 'rename', 'unlink', 'rmdir', 'symlink')


def state(folder: Path) -> dict | None:
    """What a user sees in a folder."""
    if not folder.exists():
        return None
    found = {}
    for path in sorted(folder.rglob('*')):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = str(path.resolve())
        elif path.is_file():
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def kill_at(step: int) -> None:
    """End the process in place of a step."""
    left = step

    def counted(function: Callable) -> Callable:
        def call(*args, **kwargs):
            nonlocal left
            if left == 0:
                os._exit(9)
            left -= 1
            return function(*args, **kwargs)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    output.swap_folders = counted(output.swap_folders)


def main() -> None:
    """Run for every step until a run is whole."""
    table, images, out = map(Path, sys.argv[1:4])
    copy, recovers = (word == 'yes' for word in sys.argv[4:])
    source = read_tables(table, images)
    options = Options(seed=1, val_share=0.5)
    # Most of the later ones remove a file of the earlier run.
    for step in [*range(14), *range(14, 200, 6)]:
        child = os.fork()
        if child == 0:
            kill_at(step)
            prepare(
                *(source, out, options),
                overwrite=True,
                copy_images=copy,
                workers=1,
            )
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        left = state(out)
        if recovers:
            recover(out)
        print(json.dumps([status, left, state(out)]))
        if status != 9:
            return


if __name__ == '__main__':
    main()
