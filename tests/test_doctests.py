"""Examples in docstrings, and the README's three lines, run as written."""

import doctest
import importlib
import re

from mmpose_scgcn.synthetic.face import make_face

import cv2
import numpy as np
import pytest

MODULES = (
    'mmpose_scgcn.apis.face_model',
    'mmpose_scgcn.apis.inferencer',
    'mmpose_scgcn.apis.loading',
    'mmpose_scgcn.apis.zoo',
    'mmpose_scgcn.detection.boxes',
    'mmpose_scgcn.structures.faces',
    'mmpose_scgcn.structures.outlines',
    'mmpose_scgcn.tracking.tracker',
)


@pytest.mark.filterwarnings('ignore:The metainfo config file:UserWarning')
@pytest.mark.parametrize('name', MODULES)
def test_examples_of_a_module(name):
    result = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS
    )
    assert result.attempted > 0
    assert result.failed == 0


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
