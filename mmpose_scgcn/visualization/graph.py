"""A keypoint graph drawn on its mean shape."""

from collections.abc import Mapping
from pathlib import Path

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.graph import check_graph

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

#: Title in the file of a picture, by which it can be told from others.
GRAPH_PICTURE = 'keypoint graph of mmpose_scgcn'


def plot_graph(
    graph: Mapping,
    path: str | Path,
    title: str = '',
    background: np.ndarray | None = None,
) -> None:
    """Draw the edges of a graph between the keypoints of its mean shape.

    Edges that run both ways are dark, one-way edges light; keypoints carry
    their index.

    Args:
        graph (Mapping): The graph as a plain dict.
        path (str | Path): Picture to write; its suffix sets the format.
        title (str): Heading. Defaults to none.
        background (np.ndarray, optional): The crop to draw on, such as a
            mean face, (H, W, 3) BGR. Defaults to none.

    Raises:
        ValueError: The graph is not valid.
    """
    neighbors, shape = check_graph(graph)
    edges = {(i, j) for i, *row in neighbors.tolist() for j in row}
    mutual = [e for e in edges if e[::-1] in edges and e[0] < e[1]]
    one_way = [e for e in edges if e[::-1] not in edges]
    figure = Figure(figsize=(8, 8), layout='constrained')
    axes = figure.add_subplot()
    if background is not None:
        axes.imshow(background[..., ::-1], extent=(0, 1, 1, 0), alpha=0.6)
    for chosen, colour, label in (
        (one_way, '#e0883c', f'{len(one_way)} one-way edges'),
        (mutual, '#2a6f97', f'{len(mutual)} mutual edges'),
    ):
        lines = LineCollection(
            [shape[list(e)] for e in chosen],
            colors=colour,
            linewidths=1.6,
            label=label,
        )
        axes.add_collection(lines)
    axes.plot(*shape.T, 'o', color='black', markersize=3)
    _number(axes, shape)
    axes.set_title(title)
    axes.set_aspect('equal')
    if background is None:  # an image has put the origin at the top already
        axes.invert_yaxis()
    axes.set_xlabel('x / crop width')
    axes.set_ylabel('y / crop height')
    axes.legend(loc='upper center', ncols=2, bbox_to_anchor=(0.5, -0.07))
    with replace_file(path) as partial:
        figure.savefig(partial, dpi=120, metadata=dict(Title=GRAPH_PICTURE))


def _number(axes: Axes, shape: np.ndarray) -> None:
    """Write each keypoint's index away from the middle of the others.

    Above all lines, and with a white rim: where keypoints are few and far
    apart their edges would hide the numbers.
    """
    middle = shape.mean(axis=0)
    reach = 8 if len(shape) > 30 else 12
    for index, point in enumerate(shape):
        away, distance = point - middle, float(np.hypot(*(point - middle)))
        away = away / distance if distance > 1e-6 else np.array([0.0, -1.0])
        axes.annotate(
            str(index),
            point,
            # y runs downwards in the axes, and upwards in offsets.
            xytext=(reach * away[0], -reach * away[1]),
            textcoords='offset points',
            ha='center',
            va='center',
            fontsize=7 if len(shape) > 30 else 10,
            color='#333333',
            zorder=4,
            path_effects=[withStroke(linewidth=2, foreground='white')],
        )
