"""An exported folder: what is in it, and that it predicts the same."""

import hashlib
import importlib.metadata
import json
import shutil

from mmpose_scgcn import load_model
from mmpose_scgcn.export import Options, export_model
from mmpose_scgcn.export.faces import draw_faces
from mmpose_scgcn.export.graphs import graph_of
from mmpose_scgcn.export.parity import check_parity, compare
from mmpose_scgcn.export.settings import describe
from mmpose_scgcn.export.write import check_target
from mmpose_scgcn.synthetic import make_face

import numpy as np
import pytest


@pytest.fixture(scope='module')
def faces():
    made = [make_face(11, index, 200) for index in range(3)]
    boxes = [
        [[*f.keypoints.min(0), *f.keypoints.max(0)], [20, 30, 150, 140]]
        for f in made
    ]
    return [f.image for f in made], boxes


@pytest.fixture(scope='module')
def model(exported):
    return load_model(exported[0])


def apart(first, second):
    return max(
        float(np.abs(a.keypoints - b.keypoints).max())
        for a, b in zip(first, second, strict=True)
    )


def test_the_folder_has_what_its_description_names(exported):
    folder, _ = exported
    settings = json.loads((folder / 'model.json').read_text('utf-8'))
    named = {record['file'] for record in settings['files'].values()}
    assert named | {'model.json'} == {path.name for path in folder.iterdir()}
    for record in settings['files'].values():
        content = (folder / record['file']).read_bytes()
        assert hashlib.sha256(content).hexdigest() == record['sha256']


def test_the_description_says_what_a_program_needs(exported, pytorch_model):
    settings = json.loads((exported[0] / 'model.json').read_text('utf-8'))
    assert settings['format'] == 1
    assert settings['input'] == dict(
        width=128,
        height=128,
        channels='RGB',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        standardize=False,
    )
    assert settings['box']['padding'] == 1.25
    assert settings['keypoints']['names'] == pytorch_model.keypoint_names
    assert settings['graph']['neighbours'] == pytorch_model.graph.tolist()
    assert settings['licence'] == 'Apache-2.0'
    assert settings['flip_test']['mirror_x'] == 127


def test_onnxruntime_may_be_of_another_distribution(
    pytorch_model, monkeypatch
):
    """As onnxruntime-gpu is, which has the same module."""
    find = importlib.metadata.MetadataPathFinder.find_distributions

    def find_others(context):
        return [] if context.name == 'onnxruntime' else find(context)

    monkeypatch.setattr(
        importlib.metadata.MetadataPathFinder,
        'find_distributions',
        find_others,
    )
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version('onnxruntime')
    onnxruntime = pytest.importorskip('onnxruntime')
    settings = describe(pytorch_model, graph_of(pytorch_model.model))
    assert settings['versions']['onnxruntime'] == onnxruntime.__version__


def test_nothing_in_it_names_this_machine(exported, root):
    for path in exported[0].iterdir():
        assert str(root).encode() not in path.read_bytes()


def test_parity_is_told_and_kept(exported):
    folder, told = exported
    settings = json.loads((folder / 'model.json').read_text('utf-8'))
    plain = settings['parity']['float32']
    assert plain['batches'] == [1, 2, 5]
    assert set(plain['network_px']) == {'1', '2', '5'}
    assert 0 < plain['largest_px'] < 1e-3
    assert plain['prediction_px'] < 1e-2
    nme = settings['parity']['int8']['nme']
    assert 0.01 < nme['float32'] < 0.08
    assert abs(nme['int8'] - nme['float32']) < 0.001
    assert any('NME' in line and '8 bits' in line for line in told)


@pytest.mark.parametrize('count', [1, 3, 6])
def test_every_batch_that_is_told_was_tried(
    model, pytorch_model, monkeypatch, count
):
    """Also with fewer faces than that."""
    drawn = draw_faces(count)
    run, tried = model.network.run, []

    def note(inputs, names=()):
        tried.append(len(inputs['image']))
        return run(inputs, names)

    monkeypatch.setattr(model.network, 'run', note)
    measured = compare(
        graph_of(pytorch_model.model), pytorch_model, model, drawn
    )
    assert measured['faces'] == count
    sizes = list(map(int, measured['network_px']))
    assert sizes == measured['batches'] == [1, 2, 5]
    for size in sizes:  # of the network, then of whole predictions
        assert tried.count(size) >= 2
    assert measured['largest_px'] < 1e-3


