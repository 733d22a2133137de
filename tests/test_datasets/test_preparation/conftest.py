"""Tiny data sets in the layouts that the official archives unpack to."""

import shutil
from collections.abc import Callable
from pathlib import Path

from mmpose_scgcn.structures.conventions import WFLW_AS_300W
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest

SIZE = 96


def make_shape(num_keypoints: int, seed: int) -> np.ndarray:
    """A shape (K, 2) inside an image of SIZE px, different for each seed."""
    base = np.random.default_rng(num_keypoints).uniform(24, 72, (200, 2))
    jitter = np.random.default_rng(seed).normal(0, 1.5, (200, 2))
    return (base + jitter)[:num_keypoints].round(3)


def write_picture(path: Path, seed: int = 0, size: int = SIZE) -> None:
    """A picture of noise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size, size, 3))
    assert cv2.imwrite(str(path), noise.astype(np.uint8))


def write_pts(path: Path, points: np.ndarray, header: bool = True) -> None:
    """Points (K, 2) as 300W has them, the first pixel at (1, 1)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = '\n'.join(f'{x:.6f} {y:.6f}' for x, y in points + 1)
    if header:
        text = f'version: 1\nn_points:  {len(points)}\n{{\n{text}\n}}\n'
    path.write_text(text)


@pytest.fixture
def folder_300w(tmp_path) -> Path:
    """300W with four faces in each public part, two of a photograph."""
    root = tmp_path / 'official'
    parts = ('afw', 'helen/trainset', 'lfpw/trainset')
    parts += ('helen/testset', 'lfpw/testset', 'ibug')
    for part in parts:
        for number in range(4):
            name = f'image_{number:04d}'
            if not part.startswith('lfpw'):
                name = f'photo{number // 2}_{number % 2 + 1}'
            seed = 10 * parts.index(part) + number
            header = not part.startswith('helen')
            path = root / part / f'{name}.pts'
            write_pts(path, make_shape(68, seed), header)
            write_picture(path.with_suffix('.png' if number else '.jpg'))
    return root


def wflw_line(seed: int, name: str, attributes: str | None = None) -> str:
    """One line of a WFLW list, with rectangle and attributes or without."""
    numbers = ' '.join(f'{v:f}' for v in make_shape(98, seed).ravel())
    extra = f' 10 12 80 90 {attributes}' if attributes is not None else ''
    return f'{numbers}{extra} {name}\n'


@pytest.fixture
def folder_wflw(tmp_path) -> Path:
    """WFLW with eight training faces in four images and two test faces."""
    root = tmp_path / 'official'
    lists = root / 'WFLW_annotations'
    folder = lists / 'list_98pt_rect_attr_train_test'
    folder.mkdir(parents=True)
    train = ''
    for number in range(8):
        name = f'0--Parade/0_Parade_{number // 2}.jpg'
        write_picture(root / 'WFLW_images' / name)
        train += wflw_line(number, name, f'0 {number % 2} 0 0 1 0')
    test = ''
    for number, flags in enumerate(('1 0 0 0 0 0', '0 0 0 1 0 0')):
        name = f'1--Handshaking/1_Handshaking_{number}.jpg'
        write_picture(root / 'WFLW_images' / name)
        test += wflw_line(100 + number, name, flags)
    (folder / 'list_98pt_rect_attr_train.txt').write_text(train)
    (folder / 'list_98pt_rect_attr_test.txt').write_text(test)
    subsets = lists / 'list_98pt_test'
    subsets.mkdir()
    members = dict(largepose=0, makeup=1)
    for name in ('expression', 'illumination', 'occlusion', 'blur'):
        (subsets / f'list_98pt_test_{name}.txt').write_text('')
    for name, number in members.items():
        image = f'1--Handshaking/1_Handshaking_{number}.jpg'
        line = wflw_line(100 + number, image)
        (subsets / f'list_98pt_test_{name}.txt').write_text(line)
    return root


