"""Files that label tools wrote (``exports/make_exports.py``), read right."""

import shutil
from pathlib import Path

from mmpose_scgcn.datasets.preparation import Options, Source, prepare
from mmpose_scgcn.datasets.preparation.coco import read_coco
from mmpose_scgcn.datasets.preparation.labelme import read_labelme

import cv2
import numpy as np
import pytest

EXPORTS = Path(__file__).parent / 'exports'
NAMES = ('left_eye', 'right_eye', 'nose', 'left_mouth', 'right_mouth')
SHAPE = np.array([[30.25, 40], [60.5, 41], [45, 55.5], [36, 70], [54, 71.75]])


@pytest.fixture
def export(tmp_path):
    """Put an export and its pictures where the tool puts them."""

    def place(file, target, *pictures):
        for picture in pictures:
            path = tmp_path / picture
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), np.full((96, 128, 3), 99, np.uint8))
        path = tmp_path / target
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXPORTS / file, path)
        return path

    return place


def kinds(source: Source) -> dict[str, bool]:
    return {problem.kind: problem.serious for problem in source.problems}


@pytest.mark.parametrize('whole', (True, False))
def test_keypoints_of_cvat(export, tmp_path, whole):
    pictures = [f'images/default/day 1/Müller_{i}.jpg' for i in range(3)]
    path = export(
        'cvat.json', 'annotations/person_keypoints_default.json', *pictures
    )
    source = read_coco(tmp_path if whole else path)
    assert source.folder.resolve() == tmp_path.resolve()
    assert [face.file for face in source.faces] == pictures
    assert source.names == NAMES
    assert source.skeleton == ((1, 2), (3, 4), (0, 2))
    for number, face in enumerate(source.splits['trainval']):
        flags = [2, 2, 1 if number == 1 else 2, 0 if number == 2 else 2, 2]
        assert face.flags.tolist() == flags
        known = face.flags > 0
        wanted = (SHAPE + number)[known]
        np.testing.assert_array_equal(face.keypoints[known], wanted)
        assert face.box == (20, 25, 70, 85)
    assert source.declared == dict.fromkeys(pictures, (128, 96))
    assert not source.problems


def test_keypoints_of_label_studio(export):
    """Names as listed, keypoints by model_index: it cannot be told apart."""
    pictures = [f'images/cb0618f{i}-face_{i}.png' for i in range(2)]
    source = read_coco(export('label_studio.json', 'result.json', *pictures))
    assert [face.file for face in source.faces] == pictures
    first, second = source.faces
    # It rounds to whole pixels.
    np.testing.assert_array_equal(first.keypoints, SHAPE.round())
    assert first.flags.tolist() == [2] * 5
    assert second.flags.tolist() == [2, 2, 2, 0, 2]
    assert kinds(source) == {
        "annotation of the category 'Face', left out": False,
        'names of keypoints that may be in another order': False,
    }


def test_an_upload_that_has_its_own_name(export, tmp_path):
    """The user's own folder has the pictures without the prefix."""
    path = export('label_studio.json', 'result.json', 'mine/face_0.png')
    source = read_coco(path, images=tmp_path / 'mine')
    assert [f.file for f in source.faces] == [
        'face_0.png',
        'upload/4/cb0618f1-face_1.png',  # missing, which is told later
    ]


def test_points_of_labelme(export):
    path = export('labelme.json', 'labels/1.json', 'pictures/Müller 1.jpg')
    with pytest.raises(ValueError, match=r'1\.json: expected .* --images '):
        read_labelme(path.parent)
    source = read_labelme(path.parent, path.parent.parent)
    assert [face.file for face in source.faces] == [
        'pictures/Müller 1.jpg'
    ] * 2
    order = ['left_eye', 'left_mouth', 'nose', 'right_eye', 'right_mouth']
    assert source.names == tuple(order)
    first, second = source.faces
    wanted = SHAPE[[NAMES.index(name) for name in order]]
    np.testing.assert_array_equal(first.keypoints, wanted)
    assert first.flags.tolist() == [1, 2, 2, 2, 2]
    assert first.box == (20, 25, 70, 85.5)
    assert second.flags.tolist() == [2, 2, 0, 2, 2]
    np.testing.assert_array_equal(
        second.keypoints[second.flags > 0], (wanted + 30)[second.flags > 0]
    )
    assert kinds(source) == {
        'flags that are not used': False,
        'face without a given box, its keypoints taken for one': False,
    }


def test_a_picture_that_only_labelme_holds(export, tmp_path):
    source = read_labelme(
        export('labelme.json', 'labels/1.json').parent,
        keypoints=','.join(NAMES),
    )
    assert kinds(source)['missing image, taken from imageData'] is False
    out = tmp_path / 'out'
    prepared = prepare(source, out, Options(val_share=0))
    image = cv2.imread(str(out / 'images' / prepared.splits['train'][0].file))
    np.testing.assert_array_equal(image, np.full((128, 128, 3), 99))
    np.testing.assert_array_equal(source.faces[0].keypoints, SHAPE)
