"""Adapters for models that come as config and checkpoint."""

from dataclasses import replace

from mmpose_scgcn import FaceInferencer, load_model
from mmpose_scgcn.apis.adapted_model import write_adapted
from mmpose_scgcn.apis.adapting import adapt
from mmpose_scgcn.apis.adapting_boxes import find_mapping, predict_faces
from mmpose_scgcn.datasets.annotated_faces import read_config_faces
from mmpose_scgcn.detection import BoxMapping
from mmpose_scgcn.structures.boxes import box_iou, square_boxes, tight_boxes

import numpy as np
import pytest
from mmengine.config import Config


def plain(items, name):
    return items


@pytest.fixture(scope='module')
def base(untrained):
    return load_model(untrained.config, untrained.checkpoint, device='cpu')


@pytest.fixture(scope='module')
def faces(untrained):
    return read_config_faces(Config.fromfile(untrained.config), 'test')


@pytest.fixture(scope='module')
def adaptation(base, faces):
    return adapt(base, faces)


@pytest.fixture(scope='module')
def written(base, adaptation, tmp_path_factory):
    file = tmp_path_factory.mktemp('written') / 'mine.pth'
    norm = dict(type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size')
    return write_adapted(file, base, adaptation, norm, dict(licence='mine'))


def test_the_file_is_a_checkpoint_of_its_config(written, images):
    image, box = images[0], [[20, 20, 70, 75]]
    found = load_model(written[0], device='cpu')(image, boxes=box)
    again = load_model(written[1], written[0], device='cpu')
    np.testing.assert_array_equal(
        again(image, boxes=box).keypoints, found.keypoints
    )


def test_keypoints_are_what_the_fitted_adapter_makes(
    written, base, adaptation, images
):
    image, box = images[1], [[20, 20, 70, 75]]
    found = load_model(written[0], device='cpu')(image, boxes=box)
    own = base(image, boxes=box).keypoints
    expected = adaptation.adapters(own)[adaptation.chosen]
    np.testing.assert_allclose(found.keypoints, expected, atol=0.01)


def test_mmposes_inferencer_takes_it(written, images):
    file, config = map(str, written)
    infer = FaceInferencer(config, file, device='cpu')
    box = [[20.0, 20, 70, 75]]
    (face,) = next(infer(images[0], bboxes=box))['predictions'][0]
    own = load_model(written[0], device='cpu')(images[0], boxes=box)
    wanted = own.keypoints[0]  # far outside: it was fitted to noise
    np.testing.assert_allclose(face['keypoints'], wanted, atol=0.01)


def test_the_best_of_the_penalties_is_kept(adaptation, faces):
    size = np.ptp(adaptation.predicted, axis=1).max(1)[:, None]
    errors = np.linalg.norm(adaptation.held_out - faces.keypoints, axis=-1)
    means = (errors / size).mean(axis=(1, 2))
    assert means[adaptation.chosen] <= means.min() * 1.05


def test_boxes_of_the_annotations_become_the_models(faces):
    trained = load_model('face98-synthetic', device='cpu')
    assert find_mapping(trained, faces, plain) is None
    about = square_boxes(tight_boxes(faces.keypoints))
    small = BoxMapping(0.05, 0.1, 0.6, 0.6)(about)
    mapping = find_mapping(trained, replace(faces, boxes=small), plain)
    overlap = [
        box_iou(one[None], other[None])[0, 0]
        for one, other in zip(mapping(small), about, strict=True)
    ]
    assert np.median(overlap) > 0.85


def test_a_prediction_that_is_no_number_is_left_out(faces, base, monkeypatch):
    predict = base.predict

    def spoilt(images, found):
        results = predict(images, found)
        for face in results[:1]:
            face.keypoints[0, 0] = np.nan
        return results

    monkeypatch.setattr(base, 'predict', spoilt)
    found, reasons = predict_faces(base, faces, faces.boxes, plain)
    assert reasons == dict.fromkeys(
        (0, 8), 'the model finds no finite keypoints'
    )
    assert found.shape == (14, 98, 2)