@pytest.fixture
def folder_cofw(tmp_path) -> Path:
    """COFW as MATLAB 7.3 files: images, points and boxes, transposed."""
    h5py = pytest.importorskip('h5py')
    root = tmp_path / 'official'
    root.mkdir()
    files = (('train', 'Tr', 6), ('test', 'T', 2))
    for part, ending, count in files:
        with h5py.File(root / f'COFW_{part}_color.mat', 'w') as mat:
            cells = mat.create_dataset(
                f'Is{ending}', (1, count), dtype=h5py.ref_dtype
            )
            shapes, boxes = [], []
            for number in range(count):
                grey = number == 1
                image = np.zeros((SIZE, SIZE + 8, 3), np.uint8)
                image[..., 0], image[..., 1] = 200, number  # red, green
                image = image[..., 0] if grey else image
                mat[f'#refs#/{number}'] = image.T
                cells[0, number] = mat[f'#refs#/{number}'].ref
                points = make_shape(29, 50 * len(ending) + number) + 1
                hidden = np.arange(29) % 5 == number % 5
                shapes.append([*points[:, 0], *points[:, 1], *hidden])
                boxes.append([21, 22, 50, 60])
            mat[f'phis{ending}'] = np.array(shapes, dtype=float).T
            mat[f'bboxes{ending}'] = np.array(boxes, dtype=float).T
    return root


@pytest.fixture
def folder_aflw(tmp_path) -> Path:
    """AFLW: its MATLAB file and images of one or two faces."""
    from scipy.io import savemat

    root = tmp_path / 'official'
    count = 8
    names = np.empty((count, 1), dtype=object)
    for number in range(count):
        names[number, 0] = f'{number % 2}/image{number // 2:05d}.jpg'
        write_picture(root / 'data/flickr' / names[number, 0])
    shapes = np.stack([make_shape(19, number) for number in range(count)])
    mask = np.ones((count, 19))
    mask[::2, 3] = 0
    savemat(
        root / 'AFLWinfo_release.mat',
        dict(
            nameList=names,
            data=np.concatenate([shapes[..., 0], shapes[..., 1]], axis=1),
            bbox=np.tile([20.0, 80.0, 21.0, 81.0], (count, 1)),
            mask_new=mask,
            ra=np.array([[8, 1, 7, 2, 6, 3, 5, 4]], dtype=np.uint16),
        ),
    )
    return root


@pytest.fixture
def folder_csv(tmp_path) -> Path:
    """Frames of six people, with a header as the YouTube-Faces tables."""
    root = tmp_path / 'official'
    header = ',' + ','.join(map(str, range(20))) + '\n'
    for part, people in dict(train=range(5), test=range(5, 6)).items():
        rows = header
        for person in people:
            for frame in range(4):
                name = f'Person_{person}_{frame:02d}.jpg'
                write_picture(root / 'frames' / name)
                shape = make_shape(10, 10 * person + frame)
                rows += ','.join([name, *map(str, shape.ravel())]) + '\n'
        (root / f'{part}.csv').write_text(rows)
    return root


@pytest.fixture(scope='session')
def shape_of() -> Callable:
    """The function that makes the shapes of these data sets."""
    return make_shape


@pytest.fixture(scope='session')
def drawn() -> list:
    """Sixteen drawn faces of SIZE px, with their 98 keypoints."""
    return [make_face(0, index, SIZE) for index in range(16)]


