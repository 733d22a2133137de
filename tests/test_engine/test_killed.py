"""A training that is killed and resumed ends as if it had not been."""

import json
import signal
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
