"""The lists and images of CelebA, where its authors or Kaggle put them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .celeba_lists import ImageList, read_list
from .column_names import has_image_suffix

_SUFFIXES = ('.txt', '.csv')
#: Lists by what they hold; the landmarks of cropped images come first.
_LANDMARKS = ('list_landmarks_align_celeba', 'list_landmarks_celeba')
BOXES = 'list_bbox_celeba'
SPLITS = 'list_eval_partition'
PEOPLE = 'identity_celeba'


@dataclass(frozen=True)
class Lists:
    """The lists that belong together.

    Args:
        landmarks (ImageList): Points.
        boxes (dict): Left, top, width and height by image.
        splits (dict): 0, 1 or 2 by image.
        people (dict): Number of the person by image.
        aligned (bool): Whether the images are the cropped ones.
    """

    landmarks: ImageList
    boxes: dict[str, np.ndarray]
    splits: dict[str, np.ndarray]
    people: dict[str, np.ndarray]
    aligned: bool


def read_lists(path: Path, encoding: str | None) -> Lists:
    """Read the landmarks and the lists beside them.

    Args:
        path (Path): A list of landmarks, or a folder with one.
        encoding (str, optional): Of the lists.

    Returns:
        Lists: Those that were found.

    Raises:
        FileNotFoundError: No list of landmarks.
        ValueError: Two of them, or a list of another form.
    """
    files = {p.stem.lower(): p for p in reversed(_near(path))}
    if path.is_dir():
        found = [files[name] for name in _LANDMARKS if name in files]
        if not found:
            raise FileNotFoundError(
                f'{path}: expected {" or ".join(_LANDMARKS)}, .txt or .csv, '
                'found neither'
            )
        if len(found) > 1:
            raise ValueError(
                f'{path}: expected one list of landmarks, got {found[0]} for '
                f'cropped images and {found[1]} for photographs: name one of '
                'them instead of the folder'
            )
        path = found[0]

    def read(name: str, width: int) -> dict[str, np.ndarray]:
        if name not in files:
            return {}
        found = read_list(files[name], width, encoding)
        if not np.isfinite(found.numbers).all():
            raise ValueError(f'{files[name]}: expected a number in each cell')
        return found.by_file()

    photographs = path.stem.lower() == _LANDMARKS[1]
    return Lists(
        read_list(path, encoding=encoding),
        read(BOXES, 4) if photographs else {},
        read(SPLITS, 1),
        read(PEOPLE, 1),
        aligned='align' in path.stem.lower(),
    )


def _near(path: Path) -> list[Path]:
    """List what may be lists: in a folder and below it, or beside a list."""
    root, depth = path.parent, 1
    if path.is_dir():
        root, depth = path, 3
    elif root.name.lower() == 'anno':
        root, depth = root.parent, 2  # Eval is beside
    depths = ('*', '*/*', '*/*/*')[:depth]
    patterns = [f'{depth}{s}' for depth in depths for s in _SUFFIXES]
    return [
        file for pattern in patterns for file in sorted(root.glob(pattern))
    ]


def find_folder(path: Path, lists: Lists) -> Path:
    """Find the images' folder; Kaggle has one in another of its name.

    Args:
        path (Path): Of the list of landmarks, or of a folder.
        lists (Lists): What was read.

    Returns:
        Path: The folder, or that of the list.
    """
    own = lists.landmarks.path.parent
    wanted = 'img_align_celeba*' if lists.aligned else 'img_celeba*'
    roots = [path, own.parent] if path.is_dir() else [own, own.parent]
    for root in dict.fromkeys(roots):
        for depth in ('', '*/', '*/*/'):
            for folder in sorted(root.glob(f'{depth}{wanted}')):
                if folder.is_dir() and any(map(_is_image, folder.iterdir())):
                    return folder
    return own


def _is_image(path: Path) -> bool:
    """Tell whether a path names an image."""
    return has_image_suffix(path.name)
