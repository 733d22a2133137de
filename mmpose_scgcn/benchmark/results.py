"""The results file of a benchmark."""

import json
import os
from pathlib import Path


def load_results(path: str | Path) -> list[dict]:
    """Read the runs of a results file.

    Args:
        path (str | Path): JSON file; one that is not there holds no run.

    Returns:
        list[dict]: One dict for each run.

    Raises:
        ValueError: The file is of another form.
    """
    path = Path(path)
    if not path.is_file():
        return []
    try:
        runs = json.loads(path.read_text())['runs']
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(f'{path}: expected a results file ({error})') from (
            error
        )
    return runs


def save_result(path: str | Path, run: dict) -> None:
    """Add a run to a results file, whole or not at all.

    A run of the same method and seed is replaced.

    Args:
        path (str | Path): JSON file.
        run (dict): With ``method`` and ``seed``.
    """
    path = Path(path)
    runs = [r for r in load_results(path) if run_key(r) != run_key(run)]
    runs = sorted([*runs, run], key=run_key)
    # A line for each run: changes of few runs are changes of few lines.
    lines = ',\n'.join(json.dumps(r) for r in runs)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'{path.name}.{os.getpid()}.partial')
    partial.write_text(f'{{"runs": [\n{lines}\n]}}\n')
    partial.replace(path)


def run_key(run: dict) -> tuple[str, int]:
    """Tell runs apart."""
    return run['method'], run['seed']
