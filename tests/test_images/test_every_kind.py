"""What is checked, what trains and what predicts read the same pixels."""

import json
import os
import re

from mmpose_scgcn.apis import read_image
from mmpose_scgcn.datasets.preparation import Options, prepare
from mmpose_scgcn.datasets.preparation.records import VISIBLE, Face, Source
from mmpose_scgcn.images import image_facts
from mmpose_scgcn.images.reading import shown
from tests.test_images.kinds import READ, REFUSED

import cv2
import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS, TRANSFORMS

LOAD = dict(type='mmpose_scgcn.LoadFaceImage')

pytestmark = pytest.mark.filterwarnings('error')


def write(folder, name, content):
    path = folder / name
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    return path


@pytest.fixture(scope='module')
def load():
    """The transform of our configs."""
    return TRANSFORMS.build(LOAD)


@pytest.mark.parametrize('kind', READ)
def test_all_three_read_the_same(kind, load, tmp_path):
    name, content, expected, most = READ[kind]
    path = write(tmp_path, name, content)
    predicted = read_image(path)
    trained = load.transform(dict(img_path=str(path)))
    checked = image_facts(path)
    assert predicted.dtype == np.uint8
    assert predicted.shape == expected.shape
    assert np.abs(predicted.astype(float) - expected).mean() <= most
    np.testing.assert_array_equal(trained['img'], predicted)
    assert trained['img_shape'] == trained['ori_shape'] == expected.shape[:2]
    assert checked[:2] == expected.shape[1::-1]
    turned = re.search(r'turned by (\d)', kind)
    assert checked.orientation == (int(turned[1]) if turned else 1)
    assert (checked.brightest is not None) == ('16' in kind)


@pytest.mark.parametrize('kind', REFUSED)
def test_all_three_refuse_the_same(kind, load, tmp_path, capfd):
    name, content, reason = REFUSED[kind]
    path = write(tmp_path, name, content)
    start = re.escape(shown(path))
    with pytest.raises(ValueError, match=f'^{start} {reason}') as predicted:
        read_image(path)
    with pytest.raises(OSError, match=f'^{reason}') as checked:
        image_facts(path)
    with pytest.raises(ValueError, match=f'^{start} {reason}') as trained:
        load.transform(dict(img_path=str(path), sample_idx=7))
    assert str(predicted.value) == f'{shown(path)} {checked.value}'
    assert str(trained.value) == f'{predicted.value} (sample 7)'


def test_all_three_miss_a_file(load, tmp_path):
    path = tmp_path / 'absent.jpg'
    with pytest.raises(FileNotFoundError, match=f'no image file {path}'):
        read_image(path)
    with pytest.raises(FileNotFoundError, match=f'no image file {path}'):
        image_facts(path)
    with pytest.raises(ValueError, match=f'^no image file {path}'):
        load.transform(dict(img_path=str(path)))


@pytest.mark.parametrize('kind', READ)
def test_what_mmpose_reads_otherwise_is_known(kind, tmp_path):
    """``elsewhere`` is empty exactly where MMPose's pixels are ours."""
    name, content, _, _ = READ[kind]
    path = write(tmp_path, name, content)
    ours = read_image(path)
    plain = TRANSFORMS.build(dict(type='mmpose.LoadImage'))
    told = image_facts(path).elsewhere
    try:
        theirs = plain.transform(dict(img_path=str(path)))['img']
    except AssertionError:
        assert told == 'not read at all'
        return
    same = theirs.shape == ours.shape and np.allclose(theirs, ours, atol=2)
    assert (told == '') == same
    if not same and 'turned' in kind:
        assert told == 'not turned upright'


def unlike(files):
    """A source of one face of five keypoints for each file."""
    rng = np.random.default_rng(0)
    faces = [
        Face(
            file,
            rng.uniform(8, 34, (5, 2)),
            np.full(5, VISIBLE),
            f'row {number}',
            file,
        )
        for number, file in enumerate(files)
    ]
    return dict(trainval=faces)


def test_annotated_sizes_are_those_of_training(tmp_path):
    """Of all kinds at once, as users have them; one is not UTF-8."""
    folder, names = tmp_path / 'pictures', {}
    folder.mkdir()
    for number, kind in enumerate([*READ, *REFUSED]):
        name, content, *_ = {**READ, **REFUSED}[kind]
        names[f'{number}{name}'] = kind
        write(folder, f'{number}{name}', content)
    source = Source('mixed', unlike(names), folder)
    prepared = prepare(source, tmp_path / 'out', Options(val_share=0))
    content = json.loads(
        (tmp_path / 'out/face_landmarks_mixed_train.json').read_text('utf-8')
    )
    assert {i['file_name'] for i in content['images']} == {
        name for name, kind in names.items() if kind in READ
    }
    listed = (tmp_path / 'out/problems.txt').read_text('utf-8')
    assert r'gesicht_\udce4.png: is empty' in listed
    unreadable = [
        problem.text.split(': ')[0]
        for problem in prepared.problems
        if problem.kind == 'unreadable image, faces left out'
    ]
    assert sorted(unreadable) == sorted(
        name for name, kind in names.items() if kind in REFUSED
    )
    dark = [p.text for p in prepared.problems if 'nearly black' in p.kind]
    assert len(dark) == 1
    assert 'end at 3855' in dark[0]
    check_sizes(tmp_path / 'out', content)


def check_sizes(out, content):
    """Compare with what MMPose's data set makes of the annotations."""
    init_default_scope('mmpose')
    dataset = DATASETS.build(
        dict(
            type='CocoDataset',
            data_root=f'{out}/',
            ann_file='face_landmarks_mixed_train.json',
            data_prefix=dict(img='images/'),
            metainfo=dict(
                dataset_name='five',
                keypoint_info={
                    n: dict(name=f'{n}', id=n, color=[0, 0, 0], swap='')
                    for n in range(5)
                },
                skeleton_info={},
                joint_weights=[1.0] * 5,
                sigmas=[],
            ),
            pipeline=[LOAD],
        )
    )
    sizes = {
        image['id']: (image['height'], image['width'])
        for image in content['images']
    }
    assert len(dataset) == len(sizes)
    for sample in dataset:
        assert sample['img'].shape[:2] == sizes[sample['img_id']]


def test_a_file_that_may_not_be_opened(load, tmp_path):
    path = tmp_path / 'closed.png'
    path.write_bytes(b'')
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip('this user may open every file')
    with pytest.raises(ValueError, match='cannot be opened'):
        read_image(path)


@pytest.mark.parametrize('suffix', ['jpg', 'png', 'bmp', 'webp', 'tif'])
@pytest.mark.parametrize('share', np.linspace(0.02, 0.99, 12))
def test_a_file_that_is_cut_off_anywhere(suffix, share, load, tmp_path, capfd):
    """Of the formats that OpenCV decodes: no grey lower half."""
    image = np.random.default_rng(0).integers(0, 255, (90, 70, 3), np.uint8)
    content = cv2.imencode(f'.{suffix}', image)[1].tobytes()
    path = tmp_path / f'a.{suffix}'
    path.write_bytes(content[: int(len(content) * share)])
    for read in (read_image, lambda p: load.transform(dict(img_path=str(p)))):
        with pytest.raises(ValueError, match=r'(cannot be|is no image)'):
            read(path)
    with pytest.raises(OSError, match=r'(cannot be|is no image)'):
        image_facts(path)
