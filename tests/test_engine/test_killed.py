"""A training that is killed and resumed ends as if it had not been."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name('killed_trainings.py')


@pytest.fixture
def ends(annotate, run_python, tmp_path):
    done = run_python(SCRIPT, annotate(seed=0), tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stdout.splitlines() if line[:1] == '[']
    return list(map(json.loads, lines)), done.stderr


def test_killed_at_every_kind_of_moment(ends):
    ((_, status, _, whole), *runs), told = ends
    assert status == 0, told
    assert len(whole) == 3  # the last, the best, and what is noted of it
    assert len(runs) == 8
    for moment, killed, resumed, end in runs:
        assert resumed == 0, told
        by_write = 'write' in moment
        wanted = signal.SIGXFSZ if by_write else signal.SIGKILL
        assert killed == -wanted, moment
        assert end == whole, moment


def has_ended(process):
    """Tell whether a process is gone, or waits for its parent to notice."""
    try:
        stat = Path(f'/proc/{process}/stat').read_text()
    except OSError:
        return True
    return stat.rpartition(')')[2].split()[0] == 'Z'


@pytest.mark.skipif(not Path('/proc/self').exists(), reason='needs /proc')
def test_the_workers_of_a_killed_training_end(run_python, tmp_path):
    script = SCRIPT.with_name('orphaned_workers.py')
    killed = run_python(script, tmp_path, 'RepeatableHook')
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    workers = [int(word) for word in killed.stdout.split()]
    assert len(workers) == 3
    until = time.monotonic() + 20
    while time.monotonic() < until and not all(map(has_ended, workers)):
        time.sleep(0.1)
    left = [worker for worker in workers if not has_ended(worker)]
    for worker in left:
        os.kill(worker, signal.SIGKILL)
    assert not left
