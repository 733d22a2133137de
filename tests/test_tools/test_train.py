"""``tools/train.py`` and ``tools/test.py`` on four tiny images, for real."""

import json
import pickle

import cv2
import numpy as np
import pytest
import torch

NUM_IMAGES = 4

CONFIG = """
_base_ = [{default_runtime!r}]
custom_hooks = [dict(type='SyncBuffersHook')]
train_cfg = dict(by_epoch=True, max_epochs=1, val_interval=1)
val_cfg = dict()
test_cfg = dict()
optim_wrapper = dict(optimizer=dict(type='Adam', lr=5e-4))
auto_scale_lr = dict(base_batch_size=8)
codec = dict(type='RegressionLabel', input_size=(32, 32))
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(type='ResNet', depth=18, stem_channels=8, base_channels=8),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(type='RegressionHead', in_channels=64, num_joints=68,
              loss=dict(type='SmoothL1Loss'), decoder=codec))
load = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size'])]
pack = dict(type='PackPoseInputs')
dataset = dict(
    type='Face300WDataset', data_root={data!r}, data_mode='topdown',
    ann_file='faces.json', data_prefix=dict(img=''))
train_dataloader = dict(
    batch_size=2, sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        **dataset,
        pipeline=[*load, dict(type='GenerateTarget', encoder=codec), pack]))
val_dataloader = dict(
    batch_size=2, sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(**dataset, test_mode=True, pipeline=[*load, pack]))
test_dataloader = val_dataloader
val_evaluator = dict(type='NME', norm_mode='keypoint_distance')
test_evaluator = val_evaluator
"""


def write_faces(folder, make_coco) -> None:
    """Write noise, each image with 68 random keypoints."""
    rng = np.random.default_rng(0)
    for index in range(NUM_IMAGES):
        pixels = rng.integers(0, 255, (40, 40, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f'{index}.png'), pixels)
    content = make_coco(
        rng.uniform(5, 35, (NUM_IMAGES, 68, 2)),
        boxes=[5, 5, 30, 30],
        size=(40, 40),
        fields=dict(center=[20.0, 20.0], scale=0.2),
    )
    (folder / 'faces.json').write_text(json.dumps(content))


@pytest.fixture(scope='module')
def workspace(tmp_path_factory, root, make_coco):
    """A folder with data and a config, away from the source tree."""
    folder = tmp_path_factory.mktemp('workspace')
    write_faces(folder, make_coco)
    base = root / 'configs' / '_base_' / 'default_runtime.py'
    config = CONFIG.format(default_runtime=str(base), data=str(folder))
    (folder / 'tiny.py').write_text(config)
    return folder


@pytest.fixture(scope='module')
def tool(run_python, root, workspace):
    """Run a tool in the workspace, as ``mim`` does for ``--gpus 0``."""

    def run(name, *arguments):
        script = root / 'tools' / name
        return run_python(
            script,
            *arguments,
            cwd=workspace,
            CUDA_VISIBLE_DEVICES='-1',
            OMP_NUM_THREADS='1',
        )

    return run


@pytest.fixture
def message(run_main, workspace):
    """Run a tool in this process, which ends before there is a runner."""

    def run(name, *arguments):
        return run_main(name, *arguments, cwd=workspace)

    return run


@pytest.fixture(scope='module')
def trained(tool, workspace):
    done = tool('train.py', 'tiny.py', '--seed', '7', '--auto-scale-lr')
    assert done.returncode == 0, done.stderr
    return workspace / 'work_dirs' / 'tiny', done.stdout + done.stderr


def test_training_leaves_checkpoints(trained):
    work_dir, _ = trained
    assert (work_dir / 'epoch_1.pth').is_file()
    assert (work_dir / 'best_NME_epoch_1.pth').is_file()


def test_training_obeys_its_options(trained):
    _, log = trained
    assert 'seed: 7' in log
    assert 'LR is set based on batch size of 8' in log
    assert 'logged as fractions' in log


def test_resuming_goes_on(trained, tool):
    more = ('--cfg-options', 'train_cfg.max_epochs=2')
    done = tool('train.py', 'tiny.py', '--resume', *more)
    assert done.returncode == 0, done.stderr
    assert 'resumed epoch: 1' in done.stdout + done.stderr
    assert (trained[0] / 'epoch_2.pth').is_file()


def test_testing_measures_and_keeps_predictions(trained, tool, workspace):
    checkpoint = trained[0] / 'epoch_1.pth'
    done = tool(
        *('test.py', 'tiny.py', checkpoint, '--out', 'all.pkl'),
        *('--show-dir', 'shown'),
    )
    assert done.returncode == 0, done.stderr
    assert 'NME: ' in done.stdout + done.stderr
    with open(workspace / 'all.pkl', 'rb') as file:
        assert len(pickle.load(file)) == NUM_IMAGES
    shown = sorted(path.name for path in (workspace / 'shown').iterdir())
    assert shown == [f'{index}_0.png' for index in range(NUM_IMAGES)]


@pytest.fixture
def cut_off(workspace):
    """One of the images is cut off for a while."""
    path = workspace / '1.png'
    content = path.read_bytes()
    path.write_bytes(content[:2000])
    yield path
    path.write_bytes(content)


OURS = 'dataset.pipeline.0.type=mmpose_scgcn.LoadFaceImage'


