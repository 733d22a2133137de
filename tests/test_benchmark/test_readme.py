"""The README's table of heads is taken from the committed results."""

from mmpose_scgcn.benchmark import load_results, load_suite
from mmpose_scgcn.benchmark.report import make_report
from mmpose_scgcn.benchmark.tables import row, summary_table

import pytest


@pytest.mark.parametrize(
    ('name', 'count'), [('300w_cpu', 6), ('300w_zoo_scale', 2)]
)
def test_every_row_and_figure(root, name, count):
    suite = load_suite(root / f'benchmarks/{name}.py')
    known = load_results(root / f'benchmarks/results/{name}.json')
    table = summary_table(suite, known)
    text = (root / 'README.md').read_text('utf-8')
    lines = text.partition(f'results/{name}.md; a test')[2].splitlines()
    start = 1
    assert lines[start].startswith('| method | seeds |')
    head = [cell.strip() for cell in lines[start].strip('| ').split('|')]
    columns = [table.head.index(name) for name in head]
    expected = {
        full[0]: row([full[column] for column in columns])
        for full in table.rows
    }
    shown = lines[start + 2 : start + 2 + count]
    assert lines[start + 2 + count] == ''
    for line in shown:
        method = line.strip('| ').split('|')[0].strip()
        assert line == expected[method]


def test_every_row_of_the_peers(root):
    suite = load_suite(root / 'benchmarks/peers.py')
    known = load_results(root / 'benchmarks/results/peers.json')
    table = summary_table(suite, known)
    columns = (
        *('method', '300W: NME', 'FR@0.10'),
        *('YTF68: NME', 'YTF68: FR@0.10', '1 image, ms'),
    )
    numbers = [table.head.index(name) for name in columns]
    expected = {row([full[n] for n in numbers]) for full in table.rows}
    text = (root / 'README.md').read_text('utf-8')
    lines = text.partition('results/peers.md; a test')[2].splitlines()
    named = ['model', *columns[1:4], 'FR@0.10', 'ms a face']
    assert lines[1] == row(named)
    shown = lines[3:10]
    assert len(set(shown)) == 7
    assert set(shown) <= expected


def test_the_report_is_that_of_the_results(root):
    for name in ('300w_cpu', '300w_zoo_scale', 'wing_losses', 'two_stage'):
        suite = load_suite(root / f'benchmarks/{name}.py')
        path = root / f'benchmarks/results/{name}.json'
        report = path.with_suffix('.md').read_text('utf-8')
        assert report == make_report(suite, load_results(path))
