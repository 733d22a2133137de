"""The file that says what a benchmark compares."""

import os
import runpy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .results import task_slug

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
        group (str): Rows that share a learning rate; none is searched for
            without one.
        checkpoint (str): Path or address of weights to test instead of
            training.
        curve (bool): Whether the row has a curve in the plots.
        codec (Mapping): Codec of its labels, instead of the config's.
        augment (tuple[Mapping, ...]): Transforms of training faces, after
            those that the config has for images.
        start (str): Method from whose weights and graph, those of its first
            seed, the training starts.
    """

    name: str
    kind: str
    options: Mapping = field(default_factory=dict)
    config: str = ''
    pooled: bool = False
    ours: bool = False
    seeds: tuple[int, ...] = (0,)
    delay: int = 0
    group: str = ''
    checkpoint: str = ''
    curve: bool = True
    codec: Mapping = field(default_factory=dict)
    augment: tuple[Mapping, ...] = ()
    start: str = ''

    @property
    def absent(self) -> bool:
        """Whether the weights to test are a file that is not here."""
        return (
            bool(self.checkpoint)
            and '://' not in self.checkpoint
            and not Path(self.checkpoint).is_file()
        )


@dataclass(frozen=True)
class Search:
    """A search for the learning rate of each group of methods.

    Args:
        groups (Mapping[str, str]): For each group the method that stands
            for it.
        values (tuple[float, ...]): What is tried.
        test (str): Test set that decides, by ``NME``.
        option (str): Setting of the config.
        options (Mapping): What else differs in the search, such as its
            length.
        seed (int): Of its trainings.
    """

    groups: Mapping[str, str]
    values: tuple[float, ...]
    test: str = 'val'
    option: str = 'optim_wrapper.optimizer.lr'
    options: Mapping = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Axis:
    """What is varied over some test sets, for a table and a plot.

    Args:
        label (str): Name and unit.
        tests (Mapping[str, str]): Test set at each value.
    """

    label: str
    tests: Mapping[str, str]


@dataclass(frozen=True)
class Suite:
    """A benchmark.

    Args:
        name (str): Of its results.
        path (str): Its file.
        methods (tuple[Method, ...]): Its rows.
        runs (tuple[tuple[Method, int], ...]): Methods and seeds in the order
            in which they are run.
        tests (Mapping[str, Mapping]): For each test set what its data set's
            setting differs in from the config's test set.
        norm (str | tuple): Normaliser.
        title (str): What is compared, for the report.
        search (Search, optional): For learning rates.
        axes (Mapping[str, Axis]): Disturbances, by name.
        summary (Mapping[str, tuple[str, str]]): Columns of the table that
            comes first: test set and figure.
        makes (Mapping[str, tuple[str, ...]]): Annotation files of training
            sets that are made if they are missing: for each, as the config
            names it, the tool, relative to this package's repository, and
            its arguments.
    """

    name: str
    path: str
    methods: tuple[Method, ...]
    runs: tuple[tuple[Method, int], ...]
    tests: Mapping[str, Mapping]
    norm: str | tuple
    title: str
    search: Search | None = None
    axes: Mapping[str, Axis] = field(default_factory=dict)
    summary: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    makes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def undisturbed(self) -> list[str]:
        """Names of the test sets whose images are as they are."""
        return [
            name
            for name, setting in self.tests.items()
            if not setting.get('insert')
        ]

    def method(self, name: str) -> Method:
        """Find a row by its name.

        Raises:
            ValueError: There is none.
        """
        for method in self.methods:
            if method.name == name:
                return method
        raise ValueError(f'{self.path} has no method {name!r}')


def load_suite(path: str | Path) -> Suite:
    """Read a suite file.

    It is a Python file with ``title``, ``config``, ``norm``, ``tests`` and
    ``methods``: a dict for each, by name, of :class:`Method`'s arguments;
    and, if wanted, ``search`` and ``axes``, of :class:`Search`'s and
    :class:`Axis`'s, and ``summary`` and ``makes`` (:class:`Suite`). First
    comes the first seed of every method, then the second ones.

    Args:
        path (str | Path): The file.

    Returns:
        Suite: The suite.

    Raises:
        FileNotFoundError: There is no such file, or a config of it.
        ValueError: Something is missing or unknown.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'no suite file {path}')
    content = runpy.run_path(str(path))
    missing = [
        name
        for name in ('title', 'config', 'norm', 'tests', 'methods')
        if name not in content
    ]
    if missing:
        raise ValueError(f'{path}: expected {", ".join(missing)} too')
    folder = Path(path).parent
    methods = []
    for name, values in content['methods'].items():
        config = values.get('config', content['config'])
        values = dict(
            values,
            config=os.path.normpath(folder / config),
            seeds=tuple(values.get('seeds', (0,))),
        )
        methods.append(_check(_make(Method, values, path, name=name), path))
    runs = [
        (method.delay + turn, method, seed)
        for method in methods
        for turn, seed in enumerate(method.seeds)
    ]
    runs.sort(key=lambda run: run[0])  # stable: methods keep their order
    suite = Suite(
        name=Path(path).stem,
        path=str(path),
        methods=tuple(methods),
        runs=tuple((method, seed) for _, method, seed in runs),
        tests=content['tests'],
        norm=content['norm'],
        title=content['title'],
        search=_make(Search, content['search'], path)
        if 'search' in content
        else None,
        axes={
            name: _make(Axis, values, path)
            for name, values in content.get('axes', {}).items()
        },
        summary=content.get('summary', {}),
        makes=content.get('makes', {}),
    )
    _check_names(suite)
    return suite


