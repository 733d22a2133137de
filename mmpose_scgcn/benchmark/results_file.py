"""The JSON file of a benchmark's results."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from .results import (
    Accuracy,
    Cost,
    Failure,
    PoseBins,
    PoseErrors,
    Results,
    RunRecord,
    TrialRecord,
)


def save_results(known: Results, path: str | Path) -> None:
    """Write a results file, whole or not at all; its folder is made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f'{path.name}.{os.getpid()}.partial')
    partial.write_text(_dump(known), encoding='utf-8')
    partial.replace(path)


def load_results(path: str | Path) -> Results:
    """Read a results file; one that is not there holds nothing.

    Raises:
        ValueError: The file is of another form.
    """
    path = Path(path)
    if not path.is_file():
        return Results()
    try:
        return _parse(**json.loads(path.read_text(encoding='utf-8')))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path}: expected a results file ({error!r})'
        ) from error


def _dump(known: Results) -> str:
    """Write results, a line each: changes of few runs change few lines."""
    bins: dict[PoseBins, int] = {}  # each stands in the file once
    runs = [_write_run(run, bins) for run in known.runs]
    parts = [
        _part('pose_bins', '[]', [json.dumps(_plain(b)) for b in bins]),
        _part('runs', '[]', [json.dumps(run) for run in runs]),
        _part('search', '[]', [json.dumps(_plain(t)) for t in known.search]),
        _part('failed', '[]', [json.dumps(_plain(f)) for f in known.failed]),
        _part(
            'costs',
            '{}',
            [
                f'{json.dumps(name)}: {json.dumps(_plain(cost))}'
                for name, cost in sorted(known.costs.items())
            ],
        ),
    ]
    return '{' + ',\n'.join(filter(None, parts)) + '}\n'


def _part(name: str, brackets: str, lines: Sequence[str]) -> str:
    """Write a part of the file; nothing for an empty one."""
    content = ',\n'.join(lines)
    left, right = brackets
    return f'"{name}": {left}\n{content}\n{right}' if content else ''


def _plain(record: Any) -> dict[str, Any]:
    """List the fields of a record that hold something."""
    values = {f.name: getattr(record, f.name) for f in fields(record)}
    return {
        name: value
        for name, value in values.items()
        if value is not None and value not in ('', (), {})
    }


def _write_run(run: RunRecord, bins: dict[PoseBins, int]) -> dict[str, Any]:
    """Write a run; bins of the pose are noted, and named by number."""
    tests = {
        name: _write_accuracy(accuracy, bins)
        for name, accuracy in run.tests.items()
    }
    return {**_plain(run), 'tests': tests}


def _write_accuracy(
    accuracy: Accuracy, bins: dict[PoseBins, int]
) -> dict[str, Any]:
    """Write the figures beside what they are of."""
    content = {**accuracy.figures, **_plain(accuracy)}
    del content['figures']
    if accuracy.subsets:
        content['subsets'] = {
            name: _write_accuracy(subset, bins)
            for name, subset in accuracy.subsets.items()
        }
    if accuracy.pose:
        number = bins.setdefault(accuracy.pose.bins, len(bins))
        content['pose'] = dict(bins=number, NME=accuracy.pose.NME)
    return content


def _parse(
    pose_bins: Iterable[Mapping] = (),
    runs: Iterable[Mapping] = (),
    search: Iterable[Mapping] = (),
    failed: Iterable[Mapping] = (),
    costs: Mapping[str, Mapping] | None = None,
) -> Results:
    """Read the content of a results file."""
    bins = [PoseBins(**_tuples(values)) for values in pose_bins]
    return Results(
        [_read_run(run, bins) for run in runs],
        [TrialRecord(**trial) for trial in search],
        [Failure(**failure) for failure in failed],
        {name: Cost(**cost) for name, cost in (costs or {}).items()},
    )


def _read_run(content: Mapping, bins: Sequence[PoseBins]) -> RunRecord:
    """Read a run."""
    tests = {
        name: _read_accuracy(accuracy, bins)
        for name, accuracy in content['tests'].items()
    }
    return RunRecord(**{**_tuples(content), 'tests': tests})


def _read_accuracy(content: Mapping, bins: Sequence[PoseBins]) -> Accuracy:
    """Read figures, and what is beside them."""
    figures = dict(content)
    faces, ced = figures.pop('faces'), tuple(figures.pop('ced', ()))
    subsets = figures.pop('subsets', {})
    pose = figures.pop('pose', None)
    return Accuracy(
        faces,
        figures,
        {name: _read_accuracy(value, bins) for name, value in subsets.items()},
        ced,
        pose and PoseErrors(bins[pose['bins']], tuple(pose['NME'])),
    )


def _tuples(content: Mapping) -> dict[str, Any]:
    """Turn lists into tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in content.items()
    }
