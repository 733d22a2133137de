"""Pictures in rows, each under its caption, under one legend."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

#: Height of a caption and of the legend, px.
_BAR = 18

_BACKGROUND = 24
_TEXT = (235, 235, 235)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_SIZE = 0.4


def face_grid(
    tiles: Sequence[np.ndarray],
    captions: Sequence[str],
    columns: int = 6,
    size: int = 192,
    legend: Mapping[str, tuple[int, int, int]] | None = None,
) -> np.ndarray:
    """Lay square pictures out in rows, each under its caption.

    Args:
        tiles (Sequence[np.ndarray]): Square BGR uint8 pictures.
        captions (Sequence[str]): One line each, ASCII; where a line is too
            long, its last word is shortened.
        columns (int): Pictures in a row. Defaults to 6.
        size (int): Side of each in the grid, px. Defaults to 192.
        legend (Mapping[str, tuple[int, int, int]], optional): BGR colours
            and what they mean, on a bar at the top. Defaults to None: no
            legend.

    Returns:
        np.ndarray: The grid, BGR uint8.

    Raises:
        ValueError: No tiles, or another number of captions.
    """
    if not tiles or len(tiles) != len(captions):
        raise ValueError(
            'expected as many captions as tiles, and at least one, got '
            f'{len(tiles)} tiles and {len(captions)} captions'
        )
    rows = -(-len(tiles) // columns)
    shape = (rows * (size + _BAR), min(columns, len(tiles)) * size, 3)
    grid = np.full(shape, _BACKGROUND, dtype=np.uint8)
    for index, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        row, column = divmod(index, columns)
        top, left = row * (size + _BAR), column * size
        grid[top + _BAR : top + _BAR + size, left : left + size] = cv2.resize(
            tile, (size, size), interpolation=cv2.INTER_AREA
        )
        _write(grid, fit_text(caption, size - 8), left + 4, top + 13)
    if legend is None:
        return grid
    return np.concatenate([_draw_legend(legend, shape[1]), grid])


def fit_text(text: str, width: int) -> str:
    """Shorten the last word at its beginning, where names of files are alike.

    Args:
        text (str): One line.
        width (int): How wide it may be, px.

    Returns:
        str: The text, or with ``...`` and the end of the last word.
    """
    head, space, name = text.rpartition(' ')
    shown = text
    while len(name) > 1 and _text_width(shown) > width:
        name = name[1:]
        shown = f'{head}{space}...{name}'
    return shown


def _draw_legend(
    colors: Mapping[str, tuple[int, int, int]], width: int
) -> np.ndarray:
    """Draw a disc of each colour and its meaning."""
    bar = np.full((_BAR, width, 3), _BACKGROUND, dtype=np.uint8)
    left = 4
    for text, color in colors.items():
        center = (left + 5, _BAR // 2)
        cv2.circle(bar, center, 4, color, -1, cv2.LINE_AA)
        _write(bar, text, left + 14, 13)
        left += 14 + _text_width(text) + 16
    return bar


def _text_width(text: str) -> int:
    (width, _), _ = cv2.getTextSize(text, _FONT, _FONT_SIZE, 1)
    return int(width)


def _write(canvas: np.ndarray, text: str, left: int, base: int) -> None:
    cv2.putText(
        canvas,
        text,
        (left, base),
        _FONT,
        _FONT_SIZE,
        _TEXT,
        1,
        cv2.LINE_AA,
    )
