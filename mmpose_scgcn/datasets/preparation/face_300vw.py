"""300-VW: folders of videos with a ``.pts`` file for each frame."""

import os
from functools import partial
from pathlib import Path

from mmpose_scgcn.images import read_image
from mmpose_scgcn.structures.conventions import PARTNERS_300W

import numpy as np

from .column_names import has_image_suffix
from .image_files import (
    Folders,
    OnlyVideoError,
    find_image,
    find_image_folder,
)
from .missing import mark_missing, parse_missing
from .pts import pts_files, read_pts
from .pts_folder import of_one_number
from .records import ABSENT, LABELED, Face, Source
from .split_300vw import OFFICIAL, parse_tests
from .videos import Videos

NUM_VIDEOS = 114


def read_300vw(
    folder: str | Path,
    images: str | Path | None = None,
    name: str = '300vw',
    origin: int = 1,
    num_points: int | None = None,
    missing: str = 'auto',
    every: int = 1,
    test_videos: str = OFFICIAL,
    encoding: str | None = None,
) -> Source:
    """Read 300-VW: ``001/annot/000001.pts`` and so on.

    Frames are images in a folder beside ``annot``
    (:func:`.image_files.find_image_folder`), or are read from ``vid.avi``,
    whose first frame is 1. Frames of one video stay in one split.

    Args:
        folder (str | Path): What holds the videos' folders, or one of them.
        images (str | Path, optional): Folder with the same subfolders that
            the frames are in.
        name (str): Of the data set. Defaults to ``'300vw'``.
        origin (int): Coordinates of the first pixel's centre. Defaults to 1,
            as in 300W, which is of the same makers.
        num_points (int, optional): Take files with so many points alone.
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        every (int): Take every so many-th annotated frame of each video,
            from the first one. Defaults to 1.
        test_videos (str): ``official`` for the 64 test videos of the
            challenge, ``none``, a list such as ``114,203``, or a file with
            the names of folders.
        encoding (str, optional): Of the files. Defaults to UTF-8.

    Returns:
        Source: Splits ``trainval`` and, if there are test videos, ``test``;
        ``subset`` of its annotations is the category.

    Raises:
        FileNotFoundError: No such files.
        ValueError: A file of another form or name, or files of different
            numbers of points.
    """
    folder = Path(folder)
    videos = _find_videos(folder, every)
    tests = parse_tests(test_videos)
    files = [file for members in videos.values() for file in members]
    shapes = {f: read_pts(f, origin, encoding, missing=True) for f in files}
    shapes, left_out = of_one_number(shapes, num_points)
    source = Source(name, {}, problems=left_out, origin=origin)
    if len(next(iter(shapes.values()))) == len(PARTNERS_300W):
        source.partners = PARTNERS_300W
    kept = {
        video: taken
        for video, members in videos.items()
        if (taken := [file for file in members if file in shapes])
    }
    names = _name_images(source, kept, folder, images)
    for video, members in kept.items():
        for file in members:
            points = shapes[file]
            _add_face(source, file, video, points, names[file], tests)
    found = len(tests.keys() & {video.name for video in videos})
    source.notes = (
        f'{folder}: {len(videos)} of {NUM_VIDEOS} videos, {found} of them '
        f'for the test; every {every}. frame, {len(shapes)} in all',
        *(['frames of videos are written as PNG'] * bool(source.embedded)),
    )
    source.videos = True
    return mark_missing(source, parse_missing(missing))


def _name_images(
    source: Source,
    videos: dict[Path, list[Path]],
    folder: Path,
    images: str | Path | None,
) -> dict[Path, str]:
    """Name the image of each frame; those in videos are embedded."""
    given = Path(images) if images else None
    places, films = _find_frames(videos, folder, given, source)
    if films:
        root = Path(os.path.commonpath([video.parent for video in videos]))
        names = {
            file: f'{video.relative_to(root).as_posix()}/{file.stem}.png'
            for video, members in videos.items()
            for file in members
        }
        _embed(source, names, places)
        return names
    parents = [place.parent for place in places.values()]
    source.images = root = Path(os.path.commonpath(parents))
    return {f: p.relative_to(root).as_posix() for f, p in places.items()}


def _find_videos(folder: Path, every: int) -> dict[Path, list[Path]]:
    """List the files of each video that are taken, by number."""
    if every < 1:
        raise ValueError(f'expected --every of at least 1, got {every}')
    files = pts_files(folder)
    if not files:
        raise FileNotFoundError(
            f'{folder}: expected .pts files such as 001/annot/000001.pts, '
            'found none'
        )
    videos: dict[Path, list[Path]] = {}
    for file in files:
        if not file.stem.isdecimal():
            raise ValueError(
                f'{file}: expected the number of a frame, such as 000001.pts'
            )
        annot = file.absolute().parent
        is_below = annot.name.lower().startswith('annot')
        video = annot.parent if is_below else annot
        videos.setdefault(video, []).append(file)
    return {
        video: sorted(members, key=_number)[::every]
        for video, members in sorted(videos.items())
    }


def _number(file: Path) -> int:
    """Tell the number of a frame, from 1."""
    return int(file.stem)


def _find_frames(
    videos: dict[Path, list[Path]],
    folder: Path,
    images: Path | None,
    source: Source,
) -> tuple[dict[Path, Path], set[Path]]:
    """Find the image of each frame, or its video; and which are videos."""
    folders, places = Folders(), {}
    films: set[Path] = set()
    for members in videos.values():
        try:
            place = find_image_folder(members, folder, images, folders)
        except OnlyVideoError as error:
            films.add(error.video)
            places.update(dict.fromkeys(members, error.video))
            continue
        for file in members:
            found, problems = find_image(file, place, folders)
            places[file] = found.absolute()
            source.problems += problems
    return places, films


def _add_face(
    source: Source,
    file: Path,
    video: Path,
    points: np.ndarray,
    image: str,
    tests: dict[str, str],
) -> None:
    """Add the face of a frame to its split."""
    known = np.isfinite(points).all(axis=1)
    split = 'test' if video.name in tests else 'trainval'
    fields = dict(identity=video.name)
    if tests.get(video.name):
        fields['subset'] = tests[video.name]
    face = Face(
        image,
        points,
        np.where(known, LABELED, ABSENT),
        str(file),
        video.name,
        fields=fields,
    )
    source.splits.setdefault(split, []).append(face)


def _embed(
    source: Source, names: dict[Path, str], places: dict[Path, Path]
) -> None:
    """Let all frames be written: some are in videos."""
    reader = Videos()
    for file, name in names.items():
        place = places[file]
        if has_image_suffix(place.name):
            source.embedded[name] = partial(_read_frame, place)
        else:
            number = _number(file)
            source.embedded[name] = partial(reader.read, place, number)


def _read_frame(path: Path) -> np.ndarray:
    """Read an image file that stands beside frames of videos."""
    try:
        return read_image(path)
    except ValueError as error:
        raise OSError(str(error)) from error