def _make(kind: type, values: dict, path: str | Path, **more):
    """Make a part of a suite from its settings."""
    try:
        return kind(**more, **values)
    except TypeError as error:
        name = more.get('name', '')
        raise ValueError(
            f'{path}: {kind.__name__.lower()} {name}: {error}'
        ) from error


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


def _check_names(suite: Suite) -> None:
    """Check that what is referred to is there, and folders differ."""
    slugs = {}
    for method in suite.methods:
        slug = task_slug(dict(kind='run', method=method.name, seed=0))
        if slug in slugs:
            raise ValueError(
                f'{suite.path}: the names {slugs[slug]!r} and {method.name!r} '
                'differ in signs only'
            )
        slugs[slug] = method.name
    for method in suite.methods:
        _check_start(suite, method)
    tests = [t for axis in suite.axes.values() for t in axis.tests.values()]
    tests += [test for test, _ in suite.summary.values()]
    groups = {method.group for method in suite.methods} - {''}
    if suite.search is not None:
        tests.append(suite.search.test)
        for name in suite.search.groups.values():
            if suite.method(name).start:
                raise ValueError(
                    f'{suite.path}: method {name}: a search needs a method '
                    'without a start'
                )
    unknown = sorted(set(tests) - set(suite.tests))
    if unknown:
        raise ValueError(f'{suite.path}: no tests {unknown}')
    known = suite.search.groups if suite.search is not None else {}
    unknown = sorted(groups - set(known))
    if unknown:
        raise ValueError(f'{suite.path}: no search for the groups {unknown}')


def _check_start(suite: Suite, method: Method) -> None:
    """Check what a method starts from."""
    if not method.start:
        return
    where = f'{suite.path}: method {method.name}: start {method.start!r}'
    others = {other.name: other for other in suite.methods}
    if method.start not in others:
        raise ValueError(f'{where}: there is no such method')
    if method.checkpoint:
        raise ValueError(f'{where}: a method with a checkpoint is not trained')
    if others[method.start].checkpoint or others[method.start].start:
        raise ValueError(
            f'{where}: expected a method that is trained from scratch'
        )
