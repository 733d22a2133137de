from mmpose_scgcn.datasets.preparation import aflw, read_aflw

import numpy as np
import pytest
from scipy.io import loadmat, savemat


@pytest.fixture
def six_train(monkeypatch):
    """As if the training set were the first six faces of the order."""
    monkeypatch.setattr(aflw, 'NUM_TRAIN', 6)


def test_faces_in_the_official_order(folder_aflw, shape_of, six_train):
    source = read_aflw(folder_aflw)
    assert source.images == folder_aflw / 'data/flickr'
    assert {s: len(f) for s, f in source.splits.items()} == dict(
        trainval=6, test=2
    )
    face = source.splits['trainval'][2]  # ra[2] is 7, so the seventh
    assert face.file == '0/image00003.jpg'
    np.testing.assert_allclose(face.keypoints, shape_of(19, 6))
    assert face.box == (20, 21, 80, 81)
    assert face.fields['box_size'] == 60
    assert face.fields['attributes'] == dict(frontal=0)
    assert np.flatnonzero(face.flags == 1).tolist() == [3]
    assert source.splits['test'][1].fields['attributes'] == dict(frontal=1)


def test_the_official_numbers_are_expected(folder_aflw):
    source = read_aflw(folder_aflw)
    assert source.expected == dict(trainval=20000, test=4386)
    assert len(source.splits['trainval']) == 8
    assert 'test' not in source.splits


def change(folder, **variables):
    path = folder / 'AFLWinfo_release.mat'
    mat = {k: v for k, v in loadmat(path).items() if not k.startswith('__')}
    mat.update(variables)
    savemat(path, {k: v for k, v in mat.items() if v is not None})


@pytest.mark.parametrize(
    ('variables', 'message'),
    (
        (dict(mask_new=None), 'mask_new missing'),
        (dict(bbox=np.zeros((7, 4))), r'bbox of shape \(8, 4\) for 8'),
        (dict(ra=np.ones((1, 8))), 'expected ra to be an order'),
    ),
)
def test_another_content_is_an_error(folder_aflw, variables, message):
    change(folder_aflw, **variables)
    with pytest.raises(ValueError, match=message):
        read_aflw(folder_aflw)


def test_coordinates_that_are_not_finite_are_not_annotated(folder_aflw):
    data = loadmat(folder_aflw / 'AFLWinfo_release.mat')['data']
    data[0, 5] = np.nan
    change(folder_aflw, data=data)
    face = read_aflw(folder_aflw).splits['trainval'][1]  # the first of all
    assert np.flatnonzero(face.flags == 0).tolist() == [5]


def test_missing_file_and_images(tmp_path, folder_aflw):
    with pytest.raises(FileNotFoundError, match=r'AFLWinfo_release\.mat'):
        read_aflw(tmp_path / 'nowhere')
    (folder_aflw / 'data').rename(tmp_path / 'elsewhere')
    with pytest.raises(FileNotFoundError, match=r'such as 0/image00000\.jpg'):
        read_aflw(folder_aflw)


def test_a_file_of_another_kind(folder_aflw):
    (folder_aflw / 'AFLWinfo_release.mat').write_text('no MATLAB file')
    with pytest.raises(ValueError, match='expected a MATLAB file before'):
        read_aflw(folder_aflw)
