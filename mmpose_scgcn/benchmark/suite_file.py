"""The Python file that says what a benchmark compares."""

import os
import runpy
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .results import slugify
from .suite import KINDS, Axis, Method, Search, Suite

_REQUIRED = ('title', 'config', 'norm', 'tests', 'methods')

Part = TypeVar('Part', Method, Search, Axis)


def load_suite(path: str | Path) -> Suite:
    """Read a suite file.

    It is a Python file with ``title``, ``config``, ``norm``, ``tests`` and
    ``methods``: a dict for each, by name, of :class:`.Method`'s arguments;
    and, if wanted, ``search`` and ``axes``, of :class:`.Search`'s and
    :class:`.Axis`'s, and ``summary`` and ``makes`` (:class:`.Suite`). It may
    import modules that lie beside it.

    Args:
        path (str | Path): The file.

    Returns:
        Suite: The suite.

    Raises:
        FileNotFoundError: There is no such file, or a config of it.
        ValueError: Something is missing or unknown.
    """
    path = Path(path)
    content = _run_file(path)
    missing = [name for name in _REQUIRED if name not in content]
    if missing:
        raise ValueError(f'{path}: expected {", ".join(missing)} too')
    search = content.get('search')
    suite = Suite(
        name=path.stem,
        path=str(path),
        methods=tuple(
            _make_method(path, name, {'config': content['config'], **values})
            for name, values in content['methods'].items()
        ),
        tests=content['tests'],
        norm=content['norm'],
        title=content['title'],
        search=None if search is None else _make(Search, path, search),
        axes={
            name: _make(Axis, path, values)
            for name, values in content.get('axes', {}).items()
        },
        summary=content.get('summary', {}),
        makes=content.get('makes', {}),
    )
    _check_suite(suite)
    return suite


def _run_file(path: Path) -> dict[str, Any]:
    """Run a suite file; what it imports from beside it is not kept."""
    if not path.is_file():
        raise FileNotFoundError(f'no suite file {path}')
    folder, before = str(path.parent.resolve()), set(sys.modules)
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(str(path))
    finally:
        sys.path.remove(folder)
        for name in set(sys.modules) - before:  # another folder has others
            file = getattr(sys.modules[name], '__file__', None) or ''
            if os.path.dirname(file) == folder:
                del sys.modules[name]


def _make_method(path: Path, name: str, values: Mapping[str, Any]) -> Method:
    """Make a row and check it by itself."""
    values = dict(
        values,
        config=os.path.normpath(path.parent / values['config']),
        seeds=tuple(values.get('seeds', (0,))),
    )
    method = _make(Method, path, values, name=name)
    if method.kind not in KINDS:
        raise ValueError(
            f'{path}: method {name}: expected kind in {KINDS}, got '
            f'{method.kind!r}'
        )
    if not Path(method.config).is_file():
        raise FileNotFoundError(
            f'{path}: method {name}: no config {method.config}'
        )
    return method


def _make(
    kind: type[Part], path: Path, values: Mapping[str, Any], **more: Any
) -> Part:
    """Make a part of a suite from its settings."""
    try:
        return kind(**more, **values)
    except TypeError as error:
        where = f'{path}: {kind.__name__.lower()} {more.get("name", "")}'
        raise ValueError(f'{where}: {error}') from error


def _check_suite(suite: Suite) -> None:
    """Check that what is referred to is there, and folders differ."""
    slugs: dict[str, str] = {}
    for method in suite.methods:
        other = slugs.setdefault(slugify(method.name), method.name)
        if other != method.name:
            raise ValueError(
                f'{suite.path}: the names {other!r} and {method.name!r} '
                'differ in signs only'
            )
        _check_start(suite, method)
    tests = [t for axis in suite.axes.values() for t in axis.tests.values()]
    tests += [test for test, _ in suite.summary.values()]
    groups: Mapping[str, str] = {}
    if suite.search is not None:
        tests.append(suite.search.test)
        groups = suite.search.groups
        _check_search(suite, groups.values())
    wanted = {method.group for method in suite.methods} - {''}
    _check_known(suite, 'no tests', tests, suite.tests)
    _check_known(suite, 'no search for the groups', wanted, groups)


def _check_known(
    suite: Suite, text: str, names: Iterable[str], known: Iterable[str]
) -> None:
    """Check that names are known."""
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f'{suite.path}: {text} {unknown}')


def _check_search(suite: Suite, names: Iterable[str]) -> None:
    """Check the methods by which learning rates are searched for."""
    for name in names:
        if suite.method(name).start:
            raise ValueError(
                f'{suite.path}: method {name}: a search needs a method '
                'without a start'
            )


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
    start = others[method.start]
    if start.checkpoint or start.start:
        raise ValueError(
            f'{where}: expected a method that is trained from scratch'
        )
