"""``tools/benchmark.py``: tiny runs, interrupted and gone on with."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

SUITE = """
title = 'Tiny'
config = 'tiny.py'
norm = 'inter_ocular'
hidden = dict(type='mmpose_scgcn.PerturbFace', occlusion=0.4)
tests = dict(
    val=dict(subsets=dict(first=dict(field='id', values=[1, 17, 21]))),
    hidden=dict(insert=[hidden]),
)
axes = dict(
    occlusion=dict(label='covered', tests={'0': 'val', '40': 'hidden'})
)
search = dict(groups=dict(graph='one'), values=(1e-3, 1e12),
              options=dict(train_cfg=dict(max_epochs=2)))
methods = {
    'one': dict(kind='graph', seeds=(0, 1), ours=True, group='graph'),
    'broken': dict(kind='graph', options={'model.head.num_keypoints': 3}),
    'zoo': dict(kind='graph', checkpoint='zoo.pth'),
}
"""

OCCLUSION = dict(type='mmpose_scgcn.PerturbFace', occlusion=0.4)

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
def folder(root, tmp_path, synthetic_faces):
    configs = 'configs/face_2d_keypoint/structure_coherent/synthetic'
    name = 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
    config = CONFIG.format(
        base=str(root / configs / name), data=str(synthetic_faces)
    )
    (tmp_path / 'tiny.py').write_text(config)
    (tmp_path / 'suite.py').write_text(SUITE)
    return tmp_path


@pytest.fixture
def tool(run_python, root, folder):
    def run(*arguments):
        script = root / 'tools/benchmark.py'
        return run_python(script, *arguments, cwd=folder)

    return run


def read(folder):
    return json.loads((folder / 'benchmarks/results/suite.json').read_text())


def test_what_is_missing_is_run_and_failures_are_told(tool, folder):
    done = tool('suite.py', '--jobs', 2)
    assert done.returncode == 1, done.stderr
    assert '5 runs to do' in done.stdout  # two of the search
    assert 'absent: zoo: no file zoo.pth' in done.stdout
    assert 'failed: broken, seed 0: ' in done.stderr
    assert 'learning rate 1e+12 for graph: nothing' in done.stdout
    known = read(folder)
    runs = known['runs']
    assert [(r['method'], r['seed']) for r in runs] == [('one', 0), ('one', 1)]
    test = runs[0]['tests']['val']
    assert test['faces'] == 4
    assert 0 < abs(test['bias_x']) < test['NME']
    assert sum(test['pose_bins']['count']) == 4
    assert test['subsets']['first']['faces'] == 1
    assert runs[0]['tests'] != runs[1]['tests']
    assert test != runs[0]['tests']['hidden']
    assert runs[0]['options'] == {'optim_wrapper.optimizer.lr': 1e-3}
    assert len(runs[0]['val_curve']) == 1
    assert [run['NME'] is None for run in known['search']] == [False, True]
    assert 0 < known['search'][0]['median'] != known['search'][0]['NME']
    (failure,) = known['failed']
    assert 'Error' in failure['error']
    for run in runs:
        times = ('latency_ms', 'latency_batch32_ms', 'network_ms', 'step_ms')
        for name in (*times, 'macs'):
            assert run[name] > 0
    table = (folder / 'benchmarks/results/suite.md').read_text()
    assert '| one | 0, 1 |' in table
    assert 'failed: ' in table
    page = (folder / 'work_dirs/suite/report.html').read_text()
    assert page.count('image/jpeg') == 4

    # Once more: what is there stays, weights of others have arrived.
    weights = next((folder / 'work_dirs/suite/one_0').glob('best*.pth'))
    weights.rename(folder / 'zoo.pth')
    again = tool('suite.py', '--method', 'one', 'zoo', '--jobs', 1)
    assert again.returncode == 0, again.stderr
    assert '1 runs to do' in again.stdout
    zoo = read(folder)['runs'][-1]
    assert zoo['tests'] == runs[0]['tests']
    assert zoo['step_ms'] is None
    # The tables and plots come from the results alone.
    (folder / 'tiny.py').write_text('')
    before = (folder / 'benchmarks/results/suite.md').read_text()
    (folder / 'benchmarks/results/suite.md').unlink()
    done = tool('suite.py', '--report-only')
    assert done.returncode == 0, done.stderr
    assert (folder / 'benchmarks/results/suite.md').read_text() == before


LATER = """
title = 'Later'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict())
methods = dict(one=dict(kind='graph'), other=dict(kind='graph'))
"""


def test_tests_that_came_later_need_no_training(tool, folder):
    (folder / 'suite.py').write_text(LATER)
    assert tool('suite.py', '--jobs', 2).returncode == 0
    before = {run['method']: run for run in read(folder)['runs']}
    work = folder / 'work_dirs/suite'
    shutil.rmtree(work / 'other_0')
    tests = dict(val={}, covered=dict(insert=[OCCLUSION]))
    (folder / 'suite.py').write_text(
        LATER.replace('tests = dict(val=dict())', f'tests = {tests}')
        + "axes = dict(covered=dict(label='x', tests={'0': 'val', "
        "'40': 'covered'}))\n" + "summary = dict(x=('covered', 'NME'))\n"
    )
    done = tool('suite.py', '--report-only')
    assert done.returncode == 0, done.stderr
    table = folder / 'benchmarks/results/suite.md'
    nme = 100 * before['one']['tests']['val']['NME']
    assert f'| one | {nme:.2f} |  |' in table.read_text()

    done = tool('suite.py')
    assert done.returncode == 0, done.stderr
    reason = 'not tested: tests of other, seed 0: no weights in '
    assert reason in done.stdout
    assert '1 runs to do' in done.stdout
    known = {run['method']: run for run in read(folder)['runs']}
    assert known['other'] == before['other']
    nme = known['one']['tests'].pop('covered')['NME']
    assert nme != known['one']['tests']['val']['NME']
    assert list(known['one'].pop('tested_at')) == ['covered']
    assert known['one'] == before['one']
    assert f'| one | 0 | {100 * nme:.2f} |' in table.read_text()
    assert (work / 'one_0/predictions/covered.npz').is_file()

    # Weights of another run in its place; then no test to tell them by.
    path = folder / 'benchmarks/results/suite.json'
    content = read(folder)
    for run in content['runs']:
        run['tests'].pop('covered', None)
        run['tests']['val']['median'] *= 1.01
    path.write_text(json.dumps(content))
    done = tool('suite.py')
    assert done.returncode == 0, done.stderr
    assert 'not tested: tests of one, seed 0: expected weights' in done.stdout
    assert read(folder)['runs'] == content['runs']
    for run in content['runs']:
        run['tests'] = {}
    path.write_text(json.dumps(content))
    done = tool('suite.py')
    assert 'no test that the run has tells its weights' in done.stdout
    assert read(folder)['runs'] == content['runs']


def start(root, folder, *arguments):
    """Start the tool and return while it runs."""
    env = {**os.environ, 'PYTHONPATH': str(root), 'PYTHONWARNINGS': 'ignore'}
    script = str(root / 'tools/benchmark.py')
    with open(folder / 'tool.log', 'a') as log:
        return subprocess.Popen(
            [sys.executable, script, 'suite.py', *arguments],
            **dict(cwd=folder, env=env, stdout=log, stderr=log),
        )


def test_a_run_that_was_cut_off_goes_on(root, folder, tool):
    """From its last checkpoint, when the tool is stopped in the middle."""
    epochs = 400
    text = (folder / 'tiny.py').read_text()
    (folder / 'tiny.py').write_text(
        text.replace('max_epochs=1', f'max_epochs={epochs}')
    )
    (folder / 'suite.py').write_text(
        SUITE[: SUITE.index('search')]
        + "methods = dict(one=dict(kind='graph', ours=True))"
    )
    last = folder / 'work_dirs/suite/one_0/last_checkpoint'
    process = start(root, folder)
    deadline = time.monotonic() + 120
    while not last.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 1
    assert 'interrupted; run it again' in (folder / 'tool.log').read_text()
    time.sleep(1.5)
    log = folder / 'work_dirs/suite/one_0/output.log'
    size = log.stat().st_size
    stopped = int(last.read_text().split('epoch_')[1].removesuffix('.pth'))
    assert 1 <= stopped < epochs
    time.sleep(1)
    assert log.stat().st_size == size  # nothing is left behind
    # Short from here on: the length is in the settings, the folder is not
    # emptied for it.
    record = last.with_name('settings.txt')
    for path in (folder / 'tiny.py', record):
        path.write_text(
            path.read_text().replace(
                f'max_epochs={epochs}', f'max_epochs={stopped + 1}'
            )
        )
    done = tool('suite.py')
    assert done.returncode == 0, done.stderr
    assert f'resumed epoch: {stopped}' in log.read_text()
    (run,) = read(folder)['runs']
    assert run['iterations'] == 4 * (stopped + 1)
    # It may have been stopped between a checkpoint and its validation.
    assert stopped <= len(run['val_curve']) <= stopped + 1


STARTS = """
title = 'Starts'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict())
makes = {'made/face_landmarks_wflw_train.json': (
    'tools/make_synthetic_faces.py', 'made', '--train', '8', '--val', '1',
    '--test', '1', '--size', '48')}
