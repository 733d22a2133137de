"""The sizes of images, as the training pipeline will see them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from mmpose_scgcn.images import DARK, ImageFacts, image_facts

from .records import Problem


def read_image_sizes(
    folder: Path,
    files: Sequence[str],
    workers: int | None = None,
    track: Callable[[Iterable], Iterable] = iter,
) -> dict[str, ImageFacts | OSError]:
    """Read images as training will, several at a time.

    Args:
        folder (Path): That the names are relative to.
        files (Sequence[str]): N names.
        workers (int, optional): Threads. Defaults to one for each processor.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        dict: For each name what :func:`mmpose_scgcn.images.image_facts`
        returned or raised.
    """
    read = partial(_read, folder)
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        results = track(pool.map(read, files))
        return dict(zip(files, results, strict=True))


def _read(folder: Path, file: str) -> ImageFacts | OSError:
    """Catch what is wrong with one image."""
    try:
        return image_facts(folder / file)
    except OSError as error:
        return error


def size_problems(
    found: Mapping[str, ImageFacts | OSError],
) -> tuple[dict[str, tuple[int, int]], list[Problem]]:
    """Part the sizes of images from what kept them from being read.

    Args:
        found (Mapping): What :func:`read_image_sizes` returned.

    Returns:
        tuple[dict, list[Problem]]: Width and height by file, px, and the
        problems.
    """
    sizes, problems = {}, []
    for file, facts in found.items():
        if isinstance(facts, FileNotFoundError):
            problems.append(Problem('missing image, faces left out', file))
        elif isinstance(facts, OSError):
            kind = 'unreadable image, faces left out'
            problems.append(Problem(kind, f'{file}: {facts}'))
        else:
            sizes[file] = facts[:2]
            problems += _remarks(file, facts)
    return sizes, problems


def _remarks(file: str, facts: ImageFacts) -> list[Problem]:
    """Say what is to be known of an image that can be read."""
    problems = []
    if facts.orientation != 1:
        kind = 'turned when read, as the EXIF tag says'
        text = f'{file}: orientation {facts.orientation}'
        problems.append(Problem(kind, text, serious=False))
    if facts.brightest is not None and facts.brightest < DARK:
        kind = '16-bit image that is nearly black when read'
        text = (
            f'{file}: its values end at {facts.brightest} of 65535, and 8 '
            f'bits of them at {round(facts.brightest / 257)} of 255; scale '
            'them to the whole range'
        )
        problems.append(Problem(kind, text))
    if facts.elsewhere:
        kind = (
            "image that MMPose's LoadImage reads otherwise; configs of this "
            'package read it right'
        )
        text = f'{file}: {facts.elsewhere}'
        problems.append(Problem(kind, text, serious=False))
    return problems
