from mmpose_scgcn.datasets.preparation import read_cofw
from mmpose_scgcn.datasets.preparation.cofw import read_image

import numpy as np
import pytest


def test_points_flags_boxes_and_images(folder_cofw, shape_of):
    source = read_cofw(folder_cofw)
    assert {s: len(f) for s, f in source.splits.items()} == dict(
        trainval=6, test=2
    )
    assert source.expected == dict(trainval=1345, test=507)
    face = source.splits['trainval'][2]
    np.testing.assert_allclose(face.keypoints, shape_of(29, 102))
    np.testing.assert_array_equal(
        face.flags, np.where(np.arange(29) % 5 == 2, 1, 2)
    )
    assert face.box == (20, 21, 70, 81)  # the first pixel is 1 there
    image = source.embedded[face.file]()
    assert image.shape == (96, 104, 3)
    assert image[0, 0].tolist() == [0, 2, 200]  # blue, green, red


def test_grey_images_get_three_channels(folder_cofw):
    image = read_image(folder_cofw / 'COFW_train_color.mat', 'IsTr', 1)
    assert image.shape == (96, 104, 3)
    assert image[5, 5].tolist() == [200, 200, 200]


def test_a_file_of_another_kind(tmp_path):
    pytest.importorskip('h5py')
    (tmp_path / 'COFW_train_color.mat').write_bytes(b'MATLAB 5.0 MAT-file')
    with pytest.raises(ValueError, match=r'train_color\.mat: expected a MATL'):
        read_cofw(tmp_path)


def test_missing_files_and_variables(tmp_path):
    h5py = pytest.importorskip('h5py')
    with pytest.raises(FileNotFoundError, match='expected COFW_train'):
        read_cofw(tmp_path)
    with h5py.File(tmp_path / 'COFW_test_color.mat', 'w') as mat:
        mat['phisT'] = np.zeros((87, 2))
    with pytest.raises(ValueError, match='IsT, bboxesT missing among phisT'):
        read_cofw(tmp_path)


def test_variables_of_another_shape(folder_cofw):
    h5py = pytest.importorskip('h5py')
    with h5py.File(folder_cofw / 'COFW_test_color.mat', 'a') as mat:
        del mat['bboxesT']
        mat['bboxesT'] = np.zeros((4, 3))
    with pytest.raises(ValueError, match=r'got \(87, 2\) and \(4, 3\)'):
        read_cofw(folder_cofw)


def test_without_h5py_the_line_that_mends_it(run_python, tmp_path):
    (tmp_path / 'COFW_train_color.mat').touch()
    code = (
        'from mmpose_scgcn.datasets.preparation import read_cofw; '
        f'read_cofw({str(tmp_path)!r})'
    )
    run = run_python('-c', code, hidden='h5py')
    told = run.stderr.splitlines()[-1]
    assert told.startswith('ModuleNotFoundError: ')
    assert 'COFW_train_color.mat: ' in told and 'pip install h5py' in told


def test_the_real_sample_survives(scgcn_data, tmp_path):
    """MMPose's two converted faces, put back into MATLAB's layout."""
    import json

    h5py = pytest.importorskip('h5py')
    folder = scgcn_data / 'mmpose_samples/cofw'
    content = json.loads((folder / 'test_cofw.json').read_text())
    points = np.array([a['keypoints'] for a in content['annotations']])
    points = points.reshape(2, 29, 3)
    rows = np.concatenate(
        [points[..., 0] + 1, points[..., 1] + 1, 2 - points[..., 2]], axis=1
    )
    with h5py.File(tmp_path / 'COFW_test_color.mat', 'w') as mat:
        mat.create_dataset('IsT', (1, 2), dtype=h5py.ref_dtype)
        mat['phisT'] = rows.T
        mat['bboxesT'] = np.ones((4, 2))
    faces = read_cofw(tmp_path).splits['test']
    for face, expected in zip(faces, points, strict=True):
        np.testing.assert_allclose(face.keypoints, expected[:, :2])
        np.testing.assert_array_equal(face.flags, expected[:, 2])
