"""The results file of a benchmark."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

#: Errors at which the CED is kept, fractions.
CED_ERRORS = np.linspace(0, 0.15, 151)
#: What a task leaves in its folder.
RESULT = 'result.json'
_PARTS = ('runs', 'search', 'failed', 'costs')


@dataclass
class Results:
    """What is known of a benchmark.

    Args:
        runs (list[dict]): One for each method and seed.
        search (list[dict]): One for each group and learning rate.
        failed (list[dict]): Runs that ended with an error, with its last
            line.
        costs (dict[str, dict]): For each method what it costs.
    """

    runs: list[dict] = field(default_factory=list)
    search: list[dict] = field(default_factory=list)
    failed: list[dict] = field(default_factory=list)
    costs: dict[str, dict] = field(default_factory=dict)

    def add_run(self, run: Mapping) -> None:
        """Add a run, or replace that of the same method and seed."""
        costs = self.costs.get(run['method'], {})
        self.runs = _add(self.runs, {**run, **costs}, run_key)
        self.failed = [r for r in self.failed if run_key(r) != run_key(run)]

    def add_tests(self, later: Mapping) -> None:
        """Add tests to a run that is known.

        Args:
            later (Mapping): ``method``, ``seed``, ``tests``, and the
                ``commit`` that they were run at, which the run has for each
                of them in ``tested_at``.
        """
        for run in self.runs:
            if run_key(run) == run_key(later):
                run['tests'] = {**run['tests'], **later['tests']}
                marks = dict.fromkeys(later['tests'], later['commit'])
                run['tested_at'] = {**run.get('tested_at', {}), **marks}

    def add_search(self, run: Mapping) -> None:
        """Add a run of the search, or replace that of the same values."""
        self.search = _add(self.search, run, search_key)

    def add_failure(self, failure: Mapping) -> None:
        """Keep that a run failed, and why."""
        self.failed = _add(self.failed, failure, run_key)

    def set_costs(self, costs: Mapping[str, Mapping]) -> None:
        """Keep what methods cost, in their runs too."""
        self.costs = {name: dict(costs[name]) for name in sorted(costs)}
        self.runs = [
            {**run, **self.costs.get(run['method'], {})} for run in self.runs
        ]

    def of(self, method: str) -> list[dict]:
        """List the runs of a method by seed."""
        done = [run for run in self.runs if run['method'] == method]
        return sorted(done, key=run_key)

    def tests_of(self, method: str, test: str) -> list[dict]:
        """List what the runs of a method have in a test.

        Args:
            method (str): The method.
            test (str): The test set.

        Returns:
            list[dict]: By seed; nothing unless each run has been tested.
        """
        runs = self.of(method)
        if any(test not in run['tests'] for run in runs):
            return []
        return [run['tests'][test] for run in runs]

    def save(self, path: str | Path) -> None:
        """Write the file, whole or not at all.

        Args:
            path (str | Path): JSON file; its folder is made.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # A line for each run: changes of few runs are changes of few lines.
        parts = [
            f'"{name}": [\n{_lines(getattr(self, name))}\n]'
            for name in _PARTS[:3]
            if getattr(self, name)
        ]
        if self.costs:
            lines = ',\n'.join(
                f'{json.dumps(name)}: {json.dumps(values)}'
                for name, values in self.costs.items()
            )
            parts.append(f'"costs": {{\n{lines}\n}}')
        partial = path.with_name(f'{path.name}.{os.getpid()}.partial')
        partial.write_text('{' + ',\n'.join(parts) + '}\n', encoding='utf-8')
        partial.replace(path)


def load_results(path: str | Path) -> Results:
    """Read a results file.

    Args:
        path (str | Path): JSON file; one that is not there holds nothing.

    Returns:
        Results: Its content.

    Raises:
        ValueError: The file is of another form.
    """
    path = Path(path)
    if not path.is_file():
        return Results()
    try:
        known = Results(**json.loads(path.read_text(encoding='utf-8')))
        for run in known.runs:
            run_key(run), run['tests']
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise ValueError(
            f'{path}: expected a results file ({error!r})'
        ) from error
    return known


def run_key(run: Mapping) -> tuple[str, int]:
    """Tell runs apart."""
    return run['method'], run['seed']


def search_key(run: Mapping) -> tuple[str, float]:
    """Tell runs of the search apart."""
    return run['group'], run['value']


def task_slug(task: dict) -> str:
    """Name a task for the file system."""
    parts = {
        'run': ('method', 'seed'),
        'test': ('method', 'seed'),
        'search': ('group', 'value'),
        'costs': (),
    }[task['kind']]
    words = [task['kind'] if task['kind'] != 'run' else '']
    words += [
        ''.join(c if c.isalnum() or c == '.' else '-' for c in str(task[p]))
        for p in parts
    ]
    return '_'.join(filter(None, words))


def _add(runs: Sequence[dict], run: Mapping, key) -> list[dict]:
    """Add a run in the order of the keys; one of the same key goes."""
    others = [r for r in runs if key(r) != key(run)]
    return sorted([*others, dict(run)], key=key)


def _lines(runs: Sequence[dict]) -> str:
    """Write runs, a line each."""
    return ',\n'.join(json.dumps(run) for run in runs)
