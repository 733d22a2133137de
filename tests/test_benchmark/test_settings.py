"""Digests of settings, and results of other settings than a suite's."""

from dataclasses import replace

from mmpose_scgcn.benchmark.settings import changed_runs, settings_of
from mmpose_scgcn.benchmark.workspace import Workspace

import pytest

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
    'ignore:.*PoseLocalVisualizer.* has been created',
)


@pytest.mark.parametrize(
    ('old', 'new', 'told'),
    [
        ('ours=True', 'ours=False', ''),
        ('values=(1e-3, 1e12)', 'values=(1e-3, 1e-2)', ''),
        (
            "ours=True, group='graph'",
            "group='graph', options={'model.head.hidden_channels': 64}",
            'the settings of training are not',
        ),
        (
            "ours=True, group='graph'",
            "group='graph', transforms={'RandomFlip': dict(prob=0.1)}",
            'the settings of training are not',
        ),
        ('occlusion=0.4', 'occlusion=0.5', 'the settings of hidden are not'),
        (
            "'inter_ocular'",
            "'box_size'",
            'the settings of val, hidden are not',
        ),
        (
            "ours=True, group='graph'",
            "group='graph', options={'custom_hooks': [dict(type='EMAHook')]}",
            'the settings of selection are not',
        ),
    ],
)
def test_a_result_of_other_settings_is_told(space, old, new, told):
    path = space.results.with_name('suite.py')
    assert not list(changed_runs(space))
    suite = path.read_text()
    assert old in suite
    path.write_text(suite.replace(old, new))
    paths = path, space.results, space.work_dir
    changed = list(changed_runs(Workspace.open(*map(str, paths))))
    assert len(changed) == bool(told)
    assert told in ''.join(changed)
    assert not told or 'changed: one, seed 0: ' in changed[0]


def test_settings_are_the_same_each_time(space):
    """Though functions and other objects lie elsewhere in memory."""
    path = space.results.with_name('suite.py')
    path.write_text(
        path.read_text().replace(
            "dict(field='id', values=[1, 17, 21])",
            'dict(predicate=lambda face: face["id"] in (1, 17, 21))',
        )
    )
    paths = list(map(str, (path, space.results, space.work_dir)))
    first, second = (Workspace.open(*paths).suite for _ in range(2))
    assert settings_of(first, first.method('one')) == settings_of(
        second, second.method('one')
    )


def test_a_result_without_a_record_of_its_settings_is_passed_over(space):
    (run,) = space.known.runs
    space.known.add_run(replace(run, settings={}))
    path = space.results.with_name('suite.py')
    path.write_text(path.read_text().replace("'inter_ocular'", "'box_size'"))
    assert not list(changed_runs(space))


def test_a_checkpoint_that_has_changed_is_told(space, tmp_path):
    """Its file, or the model that it is read into."""
    (method,) = (m for m in space.suite.methods if m.name == 'one')
    file = tmp_path / 'other.pth'
    file.write_bytes(b'a')
    method = replace(method, checkpoint=str(file), group='')
    before = settings_of(space.suite, method)
    assert before.keys() == {'val', 'hidden', 'model', 'checkpoint'}
    file.write_bytes(b'b')
    flip = {'model.test_cfg.flip_test': False}
    after = settings_of(space.suite, replace(method, options=flip))
    differ = {name for name in after if before[name] != after[name]}
    assert differ == {'model', 'checkpoint'}
