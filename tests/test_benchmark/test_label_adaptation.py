"""The benchmark of adapters, on a few drawn faces."""

import json
import runpy
import shutil
import sys

from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import numpy as np
import pytest


@pytest.fixture(scope='module')
def data(synthetic_faces, tmp_path_factory):
    """The folder ``300w`` with drawn faces of 68 keypoints, from 1."""
    folder = tmp_path_factory.mktemp('data') / '300w'
    shutil.copytree(synthetic_faces / 'images', folder / 'images')
    for split in ('train', 'val'):
        source = synthetic_faces / f'face_landmarks_wflw_{split}.json'
        content = json.loads(source.read_text())
        for face in content['annotations']:
            points = np.reshape(face['keypoints'], (-1, 3))[[*WFLW_AS_300W]]
            points[:, :2] += 1
            face['keypoints'] = points.ravel().tolist()
        content['categories'][0]['keypoints'] = []
        file = folder / f'face_landmarks_300w_{split}.json'
        file.write_text(json.dumps(content))
    return folder.parent


@pytest.fixture
def benchmark():
    sys.modules.pop('label_adaptation', None)
    import label_adaptation

    yield label_adaptation
    del sys.modules['label_adaptation']


@pytest.mark.filterwarnings('ignore:The metainfo config file')
def test_a_run_on_a_few_faces(benchmark, data, tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, 'DRAWS', {10: 2})
    words = ['--sets', '300W val', '--data', data, '--out-dir', tmp_path]
    monkeypatch.setattr('sys.argv', ['label_adaptation.py', *map(str, words)])
    benchmark.main()
    stem = 'label_adaptation_face98-synthetic'
    record = json.loads((tmp_path / f'{stem}.json').read_text())
    rows = record['rows']
    assert [row['faces'] for row in rows] == [0, 10, 16]
    assert [row['draws'] for row in rows] == [1, 2, 1]
    for row in rows:
        assert 0 < row['NME'] < 15
    assert 'std' in rows[1]
    assert 'std' not in rows[2]
    table = (tmp_path / f'{stem}.md').read_text()
    cells = table.splitlines()[-2].split(' | ')
    assert cells[3] == f'{rows[1]["NME"]:.2f} ± {rows[1]["std"]:.2f}'
    assert cells[-2] == f'{rows[1]["expected"]:.2f}'


@pytest.mark.parametrize(
    ('name', 'expected'),
    [
        ('Luis_Fonsi_21.jpg', 'Luis_Fonsi'),
        ('afw_111076519_2.jpg', 'afw_111076519'),
        ('000003.jpg', '000003'),
        ('plain_name.jpg', 'plain_name'),
    ],
)
def test_who_is_on_a_picture(benchmark, tmp_path, name, expected):
    assert benchmark.person(tmp_path / name) == expected


def test_variants_change_what_they_name(benchmark, root):
    variants = runpy.run_path(str(root / 'benchmarks/adapter_variants.py'))
    from mmpose_scgcn.adaptation import linear_map

    for name, change in variants['VARIANTS'].items():
        before = (linear_map.weigh, linear_map.PENALTY_POWER)
        with change():
            changed = before != (linear_map.weigh, linear_map.PENALTY_POWER)
            changed |= linear_map.share_out.__module__ != linear_map.__name__
            assert changed == (name not in ('as it is', 'no mirrored faces'))
        assert before == (linear_map.weigh, linear_map.PENALTY_POWER)
