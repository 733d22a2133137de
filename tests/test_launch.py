"""A config is found by path or name, and its data is checked."""

import argparse
from pathlib import Path
from pickle import UnpicklingError

from mmpose_scgcn.config_files import find_config, shipped_configs
from mmpose_scgcn.config_options import add_common_arguments
from mmpose_scgcn.launch import (
    check_annotations,
    check_checkpoint,
    load_config,
)
from mmpose_scgcn.models.layers import DynamicAdjacency

import pytest
import torch
from mmengine.config import Config
from torch import nn


@pytest.fixture
def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    add_common_arguments(parser)
    return lambda *arguments: parser.parse_args([str(a) for a in arguments])


@pytest.fixture
def config(tmp_path):
    file = tmp_path / 'tiny.py'
    file.write_text('lr = 1\nmodel = dict(depth=18)')
    return file


def test_a_path_is_taken_as_it_is(config):
    assert find_config(str(config)) == config


@pytest.mark.parametrize(
    'name', ['default_runtime', 'default_runtime.py', 'far/default_runtime.py']
)
def test_ours_are_found_by_name(name):
    expected = shipped_configs() / '_base_' / 'default_runtime.py'
    assert find_config(name) == expected


def test_a_near_miss_is_told_the_closest():
    with pytest.raises(FileNotFoundError, match='mean: default_runtime'):
        find_config('defualt_runtime.py')


def test_a_far_miss_is_told_where_they_are():
    with pytest.raises(FileNotFoundError) as error:
        find_config('zzz.py')
    assert str(shipped_configs()) in str(error.value)
    assert 'Did you mean' not in str(error.value)


def test_the_file_that_a_name_stands_for_is_told(
    parse, config, tmp_path, monkeypatch, capsys
):
    """A clone has another file of that name, which is not read."""
    monkeypatch.chdir(tmp_path)
    load_config(parse(config))
    assert capsys.readouterr().err == ''
    ours = shipped_configs() / '_base_' / 'default_runtime.py'
    load_config(parse('default_runtime'))
    assert capsys.readouterr().err == f'config: {ours}\n'
    clone = tmp_path / 'configs/mine'
    clone.mkdir(parents=True)
    (clone / ours.name).symlink_to(ours)
    load_config(parse('default_runtime'))
    assert 'warning' not in capsys.readouterr().err
    (clone / ours.name).unlink()
    (clone / ours.name).write_text('lr = 3')
    load_config(parse('default_runtime'))
    told = capsys.readouterr().err
    assert 'warning: configs/mine/default_runtime.py is another file' in told


def test_the_work_dir_is_named_after_the_config(parse, config):
    assert load_config(parse(config)).work_dir == str(Path('work_dirs/tiny'))


def test_the_command_line_names_another_work_dir(parse, config):
    cfg = load_config(parse(config, '--work-dir', 'here'))
    assert cfg.work_dir == 'here'


def test_options_override_the_config(parse, config):
    options = ('--cfg-options', 'lr=2', 'model.depth=50')
    cfg = load_config(parse(config, *options))
    assert (cfg.lr, cfg.model.depth) == (2, 50)


@pytest.mark.parametrize('spelling', ['--local_rank', '--local-rank'])
def test_either_spelling_of_local_rank(parse, config, monkeypatch, spelling):
    monkeypatch.setenv('LOCAL_RANK', '3')
    args = parse(config, spelling, '1')
    assert args.local_rank == 1
    assert load_config(args).launcher == 'none'


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('\nx = (', r'tiny\.py cannot be read: line 2: SyntaxError'),
        ('\n\nx = y', "line 3: NameError: name 'y' is not defined"),
        ('x = 1 / 0', 'line 1: ZeroDivisionError'),
    ],
)
def test_a_config_that_is_none(parse, config, text, message):
    config.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_config(parse(config))


def test_options_that_do_not_fit(parse, config, capsys):
    config.write_text('steps = [dict(a=1)]')
    with pytest.raises(ValueError, match=r'--cfg-options do not fit .*tiny'):
        load_config(parse(config, '--cfg-options', 'steps.9.a=2'))
    with pytest.raises(SystemExit):
        parse(config, '--cfg-options', 'steps')
    assert "expected KEY=VALUE, got 'steps'" in capsys.readouterr().err