slow = {'optim_wrapper.optimizer.lr': 1e-12}
methods = {
    'second': dict(kind='graph', options=slow, start='first', seeds=(0, 1)),
    'first': dict(kind='graph', seeds=(3,), options={
        'train_dataloader.dataset.data_root': 'made/'}),
}
"""


def test_a_method_starts_from_the_weights_of_another(tool, folder):
    (folder / 'suite.py').write_text(STARTS)
    done = tool('suite.py', '--jobs', 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('making made/') == 1
    assert (folder / 'made/face_landmarks_wflw_val.json').is_file()
    first, second, other = read(folder)['runs']
    assert (first['method'], second['start']) == ('first', 'first')
    error = first['tests']['val']['NME']
    for run in (second, other):  # at this learning rate nothing changes
        assert run['tests']['val']['NME'] == pytest.approx(error, rel=1e-3)
    assert str(folder) not in json.dumps(read(folder))

    # Results alone are not enough to start from.
    shutil.rmtree(folder / 'work_dirs')
    path = folder / 'benchmarks/results/suite.json'
    content = json.loads(path.read_text())
    content['runs'] = [r for r in content['runs'] if r['seed'] != 1]
    path.write_text(json.dumps(content))
    done = tool('suite.py', '--jobs', 1)
    assert done.returncode == 0, done.stderr
    assert '2 runs to do' in done.stdout
    again = read(folder)['runs']
    assert [r['tests'] for r in again] == [
        r['tests'] for r in (first, second, other)
    ]


def test_starts_and_files_that_come_to_nothing(tool, folder):
    """Each is told; what does not need them is run."""
    bad = STARTS.replace(
        'seeds=(3,), options={',
        "seeds=(3,), options={'optim_wrapper.optimizer.lr': 1e12, ",
    )
    bad = bad.replace(
        'methods = {',
        """methods = {
    'other': dict(kind='graph'),
    'unfit': dict(kind='graph', start='other',
                  options={'model.head.hidden_channels': 64}),""",
    )
    (folder / 'suite.py').write_text(bad)
    done = tool('suite.py', '--jobs', 1)
    assert done.returncode == 1, done.stderr
    runs = read(folder)
    assert [run['method'] for run in runs['runs']] == ['other']
    errors = {run['method']: run['error'] for run in runs['failed']}
    assert 'are not finite' in errors['first']
    assert 'first has left no weights to start from' in errors['second']
    assert 'weights differ' in errors['unfit']

    (folder / 'made/face_landmarks_wflw_train.json').unlink()
    done = tool('suite.py', '--method', 'second')
    assert done.returncode == 1
    assert 'suite.py: expected made/face_landmarks_wflw_train.json from ' in (
        done.stderr
    )
    assert 'Traceback' not in done.stderr


def test_time_is_up(tool, folder):
    done = tool('suite.py', '--minutes', 0)
    assert done.returncode == 0, done.stderr
    assert 'stopped; 5 runs are left' in done.stdout


def test_bad_input_is_one_clear_line(tool, folder):
    bad = (
        (folder / 'suite.py')
        .read_text()
        .replace(
            'tests = dict(',
            ("tests = dict(\n    other=dict(ann_file='other.json'),\n"),
        )
    )
    (folder / 'bad.py').write_text(bad)
    for arguments, message in (
        (['nothing.py'], 'nothing.py'),
        (['suite.py', '--method', 'two'], "has no method 'two'"),
        (['bad.py'], 'one: test other: no annotations'),
    ):
        done = tool(*arguments)
        assert done.returncode == 1
        assert message in done.stderr
        assert 'Traceback' not in done.stderr
    assert not np.any([p.suffix == '.json' for p in folder.iterdir()])
