"""Tools run in the process of the tests, which is quick."""

import os
import runpy
from collections.abc import Callable
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Done:
    """What a tool leaves, as ``subprocess.run`` tells it."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture(scope='session')
def tool_main(root) -> Callable:
    """Give the ``main`` of a tool by its name; each file is read once."""
    found: dict[str, Callable] = {}

    def load(name):
        if name not in found:
            script = root / 'tools' / f'{name}.py'
            found[name] = runpy.run_path(str(script))['main']
        return found[name]

    return load


@pytest.fixture
def run_main(tool_main, tmp_path, monkeypatch, capfd) -> Callable:
    """Run a tool by its name in this process, and in an empty folder."""

    def run(name, *arguments, cwd=tmp_path):
        with monkeypatch.context() as patch:
            patch.chdir(cwd)
            patch.setattr('sys.argv', [f'{name}.py', *map(str, arguments)])
            # Tools set it for what they start.
            patch.setitem(os.environ, 'LOCAL_RANK', '0')
            code = 0
            try:
                code = tool_main(name)() or 0
            except SystemExit as end:
                code = end.code or 0
        told = capfd.readouterr()
        if isinstance(code, str):  # Python prints it
            return Done(1, told.out, f'{told.err}{code}\n')
        return Done(code, told.out, told.err)

    return run
