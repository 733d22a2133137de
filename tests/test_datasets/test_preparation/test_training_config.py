"""Configs for data sets of one's own, written and read back."""

from mmpose_scgcn.config_files import find_config, shipped_configs
from mmpose_scgcn.datasets.preparation import (
    OwnData,
    parse_norm,
    training_config,
)

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

SPLITS = ('trainval', 'train', 'val', 'test')
TEMPLATE = 'td-reg_cnn6-scgcn_1xb32-60e_custom-64x64'
WFLW = 'td-reg_res50-scgcn_8xb64-210e_wflw-256x256'
REFINEMENT = 'td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128'
TWO_STAGES = 'td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160'
NO_VALIDATION = 'td-reg_cnn6-scgcn_1xb32-60e_ytf68-64x64'


@pytest.fixture
def write(tmp_path):
    """Write a config for seven keypoints and read it back."""

    def write(base, splits=SPLITS, norm=(2, 3), flips=True):
        data = OwnData('mine', tmp_path / 'deep', splits, 7, norm, flips)
        file = tmp_path / 'my_config.py'
        file.write_text(training_config(find_config(base), data, file))
        return Config.fromfile(file)

    return write


def settings(cfg, key):
    """All values of a key, anywhere in a config."""
    found = []
    values = cfg.values() if isinstance(cfg, dict) else cfg
    if isinstance(cfg, dict) and key in cfg:
        found.append(cfg[key])
    for value in values:
        if isinstance(value, (dict, list, tuple)):
            found += settings(value, key)
    return found


def bases():
    """All configs of ours that a data set of one's own can be given to."""
    shipped = sorted(shipped_configs().glob('face_2d_keypoint/**/*.py'))
    return [path.stem for path in shipped if path.stem != NO_VALIDATION]


@pytest.mark.parametrize('base', bases())
def test_nothing_of_the_data_set_of_any_base_is_left(write, tmp_path, base):
    cfg = write(base)
    used = dict(
        model=cfg.model,
        loaders=[cfg[f'{s}_dataloader'] for s in ('train', 'val', 'test')],
        metrics=[cfg.val_evaluator, cfg.test_evaluator],
    )
    folder = f'{tmp_path}/deep/'
    assert settings(used, 'data_root') == [folder] * 3
    assert settings(used, 'ann_file') == [
        f'face_landmarks_mine_{split}.json' for split in SPLITS[1:]
    ]
    from_file = f'{folder}metainfo.py'
    assert settings(used, 'metainfo') == [dict(from_file=from_file)] * 3
    assert set(settings(used['metrics'], 'norm')) == {(2, 3)}
    assert not settings(used, 'subsets') + settings(used, 'split_occluded')
    counts = [*settings(used, 'num_keypoints'), *settings(used, 'num_joints')]
    assert set(counts) == {7}
    kinds = [loader.dataset.type for loader in used['loaders']]
    assert kinds == ['CocoDataset'] * 3


@pytest.mark.parametrize('base', [TEMPLATE, WFLW])
def test_the_rest_is_the_base_s(write, base):
    cfg, expected = write(base), Config.fromfile(find_config(base))
    assert cfg.model.backbone == expected.model.backbone
    assert cfg.codec == expected.codec
    assert cfg.optim_wrapper == expected.optim_wrapper
    assert cfg.train_dataloader.batch_size == (
        expected.train_dataloader.batch_size
    )
    for split in ('train', 'val', 'test'):
        loader = cfg[f'{split}_dataloader']
        wanted = expected[f'{split}_dataloader'].dataset
        assert loader.dataset.pipeline == wanted.pipeline
        assert loader.dataset.get('test_mode') == wanted.get('test_mode')


def test_its_model_is_built_for_either_backbone(write):
    init_default_scope('mmpose')
    for base in (TEMPLATE, WFLW):
        model = write(base).model
        model.backbone.init_cfg = None  # no weights from the network
        size = 64 if base == TEMPLATE else 256
        estimator = MODELS.build(model)
        with torch.no_grad():
            *_, feature = estimator.backbone(torch.zeros(1, 3, size, size))
        assert feature.shape[1] == model.head.in_channels
        width, height = model.head.in_featuremap_size
        assert feature.shape[2:] == (height, width)


def test_the_base_may_be_changed_afterwards(write, tmp_path):
    write(TEMPLATE)
    file = tmp_path / 'my_config.py'
    text = file.read_text()
    base = str(find_config(TEMPLATE))
    assert base in text
    file.write_text(text.replace(base, str(find_config(WFLW))))
    changed = Config.fromfile(file).to_dict()
    assert changed == write(WFLW).to_dict()


def test_a_base_below_the_folder_is_named_relative_to_it(tmp_path):
    base = tmp_path / 'configs/base.py'
    base.parent.mkdir()
    base.write_text(f'_base_ = [{str(find_config(TEMPLATE))!r}]')
    data = OwnData('mine', tmp_path, SPLITS, 7, 'box_size', True)
    text = training_config(base, data, tmp_path / 'my_config.py')
    assert "_base_ = ['configs/base.py']" in text


