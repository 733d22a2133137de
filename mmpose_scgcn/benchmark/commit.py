"""The commit that a result is marked with."""

import subprocess
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def source_commit(folder: Path = _ROOT) -> str:
    """Name the source's commit, with a mark if it has changes.

    Those of the results, which a benchmark writes itself, do not count. A
    folder that is not the top of a working tree, such as that of an installed
    package, has the name ``unknown``.
    """

    def git(*words: str) -> str:
        command = ['git', '-C', str(folder), *words]
        quiet = subprocess.DEVNULL
        return subprocess.check_output(command, stderr=quiet, text=True)

    try:
        # A virtual environment may lie in the repository of something else.
        top = git('rev-parse', '--show-toplevel').strip()
        if Path(top) != folder.resolve():
            return 'unknown'
        name = git('describe', '--always').strip()
        others = (':/', ':(top,exclude)benchmarks/results')
        changes = git('status', '--porcelain', '-uno', '--', *others)
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'
    return name + ('-dirty' if changes else '')