def test_annotations_of_another_form_are_told(tmp_path):
    (tmp_path / 'a.json').write_text('[]')
    dataset = dict(data_root=str(tmp_path), ann_file='a.json')
    for kind in ('CocoDataset', 'mmpose.WFLWDataset'):
        cfg = Config(
            dict(train_dataloader=dict(dataset=dict(dataset, type=kind)))
        )
        with pytest.raises(ValueError, match=r'a\.json: expected an object'):
            check_annotations(cfg, 'train_dataloader')
    # MPII's files are lists.
    cfg.train_dataloader.dataset.type = 'MpiiDataset'
    check_annotations(cfg, 'train_dataloader')


def test_existing_annotations_pass(config, tmp_path):
    dataset = dict(data_root=str(tmp_path), ann_file=config.name)
    cfg = Config(dict(train_dataloader=dict(dataset=dataset)))
    check_annotations(cfg, 'train_dataloader', 'val_dataloader')


def test_missing_annotations_are_all_named():
    cfg = Config(
        dict(
            train_dataloader=dict(
                dataset=dict(
                    type='CombinedDataset',
                    datasets=[
                        dict(data_root='data/a', ann_file='one.json'),
                        dict(ann_file='data/b/two.json'),
                        dict(ann_file='s3://far/three.json'),
                    ],
                )
            ),
            test_dataloader=dict(dataset=dict(ann_file='data/four.json')),
        )
    )
    with pytest.raises(FileNotFoundError) as error:
        check_annotations(cfg, 'train_dataloader')
    assert 'data/a/one.json (train_dataloader)' in str(error.value)
    assert 'data/b/two.json (train_dataloader)' in str(error.value)
    assert 'three' not in str(error.value)
    assert 'four' not in str(error.value)


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))


def test_a_checkpoint_that_fits(model, tmp_path):
    state = {f'module.{k}': v for k, v in model.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    check_checkpoint(model, str(tmp_path / 'a.pth'))


def test_a_checkpoint_of_another_model_is_refused(model, tmp_path):
    other = nn.Sequential(nn.Linear(3, 4))
    torch.save(dict(state_dict=other.state_dict()), tmp_path / 'a.pth')
    said = (
        r'a.pth does not fit the config: 4 of 4 weights differ, such as '
        r'0.weight: expected \(2, 3\), got \(4, 3\); .*1.weight: expected '
        r'\(1, 2\), got nothing'
    )
    with pytest.raises(ValueError, match=said):
        check_checkpoint(model, str(tmp_path / 'a.pth'))


def test_a_checkpoint_with_more_units_of_the_adjacency_fits(tmp_path):
    """They grew with the square of K once."""
    wide, narrow = (nn.Sequential(DynamicAdjacency(9, 3, 4)) for _ in 'ab')
    for layer, size in (
        (wide[0].squeeze, (40, 36)),
        (wide[0].weigh, (36, 40)),
    ):
        layer.weight.data = torch.randn(size)
    wide[0].squeeze.bias.data = torch.randn(40)
    file = str(tmp_path / 'a.pth')
    torch.save(dict(state_dict=wide.state_dict()), file)
    check_checkpoint(narrow, file)
    narrow.load_state_dict(torch.load(file)['state_dict'])


def test_weights_alone_are_not_resumed(model, tmp_path):
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'a.pth')
    with pytest.raises(ValueError, match=r'weights only.*load_from'):
        check_checkpoint(model, str(tmp_path / 'a.pth'), resume=True)


@pytest.mark.parametrize('content', [b'', b'weights', b'PK\x03\x04 cut off'])
def test_a_file_that_is_no_checkpoint_is_named(model, tmp_path, content):
    (tmp_path / 'bad.pth').write_bytes(content)
    with pytest.raises((ValueError, UnpicklingError), match=r'bad\.pth'):
        check_checkpoint(model, str(tmp_path / 'bad.pth'))


def test_a_tensor_is_no_checkpoint(model, tmp_path):
    torch.save(torch.ones(2), tmp_path / 'tensor.pth')
    with pytest.raises(ValueError, match=r'expected a dict.*got Tensor'):
        check_checkpoint(model, str(tmp_path / 'tensor.pth'))


def test_an_address_that_does_not_answer_is_told(model):
    # Nobody listens there.
    with pytest.raises(ValueError, match=r'1/a\.pth could not be fetched: '):
        check_checkpoint(model, 'http://127.0.0.1:1/a.pth')
