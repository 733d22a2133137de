"""All that is looked for in a data set before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .checks import find_boxes, find_problems, other_sizes, outside_image
from .plausible import find_implausible
from .records import Face, Problem, Source
from .units import check_converted, check_units


@dataclass(frozen=True)
class Options:
    """How a data set is to be written.

    Args:
        box (str): ``'landmarks'`` or ``'given'``
            (:func:`.boxes.face_box`).
        padding (float): Added to the box on each side, as a fraction.
        val_share (float): Share of the training set to hold out; 0 for none.
        seed (int): Of what is held out.
        units (str): Of the files (:data:`.units.UNITS`); ``'auto'`` is
            pixels, and refuses what cannot be.
    """

    box: str = 'landmarks'
    padding: float = 0.0
    val_share: float = 0.1
    seed: int = 0
    units: str = 'auto'


class ProblemsError(ValueError):
    """Nothing was written; what was found until then is in ``problems``."""

    def __init__(self, message: str, problems: list[Problem]) -> None:
        super().__init__(message)
        self.problems = problems


class StrictError(ProblemsError):
    """Serious problems, and nothing written."""

    def __init__(self, problems: list[Problem]) -> None:
        count = sum(problem.serious for problem in problems)
        message = f'{count} serious problems; nothing was written'
        super().__init__(message, problems)


def examine(
    source: Source, sizes: Mapping[str, tuple[int, int]], options: Options
) -> tuple[dict[Face, np.ndarray], list[Problem]]:
    """Compute the boxes, and find what is wrong with the faces.

    Args:
        source (Source): Faces in pixels.
        sizes (Mapping): Width and height by image, px.
        options (Options): Boxes and units.

    Returns:
        tuple[dict[Face, np.ndarray], list[Problem]]: Boxes (4,), image px,
        and the problems.

    Raises:
        ValueError: Coordinates that cannot be pixels, or no face with a box.
        ProblemsError: Most given boxes are to be used and cannot be right.
    """
    own = not source.expected
    if own and options.units == 'auto':
        check_units(source, sizes)
    elif own and options.units != 'pixels':
        check_converted(source, sizes, options.units)
    implausible = find_implausible(source, sizes)
    wrong = [p for p in implausible if p.kind.startswith('given box')]
    if own and options.box == 'given' and len(wrong) > len(sizes) / 2:
        raise ProblemsError(
            f'{len(wrong)} given boxes cannot be right (are x, y, width and '
            'height called as corners, or the other way round?); --box '
            'landmarks does without them',
            implausible,
        )
    boxes, without = find_boxes(source.faces, options.box, options.padding)
    problems = [*find_problems(source), *without, *implausible]
    problems += other_sizes(source, sizes)
    return boxes, [*problems, *outside_image(source.faces, sizes)]
