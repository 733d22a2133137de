"""MERL-RAV's signs, splits and images."""

from mmpose_scgcn.datasets.preparation import read_merlrav
from mmpose_scgcn.datasets.preparation.checks import shared_groups
from mmpose_scgcn.datasets.preparation.merlrav import PARTS, read_signed
from mmpose_scgcn.structures.conventions import (
    PARTNERS_300W,
    WFLW_AS_300W,
)

import numpy as np
import pytest


@pytest.fixture
def write(tmp_path):
    def make(*lines):
        path = tmp_path / 'image12345.pts'
        points = '\n'.join([*lines, *['7 8'] * (68 - len(lines))])
        path.write_text(f'version: 1\nn_points:  68\n{{\n{points}\n}}\n')
        return path

    return make


def test_the_signs_of_its_readme(write):
    """The lines that its README explains."""
    path = write('-1 -1', '-1443.54 -474.32', '1382.78 680.12', '-1 -474.3')
    points, flags = read_signed(path)
    assert flags[:5].tolist() == [0, 1, 2, 1, 2]
    assert points[1:4].tolist() == [
        [1443.54, 474.32],
        [1382.78, 680.12],
        [1, 474.3],
    ]
    points, _ = read_signed(path, origin=1)
    np.testing.assert_allclose(points[2], [1381.78, 679.12])


@pytest.mark.parametrize('line', ('-5 7', '5 -7', '-0.5 7'))
def test_one_sign_alone_means_nothing(write, line):
    path = write('7 8', line)
    with pytest.raises(ValueError, match='for point 1 of 68') as error:
        read_signed(path)
    assert str(path) in str(error.value)


def test_labels_and_images_of_aflw(folder_merlrav, drawn):
    source = read_merlrav(folder_merlrav / 'merl_rav_labels')
    counts = {split: len(faces) for split, faces in source.splits.items()}
    assert counts == dict(trainval=9, test=3)
    assert source.partners == PARTNERS_300W
    for face in source.faces:
        number = int(face.where.rpartition('image')[2][:5])
        number = 0 if face.where.endswith('_1.pts') else number
        assert (source.folder / face.file).is_file()
        points = drawn[number].keypoints[list(WFLW_AS_300W)]
        hidden = np.arange(68) == number % 4
        known = face.flags > 0
        absent = face.fields['subset'] == 'left'
        assert (~known).nonzero()[0].tolist() == (
            list(range(9, 17)) if absent else []
        )
        np.testing.assert_array_equal(face.flags == 1, hidden)
        read, wanted = face.keypoints[known], points[known]
        np.testing.assert_allclose(read, wanted, atol=1e-6)
    assert not source.problems
    assert not source.expected
    assert '12 of 19314 faces' in source.notes[0]


def test_faces_of_a_photograph_are_of_one_group(folder_merlrav):
    source = read_merlrav(folder_merlrav)
    pair = [f for f in source.faces if f.group == 'image00003']
    assert len(pair) == 2
    assert len({face.file for face in pair}) == 1
    assert not shared_groups(source.splits)


def test_images_elsewhere_or_beside(folder_merlrav, tmp_path):
    aflw = folder_merlrav / 'aflw'
    moved = aflw.rename(tmp_path / 'photographs')
    with pytest.raises(FileNotFoundError, match=r"AFLW's images.*--images"):
        read_merlrav(folder_merlrav)
    source = read_merlrav(folder_merlrav, images=moved)
    assert all((source.folder / face.file).is_file() for face in source.faces)
    for face in source.faces:
        path = source.folder / face.file
        copy = face.where.replace('.pts', path.suffix)
        with open(copy, 'wb') as file:
            file.write(path.read_bytes())
    organised = read_merlrav(folder_merlrav)
    assert {
        face.where.replace('.pts', '.jpg') for face in organised.faces
    } == {str(organised.folder / face.file) for face in organised.faces}
    pair = [f for f in organised.faces if f.group == 'image00003']
    assert len({face.file for face in pair}) == 2


def test_files_elsewhere_are_told(folder_merlrav, write):
    frontal = folder_merlrav / 'merl_rav_labels/frontal'
    write().rename(frontal / 'image12345.pts')
    source = read_merlrav(folder_merlrav)
    (problem,) = source.problems
    assert problem.kind.endswith('outside trainset and testset, left out')
    assert problem.text == str(frontal / 'image12345.pts')
    path = frontal / 'trainset/labels/image00006.pts'
    path.write_text('1 2\n3 4\n')
    with pytest.raises(ValueError, match=r'00006\.pts: expected 68 points'):
        read_merlrav(folder_merlrav)
    with pytest.raises(FileNotFoundError, match='trainset and testset'):
        read_merlrav(folder_merlrav / 'aflw')


def test_the_official_numbers():
    assert sum(count for _, count in PARTS.values()) == 19_314


def test_partners_are_those_of_mmpose():
    from mmpose.datasets import Face300WDataset
    from mmpose.datasets.datasets.utils import parse_pose_metainfo

    info = parse_pose_metainfo(Face300WDataset.METAINFO)
    assert list(PARTNERS_300W) == info['flip_indices']
