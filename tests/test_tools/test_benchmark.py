"""``tools/benchmark.py``: a tiny suite from its file to its tables."""

import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time

from mmpose_scgcn.benchmark import load_results
from mmpose_scgcn.benchmark.tasks import Run
from mmpose_scgcn.benchmark.workspace import Workspace

import pytest

SUITE = """
from tiny_rows import methods

title = 'Tiny'
config = 'tiny.py'
norm = 'inter_ocular'
hidden = dict(type='mmpose_scgcn.PerturbFace', occlusion=0.4)
tests = dict(val=dict(), hidden=dict(insert=[hidden]))
axes = dict(
    occlusion=dict(label='covered', tests={'0': 'val', '40': 'hidden'})
)
search = dict(groups=dict(graph='first'), values=(1e-3,))
makes = {'made/face_landmarks_wflw_train.json': (
    'make_synthetic_faces', 'made', '--train', '16', '--val', '1',
    '--test', '1', '--size', '48')}
"""
ROWS = """
still = {'optim_wrapper.optimizer.lr': 1e-12}
made = {'train_dataloader.dataset.data_root': 'made/'}
methods = {
    'broken': dict(kind='graph', options={'model.head.num_keypoints': 3}),
    'zoo': dict(kind='graph', checkpoint='zoo.pth'),
    'second': dict(kind='graph', options=still, start='first', delay=1),
    'first': dict(kind='graph', seeds=(3,), options=made, group='graph'),
}
"""


@pytest.fixture(scope='module')
def tool(run_python, root):
    """Run the tool in a folder; the suite is read from another one."""

    def run(folder, *arguments, **more):
        script = root / 'tools/benchmark.py'
        return run_python(script, *arguments, cwd=folder, **more)

    return run


def write_suite(folder, write_config):
    suites = folder / 'suites'
    suites.mkdir()
    write_config(suites)
    (suites / 'suite.py').write_text(SUITE)
    (suites / 'tiny_rows.py').write_text(ROWS)


@pytest.fixture(scope='module')
def ran(tool, tmp_path_factory, write_config):
    """The folder in which the suite has been run, and what was printed."""
    folder = tmp_path_factory.mktemp('benchmark')
    write_suite(folder, write_config)
    return folder, tool(folder, 'suites/suite.py', '--jobs', 2)


def known_in(folder):
    return load_results(folder / 'benchmarks/results/suite.json')


def test_what_is_missing_is_run_and_failures_are_told(ran):
    folder, done = ran
    assert done.returncode == 1, done.stderr
    assert '4 runs to do' in done.stdout  # one of the search
    assert 'absent: zoo: no file zoo.pth' in done.stdout
    assert 'failed: broken, seed 0: ' in done.stderr
    assert 'benchmark: 1 runs failed' in done.stderr
    known = known_in(folder)
    runs = [(run.method, run.seed) for run in known.runs]
    assert runs == [('first', 3), ('second', 0)]
    (first,) = known.of('first')
    assert first.options == {'optim_wrapper.optimizer.lr': 1e-3}
    assert first.commit
    (trial,) = known.search
    assert trial.NME > 0
    (failure,) = known.failed
    assert 'model.head.num_keypoints is 3' in failure.error
    # Costs of all that has been run, side by side.
    assert list(known.costs) == ['first', 'second']
    assert known.costs['first'].step_ms > 0


def test_a_method_starts_from_another_on_faces_that_are_made(ran):
    folder, done = ran
    assert done.stdout.count('making made/') == 1
    assert (folder / 'made/face_landmarks_wflw_val.json').is_file()
    known = known_in(folder)
    (first,), (second,) = known.of('first'), known.of('second')
    assert second.start == 'first'
    error = first.tests['val'].figures['NME']
    found = second.tests['val'].figures['NME']
    assert found == pytest.approx(error, rel=1e-3)
    path = folder / 'benchmarks/results/suite.json'
    assert str(folder) not in path.read_text()


def test_tables_plots_and_faces(ran):
    folder, done = ran
    results = folder / 'benchmarks/results'
    table = (results / 'suite.md').read_text()
    assert '| first | 3 |' in table
    assert '| broken | 0 failed: ' in table
    names = {path.name for path in results.iterdir()}
    plots = {'ced_val.png', 'pose_val.png', 'occlusion.png'}
    assert names == {'suite.md', 'suite.json'} | {f'suite_{p}' for p in plots}
    page = folder / 'work_dirs/suite/report.html'
    assert page.read_text().count('image/jpeg') == 2 * 4
    assert f'written: {page.relative_to(folder)}' in done.stdout


@pytest.fixture
def copy(ran, tmp_path):
    """A copy of the folder, to go on in."""
    shutil.copytree(ran[0], tmp_path / 'copy')
    return tmp_path / 'copy'


