"""A face's dynamic adjacency, and how an occluder changes it."""

import textwrap
from collections.abc import Sequence
from pathlib import Path

from mmpose_scgcn.analysis.rectangles import points_inside
from mmpose_scgcn.structures.boxes import tight_boxes

import cv2
import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure, SubFigure
from matplotlib.patches import Rectangle

from .faces import crop_tile

#: Side of a tile in inches, its pixels, and its side over the face's.
_INCHES, _PIXELS, _MARGIN = 2.4, 420, 1.2

#: Straight pieces of which an edge is drawn.
_PIECES = 12

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


def change_summary(
    change: np.ndarray, neighbors: np.ndarray, covered: np.ndarray
) -> tuple[float, float, int]:
    """Average the changes of the edges that leave covered keypoints.

    Args:
        change (np.ndarray): (K, k + 1), with an occluder minus without.
        neighbors (np.ndarray): (K, k + 1) int, each row starting with the
            keypoint itself.
        covered (np.ndarray): (K,) boolean.

    Returns:
        tuple[float, float, int]: The mean over edges j != i out of covered
        keypoints, whether or not they end in one, the mean over all other
        edges, and how many leave covered keypoints. NaN where there are
        none.
    """
    sent = covered[neighbors[:, 1:]]
    values = change[:, 1:]
    leaving = float(values[sent].mean()) if sent.any() else np.nan
    others = float(values[~sent].mean()) if (~sent).any() else np.nan
    return leaving, others, int(sent.sum())


def plot_adjacency(
    image: np.ndarray,
    keypoints: np.ndarray,
    neighbors: np.ndarray,
    before: np.ndarray,
    covers: Sequence[np.ndarray],
    rectangles: np.ndarray,
    after: np.ndarray,
    path: str | Path,
    title: str = '',
) -> None:
    """Draw the edge weights of a face, and their changes under an occluder.

    On the left the face as it is, its edges coloured by their weight. On the
    right a tile for each place of the occluder, the edges coloured by the
    change of their weight in percentage points, on one scale for all tiles;
    above it the mean changes, see :func:`change_summary`. The face is shown
    in pale grey, so that colours mean weights only.

    Args:
        image (np.ndarray): (H, W, 3) uint8, BGR.
        keypoints (np.ndarray): (K, 2), image px, of the uncovered face.
        neighbors (np.ndarray): (K, k + 1) int, each row starting with the
            keypoint itself.
        before (np.ndarray): (K, k + 1), weights of the uncovered face.
        covers (Sequence[np.ndarray]): T images like ``image``, with the
            occluder.
        rectangles (np.ndarray): (T, 4): left, top, right, bottom, image px.
        after (np.ndarray): (T, K, k + 1), the weights in ``covers``.
        path (str | Path): Picture to write; its suffix sets the format.
        title (str): Heading. Defaults to none.

    Raises:
        ValueError: No places, or arrays of different lengths.
    """
    lengths = {len(covers), len(rectangles), len(after)}
    if len(lengths) > 1 or not len(covers):
        raise ValueError(
            'expected as many covered images, rectangles and weights, and at '
            f'least one, got {len(covers)}, {len(rectangles)} and {len(after)}'
        )
    columns = int(np.ceil(np.sqrt(len(covers))))
    rows = -(-len(covers) // columns)
    wide, high = _INCHES * max(columns, 2.5), (_INCHES + 0.42) * max(rows, 2)
    side = max(high - 1.0, 5.0)
    figure = Figure(
        figsize=(side + wide, max(high, 5.6) + 1.7), layout='constrained'
    )
    left, right = figure.subfigures(1, 2, width_ratios=[side, wide])
    figure.suptitle(title, fontsize=13)
    box = tight_boxes(keypoints[None])[0]
    _plot_weights(left, image, box, keypoints, neighbors, before)
    _plot_changes(
        right,
        (rows, columns),
        box,
        keypoints,
        neighbors,
        100 * (np.asarray(after, np.float64) - before),
        covers,
        rectangles,
    )
    figure.savefig(path, dpi=120)


def _plot_weights(
    figure: SubFigure,
    image: np.ndarray,
    box: np.ndarray,
    keypoints: np.ndarray,
    neighbors: np.ndarray,
    weights: np.ndarray,
) -> None:
    """Draw the face as it is."""
    axes = figure.subplots()
    points, _ = _show_face(axes, image, box, keypoints)
    percent = 100 * np.asarray(weights, np.float64)
    colors = _weight_colors()
    limits = Normalize(0, max(percent.max(), 1e-9))
    strength = percent[:, 1:] / limits.vmax
    _draw_edges(
        *(axes, points, neighbors, percent[:, 1:], strength),
        *(colors, limits, 4.0),
    )
    axes.scatter(
        *points.T,
        c=percent[:, 0],
        cmap=colors,
        norm=limits,
        s=30,
        edgecolors='black',
        linewidths=0.6,
        zorder=3,
    )
    axes.set_title('Weights on the face as it is', fontsize=11)
    bar = figure.colorbar(
        ScalarMappable(limits, colors),
        ax=axes,
        location='bottom',
        shrink=0.8,
        pad=0.02,
    )
    bar.set_label(_legend(figure, _WEIGHTS))


def _plot_changes(
    figure: SubFigure,
    grid: tuple[int, int],
    box: np.ndarray,
    keypoints: np.ndarray,
    neighbors: np.ndarray,
    changes: np.ndarray,
    covers: Sequence[np.ndarray],
    rectangles: np.ndarray,
) -> None:
    """Draw a tile for each place of the occluder."""
    tiles = figure.subplots(*grid, squeeze=False).ravel()
    # A few edges that change most would make all others pale.
    largest = np.quantile(np.abs(changes[..., 1:]), 0.99)
    largest = max(float(largest), 1e-9)
    colors, limits = _change_colors(), Normalize(-largest, largest)
    for axes, change, cover, rectangle in zip(
        tiles, changes, covers, rectangles, strict=False
    ):
        points, scale = _show_face(axes, cover, box, keypoints)
        covered = points_inside(keypoints, rectangle)
        corner = scale(np.reshape(rectangle, (2, 2)) - 0.5)
        axes.add_patch(
            Rectangle(
                corner[0], *(corner[1] - corner[0]), ec='black', fc='0.6'
            )
        )
        strength = np.abs(change[:, 1:]) / largest
        _draw_edges(
            *(axes, points, neighbors, change[:, 1:], strength),
            *(colors, limits, 3.0),
        )
        axes.plot(*points[~covered].T, 'o', color='0.45', ms=1.6, zorder=3)
        axes.plot(*points[covered].T, 'o', color='black', ms=2.8, zorder=3)
        axes.set_title(_caption(change, neighbors, covered), fontsize=9.5)
    for axes in tiles[len(covers) :]:
        axes.set_axis_off()
    bar = figure.colorbar(
        ScalarMappable(limits, colors),
        ax=list(tiles),
        location='bottom',
        shrink=0.8,
        pad=0.02,
        aspect=40,
        extend='both',
    )
    bar.set_label(_legend(figure, _CHANGES))


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
    axes: Axes, image: np.ndarray, box: np.ndarray, keypoints: np.ndarray
):
    """Show the face in pale grey; returns the keypoints and the map to it."""
    tile, matrix = crop_tile(image, box, _PIXELS, _MARGIN)
    grey = cv2.cvtColor(tile, cv2.COLOR_BGR2GRAY)
    axes.imshow(grey, cmap='gray', vmin=-380, vmax=255)
    axes.set(xticks=[], yticks=[], autoscale_on=False)

    def scale(points: np.ndarray) -> np.ndarray:
        return points @ matrix[:, :2].T + matrix[:, 2]

    return scale(keypoints), scale


