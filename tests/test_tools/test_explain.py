"""``tools/explain.py`` on procedural faces and an untrained model."""

import importlib.util
import json
import sys

from mmpose_scgcn.config_files import read_config

import cv2
import numpy as np
import pytest
import torch
from mmengine.registry import init_default_scope

CONFIG = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64'
BOX = ('20', '20', '76', '80')
K = 98

pytestmark = pytest.mark.filterwarnings(
    # MMPose's data sets of faces bring centres of their own.
    'ignore:Use the existing "bbox_center"',
)


def make_model(settings, path):
    """Save an untrained model whose edge weights follow the image."""
    from mmpose.registry import MODELS

    torch.manual_seed(0)
    model = MODELS.build(settings)
    angles = 2 * np.pi * np.arange(K) / K
    shape = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model.head.graph.fill(
        dict(
            num_keypoints=K,
            top_k=3,
            neighbors=[[(i + j) % K for j in range(4)] for i in range(K)],
            mean_shape=shape.tolist(),
        )
    )
    for parameter in model.head.adjacency.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    torch.save(dict(state_dict=model.state_dict()), path)
    return path


@pytest.fixture(scope='module')
def cfg():
    cfg = read_config(CONFIG, {})
    init_default_scope(cfg.default_scope)
    return cfg


@pytest.fixture(scope='module')
def checkpoint(cfg, tmp_path_factory):
    return make_model(cfg.model, tmp_path_factory.mktemp('model') / 'm.pth')


@pytest.fixture(scope='module')
def photo(synthetic_faces):
    return sorted((synthetic_faces / 'images').rglob('*.*'))[0]


