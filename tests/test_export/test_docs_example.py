"""The program in docs/export.md gives what load_model gives."""

import json
import re
import subprocess
import sys

from mmpose_scgcn import load_model
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest


@pytest.fixture(scope='module')
def example(root, tmp_path_factory):
    page = (root / 'docs/export.md').read_text('utf-8')
    blocks = re.findall(r'^```python\n(.*?)^```', page, re.S | re.M)
    (program,) = [text for text in blocks if 'onnxruntime' in text]
    file = tmp_path_factory.mktemp('example') / 'example.py'
    file.write_text(program, encoding='utf-8')
    return file


@pytest.mark.parametrize(
    'box', [(41.5, 38.2, 160.1, 170.9), (20, 60, 190, 150), (70, 10, 120, 190)]
)
def test_it_finds_the_same_keypoints(example, exported, tmp_path, box):
    image = make_face(2, 4, 200).image
    cv2.imwrite(str(tmp_path / 'photo.png'), image)
    done = subprocess.run(
        [
            *(sys.executable, str(example), str(exported[0])),
            *(str(tmp_path / 'photo.png'), *map(str, box)),
        ],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    wanted = load_model(exported[0])(image, boxes=[box]).keypoints[0]
    found = np.array(json.loads(done.stdout))
    assert np.abs(found - wanted).max() < 0.1


def test_it_is_as_short_as_the_page_says(example):
    text = example.read_text('utf-8')
    lines = [x for x in text.splitlines() if x and not x.startswith('#')]
    assert len(lines) <= 33
    imports = set(re.findall(r'^(?:import|from) (\w+)', text, re.M))
    assert imports - set(sys.stdlib_module_names) == {
        'cv2',
        'numpy',
        'onnxruntime',
    }
