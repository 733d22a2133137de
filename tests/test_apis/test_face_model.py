"""From images to keypoints, against MMPose's own functions."""

import re
from concurrent.futures import ThreadPoolExecutor

from mmpose_scgcn.apis import load_model
from mmpose_scgcn.detection import BoxMapping, WholeImage, read_mapping
from mmpose_scgcn.structures import Faces

import cv2
import numpy as np
import pytest
import torch
from mmpose.apis import inference_topdown, init_model
from PIL import Image


def same(first, second):
    for name in ('keypoints', 'scores'):
        np.testing.assert_allclose(
            getattr(first, name), getattr(second, name), atol=1e-3
        )
    np.testing.assert_array_equal(first.boxes, second.boxes)


def test_keypoints_are_those_of_mmpose(untrained, model, images, boxes):
    theirs = init_model(untrained.config, untrained.checkpoint, device='cpu')
    faces = model(images[0], boxes)
    wanted = [
        sample.pred_instances
        for sample in inference_topdown(theirs, images[0], boxes)
    ]
    np.testing.assert_allclose(
        faces.keypoints, [one.keypoints[0] for one in wanted], atol=1e-3
    )
    np.testing.assert_allclose(
        faces.scores, [one.keypoint_scores[0] for one in wanted], atol=1e-5
    )
    assert np.abs(faces.keypoints[0] - faces.keypoints[1]).max() > 5
    assert 0 < faces.scores.min() < faces.scores.max() < 1


def test_what_faces_are_made_of(model, images, boxes):
    faces = model(images[0], boxes)
    assert isinstance(faces, Faces)
    assert faces.keypoints.shape == (2, 98, 2)
    assert {
        getattr(faces, name).dtype.name
        for name in ('keypoints', 'scores', 'boxes', 'box_scores')
    } == {'float32'}
    np.testing.assert_array_equal(faces.boxes, boxes)
    assert faces.box_scores.tolist() == [1, 1]
    assert np.shares_memory(faces.image, images[0])
    np.testing.assert_array_equal(faces.image, images[0])
    assert faces.ids is faces.edges is faces.neighbors is None
    assert faces.draw(boxes=True, links=True).shape == images[0].shape


def test_one_image_a_list_and_single_faces_are_the_same(model, images, boxes):
    single = [model(image, boxes) for image in images]
    for batch_size in (1, 4, 32):
        together = model(images, [boxes] * 3, batch_size=batch_size)
        for faces, expected in zip(together, single, strict=True):
            same(faces, expected)


def test_each_image_has_its_own_boxes_in_their_order(model, images, boxes):
    first, second, third = model(
        tuple(images), [boxes[::-1], [], boxes[0]], batch_size=2
    )
    same(first, model(images[0], boxes)[::-1])
    assert second.keypoints.shape == (0, 98, 2)
    same(third, model(images[2], boxes[:1]))
    stacked = model(images[:2], np.stack([boxes, boxes[::-1]]))
    same(stacked[1], model(images[1], boxes)[::-1])


def test_the_detector_finds_faces_the_surest_first(model, images, boxes):
    faces = model(images[0])
    same(faces, model(images[0], boxes[::-1]))
    np.testing.assert_allclose(faces.box_scores, [0.9, 0.5])
    given, found = model(images[:2], [boxes[:1], None])
    assert (len(given), len(found)) == (1, 2)


def test_detectors_see_what_was_read(untrained, images, tmp_path):
    """Files, PIL images and arrays are the same picture to all."""
    seen = []

    def detector(image):
        seen.append(image)
        return [[20, 20, 70, 75]]

    model = load_model(untrained.config, untrained.checkpoint, 'cpu', detector)
    cv2.imwrite(str(tmp_path / 'face.png'), images[0])
    pil = Image.fromarray(images[0][..., ::-1])
    path = tmp_path / 'face.png'
    results = model([images[0], str(path), path, pil])
    for image, faces in zip(seen, results, strict=True):
        np.testing.assert_array_equal(image, images[0])
        same(faces, results[0])