def test_keypoints_without_partners_are_not_flipped(write):
    for base in (TEMPLATE, REFINEMENT, TWO_STAGES):
        cfg = write(base, flips=False)
        assert 'RandomFlip' not in settings(cfg.train_dataloader, 'type')
        assert cfg.model.test_cfg.flip_test is False


def test_annotations_that_count_from_0_are_not_shifted(write):
    cfg = write(REFINEMENT)
    kinds = [t.type for t in cfg.train_dataloader.dataset.pipeline]
    expected = Config.fromfile(find_config(REFINEMENT))
    wanted = [t.type for t in expected.train_dataloader.dataset.pipeline]
    assert 'mmpose_scgcn.ShiftKeypointOrigin' in wanted
    wanted.remove('mmpose_scgcn.ShiftKeypointOrigin')
    assert kinds == wanted


@pytest.mark.parametrize('name', ('a{b}', '{}', '{{fileDirname}}', 'a}b'))
def test_braces_in_names_are_names(tmp_path, name):
    """Neither of ``str.format`` nor what MMEngine replaces."""
    folder, file = tmp_path / name, tmp_path / 'my_config.py'
    data = OwnData(name, folder, SPLITS, 7, 'box_size', True)
    base = find_config(TEMPLATE)
    file.write_text(training_config(base, data, file), encoding='utf-8')
    dataset = Config.fromfile(file).train_dataloader.dataset
    assert dataset.ann_file == f'face_landmarks_{name}_train.json'
    assert dataset.data_root == f'{folder.as_posix()}/'


def test_splits_that_are_not_there(write):
    cfg = write(WFLW, splits=('trainval', 'train'))
    for name in ('dataloader', 'evaluator', 'cfg'):
        assert cfg[f'val_{name}'] is None
        assert cfg[f'test_{name}'] is None
    assert cfg.default_hooks.checkpoint.save_best is None


def test_a_base_without_a_test_set(write, tmp_path):
    """As this function writes it for data that have none."""
    without = write(WFLW, splits=('trainval', 'train', 'val'))
    base = tmp_path / 'without.py'
    (tmp_path / 'my_config.py').rename(base)
    assert without.test_dataloader is None
    cfg, usual = write(base), write(WFLW)
    assert cfg.test_dataloader == usual.test_dataloader
    assert cfg.test_evaluator == usual.test_evaluator
    assert cfg.test_cfg == usual.test_cfg
    again = write(base, splits=('trainval', 'train', 'val'))
    assert again.test_dataloader is None


def test_a_base_that_gives_no_pipeline_or_number(write, tmp_path):
    with pytest.raises(ValueError, match=r'ytf68.*expected a val_dataloader'):
        write(NO_VALIDATION)
    base = tmp_path / 'base.py'
    loader = 'dict(dataset=dict(pipeline=[]))'
    base.write_text(
        f'train_dataloader = {loader}\nval_dataloader = {loader}\n'
        "model = dict(head=dict(type='HeatmapHead', out_channels=68))"
    )
    with pytest.raises(ValueError, match=r'base\.py: expected a model that'):
        write(base)


@pytest.mark.parametrize(
    ('text', 'norm'),
    [('box_size', 'box_size'), ('2-5', (2, 5)), ('box_diagonal',) * 2],
)
def test_norms(text, norm):
    assert parse_norm(text, 7) == norm


@pytest.mark.parametrize('text', ['2-7', '3-3', 'inter_ocular', '2,5', ''])
def test_what_is_no_norm(text):
    with pytest.raises(ValueError, match=f'got {text!r}'):
        parse_norm(text, 7)


PLAIN_BASE = """
pipeline = [
    dict(type='LoadImage', backend_args=dict(backend='local')),
    dict(type='RandomFlip', direction='horizontal'),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=pipeline))
val_dataloader = dict(dataset=dict(pipeline=pipeline[::2]))
val_evaluator = test_evaluator = dict(type='mmpose_scgcn.FaceAlignmentMetric')
model = dict(head=dict(num_keypoints=68))
"""


@pytest.mark.parametrize('flips', [True, False])
def test_images_are_read_as_they_were_checked(tmp_path, flips):
    """Also where the base leaves it to MMPose."""
    base, file = tmp_path / 'base.py', tmp_path / 'my_config.py'
    base.write_text(PLAIN_BASE)
    data = OwnData('mine', tmp_path, SPLITS, 7, (2, 3), flips)
    file.write_text(training_config(base, data, file))
    cfg = Config.fromfile(file)
    first, *others = cfg.train_dataloader.dataset.pipeline
    load = dict(
        type='mmpose_scgcn.LoadFaceImage', backend_args=dict(backend='local')
    )
    assert first == cfg.test_dataloader.dataset.pipeline[0] == load
    kinds = ['RandomFlip', 'PackPoseInputs'][not flips :]
    assert [t.type for t in others] == kinds
