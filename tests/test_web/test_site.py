"""Which files the page consists of."""

import json

from mmpose_scgcn.web import build_site

import pytest


def test_each_network_can_be_chosen_small_ones_first(exported, tmp_path):
    site = build_site([exported], tmp_path)
    content = json.loads(site.texts['/models.json'])
    assert content['models'] == [
        dict(label=f'face98-synthetic, {kind}', folder='/models/0', file=file)
        for kind, file in (
            ('int8', 'model.int8.onnx'),
            ('float32', 'model.onnx'),
        )
    ]
    for record in content['models']:
        address = f'{record["folder"]}/{record["file"]}'
        assert site.files[address] == exported / record['file']
    assert site.files['/models/0/model.json'] == exported / 'model.json'
    assert content['detector'] is None


def test_a_detector_comes_with_its_mapping(exported, tmp_path):
    site = build_site([exported], tmp_path, tmp_path / 'yunet.onnx')
    detector = json.loads(site.texts['/models.json'])['detector']
    assert site.files[detector['network']] == tmp_path / 'yunet.onnx'
    assert detector['mapping']['shift_y'] == pytest.approx(0.126, abs=0.01)


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'without model\.json'):
        build_site([tmp_path], tmp_path)


def test_at_least_one_model_is_needed(tmp_path):
    with pytest.raises(ValueError, match='at least one exported model'):
        build_site([], tmp_path)


def test_a_file_elsewhere_is_refused(exported, tmp_path):
    settings = json.loads((exported / 'model.json').read_text())
    settings['files']['float32']['file'] = '../../secret'
    (tmp_path / 'model.json').write_text(json.dumps(settings))
    with pytest.raises(ValueError, match='name of a file in the folder'):
        build_site([tmp_path], tmp_path)
