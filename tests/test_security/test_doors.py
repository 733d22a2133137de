"""One hostile checkpoint at each door through which weights come in."""

import os
import pickle
import shutil
from types import SimpleNamespace

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import FaceInferencer
from tests.test_security.hostile import Call, save

import cv2
import numpy as np
import pytest

SUITE = """
title = 'Tiny'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict())
methods = {'zoo': dict(kind='graph', checkpoint='evil.pth')}
"""


@pytest.fixture(scope='module')
def place(tmp_path_factory, write_config, synthetic_faces):
    """A config, a suite, an image, and weights that make a folder."""
    folder = tmp_path_factory.mktemp('doors')
    write_config(folder)
    (folder / 'suite.py').write_text(SUITE)
    cv2.imwrite(str(folder / 'face.png'), np.zeros((96, 96, 3), np.uint8))
    marker = folder / 'marker'
    evil = folder / 'evil.pth'
    save(evil, Call(os.mkdir, str(marker)))
    run = folder / 'run'
    run.mkdir()
    shutil.copy(evil, run / 'epoch_1.pth')
    (run / 'last_checkpoint').write_text(str(run / 'epoch_1.pth'))
    faces = synthetic_faces / 'face_landmarks_wflw_train.json'
    return SimpleNamespace(
        folder=folder, marker=marker, evil=str(evil), faces=str(faces)
    )


WEIGHTS = 'model.backbone.init_cfg.type=Pretrained'
PRETRAINED = 'model.backbone.init_cfg.checkpoint=evil.pth'
TOOLS = {
    'train, resumed': 'train tiny.py --resume evil.pth --work-dir new',
    'train, resumed by itself': 'train tiny.py --resume --work-dir run',
    'train, load_from': 'train tiny.py --work-dir new --cfg-options '
    'load_from=evil.pth',
    'train, pretrained': f'train tiny.py --work-dir new --cfg-options '
    f'{WEIGHTS} {PRETRAINED}',
    'check_dataset': 'check_dataset tiny.py --cfg-options load_from=evil.pth',
    'test': 'test tiny.py evil.pth --work-dir new',
    'predict, checkpoint': 'predict face.png --model tiny.py --checkpoint '
    'evil.pth',
    'predict, published': 'predict face.png --model evil.pth',
    'publish_model': 'publish_model tiny.py evil.pth --name a --licence b '
    '--out-dir new',
    'export': 'export tiny.py evil.pth new',
    'export, published': 'export evil.pth new',
    'adapt_labels': 'adapt_labels evil.pth FACES --out new.pth '
    '--flip-pairs none',
    'adapt_labels, checkpoint': 'adapt_labels tiny.py FACES --out new.pth '
    '--flip-pairs none --checkpoint evil.pth',
    'explain': 'explain face.png --model evil.pth --out new.png',
    'draw_predictions': 'draw_predictions tiny.py evil.pth --out new.png',
}


@pytest.mark.parametrize('door', TOOLS)
def test_no_tool_runs_it(door, place, run_python, root):
    tool, *arguments = TOOLS[door].replace('FACES', place.faces).split()
    script = root / f'tools/{tool}.py'
    done = run_python(script, *arguments, cwd=place.folder)
    told = done.stdout + done.stderr
    assert not place.marker.exists()
    assert 'was not loaded' in told and 'mkdir' in told, told
    assert 'Traceback' not in done.stderr, told
    assert done.returncode != 0


def test_no_benchmark_runs_it(place, run_python):
    """In the process that tools/benchmark.py makes for each row."""
    task = ('suite.py', 'new', 'works', 'Run', '{"name": "zoo", "seed": 0}')
    module = 'mmpose_scgcn.benchmark.worker'
    done = run_python('-m', module, *task, cwd=place.folder)
    assert not place.marker.exists()
    assert 'evil.pth was not loaded' in done.stderr, done.stderr
    assert done.returncode != 0


CALLS = {
    'load_model': lambda p: load_model(p.evil, device='cpu'),
    'load_model, config': lambda p: load_model(p.config, p.evil, device='cpu'),
    'FaceInferencer': lambda p: FaceInferencer(p.config, p.evil, device='cpu'),
}


@pytest.mark.parametrize('door', CALLS)
def test_no_function_runs_it(door, place):
    place.config = str(place.folder / 'tiny.py')
    with pytest.raises(pickle.UnpicklingError, match=r'evil\.pth was not'):
        CALLS[door](place)
    assert not place.marker.exists()


def test_the_file_would_make_a_folder(place):
    """Without the guard: this test would not see it otherwise."""
    import torch

    torch.load(place.evil, weights_only=False)
    assert place.marker.is_dir()
    place.marker.rmdir()
