"""From a data set's official files to the files that configs name."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from mmpose_scgcn.images import ImageFacts
from mmpose_scgcn.staging import check_writable, recover, stage
from mmpose_scgcn.structures.coco import (
    annotation_entry,
    annotation_file,
    image_entry,
)

import numpy as np

from .boxes import check_box_kind
from .checks import (
    check_file_names,
    check_num_keypoints,
    check_padding,
    check_plain_name,
)
from .examine import Options, ProblemsError, StrictError, examine
from .groups import part_one_group
from .image_names import keep_inside
from .images import read_image_sizes, size_problems
from .metainfo import keypoint_names
from .output import (
    IMAGES,
    Track,
    check_target,
    publish,
    stage_images,
    stage_texts,
    write_image,
)
from .preview import PREVIEW, write_preview
from .records import Face, Problem, Source
from .splits import hold_out
from .units import to_pixels


@dataclass(frozen=True)
class Prepared:
    """What was written.

    Args:
        splits (dict[str, list[Face]]): Faces by annotation file.
        boxes (dict[Face, np.ndarray]): Their boxes (4,), image px.
        sizes (dict): Width and height of the images, px.
        problems (list[Problem]): What the user should know.
        files (list[Path]): Annotation files.
    """

    splits: dict[str, list[Face]]
    boxes: dict[Face, np.ndarray]
    sizes: dict[str, tuple[int, int]]
    problems: list[Problem]
    files: list[Path]


def prepare(
    source: Source,
    out: str | Path,
    options: Options,
    strict: bool = False,
    overwrite: bool = False,
    copy_images: bool = False,
    workers: int | None = None,
    metainfo: Callable[[Source], str] | None = None,
    track: Track = lambda items, **_: items,
) -> Prepared:
    """Check a data set and write it, all of it or nothing.

    A process that is killed leaves what was there before, or all of the new
    files. Where the folder holds other files too, it may leave a mixture,
    which :func:`~mmpose_scgcn.staging.recover` undoes; the next run, and
    every tool that reads the annotations, call it.

    Writes ``face_landmarks_<name>_<split>.json`` for each split, ``images``
    (a link to the images' folder, or a folder), ``problems.txt``, and
    ``preview.png``, some faces with the numbers of their keypoints.
    ``train`` and ``val`` are the two parts of ``trainval``, the official
    training set. A face whose image is missing or cut off is left out and
    reported.

    Args:
        source (Source): What a reader returned.
        out (str | Path): Folder to write, made where missing.
        options (Options): Boxes and validation set.
        strict (bool): Write nothing if there is a serious problem. Defaults
            to False.
        overwrite (bool): Replace an earlier run. Defaults to False.
        copy_images (bool): Copy the images instead of linking their folder.
            Defaults to False.
        workers (int, optional): Threads that read images. Defaults to one
            for each processor.
        metainfo (Callable, optional): Gives the content of ``metainfo.py``
            for the faces in pixels, if there is to be one.
        track (Callable): Wraps iterations, ``track(items, description=...,
            total=...)``, for a progress bar.

    Returns:
        Prepared: What was written.

    Raises:
        StrictError: Serious problems under ``strict``.
        ProblemsError: ``metainfo`` failed; the problems may say why.
        FileExistsError: Something would be overwritten.
        ValueError: Different numbers of keypoints, an unknown kind of box, a
            padding that leaves none, coordinates that cannot be pixels,
            nothing to write, or a held-out part that is empty.
        OSError: Something cannot be written.
    """
    out = Path(out).absolute()
    check_num_keypoints(source.faces)
    check_file_names(source.faces)
    for name in source.names:
        check_plain_name(name, source.faces[0].where)
    check_box_kind(options.box)
    check_padding(options.padding)
    check_writable(out)
    recover(out)
    source = keep_inside(source, out / IMAGES, copy_images)
    may_write = partial(
        check_target,
        *(out, source, overwrite, copy_images, metainfo is not None),
    )
    may_write()
    with stage(out) as place:
        sizes, problems = _read_sizes(source, place.files, workers, track)
        source = to_pixels(source, sizes, options.units)
        if options.val_share:
            source = part_one_group(source)
        boxes, told = examine(source, sizes, options)
        problems = sorted([*problems, *told], key=lambda p: not p.serious)
        if strict and any(problem.serious for problem in problems):
            raise StrictError(problems)
        text = _describe(source, metainfo, problems)
        splits = _split(source, boxes, sizes, options, problems)
        contents = _contents(source, splits, boxes, sizes, options)
        stage_texts(place.files, source.name, contents, problems, text)
        images = place.files / IMAGES if source.embedded else source.folder
        kept = {face: boxes[face] for face in boxes if face.file in sizes}
        write_preview(place.files / PREVIEW, images, kept)
        if not source.embedded:
            stage_images(place, source, list(sizes), copy_images, track)
        may_write()  # another process may have written meanwhile
        files = publish(place, source.name)
    return Prepared(splits, boxes, sizes, problems, [out / f for f in files])


def _describe(
    source: Source,
    metainfo: Callable[[Source], str] | None,
    problems: list[Problem],
) -> str | None:
    """Get the content of ``metainfo.py``."""
    try:
        return metainfo(source) if metainfo else None
    except ValueError as error:
        raise ProblemsError(str(error), problems) from error


def _read_sizes(
    source: Source, folder: Path, workers: int | None, track: Track
) -> tuple[dict[str, tuple[int, int]], list[Problem]]:
    """Read the images' sizes; embedded images are written meanwhile."""
    files = list(dict.fromkeys(face.file for face in source.faces))

    def progress(items: Iterable) -> Iterable:
        return track(items, description='images', total=len(files))

    if source.embedded:
        images, read = folder / IMAGES, source.embedded
        return size_problems(
            {f: _extract(images / f, read[f]) for f in progress(files)}
        )
    return size_problems(
        read_image_sizes(source.folder, files, workers, progress)
    )


def _extract(
    path: Path, read: Callable[[], np.ndarray]
) -> ImageFacts | OSError:
    """Write an embedded image; give its size, upright, or why not."""
    try:
        image = read()
    except OSError as error:
        return error
    return ImageFacts(*write_image(path, image))


def _split(
    source: Source,
    boxes: dict[Face, np.ndarray],
    sizes: dict[str, tuple[int, int]],
    options: Options,
    problems: list[Problem],
) -> dict[str, list[Face]]:
    """Leave faces without box or image out, and hold a part out."""
    splits = {
        split: [f for f in faces if f in boxes and f.file in sizes]
        for split, faces in source.splits.items()
    }
    _check_filled(splits, source, problems)
    if 'trainval' in splits:
        whole = splits.pop('trainval')
        parts = dict(train=whole)
        if options.val_share:
            held = hold_out(whole, options.val_share, options.seed)
            parts = dict(zip(('train', 'val'), held, strict=True))
        return dict(trainval=whole, **parts, **splits)
    if {'train', 'val'} <= splits.keys():
        return dict(trainval=splits['train'] + splits['val'], **splits)
    return splits


def _check_filled(
    splits: dict[str, list[Face]], source: Source, problems: list[Problem]
) -> None:
    """Say why nothing remains of a split."""
    empty = [split for split, faces in splits.items() if not faces]
    if not empty:
        return
    text = f'no face remains in {", ".join(empty)}'
    # What only informs, such as an official number, is not the reason.
    left_out = [p for p in problems if p.kind.endswith('left out')]
    if left_out:
        first = left_out[0]
        text += f'; first problem: {first.kind}: {first.text}'
        if first.kind.startswith('missing image') and source.images:
            own = not source.expected
            hint = ' (--images names another folder)' if own else ''
            text += f', looked for in {source.images}{hint}'
    raise ValueError(text)


def _contents(
    source: Source,
    splits: dict[str, list[Face]],
    boxes: dict[Face, np.ndarray],
    sizes: dict[str, tuple[int, int]],
    options: Options,
) -> dict[str, dict]:
    """Make the contents of all annotation files, with common ids.

    Their images and annotations are iterators.
    """
    ids = {face: number for number, face in enumerate(source.faces, 1)}
    image_ids = {file: number for number, file in enumerate(sizes, 1)}
    names = source.names or keypoint_names(len(source.faces[0].keypoints))

    def entry(face: Face) -> dict:
        return annotation_entry(
            face.keypoints,
            face.flags,
            boxes[face],
            (ids[face], image_ids[face.file]),
            face.fields,
        )

    contents = {}
    for split, faces in splits.items():
        files = dict.fromkeys(face.file for face in faces)
        frame = annotation_file(
            *((), (), names),
            dict(
                description=f'{source.name} {split}',
                prepared=asdict(options),
            ),
        )
        # Iterators: entries are made as they are written.
        frame['images'] = map(partial(_image_entry, image_ids, sizes), files)
        frame['annotations'] = map(entry, faces)
        contents[split] = frame
    return contents


def _image_entry(
    ids: dict[str, int], sizes: dict[str, tuple[int, int]], file: str
) -> dict:
    """Make the entry of an image."""
    return image_entry(ids[file], file, *sizes[file])
