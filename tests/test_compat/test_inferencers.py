"""MMPose's inferencers know our models and find faces with our detectors."""

import hashlib
import shutil

from mmpose_scgcn.apis import zoo
from mmpose_scgcn.compat import inferencers
from mmpose_scgcn.detection import CallableDetector, Haar, has_haar
from mmpose_scgcn.synthetic import make_face

import numpy as np
import pytest
import torch
import yaml
from mmengine.config import Config
from mmengine.infer import BaseInferencer
from mmpose.apis import MMPoseInferencer, init_model
from mmpose.apis.inferencers import base_mmpose_inferencer

NAME = 'td-reg_cnn6-wing_1xb32-60e_300w-64x64'
CONFIG = f'configs/face_2d_keypoint/wing_loss/300w/{NAME}.py'

BOXES = np.array([[20, 20, 70, 75], [1, 1, 9, 9]], np.float32)
SCORES = np.array([0.9, 0.1], np.float32)


@pytest.fixture(scope='module')
def checkpoint(root, tmp_path_factory):
    """A file of an untrained model."""
    torch.manual_seed(0)
    model = init_model(root / CONFIG, device='cpu')
    path = tmp_path_factory.mktemp('weights') / 'model.pth'
    torch.save(dict(state_dict=model.state_dict(), meta={}), path)
    return path


@pytest.fixture
def published(root, checkpoint, tmp_path, monkeypatch):
    """The model ``face0``, with a metafile and weights in the package."""
    folder = tmp_path / 'weights'
    folder.mkdir()
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    file = f'face0-{digest[:8]}.pth'
    shutil.copy(checkpoint, folder / file)
    monkeypatch.setattr(zoo, 'WEIGHTS', folder)
    record = dict(Name=NAME, Alias=['face0'], Config=str(root / CONFIG))
    record['Weights'] = f'mmpose_scgcn://{file}'
    other = dict(Name='bare', Config=str(root / CONFIG))
    (tmp_path / 'models.yml').write_text(
        yaml.safe_dump(dict(Models=[record, other]))
    )
    (tmp_path / 'model-index.yml').write_text('Import: [models.yml]')
    find = BaseInferencer._get_repo_or_mim_dir
    monkeypatch.setattr(
        BaseInferencer,
        '_get_repo_or_mim_dir',
        staticmethod(
            lambda scope: tmp_path if scope == 'mmpose_scgcn' else find(scope)
        ),
    )
    return file


@pytest.fixture(scope='module')
def image():
    return make_face(3, 0, size=96).image


def infer(image, model=NAME, **options):
    call = {k: options.pop(k) for k in list(options) if k == 'bbox_thr'}
    inferencer = MMPoseInferencer(model, device='cpu', **options)
    (result,) = inferencer(image, **call)
    return result['predictions'][0]


@pytest.mark.parametrize('scope', ['mmpose', 'mmpose_scgcn'])
@pytest.mark.parametrize('name', ['face0', 'FACE0', NAME])
def test_a_name_or_alias_is_enough(published, image, name, scope):
    options = dict(det_model='whole_image', scope=scope)
    (face,) = infer(image, name, **options)
    assert np.shape(face['keypoints']) == (68, 2)


def test_a_config_and_a_checkpoint_do(root, checkpoint, image):
    options = dict(pose2d_weights=str(checkpoint), det_model='whole_image')
    (face,) = infer(image, str(root / CONFIG), **options)
    assert np.shape(face['keypoints']) == (68, 2)


def test_a_name_and_a_checkpoint_do(published, checkpoint, image):
    options = dict(pose2d_weights=str(checkpoint), det_model='whole_image')
    (face,) = infer(image, 'bare', **options)
    assert np.shape(face['keypoints']) == (68, 2)


def test_a_model_without_published_weights_says_so(published):
    with pytest.raises(FileNotFoundError, match='no weights bare'):
        MMPoseInferencer('bare', device='cpu', det_model='whole_image')


def test_an_unknown_name_is_refused_as_before(published):
    with pytest.raises(ValueError, match='Cannot find model: nobody in mmp'):
        MMPoseInferencer('nobody', device='cpu')


def test_mmposes_names_are_mmposes(published):
    class Asks(BaseInferencer):
        def __init__(self):
            self.scope = 'mmpose'

        def visualize(self): ...
        def postprocess(self): ...
        def _init_pipeline(self): ...

    cfg, weights = Asks()._load_model_from_metafile('face')
    assert 'rtmpose' in cfg.filename
    assert weights.startswith('https://')


def test_without_mmdet_our_detector_finds_the_faces(
    published, image, monkeypatch
):
    seen = []

    def build_detector(spec):
        seen.append(spec)
        return CallableDetector(lambda image: (BOXES, SCORES))

    monkeypatch.setattr(
        'mmpose_scgcn.detection.build_detector', build_detector
    )
    monkeypatch.setattr(base_mmpose_inferencer, 'has_mmdet', False)
    (face,) = infer(image, 'face0')
    assert seen == ['auto']
    np.testing.assert_allclose(face['bbox'][0], BOXES[0])
    assert len(infer(image, 'face0', bbox_thr=0.05)) == 2


@pytest.mark.skipif(not has_haar(), reason='OpenCV 5 has no Haar cascades')
def test_a_detector_of_ours_may_be_named(published):
    inferencer = MMPoseInferencer('face0', device='cpu', det_model='haar')
    assert isinstance(inferencer.inferencer.detector.detect, Haar)


def test_no_face_is_the_whole_image_as_in_mmpose(published, image):
    nothing = CallableDetector(lambda image: np.zeros((0, 5)))
    (face,) = infer(image, 'face0', det_model=nothing)
    np.testing.assert_allclose(face['bbox'][0], [0, 0, 96, 96])


def test_other_detectors_are_mmposes(published, monkeypatch):
    monkeypatch.setattr(base_mmpose_inferencer, 'has_mmdet', False)
    with pytest.raises(RuntimeError, match='MMDetection'):
        MMPoseInferencer('face0', device='cpu', det_model='rtmdet-m')


def test_other_data_sets_are_mmposes(published, root, monkeypatch):
    monkeypatch.setattr(base_mmpose_inferencer, 'has_mmdet', False)
    cfg = Config.fromfile(root / CONFIG)
    cfg.dataset_type = 'CocoDataset'
    with pytest.raises(RuntimeError, match='MMDetection'):
        MMPoseInferencer(cfg, device='cpu')


def test_files_are_read_for_the_detector(tmp_path, image):
    import cv2

    seen = []
    cv2.imwrite(str(tmp_path / 'face.png'), image)
    detector = inferencers.MMDetLike(
        CallableDetector(lambda image: seen.append(image) or np.zeros((0, 4)))
    )
    detector(str(tmp_path / 'face.png'), return_datasamples=True)
    np.testing.assert_array_equal(seen[0], image)
