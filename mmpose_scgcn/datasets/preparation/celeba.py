"""CelebA: lists of five points, boxes, identities and a partition."""

from collections import Counter
from pathlib import Path

import numpy as np

from .celeba_files import (
    BOXES,
    PEOPLE,
    SPLITS,
    Lists,
    find_folder,
    read_lists,
)
from .celeba_lists import ImageList
from .groups import find_group
from .image_files import Folders
from .missing import mark_missing, parse_missing
from .records import ABSENT, LABELED, Face, Problem, Source

NUM_FACES = 202_599
#: By the number in ``list_eval_partition``: split, official number of faces.
PARTITION = (('train', 162_770), ('val', 19_867), ('test', 19_962))
#: Points that change places in a mirrored face.
_PAIRS = dict(lefteye='righteye', leftmouth='rightmouth')


def read_celeba(
    path: str | Path,
    images: str | Path | None = None,
    name: str = 'celeba',
    origin: int = 0,
    missing: str = 'auto',
    group_pattern: str | None = None,
    encoding: str | None = None,
) -> Source:
    """Read CelebA, as its authors or Kaggle give it.

    ``list_landmarks_align_celeba`` belongs to the cropped images of 178 x 218
    px (``img_align_celeba``), ``list_landmarks_celeba`` to the photographs
    (``img_celeba``). Where they are there, ``list_bbox_celeba`` gives the
    boxes of the photographs (it does not fit the cropped images),
    ``list_eval_partition`` the splits, and ``identity_CelebA`` the people.

    Args:
        path (str | Path): A list of landmarks, or a folder that has one in
            it or up to two levels below.
        images (str | Path, optional): Folder of the images. Defaults to
            what is called ``img_align_celeba`` or ``img_celeba`` near the
            list, or the list's own.
        name (str): Of the data set. Defaults to ``'celeba'``.
        origin (int): Coordinates of the first pixel's centre. Defaults to 0:
            nothing in the set says that it counts from 1.
        missing (str): Coordinates that mean "not annotated"
            (:func:`.missing.parse_missing`). Defaults to ``'auto'``.
        group_pattern (str, optional): Regular expression whose first group,
            found in the image's name, is the identity. Defaults to the list
            of identities, or each image on its own.
        encoding (str, optional): Of the lists. Defaults to UTF-8.

    Returns:
        Source: Splits ``train``, ``val`` and ``test`` as in the partition,
        or ``trainval``.

    Raises:
        FileNotFoundError: No list of landmarks.
        ValueError: A list of another form, or two lists of landmarks whose
            images are not told apart.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f'{path}: expected a list or a folder')
    lists = read_lists(path, encoding)
    landmarks = lists.landmarks
    parts = _point_names(landmarks)
    folder = Path(images) if images else find_folder(path, lists)
    source = Source(
        name,
        {},
        folder,
        problems=list(landmarks.problems),
        origin=origin,
        names=parts,
        partners=_partners(parts),
    )
    _add_faces(source, lists, group_pattern)
    source.notes = _notes(source, lists)
    counts = {split: len(faces) for split, faces in source.splits.items()}
    if counts == dict(PARTITION):
        source.expected = counts
    source.videos = not group_pattern
    return mark_missing(source, parse_missing(missing))


def _point_names(landmarks: ImageList) -> tuple[str, ...]:
    """Name the points by the heading: ``lefteye_x``, ``lefteye_y``, ..."""
    x, y = landmarks.names[::2], landmarks.names[1::2]
    names = tuple(name.removesuffix('_x') for name in x)
    wanted = [(f'{name}_x', f'{name}_y') for name in names]
    if not names or list(zip(x, y, strict=False)) != wanted or len(x) > len(y):
        raise ValueError(
            f'{landmarks.path}: expected a heading lefteye_x lefteye_y '
            f'righteye_x ..., got {" ".join(landmarks.names)[:60]!r}'
        )
    return names


def _partners(names: tuple[str, ...]) -> tuple[int, ...]:
    """Find the partner of each point: its own where a list lacks the other."""
    other = {**_PAIRS, **{right: left for left, right in _PAIRS.items()}}
    mirrored = [other.get(name, name) for name in names]
    if set(mirrored) != set(names):
        return tuple(range(len(names)))
    return tuple(names.index(name) for name in mirrored)


def _add_faces(
    source: Source, lists: Lists, group_pattern: str | None
) -> None:
    """Add the faces to their splits."""
    landmarks, folders = lists.landmarks, Folders()
    shapes = landmarks.numbers.reshape(len(landmarks.files), -1, 2)
    strangers: Counter[str] = Counter()
    kept = ('trainval', *(split for split, _ in PARTITION))
    splits: dict[str, list[Face]] = {split: [] for split in kept}
    for index, file in enumerate(landmarks.files):
        split = _split(file, lists, strangers)
        where = f'{landmarks.path}, line {landmarks.lines[index]}'
        if split is None:
            continue
        person = lists.people.get(file)
        group = file if person is None else str(int(person[0]))
        if group_pattern:
            group = find_group(file, group_pattern)
        points = shapes[index] - source.origin
        known = np.isfinite(points).all(axis=1)
        face = Face(
            _with_suffix(source.folder, file, folders),
            points,
            np.where(known, LABELED, ABSENT),
            where,
            group,
            box=_box(lists.boxes.get(file), source.origin),
            fields=dict(identity=group) if group != file else {},
        )
        splits[split].append(face)
    if not splits['val'] and not splits['trainval']:
        splits['trainval'] = splits.pop('train')
    source.splits.update({s: faces for s, faces in splits.items() if faces})
    for kind, count in strangers.items():
        source.problems.append(Problem(kind, f'{count} images'))


def _split(file: str, lists: Lists, strangers: Counter) -> str | None:
    """Tell the split of an image."""
    if lists.people and file not in lists.people:
        strangers[f'image that {PEOPLE} has not, a group of its own'] += 1
    if not lists.splits:
        return 'trainval'
    part = lists.splits.get(file)
    if part is None or part[0] not in range(len(PARTITION)):
        strangers[f'image without 0, 1 or 2 in {SPLITS}, left out'] += 1
        return None
    return PARTITION[int(part[0])][0]


def _with_suffix(folder: Path, file: str, folders: Folders) -> str:
    """Name the image as it is there: lists say .jpg of PNG images too."""
    place = folder / file
    there = folders.images(place.parent)
    if file.lower() in there or Path(file).stem.lower() not in there:
        return file
    found = there[Path(file).stem.lower()][0]
    return place.with_name(found).relative_to(folder).as_posix()


def _box(
    numbers: np.ndarray | None, origin: int
) -> tuple[float, float, float, float] | None:
    """Make the corners of a box of left, top, width and height."""
    if numbers is None:
        return None
    left, top, width, height = (numbers - [origin, origin, 0, 0]).tolist()
    return left, top, left + width, top + height


def _notes(source: Source, lists: Lists) -> tuple[str, ...]:
    """Say what was read of what."""
    count = len(lists.landmarks.files)
    kind = 'cropped images' if lists.aligned else 'photographs'
    used = {
        f'boxes of {BOXES}': lists.boxes,
        f'splits of {SPLITS}': lists.splits,
        f'people of {PEOPLE}': lists.people,
    }
    parts = [
        f'{name}: {"read" if had else "none"}' for name, had in used.items()
    ]
    return (
        f'{lists.landmarks.path}: {count} of {NUM_FACES} faces, {kind}; '
        f'points {", ".join(source.names)}; {"; ".join(parts)}; images in '
        f'{source.folder}',
    )
