"""A config is found by path or name, and its data is checked."""

import argparse
from pathlib import Path

from mmpose_scgcn.config_files import find_config, shipped_configs
from mmpose_scgcn.config_options import add_common_arguments
from mmpose_scgcn.launch import check_annotations, load_config

import pytest
from mmengine.config import Config


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