def save(path: Path, image: np.ndarray) -> None:
    """Write a picture, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


@pytest.fixture
def folder_dlc(tmp_path, drawn) -> Path:
    """A project of DeepLabCut: four videos with four frames each."""
    root = tmp_path / 'official'
    files = Path(__file__).parent / 'dlc/labeled-data'
    shutil.copytree(files, root / 'labeled-data')
    for index, face in enumerate(drawn):
        video = ('ann', 'ben', 'eve', 'dan')[index // 4]
        name = f'labeled-data/{video}/img{index % 4:03d}.png'
        save(root / name, face.image)
    return root


#: Of the 98, as CelebA has them: eyes, nose, corners of the mouth.
CELEBA = (96, 97, 54, 76, 82)


def write_celeba(root: Path, drawn: list, aligned: bool) -> None:
    """Lists of 16 images of eight people, of whom five are for training."""
    parts = ('lefteye', 'righteye', 'nose', 'leftmouth', 'rightmouth')
    name = 'align_celeba' if aligned else 'celeba'
    heading = ' '.join(f'{part}_{axis}' for part in parts for axis in 'xy')
    lists = dict(landmarks=f'16\n{heading} \n', bbox='', splits='', people='')
    lists['bbox'] = '16\nimage_id x_1 y_1 width height\n'
    for index, face in enumerate(drawn):
        file = f'{index + 1:06d}.jpg'
        save(root / f'Img/img_{name}' / file, face.image)
        points = face.keypoints[list(CELEBA)].round().astype(int)
        numbers = ' '.join(f'{v:4d}' for v in points.ravel())
        lists['landmarks'] += f'{file} {numbers}\n'
        lists['bbox'] += f'{file}    10  12    70   80\n'
        person = index // 2
        lists['splits'] += f'{file} {max(0, min(2, person - 4))}\n'
        lists['people'] += f'{file} {2000 + person}\n'
    for key, file in dict(
        landmarks=f'Anno/list_landmarks_{name}.txt',
        bbox='Anno/list_bbox_celeba.txt',
        splits='Eval/list_eval_partition.txt',
        people='Anno/identity_CelebA.txt',
    ).items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(lists[key])


@pytest.fixture(scope='session')
def celeba_writer() -> Callable:
    """The function that writes CelebA's lists and images."""
    return write_celeba


@pytest.fixture
def folder_celeba(tmp_path, drawn) -> Path:
    """CelebA's cropped images, in the folders of its owners."""
    write_celeba(tmp_path / 'official', drawn, aligned=True)
    return tmp_path / 'official'


@pytest.fixture
def folder_merlrav(tmp_path, drawn) -> Path:
    """MERL-RAV's labels, and AFLW's images beside them; one has two faces."""
    root = tmp_path / 'official'
    for index in range(12):
        pose = ('frontal', 'left', 'righthalf')[index % 3]
        part = 'testset' if index > 8 else 'trainset'
        points = drawn[index].keypoints[list(WFLW_AS_300W)].astype(float)
        points[index % 4] *= -1
        if pose == 'left':
            points[9:17] = -1
        stem = 'image00003_2' if index == 3 else f'image{index:05d}'
        stem = 'image00003_1' if index == 0 else stem
        folder = root / f'merl_rav_labels/{pose}/{part}/labels'
        folder.mkdir(parents=True, exist_ok=True)
        lines = '\n'.join(f'{x:.8f} {y:.8f}' for x, y in points)
        lines = lines.replace('-1.00000000', '-1')
        (folder / f'{stem}.pts').write_text(
            f'version: 1\nn_points:  68\n{{\n{lines}\n}}\n'
        )
        name = f'{stem.partition("_")[0]}.jpg'
        save(root / f'aflw/flickr/{index % 3}/{name}', drawn[index].image)
    return root


@pytest.fixture
def folder_300vw(tmp_path, drawn) -> Path:
    """300-VW's layout: frames of three training videos and a test video."""
    root = tmp_path / 'official'
    for index, face in enumerate(drawn):
        video = ('001', '002', '007', '203')[index // 4]
        frame = f'{index % 4 + 1:06d}'
        points = face.keypoints[list(WFLW_AS_300W)]
        write_pts(root / video / f'annot/{frame}.pts', points)
        save(root / video / f'image/{frame}.jpg', face.image)
    return root
