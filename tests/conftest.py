"""Fixtures that more than one test file uses."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import mmpose_scgcn  # noqa: F401  before any test imports MMPose

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
# Many tests compare bits, which a GPU does not repeat, or tensors with those
# of a model that a tool has trained: all run on the CPU. What a GPU does is
# measured by benchmarks/on_a_gpu.py.
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
WARM_PYTHON = ROOT / 'tests' / 'warm_python.py'

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


#: How the reason starts for which a test without its real data is skipped.
NO_DATA = 'no real data: '


def pytest_terminal_summary(terminalreporter) -> None:
    """Say how many tests were left out for want of real data."""
    skipped = terminalreporter.stats.get('skipped', ())
    missing = sum(NO_DATA in str(report.longrepr) for report in skipped)
    if missing:
        terminalreporter.write_line(
            f'{missing} tests were left out because they need real faces. '
            'To run them, set SCGCN_DATA to a folder with the data sets; '
            'CONTRIBUTING.md says which and where they come from.'
        )


def pytest_collection_finish() -> None:
    """Make quick what MMEngine does a lot: collect garbage."""
    gc.collect()
    gc.freeze()


class RealData(type(Path())):
    """Folder of real data; a test is skipped where its part is missing."""

    def __truediv__(self, name: str | Path) -> Path:
        path = Path(self, name)
        if not path.exists():
            pytest.skip(f'{NO_DATA}SCGCN_DATA has no {name}')
        return path


@pytest.fixture(scope='session')
def scgcn_data() -> RealData:
    """Folder of real data, named by the environment variable SCGCN_DATA."""
    folder = os.environ.get('SCGCN_DATA', '')
    if not folder:
        pytest.skip(f'{NO_DATA}SCGCN_DATA is not set')
    if not Path(folder).is_dir():
        pytest.skip(f'{NO_DATA}SCGCN_DATA names no folder: {folder}')
    return RealData(folder)


@pytest.fixture(scope='session')
def root() -> Path:
    """The source tree."""
    return ROOT


class WarmPython:
    """A process that runs programs in forks of its own; see warm_python.py."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._files = [folder / name for name in ('stdout', 'stderr')]
        for file in self._files:
            file.touch()
        self._process = subprocess.Popen(
            [sys.executable, str(WARM_PYTHON), *options],
            env={
                **os.environ,
                'PYTHONPATH': str(ROOT),
                'PYTHONWARNINGS': 'ignore',
                'MPLBACKEND': 'agg',
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, argv: list[str], env: dict[str, str], cwd: str | Path | None
    ) -> subprocess.CompletedProcess:
        """Run a program, as ``subprocess.run`` would run Python with it."""
        request = dict(
            argv=argv,
            env=env,
            cwd=str(cwd or Path.cwd()),
            stdout=str(self._files[0]),
            stderr=str(self._files[1]),
        )
        self._process.stdin.write(json.dumps(request) + '\n')
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        output = (file.read_text(encoding='utf-8') for file in self._files)
        return subprocess.CompletedProcess(argv, status, *output)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture(scope='session')
def warm_python(tmp_path_factory) -> Iterator[WarmPython]:
    """The process that has imported the host."""
    python = WarmPython(tmp_path_factory.mktemp('warm_python'))
    yield python
    python.close()


@pytest.fixture(scope='session')
def bare_python(tmp_path_factory) -> Iterator[WarmPython]:
    """The process that has imported PyTorch and nothing of the host."""
    python = WarmPython(tmp_path_factory.mktemp('bare_python'), '--bare')
    yield python
    python.close()


@pytest.fixture(scope='session')
def run_python(tmp_path_factory, request) -> Callable:
    """Run a fresh interpreter that sees the source tree.

    ``hidden`` names modules that are not there; ``path`` is a folder that
    comes first on the import path. Neither, and a script or ``-m`` and a
    module: the process is a fork of one that has imported the host
    (``warm_python``); else of one that has imported PyTorch and nothing of
    the host (``bare_python``). With other options, or ``cold``, it is no fork.
    """
    hide = tmp_path_factory.mktemp('hide')
    (hide / 'sitecustomize.py').write_text(HIDE)

    def run(*arguments, hidden='', path=None, cwd=None, cold=False, **env):
        argv = [str(argument) for argument in arguments]
        paths = [path, hide if hidden else None, ROOT]
        env = {
            **os.environ,
            'PYTHONPATH': os.pathsep.join(str(p) for p in paths if p),
            'PYTHONWARNINGS': 'ignore',
            'HIDDEN': hidden,
            **env,
        }
        script = argv[0] == '-m' or argv[0].endswith('.py')
        if not cold and (script or argv[0] == '-c'):
            warm = script and not path and not hidden
            python = 'warm_python' if warm else 'bare_python'
            return request.getfixturevalue(python).run(argv, env, cwd)
        return subprocess.run(
            [sys.executable, *argv],
            env=env,
            cwd=cwd,
            text=True,
            capture_output=True,
        )

    return run


@pytest.fixture(scope='session')
def run_two(run_python) -> Callable:
    """Run a function of a test file in two processes.

    It gets its rank and a folder; what it tells, it writes there.
    """
    script = ROOT / 'tests/two_processes.py'

    def run(function, folder):
        file = function.__code__.co_filename
        done = run_python(script, file, function.__name__, folder)
        assert done.returncode == 0, done.stderr

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
def make_coco() -> Callable:
    """Make the content of a COCO keypoint file, written out by hand.

    ``keypoints`` are (N, K, 2), px; ``flags`` (N, K) or one for all; ``boxes``
    (N, 4) or one for all, x, y, width and height. Faces are numbered from
    ``first``, and face i is on image i of ``files``, or all are on the only
    one. ``fields`` are more entries of all faces, or of each.
    """

    def make(
        keypoints,
        flags=2,
        boxes=(8.0, 6.0, 40.0, 30.0),
        files='{}.png',
        size=(64, 48),
        first=0,
        names=(),
        fields=(),
    ):
        count, num_keypoints, _ = np.shape(keypoints)
        flags = np.broadcast_to(flags, (count, num_keypoints))
        boxes = np.broadcast_to(boxes, (count, 4)).tolist()
        numbers = list(range(first, first + count))
        several = '{}' in files
        if isinstance(fields, (dict, tuple)):
            fields = [dict(fields)] * count
        annotations = [
            dict(
                id=number,
                image_id=number if several else 0,
                category_id=1,
                iscrowd=0,
                num_keypoints=num_keypoints,
                keypoints=np.column_stack([points, seen]).ravel().tolist(),
                bbox=box,
                area=box[2] * box[3],
                **more,
            )
            for number, points, seen, box, more in zip(
                numbers, keypoints, flags, boxes, fields, strict=True
            )
        ]
        images = [
            dict(
                id=number,
                file_name=files.format(number),
                width=size[0],
                height=size[1],
            )
            for number in (numbers if several else [0])
        ]
        category = dict(id=1, name='face', keypoints=list(names), skeleton=[])
        return dict(
            images=images, annotations=annotations, categories=[category]
        )

    return make


@pytest.fixture(scope='session')
def detector_here() -> str:
    """Name of a face detector that can run; OpenCV 5 has no Haar cascades."""
    from mmpose_scgcn.detection import find_yunet, has_haar

    if has_haar():
        return 'haar'
    if find_yunet() is None:
        pytest.skip('no Haar cascades in this OpenCV, and no file of YuNet')
    return 'yunet'


@pytest.fixture(scope='session')
def synthetic_faces(tmp_path_factory) -> Path:
    """A folder of a few procedural faces in three splits."""
    from mmpose_scgcn.synthetic import make_dataset

    folder = tmp_path_factory.mktemp('synthetic') / 'faces'
    make_dataset(folder, train=16, val=4, test=4, size=96, seed=7)
    return folder


TINY_CONFIG = """
_base_ = [{base!r}]
train_cfg = dict(max_epochs=1, val_interval=1)
train_dataloader = dict(batch_size=16, num_workers=0, persistent_workers=False,
                        dataset=dict(data_root={data!r}))
val_dataloader = dict(num_workers=0, persistent_workers=False,
                      dataset=dict(data_root={data!r}))
test_dataloader = dict(num_workers=0, persistent_workers=False,
                       dataset=dict(data_root={data!r}))
"""


@pytest.fixture(scope='session')
def write_config(root, synthetic_faces) -> Callable:
    """Write ``tiny.py``, a config of one iteration, into a folder."""
    configs = 'configs/face_2d_keypoint/structure_coherent/synthetic'
    name = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'

    def write(folder):
        config = TINY_CONFIG.format(
            base=str(root / configs / name), data=str(synthetic_faces)
        )
        (folder / 'tiny.py').write_text(config)

    return write


@pytest.fixture
def locked(tmp_path):
    """A folder in which no file can be made."""
    folder = tmp_path / 'locked'
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip('this process may write everywhere')
    return folder


@pytest.fixture
def log(caplog):
    """What is written to the log of the run, which pytest does not see."""
    from mmengine.logging import MMLogger

    logger = MMLogger.get_current_instance()
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)
