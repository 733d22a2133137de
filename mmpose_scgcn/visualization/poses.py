"""The poses of a data set before and after balancing, as one picture."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from mmpose_scgcn.files import replace_file
from mmpose_scgcn.shapes import PoseAxis

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Grey where a bin has no more faces, RGB.
EMPTY = 235


def plot_poses(
    axis: PoseAxis,
    edges: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    faces: Sequence[Sequence[np.ndarray]],
    path: str | Path,
    title: str = '',
) -> None:
    """Draw a histogram of poses, the shapes they mean and faces of each bin.

    Args:
        axis (PoseAxis): Coefficients, mean shape and component.
        edges (np.ndarray): Of the bins (num_bins + 1,).
        before (np.ndarray): Samples of each bin (num_bins,).
        after (np.ndarray): Draws of each bin in an epoch (num_bins,).
        faces (Sequence[Sequence[np.ndarray]]): Example faces of each bin,
            square BGR uint8 pictures, all of one size; as many as there are.
        path (str | Path): Picture to write; its suffix sets the format.
        title (str): Heading. Defaults to none.
    """
    height = 13 * max(map(len, faces)) / len(faces)  # of the faces
    figure = Figure(figsize=(13, 4 + height), layout='constrained')
    figure.suptitle(title)
    if height:
        top, bottom = figure.subfigures(
            2, squeeze=False, height_ratios=[4, height]
        )[:, 0]
        _draw_faces(bottom.subplots(), edges, faces)
    else:
        top = figure
    histogram, shapes = top.subplots(1, 2)
    _draw_histogram(histogram, edges, before, after)
    _draw_shapes(shapes, axis)
    with replace_file(path) as partial:
        figure.savefig(partial, dpi=110)


def _draw_histogram(
    axes: Axes, edges: np.ndarray, before: np.ndarray, after: np.ndarray
) -> None:
    """Draw both histograms as bars side by side, samples numbered."""
    width = 0.4 * np.diff(edges)
    centers = (edges[:-1] + edges[1:]) / 2
    axes.bar(
        centers + width / 2,
        after,
        width,
        color='#e0883c',
        label=f'after: {after.sum()} draws an epoch',
    )
    bars = axes.bar(
        centers - width / 2,
        before,
        width,
        color='#2a6f97',
        label=f'before: {before.sum()} samples',
    )
    axes.bar_label(bars, fontsize=8)
    axes.set_xticks(edges, [f'{edge:.2f}' for edge in edges], fontsize=8)
    axes.set_xlabel('pose coefficient / mean shape size')
    axes.set_ylabel('samples')
    axes.set_ylim(top=1.2 * max(before.max(), after.max()))
    axes.legend(loc='upper left', ncols=2, fontsize=8)


def _draw_shapes(axes: Axes, axis: PoseAxis) -> None:
    """Draw the mean shape moved along the component, side by side."""
    values = (axis.coefficients.min(), 0.0, axis.coefficients.max())
    step = 1.3 * np.ptp(axis.mean[:, 0])
    low = axis.mean[:, 1].max() + 0.15 * np.ptp(axis.mean[:, 1])
    for place, value in enumerate(values):
        x, y = (axis.mean + value * axis.direction).T
        axes.plot(x + place * step, y, 'o', color='black', markersize=3)
        axes.text(place * step, low, f'{value:.2f}', ha='center', va='top')
    axes.set_title(
        f'mean shape along the component ({axis.share:.0%} of the variance)',
        fontsize=10,
    )
    axes.set_aspect('equal')
    axes.invert_yaxis()
    axes.set_axis_off()


def _draw_faces(
    axes: Axes, edges: np.ndarray, faces: Sequence[Sequence[np.ndarray]]
) -> None:
    """Draw a column of faces for each bin."""
    size = next(len(tile) for column in faces for tile in column)
    rows = max(map(len, faces))
    shape = (rows * size, len(faces) * size, 3)
    grid = np.full(shape, EMPTY, dtype=np.uint8)
    for i, column in enumerate(faces):
        for j, tile in enumerate(column):
            left, upper = i * size, j * size
            grid[upper : upper + size, left : left + size] = tile[..., ::-1]
    axes.imshow(grid)
    axes.set_yticks([])
    axes.set_xlabel('example faces of each bin')
    axes.set_xticks(
        size * (np.arange(len(faces)) + 0.5),
        [f'{low:.2f} to {high:.2f}' for low, high in pairwise(edges)],
        fontsize=8,
    )
