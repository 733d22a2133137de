"""What is wrong with single files that are predicted, in words."""

import re
from pathlib import Path

from mmpose_scgcn.images import shown, why_doubtful

import cv2

from .table import TableError
from .window import NoWindowError


class Remark(str):
    """A sentence about a source that has results all the same."""

    __slots__ = ()

    kind: str


class Partly(Remark):
    """It was not predicted to its end."""

    __slots__ = ()

    kind = 'in part'


class Doubtful(Remark):
    """Its results are most probably wrong."""

    __slots__ = ()

    kind = 'doubtful'


def named(path: Path, error: Exception) -> str:
    """Say what is wrong, and with which file.

    Args:
        path (pathlib.Path): The file that was read.
        error (Exception): May name it already.

    Returns:
        str: A sentence.
    """
    text = str(error) or type(error).__name__
    names = shown(path), str(path)
    # Whole, not as the end of another path.
    told = any(
        re.search(rf'(?<![\w/\\.-])(\./)?{re.escape(name)}(?!\w)', text)
        for name in names
    )
    return text if told else f'{names[0]}: {text}'


def is_fault_of_file(error: Exception) -> bool:
    """Tell whether an error is that of one image or video.

    Args:
        error (Exception): What ended its prediction.

    Returns:
        bool: Whether others may have none: their files can be read, and fit
        into the memory.
    """
    if isinstance(error, (NoWindowError, TableError)):
        return False
    if isinstance(error, RuntimeError):  # as PyTorch tells it
        return 'memory' in str(error).lower()
    return isinstance(error, (OSError, ValueError, MemoryError, cv2.error))


def doubts(path: Path, brightest: int | None) -> list[str]:
    """Tell of an image of 16 bits whose values are of fewer bits.

    Args:
        path (pathlib.Path): The image.
        brightest (int, optional): Its largest value; None for 8 bits.

    Returns:
        list[str]: A :class:`Doubtful`, or nothing.
    """
    doubt = why_doubtful(brightest)
    return [Doubtful(f'{shown(path)}: {doubt}')] if doubt else []
