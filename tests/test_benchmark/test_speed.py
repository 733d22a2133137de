"""The speed benchmark: goals, the file of results, the committed table."""

import json
import os

import pytest


@pytest.fixture
def speed_rows():
    import speed_rows

    return speed_rows


@pytest.fixture
def committed(root):
    return root / 'benchmarks/results/speed_cpu.json'


@pytest.mark.parametrize(
    ('value', 'baseline', 'goal', 'met'),
    [
        (1.04, 1.0, 'ratio at most 1.05', True),
        (1.06, 1.0, 'ratio at most 1.05', False),
        (100.0, 2.0, 'ratio at least 50', True),
        (99.0, 2.0, 'ratio at least 50', False),
        (0.0, 0.0, 'value at most 0', True),
        (None, None, 'ratio at most 1.05', None),
        (3.0, None, 'ratio at most 1.05', None),
        (3.0, 1.0, '', None),
    ],
)
def test_a_goal_is_met_or_not_or_not_known(
    speed_rows, value, baseline, goal, met
):
    assert speed_rows.Row('a', value, 'ms', baseline, goal=goal).met is met


def test_a_goal_of_another_form_is_refused(speed_rows):
    with pytest.raises(ValueError, match=r'expected a goal .*, got "?.faster'):
        _ = speed_rows.Row('a', 1.0, 'ms', goal='faster than 2').met


def test_a_part_replaces_its_own_rows_alone(speed_rows, tmp_path):
    path = tmp_path / 'speed.json'
    make = speed_rows.Row
    old = [make(n, 1.0, 'ms', part=p) for n, p in ('ax', 'by', 'cx')]
    speed_rows.save_rows(path, [], old)
    new = [make('d', 2.0, 'ms', 4.0, goal='ratio at most 1', part='x')]
    speed_rows.save_rows(path, speed_rows.load_rows(path), new)
    rows = speed_rows.load_rows(path)
    assert [(row.name, row.part) for row in rows] == [('d', 'x'), ('b', 'y')]
    stored = json.loads(path.read_text())['rows'][0]
    assert (stored['ratio'], stored['met']) == (0.5, True)
    table = path.with_suffix('.md').read_text()
    assert '| d | 2 | ms | 4 |  | 0.5 | ratio at most 1 | yes |' in table


def test_the_committed_table_is_that_of_the_results(speed_rows, committed):
    rows = speed_rows.load_rows(committed)
    table = committed.with_suffix('.md').read_text()
    assert table == speed_rows.table(rows)
    plots = {row.plot for row in rows if row.plot}
    assert plots == set(speed_rows.AXES)
    for plot in plots:
        assert committed.with_name(f'speed_cpu_{plot}.png').is_file()


def test_every_row_says_where_and_when_and_of_what(speed_rows, committed):
    for row in speed_rows.load_rows(committed):
        assert row.commit and '-dirty' not in row.commit, row
        assert row.day and 'thread' in row.machine, row


def test_all_parts_have_been_measured(root, run_python, speed_rows, committed):
    done = run_python(root / 'benchmarks/speed.py', '--list')
    assert done.returncode == 0, done.stderr
    parts = {row.part for row in speed_rows.load_rows(committed)}
    assert set(done.stdout.split()) == parts


def test_a_part_that_fails_leaves_the_results(
    root, run_python, committed, tmp_path
):
    """Without scikit-learn, the baseline of ``shapes`` is missing."""
    results = tmp_path / 'speed.json'
    results.write_bytes(committed.read_bytes())
    done = run_python(
        *(root / 'benchmarks/speed.py', '--only', 'shapes'),
        *('--results', results),
        hidden='sklearn',
    )
    assert done.returncode == 1
    assert 'shapes: not measured' in done.stderr
    assert results.read_bytes() == committed.read_bytes()


def test_a_child_answers_from_memory_of_its_own(speed_rows):
    from speed_measure import in_child

    kept = [1]

    def change():
        kept.append(2)
        return os.getpid(), kept

    process, found = in_child(change)
    assert process != os.getpid()
    assert (found, kept) == ([1, 2], [1])


def test_a_child_that_ends_has_no_answer(speed_rows):
    from speed_measure import in_child

    with pytest.raises(EOFError):
        in_child(lambda: os._exit(3))
