"""The JSON file of a benchmark's results."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_json, write_text

from .results import (
    Accuracy,
    Cost,
    Failure,
    PoseBins,
    PoseErrors,
    Results,
    RunRecord,
    TrialRecord,
    run_key,
    trial_key,
)


def save_results(known: Results, path: str | Path) -> None:
    """Write a results file, whole or not at all; its folder is made."""
    write_text(path, _dump(known))


def merge_results(known: Results, path: str | Path) -> None:
    """Add what another process has written to a results file meanwhile.

    Args:
        known (Results): What this one knows; it counts where both have a
            record.
        path (str | Path): The file.

    Raises:
        ValueError: The file is of another form.
    """
    there = load_results(path)
    runs = set(map(run_key, known.runs))
    trials = set(map(trial_key, known.search))
    failed = runs | set(map(run_key, known.failed))
    for run in there.runs:
        if run_key(run) not in runs:
            known.add_run(run)
    for trial in there.search:
        if trial_key(trial) not in trials:
            known.add_trial(trial)
    for failure in there.failed:
        if run_key(failure) not in failed:
            known.add_failure(failure)
    known.costs = {**there.costs, **known.costs}


def load_results(path: str | Path) -> Results:
    """Read a results file; one that is not there holds nothing.

    Raises:
        ValueError: The file is of another form.
    """
    path = Path(path)
    if not path.is_file():
        return Results()
    try:
        return _parse(**read_json(path))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path}: expected a results file ({error!r})'
        ) from error


def _dump(known: Results) -> str:
    """Write results, a line each: changes of few runs change few lines."""
    bins: list[PoseBins] = []  # each stands once, and is named by number

    def encode(record: Any) -> Any:
        if not isinstance(record, PoseBins):
            return {k: v for k, v in vars(record).items() if v or v == 0}
        if record not in bins:
            bins.append(record)
        return bins.index(record)

    def dump(record: Any) -> str:
        return json.dumps(record, default=encode)

    parts = {
        name: f'[\n{_lines(map(dump, records))}\n]'
        for name in ('runs', 'search', 'failed')
        if (records := getattr(known, name))
    }
    if bins:
        lines = _lines(json.dumps(vars(b)) for b in bins)
        parts = {'pose_bins': f'[\n{lines}\n]', **parts}
    if costs := sorted(known.costs.items()):
        lines = _lines(f'{dump(name)}: {dump(cost)}' for name, cost in costs)
        parts['costs'] = f'{{\n{lines}\n}}'
    return f'{{{_lines(f"{dump(k)}: {part}" for k, part in parts.items())}}}\n'


def _lines(items: Iterable[str]) -> str:
    return ',\n'.join(items)


def _parse(
    pose_bins: Iterable[Mapping] = (),
    runs: Iterable[Mapping] = (),
    search: Iterable[Mapping] = (),
    failed: Iterable[Mapping] = (),
    costs: Mapping[str, Mapping] | None = None,
) -> Results:
    """Read the content of a results file."""
    bins = [PoseBins(**values) for values in pose_bins]

    def accuracies(content: Mapping) -> dict[str, Accuracy]:
        return {name: accuracy(**values) for name, values in content.items()}

    def accuracy(pose: Any = None, subsets: Any = (), **more: Any) -> Accuracy:
        if pose:
            pose = PoseErrors(bins[pose['bins']], pose['NME'])
        return Accuracy(pose=pose, subsets=accuracies(dict(subsets)), **more)

    def run(tests: Mapping, **more: Any) -> RunRecord:
        return RunRecord(tests=accuracies(tests), **more)

    known = Results(
        [run(**content) for content in runs],
        [TrialRecord(**trial) for trial in search],
        [Failure(**failure) for failure in failed],
        {name: Cost(**cost) for name, cost in (costs or {}).items()},
    )
    for records, key in ((known.runs, run_key), (known.search, trial_key)):
        keys = Counter(map(key, records))
        if twice := [k for k, count in keys.items() if count > 1]:
            raise ValueError(f'{twice[0]} is there more than once')
    return known
