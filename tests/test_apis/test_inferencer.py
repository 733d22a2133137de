"""Our subclass of MMPose's inferencer honours boxes and knows no face."""

import json

from mmpose_scgcn.apis.image_boxes import boxes_by_image
from mmpose_scgcn.apis.inferencer import FaceInferencer
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest
import torch
from mmpose.apis import inference_topdown, init_model
from PIL import Image

CONFIG = (
    'configs/face_2d_keypoint/wing_loss/300w/'
    'td-reg_cnn6-wing_1xb32-60e_300w-64x64.py'
)
pytestmark = pytest.mark.filterwarnings(
    # MMPose's drawing of circles
    'ignore:Conversion of an array with ndim > 0',
)

BOXES = np.array([[20, 20, 70, 75], [2, 40, 30, 90]], np.float32)


@pytest.fixture(scope='module')
def model(root, tmp_path_factory):
    """A config and a checkpoint of an untrained model."""
    torch.manual_seed(0)
    built = init_model(root / CONFIG, device='cpu')
    for parameter in built.head.out.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    path = tmp_path_factory.mktemp('weights') / 'model.pth'
    torch.save(dict(state_dict=built.state_dict(), meta={}), path)
    return str(root / CONFIG), str(path)


@pytest.fixture(scope='module')
def infer(model):
    return FaceInferencer(*model, device='cpu', det_model=lambda image: BOXES)


@pytest.fixture(scope='module')
def blind(model):
    nothing = np.zeros((0, 5))
    return FaceInferencer(*model, device='cpu', det_model=lambda _: nothing)


@pytest.fixture(scope='module')
def images():
    return [make_face(3, index, size=96).image for index in range(2)]


def points_of(result):
    return np.array([face['keypoints'] for face in result['predictions'][0]])


def test_boxes_are_honoured(infer, model, images):
    wanted = inference_topdown(
        init_model(*model, device='cpu'), images[0], BOXES
    )
    (result,) = infer(images[0], bboxes=BOXES)
    expected = [sample.pred_instances.keypoints[0] for sample in wanted]
    np.testing.assert_allclose(points_of(result), expected, atol=1e-4)
    assert np.abs(expected[0] - expected[1]).max() > 1


def test_a_box_outside_its_image_is_told(infer, images):
    outside = [[500, 10, 600, 110]]
    with pytest.raises(ValueError, match=r'bboxes of image 1: box 0.*outside'):
        list(infer(images[:2], bboxes=[BOXES, outside]))


def test_each_image_has_its_boxes(infer, images):
    both = list(infer(images, bboxes=[BOXES, BOXES[1:]]))
    assert [len(result['predictions'][0]) for result in both] == [2, 1]
    (alone,) = infer(images[1], bboxes=BOXES[1:])
    np.testing.assert_allclose(points_of(both[1]), points_of(alone))


def test_faces_are_found_without_mmdet(infer, images):
    (found,) = infer(images[0])
    (given,) = infer(images[0], bboxes=BOXES)
    order = np.argsort([f['bbox'][0][0] for f in found['predictions'][0]])
    np.testing.assert_allclose(
        points_of(found)[order], points_of(given)[::-1], atol=1e-4
    )


def test_where_an_image_has_no_boxes_faces_are_found(infer, images):
    results = list(infer(images, bboxes=[None, BOXES[:1]]))
    assert [len(result['predictions'][0]) for result in results] == [2, 1]


def test_scores_of_boxes_are_kept(infer, images):
    rows = [[20, 20, 70, 75, 0.5]]
    (result,) = infer(images[0], bboxes=rows)
    assert result['predictions'][0][0]['bbox_score'] == 0.5


def test_no_face_is_no_instance(blind, images, tmp_path):
    results = list(blind(images, out_dir=str(tmp_path), return_vis=True))
    assert [result['predictions'] for result in results] == [[[]], [[]]]
    assert results[0]['visualization'][0].shape == images[0].shape
    assert json.loads((tmp_path / 'predictions/000000.json').read_text()) == []
    assert (tmp_path / 'visualizations/000001.jpg').is_file()


def test_no_boxes_is_no_instance(infer, images):
    for none in ([], np.zeros((0, 4)), [[]]):
        (result,) = infer(images[0], bboxes=none)
        assert result['predictions'] == [[]]
    (sample,) = next(infer(images[0], bboxes=[], return_datasamples=True))[
        'predictions'
    ]
    assert sample.pred_instances.keypoints.shape == (0, 68, 2)


def test_files_and_json_are_as_mmposes(infer, images, tmp_path):
    cv2.imwrite(str(tmp_path / 'face.png'), images[0])
    out = tmp_path / 'out'
    (result,) = infer(
        str(tmp_path / 'face.png'), bboxes=BOXES[:1], out_dir=str(out)
    )
    (face,) = json.loads((out / 'predictions/face.json').read_text())
    assert set(face) == {'keypoints', 'keypoint_scores', 'bbox', 'bbox_score'}
    np.testing.assert_allclose(face['keypoints'], points_of(result)[0])
    np.testing.assert_allclose(face['bbox'], BOXES[:1], atol=1e-4)
    drawn = cv2.imread(str(out / 'visualizations/face.png'))
    assert (drawn != images[0]).any()


