"""A face's dynamic adjacency, and how an occluder changes it."""

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.analysis.face import CoveredFace, change_summary
from mmpose_scgcn.files import replace_file
from mmpose_scgcn.structures.boxes import tight_boxes

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from .edges import change_colors, draw_edges, weight_colors
from .faces import crop_tile

#: Side of a tile in inches, its pixels, and its side over the face's.
_INCHES, _PIXELS, _MARGIN = 2.4, 420, 1.2

#: Letters of a legend in an inch.
_LETTERS = 12

_READING = 'Edges are widest at their senders and narrow towards receivers.'
_WEIGHTS = (
    'Weight, % of all that the receiver takes in.',
    'A disc has the colour of the weight of its keypoint on itself.',
    _READING,
)
_CHANGES = (
    'Change of the weight under the occluder, percentage points '
    '(blue: lost, red: gained).',
    'Above each tile: means over the edges out of covered keypoints (black) '
    'and over all others, with their numbers.',
    _READING,
)


def plot_adjacency(
    face: CoveredFace, path: str | Path, title: str = ''
) -> None:
    """Draw the edge weights of a face, and their changes under an occluder.

    On the left the face as it is, its edges coloured by their weight. On the
    right a tile for each place of the occluder, the edges coloured by the
    change of their weight in percentage points, on one scale for all tiles;
    above it the mean changes, see
    :func:`~mmpose_scgcn.analysis.face.change_summary`. The face is shown in
    pale grey, so that colours mean weights only.

    Args:
        face (CoveredFace): The face.
        path (str | Path): Picture to write; its suffix sets the format.
        title (str): Heading. Defaults to none.
    """
    columns = int(np.ceil(np.sqrt(len(face.covers))))
    rows = -(-len(face.covers) // columns)
    wide, high = _INCHES * max(columns, 2.5), (_INCHES + 0.42) * max(rows, 2)
    side = max(high - 1.0, 5.0)
    figure = Figure(
        figsize=(side + wide, max(high, 5.6) + 1.7), layout='constrained'
    )
    left, right = figure.subfigures(
        1, 2, squeeze=False, width_ratios=[side, wide]
    )[0]
    figure.suptitle(title, fontsize=13)
    _plot_weights(left, face)
    _plot_changes(right, face, (rows, columns))
    with replace_file(path) as partial:
        figure.savefig(partial, dpi=120)


def _plot_weights(figure: SubFigure, face: CoveredFace) -> None:
    """Draw the face as it is."""
    axes = figure.subplots()
    points = _show_face(axes, face, face.image)(face.keypoints)
    percent = 100 * np.asarray(face.before, np.float64)
    colors = weight_colors()
    limits = Normalize(0, max(percent.max(), 1e-9))
    draw_edges(
        axes, points, face.neighbors, percent[:, 1:], colors, limits, 4.0
    )
    axes.scatter(
        points[:, 0],
        points[:, 1],
        c=percent[:, 0],
        cmap=colors,
        norm=limits,
        s=30,
        edgecolors='black',
        linewidths=0.6,
        zorder=3,
    )
    axes.set_title('Weights on the face as it is', fontsize=11)
    bar = _add_bar(figure, [axes], limits, colors)
    bar.set_label(_legend(figure, _WEIGHTS))


def _plot_changes(
    figure: SubFigure, face: CoveredFace, grid: tuple[int, int]
) -> None:
    """Draw a tile for each place of the occluder."""
    tiles = figure.subplots(*grid, squeeze=False).ravel()
    # A few edges that change most would make all others pale.
    largest = np.quantile(np.abs(face.changes[..., 1:]), 0.99)
    largest = max(float(largest), 1e-9)
    colors, limits = change_colors(), Normalize(-largest, largest)
    for number, axes in enumerate(tiles):
        if number < len(face.covers):
            _plot_change(axes, face, number, colors, limits)
        else:
            axes.set_axis_off()
    bar = _add_bar(
        figure, list(tiles), limits, colors, aspect=40, extend='both'
    )
    bar.set_label(_legend(figure, _CHANGES))


def _plot_change(
    axes: Axes,
    face: CoveredFace,
    number: int,
    colors: Colormap,
    limits: Normalize,
) -> None:
    """Draw the changes at one place of the occluder."""
    to_axes = _show_face(axes, face, face.covers[number])
    points = to_axes(face.keypoints)
    change, covered = face.changes[number], face.covered[number]
    # The sides of the rectangle, not the centres of its pixels.
    low, high = to_axes(np.reshape(face.rectangles[number], (2, 2)) - 0.5)
    axes.add_patch(Rectangle(low, *(high - low), ec='black', fc='0.6'))
    draw_edges(
        axes, points, face.neighbors, change[:, 1:], colors, limits, 3.0
    )
    axes.plot(*points[~covered].T, 'o', color='0.45', ms=1.6, zorder=3)
    axes.plot(*points[covered].T, 'o', color='black', ms=2.8, zorder=3)
    axes.set_title(_caption(change, face.neighbors, covered), fontsize=9.5)


def _add_bar(
    figure: SubFigure,
    axes: list[Axes],
    limits: Normalize,
    colors: Colormap,
    **options: Any,
) -> Colorbar:
    """Put a colour bar below some plots."""
    return figure.colorbar(
        ScalarMappable(limits, colors),
        ax=axes,
        location='bottom',
        shrink=0.8,
        pad=0.02,
        **options,
    )


def _legend(figure: SubFigure, sentences: Sequence[str]) -> str:
    """Break sentences into lines that are no wider than the figure."""
    letters = int(_LETTERS * figure.bbox.width / figure.figure.dpi)
    return '\n'.join(textwrap.fill(text, letters) for text in sentences)


def _caption(
    change: np.ndarray, neighbors: np.ndarray, covered: np.ndarray
) -> str:
    """Write the mean changes in two lines."""
    leaving, others, count = change_summary(change, neighbors, covered)
    if not count:
        return f'no keypoint covered\nall edges: {_signed(others)}'
    rest = change[:, 1:].size - count
    return (
        f'out of covered ({count}): {_signed(leaving)}\n'
        f'others ({rest}): {_signed(others)}'
    )


def _signed(value: float) -> str:
    if abs(value) < 0.005:  # no sign where nothing changes
        return '0.00 pp'
    return f'{value:+.2f} pp'.replace('-', '\N{MINUS SIGN}')


def _show_face(
    axes: Axes, face: CoveredFace, image: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """Show a face in pale grey; gives the map from image px to the axes."""
    box = tight_boxes(face.keypoints[None])[0]
    tile, matrix = crop_tile(image, box, _PIXELS, _MARGIN)
    grey = cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY)
    axes.imshow(grey, cmap='gray', vmin=-380, vmax=255)
    axes.set(xticks=[], yticks=[], autoscale_on=False)
    return lambda points: points @ matrix[:, :2].T + matrix[:, 2]
