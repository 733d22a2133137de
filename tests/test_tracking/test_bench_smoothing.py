import importlib.util
import re
import sys

import numpy as np
import pytest


@pytest.fixture
def bench(pytestconfig):
    path = pytestconfig.rootpath / 'benchmarks' / 'bench_smoothing.py'
    spec = importlib.util.spec_from_file_location('bench_smoothing', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_track_that_is_late_by_two_frames_has_that_lag(bench):
    shifts = np.zeros((200, 2))
    shifts[:, 0] = 40 * np.sin(np.arange(200) / 15)
    points = np.random.default_rng(0).uniform(0, 90, (5, 2))
    raw = points + shifts[:, None]
    late = np.concatenate([raw[:1], raw[:1], raw[:-2]])
    error, lag = bench.error_and_lag(late, raw, shifts, skip=30)
    assert lag == pytest.approx(2, rel=0.02)
    expected = np.sqrt(((late - raw)[30:, 0, 0] ** 2).mean())
    assert error == pytest.approx(expected, rel=1e-6)


def test_the_oracle_shows_that_smoothing_pays(bench, monkeypatch, capsys):
    command = ['bench', '--oracle', '--seconds', '3', '--size', '64']
    monkeypatch.setattr(sys, 'argv', command)
    bench.main()
    lines = capsys.readouterr().out.splitlines()[-2:]
    plain, smooth = (
        float(re.search(r'\(x ([0-9.]+)\)', line)[1]) for line in lines
    )
    assert plain == 1
    assert smooth < 1 / 3
