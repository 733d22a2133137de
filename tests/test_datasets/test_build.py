"""The data set of a config's split."""

import json

from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.build import build_split

import pytest

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64'


@pytest.fixture
def config():
    def read(folder, split):
        key = f'{split}_dataloader.dataset.data_root'
        return read_config(CONFIG, {key: str(folder)})

    return read


@pytest.mark.parametrize(('split', 'count'), [('train', 16), ('test', 4)])
def test_a_split_is_built(config, synthetic_faces, split, count):
    dataset = build_split(config(synthetic_faces, split), split)
    assert len(dataset) == count
    assert dataset.metainfo['dataset_name'] == 'wflw'


def test_annotations_that_are_not_there_are_named(config, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'wflw_val\.json'):
        build_split(config(tmp_path, 'val'), 'val')


def test_a_config_without_the_split_is_told(config, synthetic_faces):
    cfg = config(synthetic_faces, 'test')
    cfg.test_dataloader = None
    with pytest.raises(ValueError, match='the config has no test_dataloader'):
        build_split(cfg, 'test')


def test_a_split_without_samples_is_told(config, synthetic_faces, tmp_path):
    name = 'face_landmarks_wflw_test.json'
    content = json.loads((synthetic_faces / name).read_text())
    content.update(annotations=[], images=[])
    (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(ValueError, match='expected faces, got 0 annotations'):
        build_split(config(tmp_path, 'test'), 'test')