@pytest.mark.parametrize('workers', [0, 2])
def test_an_image_that_cannot_be_read_is_one_line(tool, cut_off, workers):
    done = tool(
        'train.py',
        'tiny.py',
        '--work-dir=work_dirs/cut',
        '--cfg-options',
        f'train_dataloader.{OURS}',
        f'train_dataloader.num_workers={workers}',
    )
    assert done.returncode == 1
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith(f'{cut_off} cannot be read: ')
    assert 'Traceback' not in done.stderr


def test_it_may_be_skipped_and_is_named_once(tool, cut_off):
    done = tool(
        'train.py',
        'tiny.py',
        '--work-dir=work_dirs/skip',
        '--cfg-options',
        f'train_dataloader.{OURS}',
        'train_dataloader.dataset.pipeline.0.unreadable=skip',
        'train_dataloader.num_workers=2',
        'train_cfg.max_epochs=3',
        'val_dataloader=None',
        'val_cfg=None',
        'val_evaluator=None',
        'default_hooks.checkpoint.save_best=None',
    )
    assert done.returncode == 0, done.stderr
    log = done.stdout + done.stderr
    assert log.count(f'skipped in training: {cut_off} cannot be read') == 1


def test_testing_ends_in_one_line(trained, tool, cut_off):
    work_dir, _ = trained
    done = tool(
        'test.py',
        'tiny.py',
        work_dir / 'epoch_1.pth',
        '--cfg-options',
        f'test_dataloader.{OURS}',
        'test_dataloader.dataset.pipeline.0.unreadable=skip',
    )
    assert done.returncode == 1
    *_, last = done.stderr.strip().splitlines()
    assert last.startswith(f'{cut_off} cannot be read: ')


def test_resuming_goes_on_after_a_name_that_was_lost(trained, tool):
    (trained[0] / 'last_checkpoint').write_text('')
    more = ('--cfg-options', 'train_cfg.max_epochs=2')
    done = tool('train.py', 'tiny.py', '--resume', *more)
    assert done.returncode == 0, done.stderr
    assert 'resumed epoch: ' in done.stdout + done.stderr


def test_resuming_nothing_is_told(tool, tmp_path):
    # The wrong number of keypoints ends it at the first batch.
    more = ('--work-dir', tmp_path, '--cfg-options', 'model.head.num_joints=9')
    done = tool('train.py', 'tiny.py', '--resume', *more)
    assert f'no checkpoint in {tmp_path}' in done.stdout + done.stderr


def test_resuming_nothing_begins_with_the_weights_of_load_from(
    trained, tool, tmp_path
):
    start = trained[0] / 'epoch_1.pth'
    still = 'optim_wrapper.optimizer.lr=0', f'load_from={start}'
    more = ('--work-dir', tmp_path / 'new', '--cfg-options', *still)
    done = tool('train.py', 'tiny.py', '--resume', *more)
    assert done.returncode == 0, done.stderr
    assert f'the beginning, from {start}' in done.stdout + done.stderr
    saved = [
        torch.load(file, weights_only=False)['state_dict']['head.fc.weight']
        for file in (start, tmp_path / 'new/epoch_1.pth')
    ]
    assert torch.equal(*saved)


def test_a_checkpoint_of_another_model_is_not_tested(trained, tool):
    more = ('--cfg-options', 'model.head.num_joints=9')
    done = tool('test.py', 'tiny.py', trained[0] / 'epoch_1.pth', *more)
    assert done.returncode == 1
    assert 'head.fc.weight: expected (18, 64), got (136, 64)' in done.stderr
    assert 'NME: ' not in done.stdout + done.stderr


@pytest.mark.parametrize('name', ['train', 'test'])
def test_help_offers_what_mim_looks_for(message, name):
    done = message(name, '-h')
    assert done.returncode == 0
    assert '--gpus' not in done.stdout
    for option in ('--launcher', '--local_rank', '--work-dir'):
        assert option in done.stdout


def test_missing_data_is_told_in_one_line(message):
    where = 'train_dataloader.dataset.ann_file=nowhere.json'
    done = message('train', 'tiny.py', '--cfg-options', where)
    assert done.returncode == 1
    assert done.stderr.startswith('Annotation files not found')
    assert 'nowhere.json (train_dataloader)' in done.stderr


def test_scaling_needs_a_batch_size(message):
    done = message('train', 'default_runtime', '--auto-scale-lr')
    assert done.returncode == 1
    assert 'base_batch_size' in done.stderr


def test_a_backbone_that_cannot_be_fetched_says_the_option(tool, tmp_path):
    init = 'model.backbone.init_cfg'
    done = tool(
        *('train.py', 'tiny.py', '--work-dir', tmp_path, '--cfg-options'),
        *(
            f'{init}.type=Pretrained',
            f'{init}.checkpoint=http://[::1]:9/a.pth',
        ),
    )
    assert done.returncode == 1
    assert 'model.backbone.init_cfg=None' in done.stderr
    assert 'Traceback' not in done.stderr


def test_weights_to_start_from_that_cannot_be_fetched(tool, tmp_path):
    start = 'load_from=http://[::1]:9/a.pth'
    done = tool(
        'train.py', 'tiny.py', '--work-dir', tmp_path, '--cfg-options', start
    )
    assert done.returncode == 1
    assert f'a file of this machine instead of {start}' in done.stderr
    assert 'Traceback' not in done.stderr
