from mmpose_scgcn.datasets.preparation.groups import find_group
from mmpose_scgcn.datasets.preparation.image_files import find_image
from mmpose_scgcn.datasets.preparation.pts import read_pts
from mmpose_scgcn.datasets.preparation.pts_folder import (
    find_video,
    read_pts_folder,
)
from mmpose_scgcn.structures.limits import MOST_KEYPOINTS

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
        'VERSION: 1\nNPOINTS: 2\n{ 1 2\n3.5 4 }\n',
        'npoints:2\n# eyes\n1 2 # left\n3.5 4 // right\n',
        'version = 1\nn_points = 2\n1\t2\n3.5\t4\n',
        'version: 1\n{\n1 2\n3.5 4\n}\n',
    ),
)
def test_header_or_none_and_the_first_pixel_becomes_zero(tmp_path, text):
    path = write(tmp_path, text)
    np.testing.assert_array_equal(read_pts(path), [[0, 1], [2.5, 3]])
    np.testing.assert_array_equal(read_pts(path, origin=0)[0], [1, 2])


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('n_points: 3\n{\n1 2\n3 4\n}', 'expected 3 points, got 2'),
        # Cut off within a number: 3 45 was there.
        ('n_points: 2\n{\n1 2\n3 4', 'expected a brace .*cut off'),
        ('', 'expected some points, got 0'),
        ('1 2\n3\n', r'line 2: expected two numbers, got .3.'),
        ('1 2\n3 x\n', r'line 2: expected a number, got .x.'),
        ('1 nan\n', 'line 1: expected two numbers'),
        ('1 2\n3 inf\n', 'line 2: expected finite numbers'),
        ('1 2\n1e400 4\n', 'line 2: expected finite numbers'),
        ('n_points:\n1 2\n', "line 1: expected the number of .* got ''"),
        ('n_points: nan\n1 2\n', 'line 1: expected the number of points'),
        ('n_points: 1.5\n1 2\n', 'line 1: expected the number of points'),
        ('n_points: 2\n{\n1 2 0\n3 4 0\n}', 'line 3: expected two numbers'),
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


@pytest.mark.parametrize('encoding', ('utf-16', 'utf-8-sig', 'cp1252'))
def test_encodings_of_files(tmp_path, encoding):
    path = tmp_path / 'face.pts'
    path.write_bytes('# Müller\n1 2\n'.encode(encoding))
    if encoding == 'cp1252':
        with pytest.raises(ValueError, match=r'face\.pts.*say --encoding'):
            read_pts(path)
    given = encoding if encoding == 'cp1252' else None
    np.testing.assert_array_equal(read_pts(path, encoding=given), [[0, 1]])


def folder_of(tmp_path, *names, text='1 2\n3 4\n5 7\n'):
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if path.suffix.lower() == '.pts' else '')
    return tmp_path


@pytest.mark.parametrize(
    ('names', 'image'),
    (
        (('a.PTS', 'a.webp'), 'a.webp'),
        (('a.Pts', 'A.JPG'), 'A.JPG'),
        (('a.jpg.pts', 'a.jpg'), 'a.jpg'),
        (('001/annot/a.pts', '001/image/a.png'), '001/image/a.png'),
        (('001/annot/a.pts', '001/a.png', '001/vid.avi'), '001/a.png'),
        (('pts/test/a.pts', 'img/test/a.png'), 'img/test/a.png'),
        (('pts/a.pts', 'b/a.txt', 'img/b.png', 'img/a.png'), 'img/a.png'),
        # Images of other files beside: the sibling's is another image.
        (('x/a.pts', 'x/b.png', 'y/a.png'), 'x/a.jpg'),
    ),
)
def test_where_images_are_found(tmp_path, names, image):
    source = read_pts_folder(folder_of(tmp_path, *names))
    assert [face.file for face in source.faces] == [image]
    assert source.folder == tmp_path


def test_images_beside_the_folder_that_is_named(tmp_path):
    folder_of(tmp_path, '001/annot/a.pts', '001/image/a.png')
    source = read_pts_folder(tmp_path / '001/annot')
    assert source.folder / source.faces[0].file == tmp_path / '001/image/a.png'
    assert source.faces[0].file == 'image/a.png'


