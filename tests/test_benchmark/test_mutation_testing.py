"""The results of ``benchmarks/mutation_testing.py``, and what docs say."""

import json
import re

import pytest


@pytest.fixture(scope='module')
def parts(root):
    path = root / 'benchmarks/results/mutation_testing.json'
    return json.loads(path.read_text('utf-8'))['parts']


def test_the_goal_is_reached_in_every_part(parts):
    assert list(parts) == ['losses', 'graph', 'shapes', 'metrics', 'readers']
    for part in parts.values():
        noticed = part['killed'] + part['timed_out']
        assert noticed >= 0.85 * part['mutants']
        assert noticed + part['survived'] == part['mutants'] >= 150
        assert part['mutants'] in (part['made'], 400)


def test_every_mutant_that_lives_is_explained(parts):
    for part in parts.values():
        assert len(part['survivors']) == part['survived']
        assert all(mutant['why'] for mutant in part['survivors'])


def test_no_explanation_is_left_over(root, parts):
    path = root / 'benchmarks/mutation_testing_explained.json'
    explained = {
        (file, mutant)
        for files in json.loads(path.read_text('utf-8')).values()
        for file, mutants in files.items()
        for mutant in mutants
    }
    lives = {
        (s['file'], f'{s["function"]}: {s["change"]}')
        for part in parts.values()
        for s in part['survivors']
    }
    assert explained == lives


def test_the_page_has_the_figures_of_the_results(root, parts):
    text = (root / 'docs/reliability.md').read_text('utf-8')
    rows = re.findall(
        r'^\| (\w+) \|.*\| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) % \|$',
        text,
        re.MULTILINE,
    )
    assert rows == [
        (
            name,
            str(part['mutants']),
            str(part['killed'] + part['timed_out']),
            str(part['survived']),
            f'{part["killed_percent"]:.1f}',
        )
        for name, part in parts.items()
    ]
