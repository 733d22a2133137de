"""docs/own_keypoints.md, carried out step by step as it is written."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmpose.registry import MODELS

PAGE = Path(__file__).resolve().parent.parent / 'docs/own_keypoints.md'


def read_blocks():
    """The page's code in its order: (language, text)."""
    return re.findall(r'```(bash|python)\n(.*?)```', PAGE.read_text(), re.S)


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A folder that looks like the repository, with nothing prepared."""
    folder = tmp_path_factory.mktemp('tutorial')
    for name in ('tools', 'configs'):
        (folder / name).symlink_to(PAGE.parent.parent / name)
    return folder


@pytest.fixture(scope='module')
def outputs(folder, run_python):
    """Carry every step out; returns what each program printed."""
    printed = {}

    def run(line):
        name, *arguments = shlex.split(line)
        done = (
            run_python(*arguments, cwd=folder, OMP_NUM_THREADS='1')
            if name == 'python'
            else subprocess.run(
                ['bash', '-c', line],
                cwd=folder,
                text=True,
                capture_output=True,
            )
        )
        assert done.returncode == 0, f'{line}\n{done.stdout}\n{done.stderr}'
        program = Path(arguments[0]).stem
        printed.setdefault(program, '')
        printed[program] += done.stdout + done.stderr

    for language, text in read_blocks():
        if language == 'bash':
            for line in text.splitlines():
                run(line)
        elif text.startswith('model['):
            with open(folder / 'my_res50.py', 'a') as file:
                file.write(text)
        else:
            (folder / 'snippet.py').write_text(text)
            run('python snippet.py')
    return printed


def test_the_data_set_is_prepared(outputs, folder):
    # brows 0-1, eyes 2-5 and 3-4, nostrils 6-7, mouth 9-10
    printed = outputs['prepare_dataset']
    assert 'flip pairs, inferred: 0-1,2-5,3-4,6-7,9-10' in printed
    assert re.search(r'train +144 faces', printed)
    assert re.search(r'val +16 faces', printed)
    assert (folder / 'data/faces/problems.txt').read_text() == 'none\n'


def nme_of_the_test(outputs):
    """Read the mean error of the test, a fraction."""
    (nme,) = re.findall(r'\(test\).* NME: ([0-9.]+)', outputs['test'])
    return float(nme)


def test_it_trains_and_is_tested(outputs, folder):
    errors = re.findall(r' NME: ([0-9.]+)', outputs['train'])
    assert len(errors) == 2  # an error for each epoch
    assert 0 < nme_of_the_test(outputs) < 0.4
    assert len(list((folder / 'work_dirs/trial').glob('best_NME*'))) == 1


def test_the_pictures_are_there(outputs, folder):
    for name in ('samples', 'graph', 'ced', 'worst'):
        picture = cv2.imread(str(folder / f'work_dirs/{name}.png'))
        assert picture.std() > 5, name


def test_the_figures_of_plot_are_the_test_s(outputs):
    (percent,) = re.findall(r'NME ([0-9.]+)', outputs['plot_ced'])
    # the one is rounded to 4 digits of the percentage, the other to 2
    assert abs(float(percent) - 100 * nme_of_the_test(outputs)) < 0.0052


def test_the_model_is_used(outputs, folder):
    predicted = folder / 'work_dirs/predicted'
    (face,) = json.loads((predicted / 'predictions/photo.json').read_text())
    points = np.array(face['keypoints'])
    assert points.shape == (12, 2) and 0 < points.min() < points.max() < 128
    drawn = cv2.imread(str(predicted / 'visualizations/photo.jpg'))
    photo = cv2.imread(str(folder / 'work_dirs/photo.jpg'))
    assert drawn.shape == photo.shape and (drawn != photo).any()
    assert '(1, 12, 2)' in outputs['snippet']  # the same in Python


def test_another_backbone_fits(outputs, folder):
    cfg = Config.fromfile(folder / 'my_res50.py')
    assert cfg.train_dataloader.dataset.data_root == f'{folder}/data/faces/'
    init_default_scope('mmpose')
    cfg.model.backbone.init_cfg = None
    model = MODELS.build(cfg.model)
    assert model.backbone.depth == 18 and model.head.graph.num_keypoints == 12
    maps = model.backbone(torch.zeros(1, 3, *cfg.codec.input_size[::-1]))
    width, height = cfg.model.head.in_featuremap_size
    assert maps[-1].shape == (1, cfg.model.head.in_channels, height, width)
