"""Names in annotations that lead out of the folder of the images."""

import json
import os

from mmpose_scgcn.checks.annotation_file import check_annotation_file
from mmpose_scgcn.datasets.annotated_faces import read_coco_faces
from mmpose_scgcn.datasets.preparation import (
    Options,
    prepare,
    read_aflw,
    read_celeba,
    read_coco,
    read_imglab,
    read_labelme,
    read_tables,
    read_wflw,
)
from mmpose_scgcn.inside import check_inside, is_inside
from mmpose_scgcn.launch import check_annotations

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from scipy.io import savemat

SHAPE = np.random.default_rng(0).random((98, 2)) * 40 + 4


@pytest.fixture
def secret(tmp_path):
    """An image beside the folder of the data."""
    path = tmp_path / 'secret.png'
    cv2.imwrite(str(path), np.zeros((64, 64, 3), np.uint8))
    (tmp_path / 'data/images').mkdir(parents=True)
    return path


def coco(folder, name):
    face = dict(
        id=1, image_id=1, category_id=1, bbox=[1, 1, 50, 50], iscrowd=0
    )
    face['keypoints'] = [float(v) for x, y in SHAPE[:5] for v in (x, y, 2)]
    face['num_keypoints'] = 5
    image = dict(id=1, file_name=name, width=64, height=64)
    content = dict(images=[image], annotations=[face])
    content['categories'] = [dict(id=1, name='face')]
    (folder / 'a.json').write_text(json.dumps(content))
    return folder / 'a.json'


def labelme(folder, name):
    shapes = [
        dict(label=f'p{i}', shape_type='point', points=[[x, y]])
        for i, (x, y) in enumerate(SHAPE[:5].tolist())
    ]
    content = dict(shapes=shapes, imagePath=name, version='5')
    (folder / 'a.json').write_text(json.dumps(content))
    return folder


def imglab(folder, name):
    parts = ''.join(
        f"<part name='{i}' x='{x}' y='{y}'/>"
        for i, (x, y) in enumerate(SHAPE[:5])
    )
    box = f"<box top='1' left='1' width='50' height='50'>{parts}</box>"
    text = f"<dataset><image file='{name}'>{box}</image></dataset>"
    (folder / 'a.xml').write_text(text)
    return folder / 'a.xml'


def table(folder, name):
    cells = ','.join(f'{v}' for v in SHAPE[:5].ravel())
    (folder / 'a.csv').write_text(f'{name},{cells}\n')
    return folder / 'a.csv'


READERS = {
    'coco': lambda f, n: read_coco(coco(f, n)),
    'labelme': lambda f, n: read_labelme(labelme(f, n)),
    'imglab': lambda f, n: read_imglab(imglab(f, n)),
    'table': lambda f, n: read_tables(table(f, n)),
}
FORMS = ['absolute', '../secret.png', 'images/../../secret.png']


def named(form, secret):
    return str(secret) if form == 'absolute' else form


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize('kind', READERS)
def test_no_kind_reads_outside(kind, form, secret, tmp_path):
    data = tmp_path / 'data'
    with pytest.raises(ValueError, match=r'expected the name of a file in .*'):
        prepare(
            READERS[kind](data, named(form, secret)),
            tmp_path / 'out',
            Options(val_share=0),
            copy_images=True,
        )
    assert not (tmp_path / 'out').exists()


NAMING = {
    'coco': lambda f, n, i: read_coco(coco(f, n), i),
    'labelme': lambda f, n, i: read_labelme(labelme(f, n), i),
    'imglab': lambda f, n, i: read_imglab(imglab(f, n), i),
    'table': lambda f, n, i: read_tables(table(f, n), i),
}


@pytest.mark.parametrize('form', FORMS)
@pytest.mark.parametrize('kind', NAMING)
def test_a_folder_that_holds_it_lets_it_in(kind, form, secret, tmp_path):
    source = NAMING[kind](tmp_path / 'data', named(form, secret), tmp_path)
    done = prepare(source, tmp_path / 'out', Options(val_share=0))
    assert len(done.sizes) == 1
    assert not [p for p in done.problems if 'missing' in p.kind]


