"""``tools/benchmark.py``: tiny runs, interrupted and gone on with."""

import json

import pytest

SUITE = """
title = 'Tiny'
config = 'tiny.py'
norm = 'inter_ocular'
turn = dict(type='mmpose_scgcn.PerturbFace', rotation=60)
tests = dict(test=dict(), turned=dict(insert=[turn]))
methods = {
    'one': dict(kind='graph', seeds=(0, 1), ours=True),
    'broken': dict(kind='graph', options={'model.head.num_keypoints': 3}),
}
"""

CONFIG = """
_base_ = [{base!r}]
train_cfg = dict(max_epochs=1, val_interval=1)
train_dataloader = dict(batch_size=4, num_workers=0, persistent_workers=False,
                        dataset=dict(data_root={data!r}))
val_dataloader = dict(num_workers=0, persistent_workers=False,
                      dataset=dict(data_root={data!r}))
test_dataloader = dict(num_workers=0, persistent_workers=False,
                       dataset=dict(data_root={data!r}))
"""


@pytest.fixture
def tool(run_python, root, tmp_path, synthetic_faces):
    folder = 'configs/face_2d_keypoint/structure_coherent/synthetic'
    name = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
    config = CONFIG.format(
        base=str(root / folder / name), data=str(synthetic_faces)
    )
    (tmp_path / 'tiny.py').write_text(config)
    (tmp_path / 'suite.py').write_text(SUITE)

    def run(*arguments):
        script = root / 'tools/benchmark.py'
        return run_python(
            script, *arguments, cwd=tmp_path, OMP_NUM_THREADS='1'
        )

    return run


def test_what_is_missing_is_run_and_failures_are_told(tool, tmp_path):
    done = tool('suite.py', '--jobs', 2)
    assert done.returncode == 1
    assert '3 of 3 runs to do' in done.stdout
    assert 'failed: broken, seed 0; see work_dirs/suite/broken_0' in (
        done.stderr
    )
    path = tmp_path / 'benchmarks/results/suite.json'
    runs = json.loads(path.read_text())['runs']
    assert [(r['method'], r['seed']) for r in runs] == [('one', 0), ('one', 1)]
    test = runs[0]['tests']['test']
    assert test['faces'] == 4
    assert sum(test['pose_bins']['count']) == 4
    assert runs[0]['tests'] != runs[1]['tests']
    # An hour of training this is not: about the mean face, upright.
    assert runs[0]['tests']['turned']['NME'] > 1.2 * test['NME']
    assert runs[0]['latency_ms'] > 0
    again = tool('suite.py', '--method', 'one')
    assert again.returncode == 0, again.stderr
    assert '0 of 3 runs to do' in again.stdout
    assert '| one | 0, 1 |' in (path.parent / 'suite.md').read_text()


def test_the_report_alone_needs_no_data(tool, tmp_path):
    done = tool('suite.py', '--report-only')
    assert done.returncode == 0, done.stderr
    assert (
        '| one |  |' in (tmp_path / 'benchmarks/results/suite.md').read_text()
    )


def test_bad_input_is_one_clear_line(tool):
    for arguments, message in (
        (['nothing.py'], 'nothing.py'),
        (['suite.py', '--method', 'two'], "has no ['two']"),
    ):
        done = tool(*arguments)
        assert done.returncode == 1
        assert message in done.stderr
        assert 'Traceback' not in done.stderr
