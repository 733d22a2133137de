"""The commit that a result is marked with."""

import subprocess
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def source_commit(folder: Path = _ROOT) -> str:
    """Name the source's commit, with a mark if it has changes.

    Those of the results, which a benchmark writes itself, do not count.

    Args:
        folder (Path): Top of the working tree. Defaults to this package's.

    Returns:
        str: The name; ``unknown`` where this is not the top of a working
        tree, as for an installed package.
    """

    def git(*command: str) -> str:
        done = subprocess.run(
            ['git', '-C', str(folder), *command],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    try:
        # A virtual environment may lie in the repository of something else.
        if Path(git('rev-parse', '--show-toplevel')) != folder.resolve():
            return 'unknown'
        name = git('describe', '--always')
        others = (':/', ':(top,exclude)benchmarks/results')
        changes = git('status', '--porcelain', '-uno', '--', *others)
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'
    return name + ('-dirty' if changes else '')
