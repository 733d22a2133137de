"""What 8 bits cost, on the test set of a config."""

import json

from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.annotated_faces import read_config_faces
from mmpose_scgcn.export import Options, export_model
from mmpose_scgcn.export.accuracy import annotated_faces, measure_nme
from mmpose_scgcn.export.faces import CheckFaces
from mmpose_scgcn.images import read_image

import cv2
import numpy as np
import pytest

CONFIGS = 'configs/face_2d_keypoint/structure_coherent/synthetic'
NAME = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
ANNOTATIONS = 'face_landmarks_wflw_test.json'

#: Where two faces are in each picture, and its side, px.
PLACES, SIDE = ((500, 300), (100, 700)), 900


@pytest.fixture
def data(synthetic_faces, tmp_path):
    """The test faces, two in each large picture."""
    table = json.loads((synthetic_faces / ANNOTATIONS).read_text())
    names = [image['file_name'] for image in table['images']]
    drawn = [cv2.imread(str(synthetic_faces / 'images' / n)) for n in names]
    (tmp_path / 'data' / 'images').mkdir(parents=True)
    for number, face in enumerate(table['annotations']):
        first, place = number - number % 2, PLACES[number % 2]
        face['image_id'] = table['images'][first]['id']
        points = np.add(np.reshape(face['keypoints'], (-1, 3)), (*place, 0))
        face['keypoints'] = points.ravel().tolist()
        face['center'] = np.add(face['center'], place).tolist()
        face['bbox'] = np.add(face['bbox'], (*place, 0, 0)).tolist()
    for first in range(0, len(drawn), 2):
        picture = np.full((SIDE, SIDE, 3), 90, np.uint8)
        for face, (x, y) in zip(drawn[first:], PLACES, strict=False):
            picture[y : y + len(face), x : x + len(face)] = face
        file = tmp_path / 'data' / 'images' / names[first]
        cv2.imwrite(str(file.with_suffix('.png')), picture)
        table['images'][first].update(
            file_name=file.with_suffix('.png').name, width=SIDE, height=SIDE
        )
    file = tmp_path / 'data' / ANNOTATIONS
    file.write_text(json.dumps(table))
    return tmp_path / 'data'


@pytest.fixture
def config(root, data, tmp_path):
    """A config with these faces as its test set."""
    file = tmp_path / 'mine.py'
    file.write_text(
        f'_base_ = [{str(root / CONFIGS / NAME)!r}]\n'
        f'test_dataloader = dict(dataset=dict(data_root={str(data)!r}))\n'
    )
    return str(file)


def test_faces_are_cut_out_of_their_pictures(config, pytorch_model):
    """All of a test set are in memory at once."""
    faces = annotated_faces(config, pytorch_model)
    whole = read_config_faces(read_config(config, {}), 'test')
    assert len(faces) == len(faces.images) == len(whole) == 4
    for image, box in zip(faces.images, faces.boxes, strict=True):
        side = (box[0, 2:] - box[0, :2]).max()
        assert max(image.shape) <= 3 * side + 2 < SIDE / 2
    uncut = CheckFaces(
        [read_image(file) for file in whole.files],
        list(whole.boxes[:, None]),
        '',
        whole.keypoints,
        whole.visible,
        faces.dataset,
    )
    cut, wanted = (measure_nme(pytorch_model, f) for f in (faces, uncut))
    assert 0.01 < wanted < 0.5
    assert abs(cut - wanted) < 1e-4


def test_a_box_outside_its_picture_is_told_first(
    config, data, pytorch_model, tmp_path
):
    table = json.loads((data / ANNOTATIONS).read_text())
    face = table['annotations'][2]
    face['center'] = [5 * SIDE, 5 * SIDE]
    wanted = rf'annotation {face["id"]}: box 0, .* outside the image'
    (data / ANNOTATIONS).write_text(json.dumps(table))
    options, told = Options(int8=True, config=config, num_faces=1), []
    with pytest.raises(ValueError, match=wanted):
        export_model(pytorch_model, tmp_path / 'out', options, told.append)
    assert told == []