def test_a_test_that_came_later_needs_no_training(copy, tool):
    before = known_in(copy)
    path = copy / 'suites/suite.py'
    path.write_text(
        SUITE
        + "tests['more'] = dict(insert=[dict(hidden, occlusion=0.2)])\n"
        + "axes['other'] = dict(label='other', tests={'20': 'more'})\n"
    )
    done = tool(copy, 'suites/suite.py', '--method', 'first')
    assert done.returncode == 0, done.stderr
    assert '1 runs to do' in done.stdout
    (old,), (run,) = before.of('first'), known_in(copy).of('first')
    assert list(run.tested_at) == ['more']
    assert {**old.tests, 'more': run.tests['more']} == run.tests
    assert (run.iterations, run.commit) == (old.iterations, old.commit)
    # Blank for runs that have not been tested.
    assert known_in(copy).of('second') == before.of('second')
    summary = (copy / 'benchmarks/results/suite.md').read_text()
    error = 100 * run.tests['more'].figures['NME']
    assert f'| first | {error:.2f} |' in summary
    assert '| second |  |' in summary


def test_the_report_needs_the_results_only(copy, tool):
    shutil.rmtree(copy / 'work_dirs')
    (copy / 'suites/tiny.py').write_text('')
    table = copy / 'benchmarks/results/suite.md'
    before = table.read_text()
    table.unlink()
    hidden = 'mmcv mmpose'
    done = tool(copy, 'suites/suite.py', '--report-only', hidden=hidden)
    assert done.returncode == 0, done.stderr
    assert table.read_text() == before


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['nothing.py'], 'benchmark: no suite file nothing.py'),
        (['suites/suite.py', '--method', 'two'], "has no method 'two'"),
        (['suites/suite.py', '--jobs', '0'], "number of at least 1, got '0'"),
    ],
)
def test_bad_input_is_one_clear_line(
    ran, root, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(ran[0])
    monkeypatch.setattr(sys, 'argv', ['benchmark.py', *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(root / 'tools/benchmark.py'), run_name='__main__')
    assert message in f'{ended.value.code}{capsys.readouterr().err}'


EPOCHS = 400


def start_and_stop(root, folder):
    """Start the tool, and ask it to end once there is a checkpoint."""
    last = folder / 'work_dirs/suite/one_0/last_checkpoint'
    env = {**os.environ, 'PYTHONPATH': str(root), 'PYTHONWARNINGS': 'ignore'}
    command = [sys.executable, str(root / 'tools/benchmark.py'), 'suite.py']
    with open(folder / 'tool.log', 'w') as log:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=log, stderr=log
        )
        deadline = time.monotonic() + 240
        while not last.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 1
    assert 'interrupted; run it again' in (folder / 'tool.log').read_text()
    return last


@pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
    'ignore:.*PoseLocalVisualizer.* has been created',
)
def test_a_run_that_was_cut_off_goes_on(
    root, tmp_path, write_config, monkeypatch
):
    """From its last checkpoint, when the tool is stopped in the middle."""
    write_config(tmp_path)
    config = tmp_path / 'tiny.py'
    long = config.read_text().replace('max_epochs=1', f'max_epochs={EPOCHS}')
    config.write_text(long)
    text = SUITE[SUITE.index('title') : SUITE.index('search')]
    text += "methods = dict(one=dict(kind='graph'))"
    (tmp_path / 'suite.py').write_text(text)
    last = start_and_stop(root, tmp_path)
    log = last.with_name('output.log')
    size = log.stat().st_size
    stopped = int(last.read_text().split('epoch_')[1].removesuffix('.pth'))
    assert 1 <= stopped < EPOCHS
    time.sleep(1)
    assert log.stat().st_size == size  # nothing is left behind
    # Short from here on: the length is in the settings, the folder is not
    # emptied for it.
    for path in (config, last.with_name('settings.txt')):
        path.write_text(
            path.read_text().replace(
                f'max_epochs={EPOCHS}', f'max_epochs={stopped + 1}'
            )
        )
    monkeypatch.chdir(tmp_path)
    space = Workspace.open('suite.py', 'results.json', 'work_dirs')
    run = Run('one', 0).execute(space)
    logs = [path.read_text() for path in last.parent.rglob('*/*.log')]
    assert sum(f'resumed epoch: {stopped}' in text for text in logs) == 1
    assert run.iterations == stopped + 1
    # It may have been stopped between a checkpoint and its validation.
    assert stopped <= len(run.val_curve) <= stopped + 1


def test_the_suite_is_plain_json(ran):
    path = ran[0] / 'benchmarks/results/suite.json'
    content = json.loads(path.read_text())
    assert list(content) == ['pose_bins', 'runs', 'search', 'failed', 'costs']
