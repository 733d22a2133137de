"""The file that says what a benchmark compares."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mmengine.config import Config

KINDS = ('regression', 'integral', 'heatmap', 'simcc', 'graph')


@dataclass(frozen=True)
class Method:
    """One row of a benchmark.

    Args:
        name (str): Of the row.
        kind (str): One of ``KINDS``.
        options (Mapping): Settings of the config, by dotted key.
        config (str): Its config.
        pooled (bool): Whether the head sees an average over the map.
        ours (bool): Whether the method is this package's.
        seeds (tuple[int, ...]): Seeds to run.
        delay (int): How many turns of the others come first.
    """

    name: str
    kind: str
    options: Mapping = field(default_factory=dict)
    config: str = ''
    pooled: bool = False
    ours: bool = False
    seeds: tuple[int, ...] = (0,)
    delay: int = 0


@dataclass(frozen=True)
class Suite:
    """A benchmark.

    Args:
        name (str): Of its results.
        methods (tuple[Method, ...]): Its rows.
        runs (tuple[tuple[Method, int], ...]): Methods and seeds in the order
            in which they are run.
        tests (Mapping[str, Mapping]): For each test set what its data set's
            setting differs in from the config's test set.
        norm (str | tuple): Normaliser.
        title (str): What is compared, for the report.
    """

    name: str
    methods: tuple[Method, ...]
    runs: tuple[tuple[Method, int], ...]
    tests: Mapping[str, Mapping]
    norm: str | tuple
    title: str


def load_suite(path: str | Path) -> Suite:
    """Read a suite file.

    It is a Python file with ``title``, ``config``, ``norm``, ``tests`` and
    ``methods``: a dict for each, by name, of :class:`Method`'s arguments.
    First comes the first seed of every method, then the second ones.

    Args:
        path (str | Path): The file.

    Returns:
        Suite: The suite.

    Raises:
        FileNotFoundError: There is no such file, or a config of it.
        ValueError: Something is missing or unknown.
    """
    content = Config.fromfile(str(path))
    missing = [
        name
        for name in ('title', 'config', 'norm', 'tests', 'methods')
        if name not in content
    ]
    if missing:
        raise ValueError(f'{path}: expected {", ".join(missing)} too')
    folder = Path(path).parent
    methods = []
    for name, values in content.methods.to_dict().items():
        values.setdefault('config', content.config)
        values['config'] = os.path.normpath(folder / values['config'])
        values['seeds'] = tuple(values.get('seeds', (0,)))
        methods.append(_check(Method(name=name, **values), path))
    runs = [
        (method.delay + turn, method, seed)
        for method in methods
        for turn, seed in enumerate(method.seeds)
    ]
    runs.sort(key=lambda run: run[0])  # stable: methods keep their order
    return Suite(
        name=Path(path).stem,
        methods=tuple(methods),
        runs=tuple((method, seed) for _, method, seed in runs),
        tests=content.tests.to_dict(),
        norm=content.norm,
        title=content.title,
    )


def _check(method: Method, path: str | Path) -> Method:
    """Check one method."""
    if method.kind not in KINDS:
        raise ValueError(
            f'{path}: method {method.name}: expected kind in {KINDS}, got '
            f'{method.kind!r}'
        )
    if not Path(method.config).is_file():
        raise FileNotFoundError(
            f'{path}: method {method.name}: no config {method.config}'
        )
    return method
