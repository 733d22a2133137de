"""Examples in docstrings, and the README's three lines, run as written."""

import doctest
import importlib
import re
from pathlib import Path

from mmpose_scgcn.synthetic.face import make_face

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Modules of the package with an example, found in their files.
MODULES = [
    '.'.join(path.relative_to(ROOT).with_suffix('').parts)
    for path in sorted(Path(ROOT, 'mmpose_scgcn').rglob('*.py'))
    if '>>> ' in path.read_text('utf-8')
]
#: What users call most; each has an example.
SHOWN = (
    'FaceInferencer',
    'apis.FaceModel',
    'detection.BoxMapping',
    'detection.build_detector',
    'detection.suppress',
    'evaluation.functional.ced_auc',
    'evaluation.functional.face_nme',
    'evaluation.functional.failure_rate',
    'evaluation.metrics.FaceAlignmentMetric',
    'apis.face_predictor.FacePredictor',
    'graph.build_graph',
    'list_models',
    'load_model',
    'models.losses.L1Loss',
    'models.losses.RelativeLocationLoss',
    'models.losses.SoftWingLoss',
    'models.losses.StructureCoherentLoss',
    'models.losses.WingLoss',
    'structures.Faces',
    'tracking.FaceTracker',
    'tracking.OneEuroFilter',
)


@pytest.mark.parametrize('name', MODULES)
def test_examples_of_a_module(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # what an example writes stays there
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS
    )
    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize('name', SHOWN)
def test_what_users_call_most_has_an_example(name):
    module, _, attribute = f'mmpose_scgcn.{name}'.rpartition('.')
    shown = getattr(importlib.import_module(module), attribute)
    tests = doctest.DocTestFinder().find(shown, name)
    assert any(test.examples for test in tests)


@pytest.fixture
def photo(tmp_path, monkeypatch):
    """A photo of two faces in the current folder."""
    monkeypatch.chdir(tmp_path)
    faces = [make_face(2024, index, 200).image for index in (7, 3)]
    cv2.imwrite('photo.jpg', np.hstack(faces))


def test_the_three_lines_of_the_readme(root, photo):
    readme = (root / 'README.md').read_text('utf-8')
    section = readme[readme.index('## Landmarks from a photo') :]
    (code,) = re.findall(r'```python\n(.*?)```', section, re.S)[:1]
    scope = {}
    exec(code, scope)
    faces = scope['faces']
    assert faces.keypoints.shape == (2, 68, 2)
    assert faces.scores.shape == (2, 68) and faces.boxes.shape == (2, 4)
    # One face to the left, one to the right.
    left, right = sorted(faces.keypoints[..., 0].mean(1))
    assert 60 < left < 140 < 260 < right < 340
