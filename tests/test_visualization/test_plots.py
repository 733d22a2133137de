import json

from mmpose_scgcn.visualization import plot_curves, plot_graph, read_scalars

import cv2
import numpy as np
import pytest

GRAPH = dict(
    num_keypoints=3,
    top_k=1,
    neighbors=[[0, 1], [1, 0], [2, 1]],
    mean_shape=[[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]],
)


def test_a_graph_is_drawn_in_two_colours(tmp_path):
    plot_graph(GRAPH, tmp_path / 'graph.png')
    pixels = cv2.imread(str(tmp_path / 'graph.png')).reshape(-1, 3)
    for bgr in ((0x97, 0x6F, 0x2A), (0x3C, 0x88, 0xE0)):
        assert (np.abs(pixels.astype(int) - bgr).max(axis=1) < 8).sum() > 100


def test_a_background_is_drawn_upright(tmp_path):
    top = np.zeros((10, 10, 3), dtype=np.uint8)
    top[:5] = (0, 0, 255)  # red above, black below
    plot_graph(GRAPH, tmp_path / 'graph.png', background=top)
    picture = cv2.imread(str(tmp_path / 'graph.png')).astype(int)
    red = (picture[..., 2] - picture[..., 1]) > 80
    half = len(red) // 2
    assert red[:half].mean() > 0.3 > 0.05 > red[half:].mean()


def test_numbers_stand_beside_their_keypoints(tmp_path, monkeypatch):
    """One of them in the middle of all, where no side is outside."""
    placed = {}

    def annotate(axes, text, xy, xytext, **options):
        placed[text] = np.asarray(xytext)
        assert options['zorder'] > 3  # above lines and points

    monkeypatch.setattr('matplotlib.axes.Axes.annotate', annotate)
    shape = [[0.2, 0.2], [0.8, 0.2], [0.5, 0.5], [0.2, 0.8], [0.8, 0.8]]
    graph = dict(
        num_keypoints=5,
        top_k=1,
        neighbors=[[i, (i + 1) % 5] for i in range(5)],
        mean_shape=shape,
    )
    plot_graph(graph, tmp_path / 'graph.png')
    for index, (x, y) in enumerate(shape):
        across, up = placed[str(index)]
        assert np.hypot(across, up) == pytest.approx(12)
        assert across * (x - 0.5) >= 0 and up * (0.5 - y) >= 0


def test_a_wrong_graph_is_refused(tmp_path):
    with pytest.raises(ValueError, match='row 0'):
        plot_graph(
            {**GRAPH, 'neighbors': [[0, 0], [1, 0], [2, 1]]},
            tmp_path / 'graph.png',
        )
    assert not (tmp_path / 'graph.png').exists()


def write_log(folder, run, rows):
    path = folder / run / 'vis_data'
    path.mkdir(parents=True)
    lines = [json.dumps(row) + '\n' for row in rows]
    (path / 'scalars.json').write_text(''.join(lines))


def test_the_newest_run_is_read(tmp_path):
    write_log(tmp_path, '20260101_000000', [dict(loss=9.0, step=1)])
    write_log(tmp_path, '20260102_000000', [dict(loss=1.0, step=1)])
    assert read_scalars(tmp_path) == [dict(loss=1.0, step=1)]


def test_curves_of_runs_with_different_keys(tmp_path):
    rows = [dict(loss=2.0, step=1, epoch=1), dict(NME=0.1, step=1)]
    write_log(tmp_path / 'a', '1', rows)
    write_log(tmp_path / 'b', '1', rows[:1])
    runs = {name: tmp_path / name for name in 'ab'}
    plot_curves(runs, ('loss', 'NME'), tmp_path / 'curves.png')
    assert cv2.imread(str(tmp_path / 'curves.png')).std() > 5


def test_iterations_are_turned_into_epochs(tmp_path, monkeypatch):
    rows = [dict(loss=1.0, step=s, epoch=1 + (s - 1) // 4) for s in (2, 4, 8)]
    rows.append(dict(NME=0.1, step=2))
    write_log(tmp_path, '1', rows)
    drawn = {}
    monkeypatch.setattr(
        'matplotlib.axes.Axes.plot',
        lambda axes, x, y, **_: drawn.update({y[0]: x}),
    )
    plot_curves(dict(a=tmp_path), ('loss', 'NME'), tmp_path / 'curves.png')
    assert drawn == {1.0: [0.5, 1.0, 2.0], 0.1: [2.0]}


def test_a_folder_without_logs_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='vis_data'):
        read_scalars(tmp_path)