def test_the_user_names_the_folder_of_images(tmp_path):
    folder_of(tmp_path, 'p/x/a.pts', 'flat/a.png', 'deep/x/a.png')
    for images, file in dict(flat='a.png', deep='x/a.png').items():
        source = read_pts_folder(tmp_path / 'p', images=tmp_path / images)
        assert source.folder == tmp_path / images
        assert source.faces[0].file == file


def test_several_folders_of_images_are_asked_for(tmp_path):
    folder_of(tmp_path, 'p/a.pts', 'small/a.png', 'large/a.png')
    with pytest.raises(ValueError, match=r'large.*small; say .*--images'):
        read_pts_folder(tmp_path)


def test_a_video_is_no_folder_of_images(tmp_path):
    folder_of(tmp_path, '001/annot/000001.pts', '001/vid.avi')
    with pytest.raises(ValueError, match=r'extract its frames.*ffmpeg'):
        read_pts_folder(tmp_path)


def test_files_of_several_numbers_of_points(tmp_path):
    folder_of(tmp_path, 'a.pts', 'b.pts')
    folder_of(tmp_path, 'side.pts', text='1 2\n3 4\n')
    message = r'3 points in 2 files, such as .*a\.pts; 2 points in 1 files'
    with pytest.raises(ValueError, match=message):
        read_pts_folder(tmp_path)
    with pytest.raises(ValueError, match='--points 3 takes'):
        read_pts_folder(tmp_path)
    source = read_pts_folder(tmp_path, num_points=3)
    assert len(source.faces) == 2
    (problem,) = source.problems
    assert 'left out as --points says' in problem.kind
    assert problem.text.endswith('side.pts: 2 points')
    with pytest.raises(ValueError, match='no file has 68 points'):
        read_pts_folder(tmp_path, num_points=68)


def test_points_that_are_not_annotated(tmp_path):
    folder_of(tmp_path, 'a.pts', text='nan nan\n30 40\n50 60\n')
    folder_of(tmp_path, 'b.pts', text='30 40\n-1 -1\n50 60\n')
    folder_of(tmp_path, 'c.pts', text='30 40\n50 60\n0 0\n')
    source = read_pts_folder(tmp_path)
    assert [face.flags.tolist() for face in source.faces] == [
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
    ]


def test_each_folder_is_listed_once(tmp_path, monkeypatch):
    names = [f'{v}/annot/{n}.pts' for v in range(3) for n in range(20)]
    names += [n.replace('annot', 'image')[:-3] + 'png' for n in names]
    folder_of(tmp_path, *names)
    listed = []
    iterdir = type(tmp_path).iterdir

    def count(path):
        listed.append(path)
        return iterdir(path)

    monkeypatch.setattr(type(tmp_path), 'iterdir', count)
    source = read_pts_folder(tmp_path)
    assert len(source.faces) == 60
    assert {face.file.split('/')[1] for face in source.faces} == {'image'}
    assert len(listed) == len(set(listed)) <= 3 * 3 + 1


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


def test_an_unlimited_coordinate_is_not_a_missing_one(tmp_path):
    path = write(tmp_path, '1 2\ninf inf\n')
    with pytest.raises(ValueError, match='line 2: expected finite numbers'):
        read_pts(path, missing=True)


def test_a_test_folder_without_files_is_told(tmp_path):
    (tmp_path / 'empty').mkdir()
    write(tmp_path, '1 2\n3 4\n')
    for folder in ('empty', 'missing'):
        with pytest.raises(FileNotFoundError, match=f'{folder}: expected'):
            read_pts_folder(tmp_path, test=tmp_path / folder)


def test_group_pattern():
    assert find_group('Ann_Lee_07.jpg', r'(.+)_\d+') == 'Ann_Lee'
    assert find_group('a/b.jpg', None) == 'a/b.jpg'
    with pytest.raises(ValueError, match='finds none'):
        find_group('Ann_07.jpg', '(x)')
    with pytest.raises(ValueError, match=r'expected a \(group\) in paren'):
        find_group('Ann_07.jpg', r'_\d+')
    with pytest.raises(ValueError, match=r"expression .* got '\('"):
        find_group('Ann_07.jpg', '(')


