"""The models that come with the package: files, records, pages, faces."""

import copy
import hashlib
import json

from mmpose_scgcn import list_models, load_model
from mmpose_scgcn.apis.publishing import model_settings
from mmpose_scgcn.apis.zoo import weights_path
from mmpose_scgcn.compat.hub import SCHEME
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.loading import with_our_reader
from mmpose_scgcn.detection import LANDMARK_BOX
from mmpose_scgcn.structures.conventions import WFLW_AS_300W
from mmpose_scgcn.synthetic.face import make_face

import cv2
import numpy as np
import pytest
import torch
import yaml

NAMES = ('face68', 'face68-64px', 'face98-synthetic')

#: Of the 98 points the outer eye corners.
CORNERS = {68: (36, 45), 98: (60, 72)}


@pytest.fixture(scope='module')
def records(root):
    index = yaml.safe_load((root / 'model-index.yml').read_text())
    texts = [(root / path).read_text() for path in index['Import']]
    metafiles = list(map(yaml.safe_load, texts))
    return {
        model['Alias'][0]: model
        for metafile in metafiles
        for model in metafile['Models']
        if 'Weights' in model
    }


@pytest.fixture(scope='module', params=NAMES)
def name(request):
    return request.param


@pytest.fixture(scope='module')
def model(name):
    return load_model(name, device='cpu')


def test_these_there_are(records):
    assert list_models() == sorted(records) == list(NAMES)


def test_a_record_says_what_the_file_is(records, name, model):
    record = records[name]
    path = weights_path(record['Weights'].removeprefix(SCHEME))
    facts = record['Metadata']
    assert facts['SHA256'] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts['Licence'] == model.licence
    assert facts['Training Commit'] and facts['Training Command']
    assert facts['Parameters'] == model.settings['parameters']
    parameters = model.model.parameters()
    assert facts['Parameters'] == sum(p.numel() for p in parameters)


def test_file_and_config_agree(records, name, model):
    config = records[name]['Config'].rpartition('/')[2]
    expected = model_settings(read_config(config, {}))
    held = copy.deepcopy(model.settings['config'])
    dataset = held['test_dataloader']['dataset']
    # The files are older than the transform that reads images in our configs.
    dataset['pipeline'] = with_our_reader(dataset['pipeline'])
    assert held == expected
    assert model.settings['box_kind'] == LANDMARK_BOX


def test_plain_pytorch_reads_the_file(name):
    ours = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    try:
        content = torch.load(weights_path(name), weights_only=True)
    finally:
        torch.serialization.add_safe_globals(ours)
    assert content.keys() == {'meta', 'state_dict'}


def test_the_page_has_hash_and_figures(root, records, name):
    page = (root / 'docs/models.md').read_text('utf-8')
    assert records[name]['Metadata']['SHA256'][:16] in page
    results = root / f'benchmarks/results/boxes_{name}.json'
    for row in json.loads(results.read_text())['rows']:
        if row['set'] != '300W val':
            cells = f'| {row["NME"]:.2f} | {row["median"]:.2f} |'
            assert cells in page, row


def test_keypoints_of_drawn_faces_are_found(name, model):
    faces = [make_face(77, index, 200) for index in range(12)]
    images = [face.image for face in faces]
    if model.num_keypoints == 98:
        truth = np.stack([face.keypoints for face in faces])
        most = 0.06
    else:
        chosen = list(WFLW_AS_300W)
        truth = np.stack([face.keypoints[chosen] for face in faces])
        most = 0.15  # drawn faces are new to it
    boxes = [[[*t.min(0), *t.max(0)]] for t in truth]
    found = np.concatenate([f.keypoints for f in model(images, boxes=boxes)])
    left, right = CORNERS[model.num_keypoints]
    scale = np.linalg.norm(truth[:, left] - truth[:, right], axis=-1)
    errors = np.linalg.norm(found - truth, axis=-1).mean(1) / scale
    assert np.median(errors) < most


def test_a_face_scores_higher_than_no_face(model):
    faces = [make_face(5, index, 160) for index in range(8)]
    images = [face.image for face in faces]
    boxes = [[[*f.keypoints.min(0), *f.keypoints.max(0)]] for f in faces]
    seen = [f.scores.mean() for f in model(images, boxes=boxes)]
    rng = np.random.default_rng(0)
    noise = list(rng.integers(0, 256, (8, 128, 128, 3), np.uint8))
    places = [[[20, 20, 100, 100]]] * 8
    blind = [f.scores.mean() for f in model(noise, boxes=places)]
    assert min(seen) > max(blind)


def test_mmposes_inferencer_finds_the_same(model, name, tmp_path):
    from mmpose.apis import MMPoseInferencer

    photo = np.hstack([make_face(2024, i, 200).image for i in (7, 3)])
    path = str(tmp_path / 'photo.png')
    cv2.imwrite(path, photo)
    infer = MMPoseInferencer(name, device='cpu')
    (found,) = next(infer(path))['predictions']
    ours = model(path)
    assert len(found) == len(ours) == 2
    for theirs, keypoints in zip(found, ours.keypoints, strict=True):
        np.testing.assert_allclose(theirs['keypoints'], keypoints, atol=1e-2)


def test_real_faces(scgcn_data, name, model):
    file = scgcn_data / '300w/face_landmarks_300w_val.json'
    table = json.loads(file.read_text())
    names = {image['id']: image['file_name'] for image in table['images']}
    chosen = table['annotations'][::10]
    images = [
        str(scgcn_data / '300w/images' / names[face['image_id']])
        for face in chosen
    ]
    corners = np.array([face['bbox'] for face in chosen])[:, None]
    corners[..., 2:] += corners[..., :2]
    boxes = list(corners)
    truth = np.array([face['keypoints'] for face in chosen])
    truth = truth.reshape(len(chosen), 68, 3)[..., :2] - 1
    found = np.concatenate([f.keypoints for f in model(images, boxes=boxes)])
    if model.num_keypoints == 98:
        found = found[:, list(WFLW_AS_300W)]
    scale = np.linalg.norm(truth[:, 36] - truth[:, 45], axis=-1)
    errors = np.linalg.norm(found - truth, axis=-1).mean(1) / scale
    assert errors.mean() < (0.035 if model.num_keypoints == 68 else 0.08)
