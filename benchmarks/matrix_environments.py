"""The environments of ``matrix.py``: what is in each, and how it is made."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name
from recorded import ROOT

#: Packages that hold the same modules as others, in whose place they come.
FORKS = {'onedl-mmengine': 'mmengine'}
#: Without what a package requires, and built with what is there.
_ALONE = ('--no-deps', '--no-build-isolation')
#: A file in environments that were made to the end.
COMPLETE = 'complete'
#: What an environment is asked for, in the order of the table.
ASKED = ('torch', 'numpy', 'opencv-python')


@dataclass(frozen=True)
class Combination:
    """Versions that go together.

    Args:
        python (str): Version of Python, such as ``3.11``.
        pins (tuple[str]): Lines such as ``numpy==2.3.5``, each in place of
            that of ``requirements/``. Without any it is what
            ``make install`` makes.
    """

    python: str
    pins: tuple[str, ...] = ()

    @property
    def compiles(self) -> bool:
        """Whether no wheel of xtcocotools fits, so that it is compiled."""
        numpy2 = any(pin.startswith('numpy==2') for pin in self.pins)
        return numpy2 or self.python == '3.12'


NUMPY2 = 'numpy==2.3.5'  # the last one that MMPose draws with
OPENCV4 = 'opencv-python==4.14.0.94'
OPENCV5 = 'opencv-python==5.0.0.93'
FORK = 'onedl-mmengine==0.10.12'
TORCH25 = ('torch==2.5.1', 'sympy==1.13.1')
COMBINATIONS = {
    'pins': Combination('3.11'),
    'Python-3.10': Combination('3.10'),
    'Python-3.12': Combination('3.12'),
    'onedl': Combination('3.11', (FORK,)),
    'NumPy-2': Combination('3.11', (NUMPY2, OPENCV4)),
    'OpenCV-5': Combination('3.11', (NUMPY2, OPENCV5)),
    'torch-2.5': Combination('3.11', TORCH25),
    'newest': Combination('3.12', (NUMPY2, OPENCV5, FORK)),
}


def find_pythons(named: Iterable[str], wanted: set[str]) -> dict[str, str]:
    """Find the interpreters.

    Args:
        named (Iterable[str]): Commands or paths of interpreters.
        wanted (set[str]): Versions; those that no named one has are
            looked for as ``python3.11`` and so on.

    Returns:
        dict[str, str]: The interpreter of each version.

    Raises:
        ValueError: If one is missing, or does not run.
    """
    code = 'import sys; print("%d.%d" % sys.version_info[:2])'
    found = {}
    for python in [*(f'python{version}' for version in wanted), *named]:
        try:
            version = _output(python, '-c', code)
        except (OSError, subprocess.CalledProcessError) as error:
            if python in named:
                raise ValueError(f'{python} does not run: {error}') from None
        else:
            found[version] = python
    if missing := wanted - set(found):
        raise ValueError(
            f'no Python {", ".join(sorted(missing))} on the PATH; name it '
            'with --python, or choose other combinations with --only'
        )
    return found


def _output(*command: str) -> str:
    """Run a command for what it prints."""
    done = subprocess.run(command, check=True, text=True, capture_output=True)
    return done.stdout.strip()


def change_pins(folder: Path, pins: Iterable[str]) -> None:
    """Write the requirements of a combination.

    Args:
        folder (Path): Where ``requirements/`` is copied to.
        pins (Iterable[str]): Lines in place of those of the same package.

    Raises:
        ValueError: If no requirement is of that package.
    """
    shutil.copytree(ROOT / 'requirements', folder)
    for pin in pins:
        package = pin.partition('==')[0]
        replaced = FORKS.get(package, package)
        if not sum(_change(f, replaced, pin) for f in folder.glob('*.txt')):
            raise ValueError(f'{replaced} is in no file of requirements/')
        if package in FORKS:  # what requires the other one must not bring it
            _move(folder, 'mmcv-lite')


def _change(file: Path, package: str, pin: str) -> int:
    """Put a pin in place of a package's lines, and count them."""
    name = re.escape(package).replace(r'\-', '[-_.]')
    text, count = re.subn(
        rf'^{name}==.*$', pin, file.read_text('utf-8'), flags=re.M | re.I
    )
    file.write_text(text, 'utf-8')
    return count


def _move(folder: Path, package: str) -> None:
    """Install a package without what it requires."""
    runtime, plain = folder / 'runtime.txt', folder / 'mmpose.txt'
    lines = runtime.read_text('utf-8').splitlines(keepends=True)
    moved = [line for line in lines if line.startswith(package)]
    kept = [line for line in lines if line not in moved]
    runtime.write_text(''.join(kept), 'utf-8')
    plain.write_text(plain.read_text('utf-8') + ''.join(moved), 'utf-8')


def make_environment(
    combination: Combination, python: str, folder: Path
) -> None:
    """Make an environment without the project, as the Makefile does.

    Args:
        combination (Combination): What is in it.
        python (str): The interpreter.
        folder (Path): Where it is made.
    """
    subprocess.run([python, '-m', 'venv', '--clear', folder], check=True)
    pins = folder / 'requirements'
    change_pins(pins, combination.pins)
    install = partial(_install, folder / 'bin/python')
    wheels = ('--only-binary', ':all:')
    runtime = pins / 'runtime.txt'
    if combination.compiles:
        # pip keeps what it has built, for whichever NumPy that was.
        install(*wheels, '-c', runtime, 'Cython', 'numpy', 'setuptools')
        package = ('--no-binary', 'xtcocotools', 'xtcocotools')
        install(*_ALONE, '--no-cache-dir', '-c', runtime, *package)
    install(*wheels, '-r', runtime, '-r', pins / 'test.txt')
    more = ('-r', pins / 'mmpose.txt', '-r', pins / 'detector.txt')
    install('--no-deps', *more)
    (folder / COMPLETE).touch()


def install_project(python: Path, source: Path) -> None:
    """Install a clone of the project in an environment, to be tested."""
    _install(python, *_ALONE, '-e', source)


def _install(python: Path, *arguments: str | Path) -> None:
    """Let the pip of an environment install something."""
    pip = [python, '-m', 'pip', 'install', '-q']
    subprocess.run([*pip, *arguments], check=True)


def versions_of(python: str) -> list[str]:
    """Ask an environment for what it has.

    Returns:
        list[str]: Versions of Python and of :data:`ASKED`, then MMEngine's
        package with its version.
    """
    code = (
        'import json, platform, importlib.metadata as m; print(json.dumps('
        '{d.name: d.version for d in m.distributions()} '
        '| {"python": platform.python_version()}))'
    )
    found = json.loads(_output(python, '-c', code))
    found = {canonicalize_name(name): found[name] for name in found}
    engines = [n for n in ('mmengine', *FORKS) if n in found]
    named = ' and '.join(f'{name} {found[name]}' for name in engines)
    return [*(found[name] for name in ('python', *ASKED)), named]
