"""Weights in the package; a folder of made-up files stands for it."""

import hashlib
import re

from mmpose_scgcn.apis import list_models, load_model, zoo
from mmpose_scgcn.apis.zoo import check_hash, weights_file, weights_path

import pytest


def hash_of(content):
    return hashlib.sha256(content).hexdigest()[:8]


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """Two good files, a damaged one and others that are no weights."""
    folder = tmp_path / 'weights'
    folder.mkdir()
    for name, content in (('face5', b'five'), ('face5-tiny', b'tiny')):
        (folder / f'{name}-{hash_of(content)}.pth').write_bytes(content)
    (folder / 'face9-00000000.pth').write_bytes(b'damaged')
    for name in ('README.md', 'face5.pth', 'face5-xyz.pth', '__init__.py'):
        (folder / name).touch()
    monkeypatch.setattr(zoo, 'WEIGHTS', folder)
    return folder


def test_names_are_those_of_the_files(weights):
    assert list_models() == ['face5', 'face5-tiny', 'face9']


def test_files_are_found_by_name(weights):
    name = f'face5-{hash_of(b"five")}.pth'
    assert weights_file('face5') == weights / name
    assert weights_path('face5') == weights_path(name) == weights / name
    assert weights_path('face5-tiny').read_bytes() == b'tiny'


def test_a_damaged_file_is_refused(weights):
    for find in (weights_file, weights_path, load_model):
        with pytest.raises(ValueError, match=r'face9-0{8}\.pth is damaged'):
            find('face9')
    for address in ('face9-00000000.pth', 'face9'):
        with pytest.raises(ValueError, match=f'has {hash_of(b"damaged")}'):
            load_model(f'mmpose_scgcn://{address}')
    (path,) = weights.glob('face5-tiny-*')
    path.write_bytes(b'tinY')
    with pytest.raises(ValueError, match='is damaged'):
        weights_file('face5-tiny')
    assert weights_file('face5')


def test_a_name_without_a_hash_is_refused(weights):
    with pytest.raises(ValueError, match=r'promises .* NAME-<8 hex digits>'):
        check_hash(weights / 'face5.pth')


def test_what_is_not_there_is_told_with_what_is(weights):
    with pytest.raises(ValueError, match='face5, face5-tiny, face9'):
        weights_file('face7')
    known = re.escape(f'it has face5-{hash_of(b"five")}.pth')
    with pytest.raises(FileNotFoundError, match=known):
        weights_path('face7')
    with pytest.raises(FileNotFoundError, match='with weights: face5, face5-'):
        load_model('face7')
    with pytest.raises(ValueError, match='face5 brings its weights; for a'):
        load_model('face5', 'a.pth')


def test_without_weights_there_are_no_models(tmp_path, monkeypatch):
    monkeypatch.setattr(zoo, 'WEIGHTS', tmp_path / 'absent')
    assert list_models() == []
    with pytest.raises(FileNotFoundError, match='it has none'):
        weights_path('face5')
    with pytest.raises(ValueError, match='it has none'):
        weights_file('face5')
