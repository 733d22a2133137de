"""A data set on disk: pictures, annotation files and a preview."""

import json
import multiprocessing
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from mmpose_scgcn.folders import whole_folder
from mmpose_scgcn.staging import recover
from mmpose_scgcn.structures.coco import annotation_file, image_entry

import cv2
import numpy as np

from .annotation import face_entry
from .face import make_face
from .preview import preview_grid

# Face indices start here, so that no face is shared between the splits
# whatever their sizes.
SPLIT_START = dict(train=0, val=10_000_000, test=20_000_000)
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 90]
_PREVIEW_FACES = 16
#: What annotation files say that they are.
_DESCRIPTION = 'synthetic faces, 98 WFLW landmarks'


def annotation_name(split: str) -> str:
    """File name of a split's annotations, as MMPose's configs have it."""
    return f'face_landmarks_wflw_{split}.json'


def _write_face(task: tuple) -> tuple:
    """Make and save one face; returns its two annotation entries."""
    folder, number, seed, index, size = task
    face = make_face(seed, index, size)
    name = f'{number:06d}.jpg'
    if not cv2.imwrite(str(folder / 'images' / name), face.image, _QUALITY):
        raise OSError(f'cannot write {name} in {folder}')
    return (
        image_entry(number, name, size, size),
        face_entry(number, face.keypoints, face.attributes, face.factors),
    )


def _single_thread() -> None:
    """Keep OpenCV from starting threads in every worker."""
    cv2.setNumThreads(0)


def _run(tasks: list, workers: int) -> Iterator[tuple]:
    """Results in the order of the tasks."""
    if workers == 1:
        yield from map(_write_face, tasks)
        return
    context = multiprocessing.get_context('spawn')
    with context.Pool(workers, _single_thread) as pool:
        yield from pool.imap(_write_face, tasks, chunksize=8)


def _check(counts: dict, size: int, seed: int, workers: int) -> None:
    """Refuse impossible arguments."""
    if min(counts.values()) < 0 or sum(counts.values()) == 0:
        raise ValueError(
            f'expected counts of at least 0 and one face in all, got {counts}'
        )
    if max(counts.values()) > 10_000_000:
        raise ValueError(
            f'expected at most 10,000,000 faces a split, got {counts}'
        )
    if size < 32 or seed < 0 or workers < 1:
        raise ValueError(
            'expected size >= 32, seed >= 0 and workers >= 1, '
            f'got {size}, {seed} and {workers}'
        )


def _check_target(out_dir: Path, overwrite: bool) -> None:
    """Refuse a target that is no folder, or holds what is not ours."""
    if not out_dir.exists():
        return
    if not out_dir.is_dir():
        raise FileExistsError(f'{out_dir} is a file, expected a folder')
    found = {path.name for path in out_dir.iterdir()}
    if found and not overwrite:
        raise FileExistsError(
            f'{out_dir} is not empty; choose another folder or overwrite it'
        )
    for name in _foreign(out_dir, found):
        raise FileExistsError(
            f'{out_dir} is not overwritten: it holds {name}, which is no '
            'part of a data set of synthetic faces'
        )


def _foreign(out_dir: Path, found: set[str]) -> Iterator[str]:
    """List what is in a folder and was not made by :func:`make_dataset`."""
    annotations = set(map(annotation_name, SPLIT_START)) & found
    yield from sorted(found - annotations - {'images', 'preview.jpg'})
    for name in sorted(annotations):
        with (out_dir / name).open('rb') as file:
            if _DESCRIPTION.encode() not in file.read(1000):
                yield name
    if found and not annotations:  # without them pictures may be anybody's
        yield min(found)
    images = out_dir / 'images'
    names = (path.name for path in images.iterdir()) if images.is_dir() else ()
    yield from (
        f'images/{name}'
        for name in names
        if not re.fullmatch(r'\d{6,}\.jpg', name)
    )


def _save_preview(folder: Path, entries: list) -> None:
    """Write ``preview.jpg`` from the first faces."""
    images, keypoints = [], []
    for image, face in entries[:_PREVIEW_FACES]:
        images.append(cv2.imread(str(folder / 'images' / image['file_name'])))
        keypoints.append(np.reshape(face['keypoints'], (-1, 3))[:, :2])
    grid = preview_grid(images, keypoints)
    if not cv2.imwrite(str(folder / 'preview.jpg'), grid, _QUALITY):
        raise OSError(f'cannot write preview.jpg in {folder}')


def _fill(
    folder: Path,
    counts: dict,
    size: int,
    seed: int,
    workers: int,
    progress: Callable,
) -> dict:
    """Write everything into a folder; returns the entries by split."""
    (folder / 'images').mkdir()
    plan = [
        (split, SPLIT_START[split] + i)
        for split, count in counts.items()
        for i in range(count)
    ]
    tasks = [
        (folder, number, seed, index, size)
        for number, (_, index) in enumerate(plan)
    ]
    entries: dict[str, list] = {split: [] for split in counts}
    results = progress(_run(tasks, workers), len(tasks))
    for entry, (split, _) in zip(results, plan, strict=True):
        entries[split].append(entry)
    for split in counts:
        content = annotation_file(
            [image for image, _ in entries[split]],
            [face for _, face in entries[split]],
            (),
            dict(description=_DESCRIPTION),
        )
        path = folder / annotation_name(split)
        path.write_text(json.dumps(content), encoding='utf-8')
    _save_preview(folder, [e for part in entries.values() for e in part])
    return entries


def make_dataset(
    out_dir: str | Path,
    train: int = 1200,
    val: int = 150,
    test: int = 300,
    size: int = 160,
    seed: int = 0,
    workers: int = 1,
    overwrite: bool = False,
    progress: Callable | None = None,
) -> dict:
    """Write a data set that MMPose's ``WFLWDataset`` reads.

    The files appear all at once when the last of them is finished, and do
    not depend on ``workers``.

    Args:
        out_dir (str | Path): Target folder, absent or empty.
        train (int): Faces to train on. Defaults to 1200.
        val (int): Faces to validate on. Defaults to 150.
        test (int): Faces to test on. Defaults to 300.
        size (int): Image side in px. Defaults to 160.
        seed (int): Of the whole data set. Defaults to 0.
        workers (int): Processes. Defaults to 1.
        overwrite (bool): Replace an earlier data set in ``out_dir``, but
            nothing else. Defaults to False.
        progress (Callable, optional): Called with the iterator of finished
            faces and their number, returns an iterator.

    Returns:
        dict: For each split the list of its face annotations.

    Raises:
        ValueError: For impossible numbers.
        FileExistsError: When ``out_dir`` is a file, is not empty, or is to
            be overwritten and holds something else.
    """
    counts = dict(train=train, val=val, test=test)
    _check(counts, size, seed, workers)
    out_dir = Path(out_dir).absolute()
    recover(out_dir)
    _check_target(out_dir, overwrite)
    with whole_folder(out_dir) as folder:
        entries = _fill(
            folder,
            counts,
            size,
            seed,
            workers,
            progress or (lambda items, total: items),
        )
    return {
        split: [face for _, face in part] for split, part in entries.items()
    }
