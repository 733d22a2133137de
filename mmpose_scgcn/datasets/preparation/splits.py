"""A validation set held out of the training set."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from .records import Face


def hold_out(
    faces: Sequence[Face], fraction: float, seed: int = 0
) -> tuple[list[Face], list[Face]]:
    """Hold a part of the faces out, whole groups of every source.

    No identity or photograph (``Face.group``) is in both parts, and every
    source (``Face.stratum``) gives about the same share.

    Args:
        faces (Sequence[Face]): N faces.
        fraction (float): Share to hold out, in [0, 1).
        seed (int): The same seed holds the same faces out. Defaults to 0.

    Returns:
        tuple[list[Face], list[Face]]: Those that stay and those held out,
        in their order.

    Raises:
        ValueError: An impossible fraction, or one that leaves a part empty.
    """
    if not 0 <= fraction < 1:
        raise ValueError(
            f'expected a validation share in [0, 1), got {fraction}'
        )
    rng = np.random.default_rng(seed)
    held: set[tuple] = set()
    for stratum in sorted({face.stratum for face in faces}):
        sizes: dict[str, int] = defaultdict(int)
        for face in faces:
            if face.stratum == stratum:
                sizes[face.group] += 1
        chosen = _choose(sizes, fraction, rng)
        held |= {(stratum, group) for group in chosen}
    parts: tuple[list[Face], list[Face]] = [], []
    for face in faces:
        parts[(face.stratum, face.group) in held].append(face)
    if fraction and not all(parts):
        groups = Counter((face.stratum, face.group) for face in faces)
        hint = ''
        if len(groups) > 1:
            strata = Counter(face.stratum for face in faces)
            least = min(n / strata[key[0]] for key, n in groups.items())
            hint = f'--val-share {math.ceil(100 * least) / 100:g} or more, or '
        raise ValueError(
            f'cannot hold out {fraction:g} of {len(faces)} faces in '
            f'{len(groups)} groups: {len(parts[0])} would stay and '
            f'{len(parts[1])} be held out; say {hint}--val-share 0 to hold '
            'none out'
        )
    return parts


def _choose(
    sizes: dict[str, int], fraction: float, rng: np.random.Generator
) -> list[str]:
    """Choose random groups with about that share of the faces."""
    wanted = round(fraction * sum(sizes.values()))
    chosen, count = [], 0
    for index in rng.permutation(len(sizes)):
        group = list(sizes)[index]
        if count + sizes[group] <= wanted:
            chosen.append(group)
            count += sizes[group]
    return chosen
