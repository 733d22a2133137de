"""MMPose's meta information of a data set with keypoints of its own."""

import re
from collections.abc import Sequence

from mmpose_scgcn.python_text import quote
from mmpose_scgcn.shapes import align_shapes, mean_shape
from mmpose_scgcn.version import __version__

import numpy as np

from .records import Source

# Left, middle and right, as they lie in the image; RGB.
_COLORS = ([0, 158, 115], [240, 228, 66], [213, 94, 0])
_NO_LINKS = ['    skeleton_info={},']


def parse_flip_pairs(text: str, num_keypoints: int) -> np.ndarray:
    """Read flip partners such as ``0-16,1-15``.

    Args:
        text (str): Pairs of keypoint indices; keypoints in no pair are their
            own partners. ``none`` for no pair.
        num_keypoints (int): K.

    Returns:
        np.ndarray: Partner of each keypoint (K,).

    Raises:
        ValueError: Not such a list, an index that is out of range, or one
            in two pairs.
    """
    partners = np.arange(num_keypoints)
    pairs = [] if text == 'none' else text.replace(' ', '').split(',')
    used: set[int] = set()
    for pair in pairs:
        found = re.fullmatch(r'(\d+)-(\d+)', pair)
        if not found:
            raise ValueError(
                f'expected flip pairs such as 0-16,1-15, got {pair!r}'
            )
        first, second = int(found[1]), int(found[2])
        if max(first, second) >= num_keypoints or used & {first, second}:
            raise ValueError(
                f'flip pair {pair}: expected indices below {num_keypoints}, '
                'each in one pair'
            )
        used |= {first, second}
        partners[[first, second]] = second, first
    return partners


def keypoint_names(num_keypoints: int) -> list[str]:
    """Name keypoints by their index, as MMPose does for faces."""
    return [f'kpt-{index}' for index in range(num_keypoints)]


def metainfo_of(source: Source, partners: Sequence[int] | np.ndarray) -> str:
    """Write the meta information of what a reader returned.

    Args:
        source (Source): Names the data set; its mean shape tells left from
            right.
        partners (Sequence[int]): Partner of each keypoint (K,).

    Returns:
        str: Python source.
    """
    mean_x = mean_places(*source.shapes())
    return metainfo_source(
        source.name, partners, mean_x, source.names, source.skeleton
    )


def mean_places(keypoints: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """Find where keypoints lie from left to right in the mean shape.

    Args:
        keypoints (np.ndarray): (N, K, 2), image px.
        visible (np.ndarray): Boolean (N, K).

    Returns:
        np.ndarray: (K,), without unit; 0 in the middle, and for a keypoint
        that is alone in every face and has no place in the shape.
    """
    aligned = align_shapes(keypoints, visible)
    placed = np.isfinite(aligned).all(axis=-1)
    with np.errstate(invalid='ignore'):
        return np.nan_to_num(mean_shape(aligned, placed)[:, 0])


def metainfo_source(
    name: str,
    partners: Sequence[int] | np.ndarray,
    mean_x: Sequence[float] | np.ndarray,
    names: Sequence[str] = (),
    skeleton: Sequence[tuple[int, int]] = (),
) -> str:
    """Write the meta information as a config, for ``from_file``.

    Args:
        name (str): Of the data set.
        partners (Sequence[int]): Partner of each keypoint (K,).
        mean_x (Sequence[float]): Mean horizontal position of each (K,); the
            colours tell left from right.
        names (Sequence[str]): Of the keypoints (K,). Defaults to their
            numbers.
        skeleton (Sequence[tuple[int, int]]): Pairs of keypoints that
            drawings join. Defaults to none.

    Returns:
        str: Python source.
    """
    names = names or keypoint_names(len(partners))
    lines = [
        f'# Keypoints of {quote(name)}, written by mmpose_scgcn '
        f'{__version__}. Names and\n# colours may be changed; `swap` is the '
        'partner under a flip.',
        'dataset_info = dict(',
        f'    dataset_name={quote(name)},',
        '    keypoint_info={',
    ]
    for index, partner in enumerate(partners):
        swap = '' if partner == index else names[partner]
        side = np.sign(mean_x[index] - mean_x[partner]).astype(int) + 1
        lines.append(
            f'        {index}: dict(name={quote(names[index])}, id={index}, '
            f"color={_COLORS[side]}, type='', swap={quote(swap)}),"
        )
    count = len(partners)
    links = [
        f'        {index}: dict(link=({quote(names[a])}, {quote(names[b])}), '
        f'id={index}, color={_COLORS[1]}),'
        for index, (a, b) in enumerate(skeleton)
    ]
    lines += [
        '    },',
        *(['    skeleton_info={', *links, '    },'] if links else _NO_LINKS),
        f'    joint_weights=[1.0] * {count},',
        f'    sigmas=[0.025] * {count},',
        ')',
        '',
    ]
    return '\n'.join(lines)