def test_wflw(secret, tmp_path):
    data = tmp_path / 'data'
    lists = data / 'WFLW_annotations/list_98pt_rect_attr_train_test'
    lists.mkdir(parents=True)
    (data / 'WFLW_images').mkdir()
    numbers = ' '.join(f'{v:.3f}' for v in SHAPE.ravel())
    line = f'{numbers} 1 1 50 50 0 0 0 0 0 0 ../../secret.png\n'
    for part in ('train', 'test'):
        name = f'list_98pt_rect_attr_{part}.txt'
        (lists / name).write_text(line)
    with pytest.raises(ValueError, match='line 1: expected the name of an im'):
        read_wflw(data)


@pytest.mark.parametrize(
    'name', ['../../secret.png', '/etc/hostname', '**', '']
)
def test_aflw(name, secret, tmp_path):
    data = tmp_path / 'data'
    names = np.empty((1, 1), object)
    names[0, 0] = name
    fields = dict(data=np.ones((1, 38)), bbox=np.array([[1, 50, 1, 50.0]]))
    fields |= dict(mask_new=np.ones((1, 19)), ra=np.ones((1, 1)))
    savemat(data / 'AFLWinfo_release.mat', dict(nameList=names, **fields))
    with pytest.raises((ValueError, FileNotFoundError), match='expected'):
        prepare(read_aflw(data), tmp_path / 'out', Options(val_share=0))


def test_celeba(secret, tmp_path):
    data = tmp_path / 'data'
    columns = ('lefteye', 'righteye', 'nose', 'leftmouth', 'rightmouth')
    header = ' '.join(f'{c}_{a}' for c in columns for a in 'xy')
    numbers = ' '.join(f'{v:.0f}' for v in SHAPE[:5].ravel())
    text = f'1\n{header}\n../secret.png {numbers}\n'
    (data / 'list_landmarks_align_celeba.txt').write_text(text)
    with pytest.raises(ValueError, match='the name of a file in'):
        prepare(read_celeba(data), tmp_path / 'out', Options(val_share=0))
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('form', [*FORMS, 'a\0.png'])
def test_adapt_labels(form, secret, tmp_path):
    file = coco(tmp_path / 'data', named(form, secret))
    with pytest.raises(ValueError, match=r'a\.json: expected the name of a f'):
        read_coco_faces(file, flip_pairs='none')
    if '\0' not in form and form != 'images/../../secret.png':
        file = coco(tmp_path / 'data', 'secret.png')
        assert len(read_coco_faces(file, tmp_path, flip_pairs='none')) == 1


@pytest.mark.parametrize('form', FORMS)
def test_training(form, secret, tmp_path):
    """MMPose itself would read it."""
    file = coco(tmp_path / 'data', named(form, secret))
    with pytest.raises(ValueError, match=r'images\[0\]: .*data_prefix\.img=/'):
        check_annotation_file(file, str(tmp_path / 'data'))
    check_annotation_file(file, '/')
    check_annotation_file(coco(tmp_path / 'data', 'x.png'), '')


def test_links_in_a_folder_are_part_of_it(tmp_path):
    (tmp_path / 'a').mkdir()
    (tmp_path / 'b').mkdir()
    os.symlink(tmp_path / 'b', tmp_path / 'a/link')
    assert is_inside(tmp_path / 'a/link/x', [tmp_path / 'a'])
    assert is_inside(tmp_path / 'b/x', [tmp_path / 'a/link'])
    assert not is_inside(tmp_path / 'b/x', [tmp_path / 'a'])
    assert not is_inside(tmp_path / 'ab', [tmp_path / 'a'])
    check_inside(tmp_path, 'a/../b/x', 'here')
    with pytest.raises(ValueError, match='here: expected the name of a file'):
        check_inside(tmp_path / 'a', 'link/../../b/x', 'here')


def test_the_door_of_training(secret, tmp_path):
    """What train, test and check_dataset call before they begin."""
    coco(tmp_path / 'data', '../secret.png')
    dataset = dict(type='CocoDataset', ann_file='a.json')
    dataset |= dict(data_root=str(tmp_path / 'data'), data_prefix=dict(img=''))
    cfg = Config(dict(train_dataloader=dict(dataset=dataset)))
    with pytest.raises(ValueError, match=r'images\[0\]: .*data_prefix\.img=/'):
        check_annotations(cfg, 'train_dataloader')
    cfg.train_dataloader.dataset.data_prefix.img = '/'
    check_annotations(cfg, 'train_dataloader')
