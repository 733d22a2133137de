"""Directed edges between keypoints, as bent lines in a Matplotlib plot."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize

#: Straight pieces of which an edge is drawn.
_PIECES = 12


def draw_edges(
    axes: Axes,
    points: np.ndarray,
    neighbors: np.ndarray,
    values: np.ndarray,
    colors: Colormap,
    limits: Normalize,
    width: float,
) -> None:
    """Draw bent edges that narrow towards their receivers.

    Args:
        axes (Axes): Where.
        points (np.ndarray): (K, 2), px of the axes.
        neighbors (np.ndarray): (K, k + 1) int.
        values (np.ndarray): (K, k), what the colours stand for. The larger
            its amount, the wider is an edge; the widest are on top.
        colors (Colormap): Of the values.
        limits (Normalize): Of the values; an edge at the upper end has the
            full width.
        width (float): Full width of an edge at its sender, points.
    """
    strength = np.abs(values) / limits.vmax
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


def weight_colors() -> Colormap:
    """From pale to dark, to be seen on a pale face."""
    steps = colormaps['viridis_r'](np.linspace(0.05, 1, 64))
    return LinearSegmentedColormap.from_list('weights', steps)


def change_colors() -> Colormap:
    """From blue over grey to red, which colour-blind people tell apart."""
    # Without the ends, which are nearly black.
    steps = colormaps['RdBu_r'](np.linspace(0.06, 0.94, 64))
    return LinearSegmentedColormap.from_list('changes', steps)
