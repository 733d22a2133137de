"""The Python file that says what a benchmark compares."""

import os
import runpy
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from mmpose_scgcn.config_files import line_of

from .results import slugify
from .suite import KINDS, Axis, Method, Search, Suite
from .tables import BIAS, COLUMNS

_REQUIRED = ('title', 'config', 'norm', 'tests', 'methods')
_PLAIN = ('title', 'norm', 'tests', 'summary', 'makes')

Part = TypeVar('Part', Method, Search, Axis)


def load_suite(path: str | Path) -> Suite:
    """Read a suite file.

    It is a Python file with ``title``, ``config``, ``norm``, ``tests`` and
    ``methods``: a dict for each, by name, of :class:`.Method`'s arguments;
    and, if wanted, ``search`` and ``axes``, of :class:`.Search`'s and
    :class:`.Axis`'s, and ``summary`` and ``makes`` (:class:`.Suite`). It may
    import modules that lie beside it.

    Raises:
        FileNotFoundError: There is no such file, or a config of it.
        ValueError: Something is missing or unknown.
    """
    path = Path(path)
    content = _run_file(path)
    missing = [name for name in _REQUIRED if name not in content]
    if missing:
        raise ValueError(f'{path}: expected {", ".join(missing)} too')
    for name in ('methods', 'tests', 'axes'):
        _check_settings(path, name, content.get(name, {}))
    methods = tuple(
        _make_method(path, name, {'config': content['config'], **values})
        for name, values in content['methods'].items()
    )
    search = content.get('search')
    axes = content.get('axes', {})
    suite = Suite(
        name=path.stem,
        path=str(path),
        methods=methods,
        search=None if search is None else _make(Search, path, search),
        axes={name: _make_axis(path, name, a) for name, a in axes.items()},
        **{name: content[name] for name in _PLAIN if name in content},
    )
    faults = [*_faults_of_methods(suite), *_faults_of_names(suite)]
    if faults:
        raise ValueError(f'{path}: {faults[0]}')
    return suite


def _run_file(path: Path) -> dict[str, Any]:
    """Run a suite file; what it imports from beside it is not kept."""
    if not path.is_file():
        raise FileNotFoundError(f'no suite file {path}')
    folder, before = str(path.parent.resolve()), set(sys.modules)
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(str(path))
    except Exception as error:  # a suite is a program
        raise ValueError(
            f'{path} cannot be read: {line_of(path, error)}'
            f'{type(error).__name__}: {error}'
        ) from error
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:  # another folder has others
            file = getattr(sys.modules[name], '__file__', None) or ''
            if os.path.dirname(file) == folder:
                del sys.modules[name]


def _check_settings(path: Path, name: str, content: Any) -> None:
    """Check that something is a dict of dicts."""
    wanted = f'{path}: expected {name} to be a dict with a dict for each name'
    if not isinstance(content, Mapping):
        raise ValueError(f'{wanted}, got {content!r}')
    if not content and name in _REQUIRED:
        raise ValueError(f'{wanted}, got none')
    for key, values in content.items():
        if not isinstance(values, Mapping):
            raise ValueError(f'{wanted}, got {values!r} for {key!r}')


def _make_method(path: Path, name: str, values: Mapping[str, Any]) -> Method:
    config = os.path.normpath(path.parent / values['config'])
    seeds = values.get('seeds', (0,))
    if isinstance(seeds, str) or not isinstance(seeds, Iterable):
        raise ValueError(
            f'{path}: method {name}: expected a list of seeds, such as '
            f'(0, 1, 2), got seeds={seeds!r}'
        )
    seeds = tuple(seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(
            f'{path}: method {name}: expected seeds that differ, at least '
            f'one, got seeds={seeds!r}'
        )
    values = dict(values, config=config, seeds=seeds)
    checkpoint = values.get('checkpoint', '')
    beside = path.parent / checkpoint
    if not Path(checkpoint).is_file() and beside.is_file():
        values['checkpoint'] = os.path.normpath(beside)
    method = _make(Method, path, values, name=name)
    if not Path(config).is_file():
        raise FileNotFoundError(f'{path}: method {name}: no config {config}')
    return method


def _make_axis(path: Path, name: str, values: Mapping[str, Any]) -> Axis:
    """Make an axis, whose values may be numbers or texts of them."""
    axis = _make(Axis, path, values)
    try:
        tests = {f'{float(v):g}': test for v, test in axis.tests.items()}
    except (AttributeError, TypeError, ValueError):
        raise ValueError(
            f'{path}: axis {name}: expected tests to be a dict from numbers '
            f"to names, such as {{'0': 'test'}}, got {axis.tests!r}"
        ) from None
    return replace(axis, tests=tests)


def _make(
    kind: type[Part], path: Path, values: Mapping[str, Any], **more: Any
) -> Part:
    """Make a part of a suite from its settings."""
    try:
        return kind(**more, **values)
    except TypeError as error:
        where = f'{path}: {kind.__name__.lower()} {more.get("name", "")}'
        raise ValueError(f'{where}: {error}') from error


def _faults_of_methods(suite: Suite) -> Iterator[str]:
    """Tell what is wrong with single rows; folders have to differ too."""
    rows = {method.name: method for method in suite.methods}
    slugs: dict[str, str] = {}
    for name, method in rows.items():
        if method.kind not in KINDS:
            got = f'expected kind in {KINDS}, got {method.kind!r}'
            yield f'method {name}: {got}'
        other = slugs.setdefault(slugify(name), name)
        if other != name:
            yield f'the names {other!r} and {name!r} differ in signs only'
        if method.predictor and not _is_bare(method):
            yield (
                f'method {name}: a method with a predictor has no options, '
                'checkpoint, start, group, codec, transforms or augment'
            )
        if not method.start:
            continue
        where = f'method {name}: start {method.start!r}'
        start = rows.get(method.start)
        if start is None:
            yield f'{where}: there is no such method'
        elif not method.trained:
            yield f'{where}: a method with a checkpoint is not trained'
        elif not start.trained or start.start:
            yield f'{where}: expected a method that is trained from scratch'


def _is_bare(method: Method) -> bool:
    """Tell that a row has nothing that only a config's model can have."""
    return not any(
        (
            *(method.options, method.checkpoint, method.start, method.group),
            *(method.codec, method.transforms, method.augment),
        )
    )


def _faults_of_names(suite: Suite) -> Iterator[str]:
    """Tell what is referred to and not there."""
    tests = {t for axis in suite.axes.values() for t in axis.tests.values()}
    tests |= {test for test, _ in suite.summary.values()}
    groups = {method.group for method in suite.methods} - {''}
    if suite.search is not None:
        tests.add(suite.search.test)
        groups |= set(suite.search.more)
        groups -= set(suite.search.groups)
        for name in suite.search.groups.values():
            if suite.method(name).start:
                needs = 'a search needs a method without a start'
                yield f'method {name}: {needs}'
    figures = {*COLUMNS, *BIAS}
    for column, (_, figure) in suite.summary.items():
        if figure not in figures:
            expected = ', '.join(sorted(figures))
            yield f'summary {column!r}: no figure {figure!r} of {expected}'
    if unknown := sorted(tests - set(suite.tests)):
        yield f'no tests {unknown}'
    if groups:
        yield f'no search for the groups {sorted(groups)}'