def test_what_a_folder_gives_if_nothing_else_is_said(tmp_path):
    folder_of(tmp_path, 'a.pts', 'a.png', 'b.pts', 'b.png', '._a.pts')
    source = read_pts_folder(tmp_path)
    assert (source.name, source.origin, source.videos) == ('faces', 1, True)
    assert source.notes == (f'{tmp_path}: 2 .pts files',)
    face = source.faces[0]
    np.testing.assert_array_equal(face.keypoints, [[0, 1], [2, 3], [4, 6]])
    assert face.where == str(tmp_path / 'a.pts')
    assert (face.group, face.fields) == ('a.png', {})


def test_name_origin_and_encoding_of_a_folder(tmp_path):
    folder_of(tmp_path, 'a.png')
    (tmp_path / 'a.pts').write_bytes('# Müller\n1 2\n3 4\n'.encode('cp1252'))
    source = read_pts_folder(
        tmp_path, name='sheep', origin=0, encoding='cp1252'
    )
    assert (source.name, source.origin) == ('sheep', 0)
    np.testing.assert_array_equal(source.faces[0].keypoints, [[1, 2], [3, 4]])


def test_people_are_told_by_a_pattern(tmp_path):
    folder_of(tmp_path, '001/annot/000001.pts', '001/000001.png')
    source = read_pts_folder(tmp_path, group_pattern=r'(\d)\.')
    (face,) = source.faces
    assert face.group == '1' and face.fields == dict(identity='1')
    assert source.videos is False


def test_the_frames_of_a_folder_are_a_video(tmp_path):
    folder_of(tmp_path, '001/annot/000001.pts', '001/000001.png')
    source = read_pts_folder(tmp_path)
    (face,) = source.faces
    assert face.group == str(tmp_path / '001') and face.fields == {}
    assert source.videos is True


@pytest.mark.parametrize(
    ('file', 'video'),
    (
        ('001/annot/000001.pts', True),
        ('001/Annotations/000001.pts', True),
        ('001/annot/a.pts', False),
        ('ann/annot/000001.pts', False),
        ('001/points/000001.pts', False),
        ('ann/points/a.pts', False),
    ),
)
def test_which_folders_are_videos(tmp_path, file, video):
    expected = (tmp_path / file).parents[1] if video else None
    assert find_video(tmp_path / file) == expected


def test_every_file_with_several_images_is_told(tmp_path):
    names = [f'{n}.{suffix}' for n in 'ab' for suffix in ('pts', 'jpg', 'png')]
    problems = read_pts_folder(folder_of(tmp_path, *names)).problems
    assert [
        p.text.count(f'{n}.png') for n, p in zip('ab', problems, strict=True)
    ] == [1, 1]


def test_files_that_are_left_out_are_no_reason_to_stop(tmp_path):
    folder_of(tmp_path, 'a.pts')
    folder_of(tmp_path, 'side.pts', text='1 2\n3 4\n')
    (problem,) = read_pts_folder(tmp_path, num_points=3).problems
    assert problem.serious is False


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        (
            'n_points: 2\n{\n1 2\n3 4\n',
            ': expected a brace (}) after the points, got none: the file '
            'seems to be cut off',
        ),
        (
            'n_points: two\n1 2\n',
            ", line 1: expected the number of points, a whole one, got 'two'",
        ),
        ('n_points: 3\n1 2\n', ': expected 3 points, got 1'),
        ('n_points: 3\n', ': expected 3 points, got 0'),
        ('\n1 2\n\n3 4 5\n', ", line 4: expected two numbers, got '3 4 5'"),
        ('1 2\n3 nan # x\n', ", line 2: expected two numbers, got '3 nan'"),
        ('1 2\n-inf 3\n', ', line 2: expected finite numbers, got infinity'),
        (
            '1 2\n' * (MOST_KEYPOINTS + 1),
            f': expected at most {MOST_KEYPOINTS} keypoints, got '
            f'{MOST_KEYPOINTS + 1}',
        ),
    ),
)
def test_what_is_said_of_broken_files(tmp_path, text, message):
    path = write(tmp_path, text)
    with pytest.raises(ValueError) as error:
        read_pts(path)
    assert str(error.value) == f'{path}{message}'


def test_a_brace_too_many_at_the_end_does_no_harm(tmp_path):
    path = write(tmp_path, '{{1 2\n3.5 4}}}\n')
    np.testing.assert_array_equal(read_pts(path), [[0, 1], [2.5, 3]])