@pytest.fixture(scope='module')
def tool(root):
    spec = importlib.util.spec_from_file_location(
        'explain', root / 'tools/explain.py'
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def explain(tool, monkeypatch):
    """Run the tool in this process; gives its message where it fails."""

    def run(*arguments):
        words = ['explain.py', *map(str, arguments)]
        monkeypatch.setattr(sys, 'argv', words)
        try:
            tool.main()
        except SystemExit as end:
            return end.code
        return None

    return run


@pytest.fixture
def with_model(checkpoint):
    return '--config', CONFIG, '--checkpoint', checkpoint


@pytest.fixture
def on_set(synthetic_faces, checkpoint):
    """Options for the procedural test faces."""
    roots = [
        f'{name}_dataloader.dataset.data_root={synthetic_faces}/'
        for name in ('test', 'val')
    ]
    return (
        *('--data-set', CONFIG, '--checkpoint', checkpoint),
        *('--resamples', '50', '--cfg-options', *roots),
    )


def test_a_face_is_drawn(explain, with_model, photo, tmp_path, capsys):
    out = tmp_path / 'new' / 'face.png'
    options = ('--box', *BOX, '--grid', '2', '--size', '0.5', '--out', out)
    assert explain(photo, *options, *with_model) is None
    assert min(cv2.imread(str(out)).shape[:2]) > 600
    said = capsys.readouterr().out
    assert '4 of 4 places cover keypoints' in said
    assert str(out) in said


def test_a_set_is_measured(run_python, root, on_set, tmp_path):
    out = tmp_path / 'new' / 'numbers.json'
    done = run_python(
        *(root / 'tools/explain.py', *on_set),
        *('--faces', 3, '--rectangles', 2, '--seed', 5, '--out', out),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(out.read_text())
    assert report['conclusion'] in done.stdout
    assert 'neither covered' in done.stdout
    settings = dict(config=CONFIG, seed=5, split='test', faces=3, area=0.2)
    assert report.items() >= dict(settings, rectangles=2, keypoints=K).items()
    rows = report['combinations'].values()
    assert sum(row['edges'] for row in rows) == 3 * 2 * K * 3
    assert any(row['change']['value'] for row in rows)
    assert report['itself']['covered']['edges'] == round(
        report['covered_keypoints'] * 3 * 2 * K
    )


def test_the_same_seed_gives_the_same_numbers(explain, on_set, tmp_path):
    files = [tmp_path / f'{name}.json' for name in 'abc']
    for seed, file in zip((1, 1, 2), files, strict=True):
        found = explain(
            *('--out', file, '--seed', seed, '--split', 'val'), *on_set
        )
        assert found is None
    first, same, other = (json.loads(file.read_text()) for file in files)
    assert first == same
    assert first['combinations'] != other['combinations']


def test_a_picture_that_is_none_is_told(explain, with_model, tmp_path):
    out = ('--out', tmp_path / 'face.png')
    missing = explain(tmp_path / 'none.jpg', *out, *with_model)
    assert missing.startswith('explain: ') and 'none.jpg' in missing
    (tmp_path / 'text.jpg').write_text('no picture')
    broken = explain(tmp_path / 'text.jpg', *out, *with_model)
    assert broken.startswith('explain: ') and 'text.jpg' in broken


def test_no_face_is_told(explain, tool, with_model, tmp_path, monkeypatch):
    cv2.imwrite(str(tmp_path / 'grey.png'), np.full((90, 90, 3), 90, 'uint8'))
    load = tool.load_model
    nothing = np.zeros((0, 4), np.float32)
    monkeypatch.setattr(
        tool,
        'load_model',
        lambda *args: load(*args, detector=lambda image: nothing),
    )
    told = explain(
        tmp_path / 'grey.png', '--out', tmp_path / 'face.png', *with_model
    )
    assert 'no face found in' in told and '--box X1 Y1 X2 Y2' in told


@pytest.mark.parametrize(
    ('box', 'message'),
    [
        ((500, 500, 600, 600), r'--box of .*outside the image of 96 x 96 px'),
        ((50, 50, 20, 20), r'box 0 is .*x1 < x2'),
        (('nan', 0, 20, 20), 'expected finite'),
    ],
)
def test_a_box_that_is_none_is_told(
    explain, with_model, photo, tmp_path, box, message
):
    out = ('--out', tmp_path / 'face.png')
    told = explain(photo, *out, '--box', *box, *with_model)
    with pytest.raises(ValueError, match=message):
        raise ValueError(told)


def test_a_model_without_dynamic_adjacency_is_told(
    explain, cfg, photo, tmp_path
):
    settings = cfg.model.copy()
    settings.head = {**cfg.model.head, 'adjacency': 'learned'}
    path = make_model(settings, tmp_path / 'learned.pth')
    told = explain(
        *(photo, '--box', *BOX, '--out', tmp_path / 'face.png'),
        *('--config', CONFIG, '--checkpoint', path),
        *('--cfg-options', 'model.head.adjacency=learned'),
    )
    assert 'no dynamic adjacency' in told
    assert 'LearnedAdjacency' in told


def test_a_config_without_data_is_told(explain, checkpoint, tmp_path):
    told = explain(
        *('--data-set', CONFIG, '--checkpoint', checkpoint),
        *('--out', tmp_path / 'numbers.json'),
        *('--cfg-options', 'test_dataloader.dataset.data_root=/nowhere/'),
    )
    assert 'Annotation files not found' in told
    told = explain(
        *('--data-set', CONFIG, '--checkpoint', checkpoint),
        *('--out', tmp_path / 'numbers.json'),
        *('--cfg-options', 'test_dataloader=None'),
    )
    assert 'has no test_dataloader' in told


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ('--out a.png', 'either an image or --data-set'),
        ('a.jpg --data-set b --out a.png', 'either an image or --data-set'),
        ('a.jpg --out a.json', '--out must be a picture'),
        ('--data-set b --out a.png', '--out must be a .json file'),
        ('a.jpg --config b --out a.png', 'go together'),
        ('a.jpg --checkpoint b --out a.png', 'go together'),
        ('--data-set a --config b --out a.json', 'go together'),
        ('a.jpg --model a --config b --out a.png', 'expected either --model'),
        ('a.jpg --cfg-options a=1 --out a.png', 'needs --config'),
        ('a.jpg --size 1.5 --out a.png', 'above 0, at most 1, got'),
        ('a.jpg --grid 0 --out a.png', 'at least 1, got'),
        ('a.jpg --seed 0 --out a.png', '--seed needs --data-set'),
        ('a.jpg --faces 3 --out a.png', '--faces needs --data-set'),
        ('--data-set b --grid 4 --out a.json', '--grid needs an image'),
        ('--data-set b --seed -1 --out a.json', 'at least 0'),
    ],
)
def test_options_that_do_not_fit_are_told(explain, arguments, message, capsys):
    assert explain(*arguments.split()) == 2
    assert message in capsys.readouterr().err
