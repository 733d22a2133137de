from collections import Counter

from mmpose_scgcn.datasets.preparation import read_300w

import numpy as np
import pytest


def test_splits_and_sources(folder_300w, shape_of):
    source = read_300w(folder_300w)
    assert {s: len(f) for s, f in source.splits.items()} == dict(
        trainval=12, test_common=8, test_challenge=4, test_full=12
    )
    full = Counter(f.fields['subset'] for f in source.splits['test_full'])
    assert full == dict(helen_testset=4, lfpw_testset=4, ibug=4)
    first = source.splits['trainval'][0]
    assert first.file == 'afw/photo0_1.jpg'
    np.testing.assert_allclose(first.keypoints, shape_of(68, 0), atol=1e-6)


def test_faces_of_a_photograph_are_a_group_except_in_lfpw(folder_300w):
    groups = {f.file: f.group for f in read_300w(folder_300w).faces}
    assert groups['afw/photo0_1.jpg'] == groups['afw/photo0_2.png']
    helen = 'helen/testset/photo1_1.png', 'helen/testset/photo0_1.jpg'
    assert groups[helen[0]] != groups[helen[1]]
    assert (
        groups['lfpw/trainset/image_0001.png']
        != groups['lfpw/trainset/image_0002.png']
    )


def test_the_official_numbers_are_expected(folder_300w):
    source = read_300w(folder_300w)
    assert source.expected == dict(
        trainval=3148, test_common=554, test_challenge=135, test_full=689
    )
    texts = [problem.text for problem in source.problems]
    assert 'helen_trainset: expected 2000 faces, found 4' in texts
    assert len(texts) == 6  # the six public sources


def test_a_stranger_is_left_out_and_said(folder_300w):
    stranger = folder_300w / 'mine/face.pts'
    stranger.parent.mkdir()
    stranger.write_text('1 2')
    # What macOS adds to archives is no annotation.
    (folder_300w / 'ibug/._image_1.pts').write_bytes(b'\x00\x05\x16\x07')
    source = read_300w(folder_300w)
    assert [p.text for p in source.problems if not p.serious] == [
        str(stranger)
    ]


def test_another_number_of_points_is_an_error(folder_300w):
    (folder_300w / 'ibug/photo0_1.pts').write_text('1 2\n3 4')
    with pytest.raises(ValueError, match=r'photo0_1\.pts: expected 68'):
        read_300w(folder_300w)


def test_an_empty_folder_says_what_is_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match='helen/trainset'):
        read_300w(tmp_path)


def test_real_files_agree_with_annotations_made_elsewhere(scgcn_data):
    """The crops of the 300W test set are similar to the original files."""
    import json

    crops = json.loads(
        (scgcn_data / '300w/face_landmarks_300w_test_common.json').read_text()
    )
    files = {i['id']: i['file_name'] for i in crops['images']}
    known = {
        files[a['image_id']].rpartition('.')[0]: np.reshape(
            a['keypoints'], (-1, 3)
        )[:, :2]
        for a in crops['annotations']
    }
    source = read_300w(scgcn_data / 'raw_samples/300w')
    faces = source.splits['test_common']
    assert len(faces) == 6
    for face in faces:
        stem = face.file.rpartition('.')[0].replace('/', '_')
        crop, points = known[stem], face.keypoints
        scale = np.ptp(crop, axis=0) / np.ptp(points, axis=0)
        assert scale[0] == pytest.approx(scale[1], rel=1e-3)
        offset = crop - points * scale
        assert np.ptp(offset, axis=0).max() < 0.05  # px
