from mmpose_scgcn.datasets.preparation.pts import (
    find_group,
    find_image,
    read_pts,
    read_pts_folder,
)

import numpy as np
import pytest


def write(tmp_path, text):
    path = tmp_path / 'face.pts'
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    'text',
    (
        'version: 1\nn_points: 2\n{\n1 2\n3.5 4\n}\n',
        'version: 1\r\nn_points:  2\r\n{\r\n1 2\r\n3.5 4\r\n}',
        '\ufeffn_points:2\n{\n1 2\n3.5 4\n}',
        '1 2\n\n3.5 4\n',
        '1, 2\n3.5, 4\n',
    ),
)
def test_header_or_none_and_the_first_pixel_becomes_zero(tmp_path, text):
    path = write(tmp_path, text)
    np.testing.assert_array_equal(read_pts(path), [[0, 1], [2.5, 3]])
    np.testing.assert_array_equal(read_pts(path, origin=0)[0], [1, 2])


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('n_points: 3\n{\n1 2\n3 4\n}', 'expected 3.0, got 2 points'),
        ('', 'expected points, got 0'),
        ('1 2\n3\n', r'line 2: expected two numbers, got .3.'),
        ('1 2\n3 x\n', r'line 2: expected a number, got .x.'),
        ('1 nan\n', 'line 1: expected two numbers'),
    ),
)
def test_broken_files_are_named_with_the_line(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=message) as error:
        read_pts(path)
    assert str(path) in str(error.value)


def test_a_picture_is_no_text(tmp_path):
    path = tmp_path / 'face.pts'
    path.write_bytes(b'\xff\xd8\xff\xe0')
    with pytest.raises(ValueError, match=r'face\.pts: expected text'):
        read_pts(path)


def test_the_image_has_the_same_stem(tmp_path):
    path = write(tmp_path, '1 2')
    assert find_image(path) == (path.with_suffix('.jpg'), [])  # missing
    (tmp_path / 'face.JPG').touch()
    assert find_image(path) == (tmp_path / 'face.JPG', [])
    (tmp_path / 'face.png').touch()
    image, problems = find_image(path)
    assert image == tmp_path / 'face.png'
    assert 'face.png, face.JPG' in problems[0].text


def test_real_files_with_and_without_header(scgcn_data):
    for file, header in (
        ('lfpw/testset/image_0001.pts', 3),
        ('helen/testset/300852540_1.pts', 0),
    ):
        path = scgcn_data / 'raw_samples/300w' / file
        expected = np.loadtxt(path, skiprows=header, max_rows=68)
        points = read_pts(path)
        assert points.shape == (68, 2)
        np.testing.assert_allclose(points, expected - 1)


def test_a_folder_of_any_number_of_points(tmp_path):
    for name in ('a', 'b', 'test/c'):
        path = tmp_path / f'{name}.pts'
        path.parent.mkdir(exist_ok=True)
        path.write_text('1 2\n3 4\n5 6\n')
    source = read_pts_folder(tmp_path, tmp_path / 'test')
    files = {s: [f.file for f in v] for s, v in source.splits.items()}
    assert files == dict(trainval=['a.jpg', 'b.jpg'], test=['test/c.jpg'])
    with pytest.raises(FileNotFoundError, match=r'expected \.pts files'):
        read_pts_folder(tmp_path / 'nowhere')
    with pytest.raises(ValueError, match='is not inside'):
        read_pts_folder(tmp_path / 'test', tmp_path)


def test_group_pattern():
    assert find_group('Ann_Lee_07.jpg', r'(.+)_\d+') == 'Ann_Lee'
    assert find_group('a/b.jpg', None) == 'a/b.jpg'
    for pattern in (r'_\d+', r'(x)'):
        with pytest.raises(ValueError, match='finds none'):
            find_group('Ann_07.jpg', pattern)