def test_files_are_read_as_everywhere_else(infer, images, tmp_path):
    """A GIF, which not every OpenCV reads, and a WebP that is turned."""
    rgb = Image.fromarray(images[0][..., ::-1])
    block = Image.Exif()
    block[274] = 6
    turned = rgb.transpose(Image.Transpose.ROTATE_90)
    turned.save(tmp_path / 'a.webp', exif=block, lossless=True)
    rgb.save(tmp_path / 'a.gif')
    expected = points_of(next(infer(images[0], bboxes=BOXES)))
    for name, most in (('a.webp', 1e-4), ('a.gif', 3)):
        (result,) = infer(str(tmp_path / name), bboxes=BOXES, return_vis=True)
        np.testing.assert_allclose(points_of(result), expected, atol=most)
        assert result['visualization'][0].shape == images[0].shape
    (tmp_path / 'a.png').write_bytes(b'none')
    with pytest.raises(ValueError, match=r'a.png is no image that can be'):
        next(infer(str(tmp_path / 'a.png'), bboxes=BOXES))


def test_the_detector_is_made_when_it_is_needed(model, images, monkeypatch):
    def build_detector(spec):
        raise RuntimeError('none here')

    monkeypatch.setattr(
        'mmpose_scgcn.detection.build_detector', build_detector
    )
    infer = FaceInferencer(*model, device='cpu')
    assert len(points_of(next(infer(images[0], bboxes=BOXES)))) == 2
    with pytest.raises(RuntimeError, match='none here'):
        next(infer(images[0]))


def test_the_whole_image_may_be_the_face(model, images):
    infer = FaceInferencer(*model, device='cpu', det_model='whole_image')
    (face,) = next(infer(images[0]))['predictions'][0]
    # The crop is the image: the pipeline adds a quarter.
    np.testing.assert_allclose(
        np.diff(np.reshape(face['bbox'], (2, 2)), axis=0), 96 / 1.25, rtol=1e-5
    )


@pytest.mark.parametrize(
    ('bboxes', 'count', 'message'),
    [
        (BOXES, 3, 'expected boxes for each of 3 images, got them for 2'),
        ([BOXES], 2, 'expected boxes for each of 2 images, got them for 1'),
        ([BOXES, BOXES], 1, 'each of 1 images, got them for 2'),
        ([1, 2, 3, 4], 1, r'expected \(N, 4\).*got shape \(4,\)'),
        ([[1, 2, 3]], 1, r'got shape \(1, 3\)'),
        (BOXES, 2, r'bboxes of image 0: expected.*got shape \(4,\)'),
        ([[1, 2, 3, 'x']], 1, 'bboxes of image 0: expected'),
        ([[[1, 2, 3, 4], [1, 2]]], 1, 'bboxes of image 0: expected'),
        ([[50, 50, 20, 20]], 1, r'x1 < x2.*got \[50.0.*x \+ w, y \+ h'),
        ([[1, 2, np.nan, 9]], 1, 'expected finite numbers'),
        ([[1, 2, 3, 4]], None, 'got a stream'),
    ],
)
def test_what_are_no_boxes_is_told(bboxes, count, message):
    with pytest.raises(ValueError, match=message):
        boxes_by_image(bboxes, count)


def test_given_boxes_are_not_changed():
    given = BOXES.copy()
    boxes_by_image(given, 1)[0][:] = 0
    np.testing.assert_array_equal(given, BOXES)


def test_a_folder_may_hold_other_files(infer, images, tmp_path):
    """MMPose's inferencer ends with an AttributeError there."""
    for name in ('b.png', 'a.jp2'):
        cv2.imwrite(str(tmp_path / name), images[0])
    for name in ('README', 'notes.txt', '._b.png'):
        (tmp_path / name).write_text('no image')
    assert len(list(infer(str(tmp_path)))) == 2
    assert len(list(infer(tmp_path))) == 2


def test_paths_and_pil_images_are_images(infer, images, tmp_path):
    expected = points_of(next(infer(images[0])))
    path = tmp_path / 'without_a_suffix'
    path.write_bytes(cv2.imencode('.png', images[0])[1].tobytes())
    for image in (path, str(path), Image.fromarray(images[0][..., ::-1])):
        np.testing.assert_array_equal(points_of(next(infer(image))), expected)


def test_an_image_that_is_too_long_is_told(infer):
    image = np.zeros((8, 40_000, 3), np.uint8)
    with pytest.raises(ValueError, match='image 0 has 40000 x 8 px; expected'):
        next(infer(image, bboxes=[[1, 1, 7, 7]]))


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('model.onnx', 'x', r'model.onnx is no config; .* weights='),
        ('face.pth', 'x', r'face.pth is no config; expected the name'),
        ('coco.json', '{"images": []}', r'coco.json .* it has no model'),
        ('exported', None, r'exported is an exported model, which load_m'),
    ],
)
def test_what_is_no_config_is_told(name, content, message, tmp_path):
    path = tmp_path / name
    if content is None:
        path.mkdir()
        (path / 'model.json').write_text('{}')
    else:
        path.write_text(content)
    for model in (path, str(path)):
        with pytest.raises(ValueError, match=message):
            FaceInferencer(model, device='cpu')


def test_a_folder_of_the_name_of_a_model_is_not_in_the_way(
    tmp_path, monkeypatch
):
    """``face68`` is one of ours, ``face`` an alias; it gets to its weights."""
    (tmp_path / 'face68').mkdir()
    (tmp_path / 'face').mkdir()
    monkeypatch.chdir(tmp_path)
    FaceInferencer('face68', device='cpu')
    with pytest.raises(FileNotFoundError, match=r'none\.pth can not be found'):
        FaceInferencer('face', weights='none.pth', device='cpu')
