"""``tools/draw_predictions.py --stages``, on real faces."""

from mmpose_scgcn.config_files import read_config

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope

CONFIG = 'td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160'
SIZE = 288  # of a tile, px

pytestmark = pytest.mark.filterwarnings(
    # MMPose's data sets of faces bring centres of their own.
    'ignore:Use the existing "bbox_center"',
)


@pytest.fixture(scope='module')
def checkpoint(tmp_path_factory):
    """Of a network that has seen nothing."""
    from mmpose.registry import MODELS

    cfg = read_config(CONFIG, {})
    init_default_scope(cfg.default_scope)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    angles = 2 * np.pi * np.arange(68) / 68
    shape = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model.reference.fill(
        dict(
            num_keypoints=68,
            top_k=1,
            neighbors=[[i, (i + 1) % 68] for i in range(68)],
            mean_shape=shape.tolist(),
        )
    )
    path = tmp_path_factory.mktemp('model') / 'model.pth'
    torch.save(dict(state_dict=model.state_dict()), path)
    return path


@pytest.fixture
def draw(run_main, scgcn_data):
    def run(config, checkpoint, out):
        return run_main(
            *('draw_predictions', config, checkpoint, '--stages'),
            *('--num', 2, '--select', 'first', '--out', out),
            '--cfg-options',
            f'test_dataloader.dataset.data_root={scgcn_data / "300w"}/',
        )

    return run


def test_three_tiles_a_face(draw, checkpoint, tmp_path):
    out = tmp_path / 'stages.png'
    done = draw(CONFIG, checkpoint, out)
    assert done.returncode == 0, done.stderr
    assert '2 faces' in done.stdout
    picture = cv2.imread(str(out))
    tiles = np.split(picture[-SIZE:].astype(int), 6, axis=1)
    # The first and the last tile of a face show the same input.
    same, other = (np.median(abs(tiles[0] - tiles[i])) for i in (2, 3))
    assert same == 0
    assert other > 5


def test_one_stage_has_no_stages_to_draw(draw, tmp_path):
    from mmpose.registry import MODELS

    config = 'td-reg_cnn6-wing_1xb32-60e_300w-64x64'
    cfg = read_config(config, {})
    init_default_scope(cfg.default_scope)
    path = tmp_path / 'model.pth'
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict()), path)
    out = tmp_path / 'stages.png'
    done = draw(config, path, out)
    assert done.returncode == 1
    assert 'needs a TwoStageEstimator, got TopdownPoseEstimator' in (
        done.stderr
    )
    assert not out.exists()