# OpenCV cuts crops in steps of 1/32 px: a rounding in the first pass may move
# the second crop by one, as it does between two batch sizes of PyTorch.
@pytest.mark.parametrize(
    ('passes', 'most', 'score'),
    [(1, 0.01, 1e-4), (2, 0.1, 5e-3), (3, 0.1, 5e-3)],
)
def test_it_predicts_as_pytorch_does(
    model, pytorch_model, faces, passes, most, score
):
    images, boxes = faces
    wanted = pytorch_model(images, boxes=boxes, passes=passes)
    found = model(images, boxes=boxes, passes=passes)
    assert apart(found, wanted) < most
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=score)
        assert one.links == other.links


def test_edges_are_those_of_pytorch(model, pytorch_model, faces):
    images, boxes = faces
    wanted = pytorch_model(images[0], boxes=boxes[0], with_edges=True)
    found = model(images[0], boxes=boxes[0], with_edges=True)
    np.testing.assert_allclose(found.edges, wanted.edges, atol=1e-6)
    np.testing.assert_array_equal(found.neighbors, wanted.neighbors)
    assert found.draw(edges=True).shape == images[0].shape


def test_no_boxes_are_no_faces(model, faces):
    found = model(faces[0][0], boxes=[], with_edges=True)
    assert len(found) == 0 and found.keypoints.shape == (0, 98, 2)


def test_a_detector_finds_the_faces_as_before(
    exported, pytorch_model, detector_here
):
    image = make_face(5, 1, 240).image
    found = load_model(exported[0], detector=detector_here)(image)
    wanted = pytorch_model(image)
    assert len(found) == len(wanted) == 1
    assert apart([found], [wanted]) < 0.01


def test_eight_bits_are_chosen_by_precision(exported, model, faces):
    images, boxes = faces
    small = load_model(exported[0], precision='int8')
    distance = apart(small(images, boxes=boxes), model(images, boxes=boxes))
    assert 1e-3 < distance < 5


def test_the_batch_size_does_not_matter(model, faces):
    images, boxes = faces
    one = model(images, boxes=boxes, batch_size=1)
    assert apart(one, model(images, boxes=boxes, batch_size=4)) < 1e-3


def test_real_faces_as_pytorch(scgcn_data, exported_face68):
    from mmpose_scgcn.datasets.annotated_faces import read_coco_faces

    exported, wanted = exported_face68
    file = scgcn_data / '300w/face_landmarks_300w_val.json'
    faces = read_coco_faces(file)
    images = [str(path) for path in faces.files[:20]]
    boxes = list(faces.boxes[:20, None])
    found = exported(images, boxes=boxes)
    assert apart(found, wanted(images, boxes=boxes)) < 0.01


@pytest.fixture(scope='module')
def exported_face68(tmp_path_factory):
    model = load_model('face68', device='cpu')
    folder = tmp_path_factory.mktemp('face68') / 'out'
    return export_model(model, folder, Options(num_faces=5)), model


def test_an_earlier_export_is_replaced_when_asked(tmp_path, exported):
    folder = tmp_path / 'again'
    shutil.copytree(exported[0], folder)
    with pytest.raises(FileExistsError, match='--overwrite'):
        check_target(folder, overwrite=False)
    check_target(folder, overwrite=True)


def test_another_folder_is_never_replaced(tmp_path, pytorch_model):
    (tmp_path / 'thesis.tex').write_text('years of work')
    with pytest.raises(FileExistsError, match=r'thesis\.tex'):
        export_model(pytorch_model, tmp_path, Options(overwrite=True))
    assert (tmp_path / 'thesis.tex').read_text() == 'years of work'


def test_a_network_that_computes_something_else_is_refused():
    with pytest.raises(RuntimeError, match='nothing was written'):
        check_parity(dict(largest_px=0.2))
    with pytest.raises(RuntimeError, match='nan'):
        check_parity(dict(largest_px=float('nan')))


def test_after_an_error_nothing_is_left(tmp_path, pytorch_model, monkeypatch):
    monkeypatch.setattr('mmpose_scgcn.export.parity.MOST_PX', 0.0)
    with pytest.raises(RuntimeError, match='px of the crop'):
        export_model(
            pytorch_model, tmp_path / 'out', Options(num_faces=5), str
        )
    assert list(tmp_path.iterdir()) == []


def test_another_head_is_refused_in_words():
    from torch import nn

    model = nn.Module()
    model.head, model.test_cfg = nn.Linear(1, 1), {}
    with pytest.raises(ValueError, match='Module with Linear is not'):
        graph_of(model)
