"""``benchmarks/matrix.py``: other pins, the counts, and what docs say."""

import json
import subprocess
import sys

import pytest
from matrix import COLUMNS, read_report
from matrix_environments import (
    COMBINATIONS,
    change_pins,
    find_pythons,
    versions_of,
)

TESTS = """
import pytest

def test_good(): pass
def test_bad(): assert False
@pytest.mark.skip
def test_left_out(): pass
@pytest.fixture
def broken(): raise OSError
def test_error(broken): pass
@pytest.fixture
def broken_afterwards():
    yield
    raise OSError
def test_error_afterwards(broken_afterwards): pass
"""


def changed_lines(root, folder):
    """Lines of the requirements that are not those of the project."""
    lines = {}
    for file in sorted(folder.glob('*.txt')):
        before = (root / 'requirements' / file.name).read_text('utf-8')
        after = file.read_text('utf-8').splitlines()
        kept = before.splitlines()
        lines[file.name] = (
            [line for line in kept if line not in after],
            [line for line in after if line not in kept],
        )
    return {name: found for name, found in lines.items() if any(found)}


@pytest.mark.parametrize('name', COMBINATIONS)
def test_every_pin_of_a_combination_is_written(tmp_path, name):
    pins = COMBINATIONS[name].pins
    change_pins(tmp_path / 'pins', pins)
    written = (tmp_path / 'pins/runtime.txt').read_text('utf-8')
    written += (tmp_path / 'pins/constraints.txt').read_text('utf-8')
    assert set(pins) <= set(written.splitlines())


def test_other_pins_stay(root, tmp_path):
    change_pins(tmp_path / 'pins', ['numpy==2.3.5'])
    change = (['numpy==1.26.4'], ['numpy==2.3.5'])
    assert changed_lines(root, tmp_path / 'pins') == {
        'mim.txt': change,
        'runtime.txt': change,
    }


def test_the_fork_comes_without_the_original(root, tmp_path):
    change_pins(tmp_path / 'pins', ['onedl-mmengine==0.10.12'])
    assert changed_lines(root, tmp_path / 'pins') == {
        'mmpose.txt': ([], ['mmcv-lite==2.1.0']),
        'runtime.txt': (
            ['mmcv-lite==2.1.0', 'mmengine==0.10.7'],
            ['onedl-mmengine==0.10.12'],
        ),
    }


def test_a_pin_of_no_requirement_is_refused(tmp_path):
    with pytest.raises(ValueError, match='nump is in no file of requirements'):
        change_pins(tmp_path / 'pins', ['nump==2.3.5'])


def test_interpreters_are_found_by_the_version_that_they_have():
    version = '{}.{}'.format(*sys.version_info)
    found = find_pythons([sys.executable], {version})
    assert found[version] == sys.executable


def test_a_missing_interpreter_is_named():
    with pytest.raises(ValueError, match=r'no Python 3\.1 on the PATH'):
        find_pythons([sys.executable], {'3.1'})


def test_an_interpreter_that_does_not_run_is_named(tmp_path):
    with pytest.raises(ValueError, match='absent does not run'):
        find_pythons([str(tmp_path / 'absent')], set())


def test_versions_are_those_that_are_imported():
    import numpy as np
    import torch

    python, *found = versions_of(sys.executable)
    assert python == sys.version.split()[0]
    # A build of PyTorch has its name behind a plus, and not in all places.
    plain = [version.partition('+')[0] for version in found[:2]]
    assert plain == [torch.__version__.partition('+')[0], np.__version__]
    assert 'mmengine ' in found[-1]


def test_each_end_of_a_test_is_counted(tmp_path):
    (tmp_path / 'test_ends.py').write_text(TESTS)
    report = tmp_path / 'report.xml'
    command = [sys.executable, '-m', 'pytest', f'--junitxml={report}']
    subprocess.run(command, cwd=tmp_path, capture_output=True)
    assert read_report(report) == (
        1,
        1,
        [
            'test_ends::test_bad',
            'test_ends::test_error',
            'test_ends::test_error_afterwards',
        ],
    )


@pytest.fixture(scope='module')
def result(root):
    path = root / 'benchmarks/results/matrix.json'
    return json.loads(path.read_text('utf-8'))


def test_the_results_are_of_combinations_that_there_are(result):
    assert result['columns'] == list(COLUMNS)
    names = [row[0] for row in result['rows']]
    assert names == [name for name in COMBINATIONS if name in names]


def test_the_page_has_the_figures_of_the_results(root, result):
    text = (root / 'docs/reliability.md').read_text('utf-8')
    # Without the minutes, the commit and what failed.
    wanted = [' | '.join(map(str, row[:-3])) for row in result['rows']]
    assert wanted
    assert all(f'| {row} |' in text for row in wanted)