def test_a_nearly_black_image_is_told(model, images, boxes, tmp_path):
    """12 bits in 16, as an array, a file or a PIL image."""
    deep = images[0].astype(np.uint16) * 16
    cv2.imwrite(str(tmp_path / 'dark.png'), deep)
    grey = Image.fromarray(images[0][..., 0].astype(np.int32))
    for image, name in (
        (deep, 'image 0'),
        (tmp_path / 'dark.png', r'.*dark\.png'),
        (grey, 'image 0'),
    ):
        with pytest.warns(UserWarning, match=f'^{name}: an image of 16 bits'):
            model(image, boxes)


def test_what_is_no_detector_or_no_use_is_told(untrained, model, images):
    with pytest.raises(ValueError, match="no face detector 'yunett'"):
        load_model(
            untrained.config, untrained.checkpoint, 'cpu', detector='yunett'
        )
    with pytest.raises(ValueError, match="box_kind='yunet' says what your"):
        model(images[0], box_kind='yunet')


def test_no_face_is_no_keypoint(untrained, images):
    model = load_model(
        untrained.config, untrained.checkpoint, 'cpu', lambda image: []
    )
    faces = model(images[0], passes=2)
    assert faces.keypoints.shape == (0, 98, 2)
    assert faces.scores.shape == (0, 98)
    assert faces.draw(boxes=True).tolist() == images[0].tolist()
    assert [len(f) for f in model(images)] == [0, 0, 0]
    assert model([]) == []
    edges = model(images[0], with_edges=True).edges
    assert edges.shape == (0, 98, 4)


def test_a_second_pass_is_about_the_first_keypoints(model, images, boxes):
    first = model(images[0], boxes)
    tight = np.hstack([first.keypoints.min(1), first.keypoints.max(1)])
    second = model(images[0], boxes, passes=2)
    same(second, model(images[0], tight))
    assert np.abs(second.keypoints - first.keypoints).max() > 0.5
    found = model(images[0], passes=2)
    np.testing.assert_allclose(found.box_scores, [0.9, 0.5])


@pytest.mark.parametrize('kind', ['yunet', 'haar'])
def test_boxes_of_a_detector_are_mapped(model, images, boxes, kind):
    faces = model(images[0], boxes, box_kind=kind)
    same(faces, model(images[0], read_mapping(kind)(boxes)))
    assert np.abs(faces.boxes - boxes).max() > 3


def test_a_detector_by_name_and_by_object(untrained, images):
    by_name, by_object = (
        load_model(untrained.config, untrained.checkpoint, 'cpu', detector)
        for detector in ('whole_image', WholeImage())
    )
    same(by_name(images[0]), by_object(images[0]))
    np.testing.assert_allclose(
        by_name(images[0]).boxes,
        BoxMapping(scale_x=0.8, scale_y=0.8)([[-0.5, -0.5, 95.5, 95.5]]),
    )


def test_the_detector_is_made_when_it_is_needed(untrained, images, boxes):
    name = 'rtmdet_of_nobody'  # of MMDetection, if it is one
    model = load_model(untrained.config, untrained.checkpoint, 'cpu', name)
    assert len(model(images[0], boxes)) == 2
    with pytest.raises((ImportError, ValueError, RuntimeError)):
        model(images[0])


def test_edges_are_those_of_the_upright_faces(model, images, boxes):
    """A hook on a run without the flip test sees the same."""
    faces = model(images[0], boxes, with_edges=True, batch_size=1)
    assert faces.edges.shape == (2, 98, 4)
    np.testing.assert_allclose(faces.edges.sum(-1), 1, atol=1e-5)
    assert np.abs(faces.edges[0] - faces.edges[1]).max() > 1e-3
    np.testing.assert_array_equal(
        faces.neighbors, model.model.head.graph.neighbors
    )
    seen = []
    handle = model.model.head.adjacency.register_forward_hook(
        lambda module, inputs, output: seen.append(output)
    )
    test_cfg = dict(model.model.test_cfg)
    assert test_cfg['flip_test']
    try:
        model.model.test_cfg['flip_test'] = False
        model(images[0], boxes)
    finally:
        handle.remove()
        model.model.test_cfg.update(test_cfg)
    np.testing.assert_allclose(faces.edges, torch.cat(seen), atol=1e-5)


