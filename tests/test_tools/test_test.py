"""``tools/test.py``: its options, and what it tells; in this process."""

import json
import math
import runpy

from mmpose_scgcn.launch import check_not_read

import numpy as np
import pytest
from mmengine.config import Config


@pytest.fixture(scope='module')
def tool(root):
    return runpy.run_path(str(root / 'tools/test.py'))


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ('--out a.txt', '--out must end in .pkl or .pickle (predictions)'),
        ('--dump a.json', '--dump must end in .pkl or .pickle'),
        ('--badcase', 'draw_predictions CONFIG CHECKPOINT --select worst'),
        ('--interval 5', 'draw_predictions CONFIG CHECKPOINT --num N'),
        ('--wait-time 0', 'a number above 0'),
    ],
)
def test_options_that_are_none(tool, options, message, capsys):
    with pytest.raises(SystemExit):
        tool['parse_args'](['config', 'weights', *options.split()])
    assert message in capsys.readouterr().err


def test_pictures_go_to_the_folder_that_is_named(tool, tmp_path, monkeypatch):
    """MMPose's hook would put a relative one into its work folder."""
    monkeypatch.chdir(tmp_path)
    args = tool['parse_args'](['c', 'w', '--show-dir', 'shown'])
    cfg = Config(dict(default_hooks=dict(timer=dict(type='IterTimerHook'))))
    tool['show_predictions'](cfg, args)
    hook = cfg.default_hooks.visualization
    assert (hook.enable, hook.show) == (True, False)
    assert hook.out_dir == str(tmp_path / 'shown')
    assert cfg.default_hooks.timer.type == 'IterTimerHook'


def test_metrics_are_kept_and_told_in_percent(tool, tmp_path, capsys):
    metrics = {'NME': 0.0406, 'FR@0.10': 0.05, 'b/AUC@0.10': 0.5, 'bias_x': 0}
    tool['tell_metrics'](metrics, str(tmp_path / 'new/metrics.json'))
    content = json.loads((tmp_path / 'new/metrics.json').read_text())
    assert content == metrics
    assert capsys.readouterr().out == (
        'Fractions in the log; in percent: NME 4.06 %, FR@0.10 5.00 %, '
        'b/AUC@0.10 50.00 %\n'
    )
    own = {'NME': 0.5, 'each': np.array([1, 2.5]), 'worst': 'a.jpg', 'AUC': []}
    tool['tell_metrics'](own, str(tmp_path / 'own.json'))
    content = json.loads((tmp_path / 'own.json').read_text())
    assert content == {**own, 'each': [1, 2.5]}
    assert capsys.readouterr().out.endswith('in percent: NME 50.00 %\n')
    tool['tell_metrics']({'PCK': 0.5}, None)
    assert capsys.readouterr().out == ''


#: What the metric reports beside ``bias_x``; nothing of it hides an offset.
OFFSETS = dict(bias_y=0.001, bias_x_stderr=0.001, NME=0.05)


@pytest.mark.parametrize(
    ('offset', 'reason'),
    [
        (-0.01, 'count pixels from 1'),
        (0.01, 'shift_heatmap=True'),
    ],
)
def test_the_likely_reason_of_an_offset(tool, capsys, offset, reason):
    tool['tell_of_offset']({**OFFSETS, 'bias_x': offset})
    told = capsys.readouterr().err
    side = 'right' if offset > 0 else 'left'
    assert f'{100 * abs(offset):.1f} % of the normaliser to the {side}' in told
    assert reason in told
    assert 'docs/' not in told  # a wheel has none


@pytest.mark.parametrize(
    ('x', 'y'), [(0.005, 0.001), (-0.01, 0.02), (0.0, 0.0)]
)
def test_a_small_offset_is_not_told(tool, capsys, x, y):
    tool['tell_of_offset']({**OFFSETS, 'bias_x': x, 'bias_y': y})
    assert capsys.readouterr().err == ''


def test_metrics_do_not_replace_annotations(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dataset = dict(data_root='data', ann_file='faces.json')
    cfg = Config(dict(train_dataloader=dict(dataset=dataset)))
    check_not_read('faces.json', cfg)
    for file in ('data/faces.json', tmp_path / 'data/../data/faces.json'):
        with pytest.raises(ValueError, match='is an annotation file that'):
            check_not_read(str(file), cfg)


def test_the_tool_says_so(run_main, write_config, tmp_path):
    write_config(tmp_path)
    cfg = Config.fromfile(tmp_path / 'tiny.py')
    dataset = cfg.test_dataloader.dataset
    file = f'{dataset.data_root}/{dataset.ann_file}'
    done = run_main('test', tmp_path / 'tiny.py', 'none.pth', '--out', file)
    assert done.returncode == 1
    assert f'{file} is an annotation file that the config' in done.stderr


@pytest.mark.parametrize(
    ('content', 'replaced'),
    [
        ('{"NME": 0.05, "FR@0.10": 0}', True),
        ('{"NME": 0.05, "each": [1, 2.5], "worst": "a.jpg"}', True),
        ('{"images": []}', False),
        ('{"version": 1, "shapes": [{"label": "a"}]}', False),
        ('[1]', False),
        ('id,nme', False),
    ],
)
def test_metrics_replace_earlier_ones_alone(tool, tmp_path, content, replaced):
    file = tmp_path / 'm.json'
    file.write_text(content)
    if replaced:
        tool['check_earlier_metrics'](file)
        return
    with pytest.raises(ValueError, match=r'm\.json is no file of metrics'):
        tool['check_earlier_metrics'](file)


def test_a_norm_of_eyes_that_are_not_known(
    run_python, root, untrained, tmp_path, own_faces
):
    with open(tmp_path / 'tiny.py', 'a') as file:
        file.write("test_evaluator = dict(norm='inter_ocular')\n")
        file.write(f'test_dataloader["dataset"]["metainfo"] = {own_faces}\n')
    done = run_python(
        root / 'tools/test.py', 'tiny.py', untrained, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "the inter_ocular keypoints of data set 'mine' are not known (known: "
    )
    assert 'Traceback' not in done.stderr


def test_what_is_not_known_is_null_and_not_told(tool, tmp_path, capsys):
    """As of a subset without faces."""
    file = tmp_path / 'metrics.json'
    metrics = {'NME': 0.05, 'challenge/NME': math.nan, 'bias_x': math.inf}

    def refuse(constant):
        raise AssertionError(constant)

    tool['tell_metrics'](metrics, str(file))
    kept = json.loads(file.read_text(), parse_constant=refuse)
    assert kept == {'NME': 0.05, 'challenge/NME': None, 'bias_x': None}
    told = capsys.readouterr().out
    assert 'NME 5.00 %' in told and 'challenge' not in told
    tool['check_earlier_metrics'](file)  # it may be replaced
