"""The README's table of heads is that of the committed results."""

from mmpose_scgcn.benchmark import load_results, load_suite
from mmpose_scgcn.benchmark.report import make_report
from mmpose_scgcn.benchmark.tables import row, summary_table


def test_every_row_and_figure(root):
    suite = load_suite(root / 'benchmarks/300w_cpu.py')
    known = load_results(root / 'benchmarks/results/300w_cpu.json')
    lines = (root / 'README.md').read_text('utf-8').splitlines()
    table = summary_table(suite, known)
    start = lines.index(row(table.head))
    shown = lines[start + 2 : start + 2 + len(table.rows)]
    assert shown == list(map(row, table.rows))


def test_the_report_is_that_of_the_results(root):
    for name in ('300w_cpu', 'wing_losses', 'two_stage'):
        suite = load_suite(root / f'benchmarks/{name}.py')
        path = root / f'benchmarks/results/{name}.json'
        report = path.with_suffix('.md').read_text('utf-8')
        assert report == make_report(suite, load_results(path))
