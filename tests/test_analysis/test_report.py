from mmpose_scgcn.analysis import (
    compare_edges,
    edge_table,
    format_estimate,
    without_nan,
)

import numpy as np
from rich.console import Console


def test_an_estimate_is_written_with_its_interval():
    estimate = dict(value=-0.0312, interval=[-0.041, 0.02])
    assert format_estimate(estimate, 100, 1) == '-3.1 (-4.1 to +2.0)'
    assert format_estimate(estimate, 100, 0, sign='') == '-3 (-4 to 2)'


def test_json_knows_no_nan():
    found = without_nan(dict(a=[1.0, np.nan], b=dict(c=float('nan'), d='e')))
    assert found == dict(a=[1.0, None], b=dict(c=None, d='e'))


def test_the_table_has_a_row_for_each_kind_of_edge(neighbors):
    weights = np.full((2, 6, 3), 1 / 3)
    covered = np.zeros((2, 1, 6), bool)
    covered[:, :, 0] = True
    found = compare_edges(
        weights, weights[:, None], neighbors, covered, resamples=9
    )
    console = Console(width=120)
    with console.capture() as capture:
        console.print(edge_table(found, 'a title'))
    text = capture.get()
    rows = (*found['combinations'], 'to itself, covered', '33.33', 'a title')
    for name in rows:
        assert name in text
