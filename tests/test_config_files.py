"""Configs with settings on top, as all tools read them."""

from mmpose_scgcn.config_files import read_config

import pytest

BASE = "model = dict(head=dict(type='A', x=1), necks=[dict(type='B')])\n"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / 'base.py'
    path.write_text(BASE)
    return path


def test_delete_takes_the_place_of_what_is_there(config):
    options = {'model.head': dict(_delete_=True, type='C')}
    head = read_config(str(config), options).model.head
    assert head == dict(type='C')


@pytest.mark.parametrize('key', ['model.head.loss', 'model.other', 'other'])
def test_delete_where_nothing_is_leaves_no_argument(config, key):
    setting = dict(_delete_=True, type='C', inner=[dict(_delete_=True)])
    cfg = read_config(str(config), {key: setting})
    for part in key.split('.'):
        cfg = cfg[part]
    assert cfg == dict(type='C', inner=[{}])


def test_delete_in_a_config_where_its_base_has_nothing(config):
    child = config.with_name('child.py')
    child.write_text(
        "_base_ = 'base.py'\n"
        "model = dict(head=dict(loss=dict(_delete_=True, type='L')))\n"
    )
    head = read_config(str(child), {}).model.head
    assert head == dict(type='A', x=1, loss=dict(type='L'))


def test_options_that_nothing_reads_are_told(config, capsys):
    path = config
    path.write_text('train_pipeline = [dict(type="A", p=1)]\nmodel = dict()\n')
    path = str(path)
    read_config(path, {'model.head.type': 'B', 'custom_hooks': []})
    assert capsys.readouterr().err == ''
    options = {'optim_wraper.optimizer.lr': 1, 'train_pipeline.0.p': 2}
    read_config(path, {**options, 'batch_size': 4})
    first, second, third = capsys.readouterr().err.splitlines()
    assert 'nothing reads the option batch_size: ' in first
    assert second.endswith('has no such setting; did you mean optim_wrapper?')
    assert f'train_pipeline: it is a variable of {path}' in third
