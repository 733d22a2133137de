"""CelebA's lists, as its authors and as Kaggle give them."""

import shutil

from mmpose_scgcn.datasets.preparation import read_celeba
from mmpose_scgcn.datasets.preparation.celeba import NUM_FACES, PARTITION
from mmpose_scgcn.datasets.preparation.splits import hold_out

import numpy as np
import pytest

#: Numbers of the points among the 98 of a drawn face.
CELEBA = (96, 97, 54, 76, 82)
NAMES = ('lefteye', 'righteye', 'nose', 'leftmouth', 'rightmouth')


def test_the_lists_of_its_authors(folder_celeba, drawn):
    source = read_celeba(folder_celeba)
    counts = {split: len(faces) for split, faces in source.splits.items()}
    assert counts == dict(train=10, val=2, test=4)
    assert source.names == NAMES
    assert source.partners == (1, 0, 2, 4, 3)
    for index, face in enumerate(source.faces):
        assert face.file == f'{index + 1:06d}.jpg'
        assert (source.folder / face.file).is_file()
        wanted = drawn[index].keypoints[list(CELEBA)].round()
        np.testing.assert_array_equal(face.keypoints, wanted)
        assert face.where.endswith(f'align_celeba.txt, line {index + 3}')
        assert face.group == face.fields['identity'] == str(2000 + index // 2)
        assert face.box is None  # those of the list are of photographs
    assert not source.problems
    assert not source.expected
    assert f'16 of {NUM_FACES} faces, cropped images' in source.notes[0]


def test_the_official_numbers():
    assert sum(count for _, count in PARTITION) == NUM_FACES


def test_boxes_belong_to_the_photographs(tmp_path, drawn, celeba_writer):
    celeba_writer(tmp_path, drawn, aligned=False)
    for origin in (0, 1):
        face = read_celeba(tmp_path, origin=origin).faces[0]
        assert face.box == (10 - origin, 12 - origin, 80 - origin, 92 - origin)


@pytest.mark.parametrize('seed', range(4))
def test_images_of_a_person_stay_on_one_side(folder_celeba, seed):
    (folder_celeba / 'Eval/list_eval_partition.txt').unlink()
    (trainval,) = read_celeba(folder_celeba).splits.values()
    assert len(trainval) == 16
    parts = hold_out(trainval, 0.3, seed)
    people = [{face.fields['identity'] for face in part} for part in parts]
    assert all(people)
    assert not people[0] & people[1]


def to_csv(path, heading):
    """Make Kaggle's form of a list."""
    lines = path.read_text().splitlines()
    if lines[0].isdecimal():
        lines = lines[2:]
    rows = [heading, *(','.join(line.split()) for line in lines)]
    path.with_suffix('.csv').write_text('\n'.join(rows))
    path.unlink()


def test_the_tables_of_kaggle(folder_celeba, drawn):
    wanted = read_celeba(folder_celeba)
    points = ','.join(f'{name}_{axis}' for name in NAMES for axis in 'xy')
    to_csv(
        folder_celeba / 'Anno/list_landmarks_align_celeba.txt',
        f'image_id,{points}',
    )
    to_csv(folder_celeba / 'Anno/list_bbox_celeba.txt', 'image_id,x_1,y_1')
    to_csv(
        folder_celeba / 'Eval/list_eval_partition.txt', 'image_id,partition'
    )
    images = folder_celeba / 'Img/img_align_celeba'
    shutil.move(images, images.with_name('inner'))
    images.mkdir()
    shutil.move(images.with_name('inner'), images / 'img_align_celeba')
    read = read_celeba(folder_celeba)
    assert read.folder == images / 'img_align_celeba'
    for split, faces in wanted.splits.items():
        shapes = [face.keypoints for face in read.splits[split]]
        np.testing.assert_array_equal(shapes, [f.keypoints for f in faces])


def test_a_list_alone_and_png_images(folder_celeba, tmp_path):
    path = tmp_path / 'celeba.txt'
    shutil.copy(folder_celeba / 'Anno/list_landmarks_align_celeba.txt', path)
    images = folder_celeba / 'Img/img_align_celeba'
    for image in list(images.iterdir()):
        image.rename(image.with_suffix('.png'))
    source = read_celeba(path, images=images)
    assert source.faces[0].file == '000001.png'
    assert list(source.splits) == ['trainval']
    assert source.faces[0].box is None


def test_points_of_one_side_have_no_partners(tmp_path):
    path = tmp_path / 'list_landmarks_align_celeba.txt'
    path.write_text(
        '2\nlefteye_x lefteye_y nose_x nose_y\na.jpg 69 109  106 113\n'
        'b.jpg  69 110 107 112\n'
    )
    source = read_celeba(tmp_path)
    assert source.partners == (0, 1)
    assert source.faces[1].keypoints.tolist() == [[69, 110], [107, 112]]


def test_what_lists_lack_is_counted(folder_celeba):
    landmarks = folder_celeba / 'Anno/list_landmarks_align_celeba.txt'
    landmarks.write_text(landmarks.read_text().replace('16\n', '17\n', 1))
    for name in ('Eval/list_eval_partition.txt', 'Anno/identity_CelebA.txt'):
        path = folder_celeba / name
        path.write_text('\n'.join(path.read_text().splitlines()[1:]))
    source = read_celeba(folder_celeba)
    told = [(problem.kind, problem.text) for problem in source.problems]
    assert told == [
        (
            'list of another length than it says',
            f'{landmarks}: 17 in its first line, 16 images',
        ),
        (
            'image that identity_celeba has not, a group of its own',
            '1 images',
        ),
        (
            'image without 0, 1 or 2 in list_eval_partition, left out',
            '1 images',
        ),
    ]
    assert len(source.faces) == 15


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('1\nlefteye_x lefteye_y\n', 'found no image'),
        ('1\nlefteye_x lefteye_y\na.jpg 1\n', 'line 3: .*2 numbers, got 2'),
        ('1\nlefteye_x lefteye_y\na.jpg 1 b\n', "line 3: .*number, got 'b'"),
        ('1\nlefteye_x nose_y\na.jpg 1 2\n', 'expected a heading lefteye_x'),
        ('a.jpg 1 2\n', 'expected a heading lefteye_x'),
        ('1\n,\na.jpg 1 2\n', 'expected a heading lefteye_x'),
    ),
)
def test_other_lists_are_told(tmp_path, text, message):
    path = tmp_path / 'list_landmarks_celeba.txt'
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_celeba(tmp_path)
    assert str(path) in str(error.value)


def test_folders_without_a_list_or_with_both(folder_celeba):
    with pytest.raises(FileNotFoundError, match='list_landmarks_align_celeba'):
        read_celeba(folder_celeba / 'Img')
    anno = folder_celeba / 'Anno'
    shutil.copy(
        anno / 'list_landmarks_align_celeba.txt',
        anno / 'list_landmarks_celeba.txt',
    )
    with pytest.raises(ValueError, match='name one of them instead'):
        read_celeba(folder_celeba)
    source = read_celeba(anno / 'list_landmarks_align_celeba.txt')
    assert list(source.splits) == ['train', 'val', 'test']  # from Eval
