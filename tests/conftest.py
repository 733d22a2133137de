"""Fixtures that more than one test file uses."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import mmpose_scgcn  # noqa: F401  before any test imports MMPose

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Put on PYTHONPATH as sitecustomize.py: the modules named in HIDDEN are not
# there, neither for `import` nor for `find_spec`.
HIDE = """
import importlib.machinery
import os

hidden = os.environ['HIDDEN'].split()
find_spec = importlib.machinery.PathFinder.find_spec


def find_visible(fullname, path=None, target=None):
    if any(f'{fullname}.'.startswith(f'{name}.') for name in hidden):
        return None
    return find_spec(fullname, path, target)


importlib.machinery.PathFinder.find_spec = find_visible
"""

# As sitecustomize.py: the host has compiled operators (that do nothing).
OPERATORS = """
import importlib.machinery
import sys
import types


class Operators(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return print


ext = sys.modules['mmcv._ext'] = Operators('mmcv._ext')
ext.__spec__ = importlib.machinery.ModuleSpec('mmcv._ext', loader=object())
"""


@pytest.fixture(scope='session')
def scgcn_data() -> Path:
    """Folder of real data, named by the environment variable SCGCN_DATA."""
    folder = os.environ.get('SCGCN_DATA', '')
    if not folder or not Path(folder).is_dir():
        pytest.skip('SCGCN_DATA does not name a folder of real data')
    return Path(folder)


@pytest.fixture(scope='session')
def root() -> Path:
    """The source tree."""
    return ROOT


@pytest.fixture(scope='session')
def run_python(tmp_path_factory) -> Callable:
    """Run a fresh interpreter that sees the source tree.

    ``hidden`` names modules that are not there; ``path`` is a folder that
    comes first on the import path.
    """
    hide = tmp_path_factory.mktemp('hide')
    (hide / 'sitecustomize.py').write_text(HIDE)

    def run(*arguments, hidden='', path=None, cwd=None, **env):
        paths = [path, hide if hidden else None, ROOT]
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            env={
                **os.environ,
                'PYTHONPATH': os.pathsep.join(str(p) for p in paths if p),
                'PYTHONWARNINGS': 'ignore',
                'HIDDEN': hidden,
                **env,
            },
            cwd=cwd,
            text=True,
            capture_output=True,
        )

    return run


@pytest.fixture
def full_host(tmp_path) -> Path:
    """Folder for ``run_python(path=...)`` with all that MMPose may import."""
    files = {
        'sitecustomize.py': OPERATORS,
        'mmdet/__init__.py': '',
        'mmdet/utils.py': 'ConfigType = dict\ndef reduce_mean(x): return x\n',
        'torchvision/__init__.py': '',
        'torchvision/transforms.py': 'class ToPILImage: pass\n',
    }
    for name, content in files.items():
        file = tmp_path / 'full_host' / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path / 'full_host'


@pytest.fixture(scope='session')
def synthetic_faces(tmp_path_factory) -> Path:
    """A folder of a few procedural faces in three splits."""
    from mmpose_scgcn.synthetic import make_dataset

    folder = tmp_path_factory.mktemp('synthetic') / 'faces'
    make_dataset(folder, train=16, val=4, test=4, size=96, seed=7)
    return folder
