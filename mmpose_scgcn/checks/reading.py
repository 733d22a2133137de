"""How images are read, and whether they can be."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count, fspath
from pathlib import Path

from mmpose_scgcn.datasets.loading import OURS, PLAIN
from mmpose_scgcn.images import ImageFacts, image_facts
from mmpose_scgcn.images.reading import shown

import cv2

from .faces import Faces
from .findings import Findings, some

#: Images that are decoded when a config is checked without training.
NUM_READ = 200


def check_plain_reading(faces: Faces) -> Findings:
    """Say where MMPose's own ``LoadImage`` reads the images.

    Only the first bytes of files are looked at.

    Args:
        faces (Faces): Of one part of a run.

    Returns:
        Findings: A note, and an error with the files of formats that OpenCV
        has no decoder for.
    """
    if not reads_plainly(faces):
        return Findings()
    found = Findings(
        notes=[
            f"{faces.where}: MMPose's {PLAIN} reads the images; "
            f"dict(type='{OURS}') in its place reads all that "
            'tools/prepare_dataset.py has checked, and in the same way'
        ]
    )
    paths = faces.image_paths
    unknown = [shown(p) for p in paths if not _is_known(p)]
    if unknown:
        found.errors.append(
            f"{faces.where}: MMPose's {PLAIN} cannot read {len(unknown)} "
            f"images with this OpenCV; dict(type='{OURS}') in its place reads "
            f'GIF, AVIF, TGA and more: {some(unknown, 3)}'
        )
    return found


def check_reading(faces: Faces) -> Findings:
    """Read some of the images.

    Args:
        faces (Faces): Of one part of a run.

    Returns:
        Findings: An error with those that cannot be read, and a warning of
        those that MMPose's ``LoadImage`` reads otherwise, where it is in use.
    """
    if not faces.has_transform(PLAIN):
        return Findings()
    step = max(1, len(faces.image_paths) // NUM_READ)
    paths = faces.image_paths[::step]
    with ThreadPoolExecutor(cpu_count() or 1) as pool:
        names = map(shown, paths)
        facts = dict(zip(names, pool.map(_read, paths), strict=True))
    found = Findings()
    wrong = [f'{p} {e}' for p, e in facts.items() if isinstance(e, OSError)]
    if wrong:
        found.errors.append(
            f'{faces.where}: {len(wrong)} of {len(paths)} images that were '
            f'tried cannot be read: {some(wrong, 3)}'
        )
    if reads_plainly(faces):
        found.warnings += _read_otherwise(faces.where, facts)
    return found


def reads_plainly(faces: Faces) -> bool:
    """Tell whether MMPose's own transform reads images."""
    return any(
        type(step).__name__ == PLAIN
        for steps in faces.pipelines
        for step in steps
    )


def _is_known(path: str) -> bool:
    """Tell whether OpenCV knows a file's format by its first bytes."""
    if not path.isascii() or not Path(path).is_file():
        return True  # not every system gives such names to OpenCV
    return cv2.haveImageReader(fspath(path))


def _read(path: str) -> ImageFacts | OSError:
    try:
        return image_facts(path)
    except OSError as error:
        return error


def _read_otherwise(
    where: str, facts: dict[str, ImageFacts | OSError]
) -> Sequence[str]:
    """Warn of images that the run will see in another way than our tools."""
    other = [
        f'{path}: {known.elsewhere}'
        for path, known in facts.items()
        if isinstance(known, ImageFacts) and known.elsewhere
    ]
    if not other:
        return []
    return [
        f"{where}: MMPose's {PLAIN} reads {len(other)} of {len(facts)} images "
        f"that were tried in another way than dict(type='{OURS}') and "
        f'tools/prepare_dataset.py, so that keypoints may lie beside: '
        f'{some(other, 3)}'
    ]