def test_edges_leave_nothing_behind(model, images, boxes):
    head = model.model.head
    same(model(images[0], boxes, with_edges=True), model(images[0], boxes))
    assert not head.adjacency._forward_hooks
    assert 'predict' not in vars(head)
    both = model(images[:2], [boxes, boxes[:1]], with_edges=True)
    same(both[1], model(images[1], boxes[:1]))
    np.testing.assert_allclose(
        both[1].edges,
        model(images[1], boxes[:1], with_edges=True).edges,
        atol=1e-5,
    )


def test_a_model_without_a_graph_has_no_edges(untrained, images, boxes):
    model = load_model(untrained.config, untrained.checkpoint, 'cpu')
    del model.model.head.adjacency
    with pytest.raises(ValueError, match='small has no graph'):
        model(images[0], boxes, with_edges=True)


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (
            dict(boxes=[[], [[900, 0, 990, 90]]]),
            'boxes of image 1: box 0, [900.0',
        ),
        (dict(boxes=[[[1, 2, 30, 40]]]), 'boxes for each of 2 images, got 1'),
        (dict(boxes=[]), 'boxes for each of 2 images, got 0'),
        (
            dict(boxes=[[[1, 2, 30, 40]], [[9, 2, 3, 40]]]),
            'boxes of image 1: box 0 is [9.0',
        ),
        (dict(boxes=[[], [[1, 2, 3]]]), 'boxes of image 1: expected'),
        (
            dict(boxes=[[[1, 2, 30, 40]], []], box_kind='dlib'),
            "box_kind: no box measurements for 'dlib'",
        ),
        (dict(passes=0), 'passes and batch_size of at least 1, got 0 and 32'),
        (dict(batch_size=0), 'got 1 and 0'),
        (dict(passes='2'), "got '2' and 32"),
        (dict(batch_size=2.5), 'got 1 and 2.5'),
    ],
)
def test_arguments_that_cannot_be(model, images, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        model(images[:2], **arguments)


def test_an_image_that_cannot_be_read_is_named(model, images, tmp_path):
    with pytest.raises(FileNotFoundError, match=r'absent\.jpg'):
        model([images[0], tmp_path / 'absent.jpg'])
    with pytest.raises(ValueError, match=r'image 1: expected .* float64'):
        model([images[0], images[0] / 255])
    with pytest.raises(TypeError, match=r'image 2: expected .* NoneType'):
        model([images[0], images[1], None])


def test_a_box_that_shows_little_of_the_image_is_no_error(model, images):
    faces = model(images[0], [[-500, -500, 1, 1]])
    assert np.isfinite(faces.keypoints).all()


def test_what_a_model_knows_of_itself(model):
    assert (model.name, model.num_keypoints) == ('small', 98)
    assert len(model.keypoint_names) == 98
    assert len(set(model.keypoint_names)) == 98
    assert model.licence is None


def test_threads_get_the_edges_of_their_own_images(model, images, boxes):
    """Also while another thread predicts without them."""
    wanted = [model(image, boxes, with_edges=True).edges for image in images]
    jobs = [index % 4 for index in range(40)]

    def edges(index):
        if index == 3:
            return model(images[0], boxes).edges
        return model(images[index], boxes, with_edges=True).edges

    with ThreadPoolExecutor(4) as pool:
        for index, found in zip(jobs, pool.map(edges, jobs), strict=True):
            if index == 3:
                assert found is None
            else:
                np.testing.assert_allclose(found, wanted[index], atol=1e-5)


def test_a_panorama_that_opencv_cannot_crop_is_refused(model, boxes):
    image = np.zeros((8, 32_766, 3), np.uint8)
    boxes = np.array([[20, -20, 70, 35], [30, -9, 80, 40]])
    assert len(model(image, boxes)) == len(boxes)
    with pytest.raises(ValueError, match='image 1 has 32767 x 8 px'):
        model([image, np.zeros((8, 32_767, 3), np.uint8)], [boxes, boxes])


def test_what_stands_for_images_and_boxes_is_told(model, images):
    with pytest.raises(ValueError, match='boxes for each of 1 images, got 5'):
        model([images[0]], boxes=5)
    with pytest.raises(ValueError, match='image 0: '):
        model('a\ud800.jpg')


def test_arrays_of_any_byte_order(model, images):
    deep = images[0].astype(np.uint16) * 257
    box = [[10, 10, 60, 60]]
    native, other = (model(array, box) for array in (deep, deep.astype('>u2')))
    np.testing.assert_array_equal(native.keypoints, other.keypoints)
