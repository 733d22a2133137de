"""Tools run in the process of the tests, which is quick."""

import json
import os
import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

NUM_KEYPOINTS = 98


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


def _hide(content, seen):
    """Leave keypoint 4 to the first faces."""
    for face in content['annotations'][seen:]:
        face['keypoints'][3 * 4 + 2] = 0


def _spoil_a_face(content, key, place):
    content['annotations'][1][key][place] = float('nan')


#: Annotations that allow no keypoint graph: how they come, what is told.
SPOILT = {
    'a keypoint never seen': (
        lambda content: _hide(content, 0),
        'keypoints never visible in 16 shapes: 4 (kpt-4)',
    ),
    'a keypoint seen once': (
        lambda content: _hide(content, 1),
        '(or seen once), ',
    ),
    'a keypoint without a place': (
        lambda content: _spoil_a_face(content, 'keypoints', 0),
        'NaN',
    ),
    'a box without a place': (
        lambda content: _spoil_a_face(content, 'center', 0),
        'expected a box with an area, got centre [nan, ',
    ),
}


@pytest.fixture(params=SPOILT)
def no_graph(request, synthetic_faces, tmp_path) -> tuple[str, str]:
    """A setting with annotations that allow no graph, and what is told."""
    change, told = SPOILT[request.param]
    name = 'face_landmarks_wflw_train.json'
    content = json.loads((synthetic_faces / name).read_text())
    change(content)
    (tmp_path / name).write_text(json.dumps(content))
    return f'train_dataloader.dataset.ann_file={tmp_path / name}', told


@pytest.fixture
def own_faces() -> dict:
    """Metainfo of a data set of one's own, whose eyes are not known."""
    points = {
        i: dict(name=f'k{i}', id=i, color=[0, 0, 0], type='', swap='')
        for i in range(NUM_KEYPOINTS)
    }
    return dict(
        dataset_name='mine',
        paper_info={},
        keypoint_info=points,
        skeleton_info={},
        joint_weights=[1.0] * NUM_KEYPOINTS,
        sigmas=[],
    )


@pytest.fixture
def untrained(write_config, tmp_path) -> Path:
    """Weights that fit ``tiny.py``, which has no graph."""
    import torch
    from mmengine.config import Config
    from mmpose.registry import MODELS

    write_config(tmp_path)
    cfg = Config.fromfile(tmp_path / 'tiny.py')
    model = MODELS.build(dict(cfg.model, _scope_='mmpose'))
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'a.pth')
    return tmp_path / 'a.pth'