def _draw_edges(
    axes: Axes,
    points: np.ndarray,
    neighbors: np.ndarray,
    values: np.ndarray,
    strength: np.ndarray,
    colors: Colormap,
    limits: Normalize,
    width: float,
) -> None:
    """Draw bent edges that narrow towards their receivers.

    Args:
        axes (Axes): Where.
        points (np.ndarray): (K, 2), px of the axes.
        neighbors (np.ndarray): (K, k + 1) int.
        values (np.ndarray): (K, k), what the colours stand for.
        strength (np.ndarray): (K, k) in [0, 1]: how wide an edge is; the
            strongest are on top.
        colors (Colormap): Of the values.
        limits (Normalize): Of the values.
        width (float): Of the strongest edge at its sender, points.
    """
    order = np.argsort(strength, axis=None)
    receivers = np.repeat(np.arange(len(neighbors)), neighbors.shape[1] - 1)
    senders = neighbors[:, 1:].ravel()
    lines = bent_lines(points[senders[order]], points[receivers[order]])
    pieces = np.stack([lines[:, :-1], lines[:, 1:]], axis=2)  # (E, S, 2, 2)
    taper = np.linspace(1, 0.25, _PIECES)
    widths = width * np.sqrt(strength.ravel()[order])[:, None] * taper
    axes.add_collection(
        LineCollection(
            pieces.reshape(-1, 2, 2),
            array=np.repeat(values.ravel()[order], _PIECES),
            cmap=colors,
            norm=limits,
            linewidths=widths.ravel(),
            capstyle='round',
            zorder=2,
        )
    )


def bent_lines(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Bend lines, so that the two between a pair lie side by side.

    Args:
        start (np.ndarray): (E, 2).
        end (np.ndarray): (E, 2).

    Returns:
        np.ndarray: (E, S + 1, 2), points along each line.
    """
    along = end - start
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1)
    middle = (start + end) / 2 + 0.2 * aside
    t = np.linspace(0, 1, _PIECES + 1)[None, :, None]
    start, middle, end = (p[:, None] for p in (start, middle, end))
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end


def _weight_colors() -> Colormap:
    """From pale to dark, to be seen on a pale face."""
    steps = colormaps['viridis_r'](np.linspace(0.05, 1, 64))
    return LinearSegmentedColormap.from_list('weights', steps)


def _change_colors() -> Colormap:
    """From blue over grey to red, which colour-blind people tell apart."""
    # Without the ends, which are nearly black.
    steps = colormaps['RdBu_r'](np.linspace(0.06, 0.94, 64))
    return LinearSegmentedColormap.from_list('changes', steps)
