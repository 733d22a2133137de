from mmpose_scgcn.visualization.ced import plot_ced, right_end

import numpy as np
import pytest


@pytest.mark.parametrize(
    ('errors', 'end'),
    [
        ([[0.01, 0.02]], 0.1),  # the largest threshold
        ([[0.02] * 96 + [0.4] * 4], 0.1),  # a few faces do not matter
        ([[0.02, 0.123]], 0.13),
        ([[0.02], [0.05, 0.2]], 0.2),  # the worst of the runs
        ([[0.02, np.inf]], 0.5),
        ([[0.02, 3.0]], 0.5),
    ],
)
def test_no_curve_is_cut_off_early(errors, end):
    arrays = [np.array(nme) for nme in errors]
    assert right_end(arrays, [0.08, 0.1]) == pytest.approx(end)


@pytest.mark.parametrize(('chosen', 'end'), [(None, 0.3), (0.05, 0.05)])
def test_the_right_end_is_chosen_or_given(tmp_path, monkeypatch, chosen, end):
    limits = []
    monkeypatch.setattr(
        'mmpose_scgcn.visualization.ced._decorate',
        lambda axes, thresholds, right: limits.append(right),
    )
    runs = dict(a=np.array([0.02, 0.3]))
    plot_ced(runs, tmp_path / 'ced.png', max_error=chosen)
    assert limits == pytest.approx([end])
