"""Types of command line arguments, for ``argparse``.

Each takes the text of an argument and gives its value, or raises
:class:`argparse.ArgumentTypeError` with what was expected and what came.
"""

import argparse
import math


def positive_int(text: str) -> int:
    """Read a number of things, at least 1."""
    return _whole_number(text, 1)


def natural_int(text: str) -> int:
    """Read a number from 0 on."""
    return _whole_number(text, 0)


def seed(text: str) -> int:
    """Read a seed, of 32 bits."""
    value = _whole_number(text, 0)
    if value >= 2**32:
        raise argparse.ArgumentTypeError(
            f'expected a seed of at most {2**32 - 1}, got {text!r}'
        )
    return value


def score(text: str) -> float:
    """Read a score, from 0 to 1."""
    value = _number(text)
    return _checked(value, 0 <= value <= 1, 'a number from 0 to 1', text)


def fraction(text: str) -> float:
    """Read a part of a whole, above 0 and at most 1."""
    value = _number(text)
    return _checked(value, 0 < value <= 1, 'a number above 0, at most 1', text)


def share(text: str) -> float:
    """Read a part of a whole that leaves something, from 0 to below 1."""
    value = _number(text)
    return _checked(value, 0 <= value < 1, 'a number from 0 to below 1', text)


def part_of(text: str) -> tuple[int, int]:
    """Read which part of how many, such as 2/8: from 1 on."""
    part, _, count = text.partition('/')
    numbers = [int(n) if n.isdecimal() else 0 for n in (part, count)]
    if not 1 <= numbers[0] <= numbers[1]:
        raise argparse.ArgumentTypeError(
            f'expected a part and how many there are, 1/4 to 4/4, got {text!r}'
        )
    return numbers[0], numbers[1]


def positive_float(text: str) -> float:
    """Read a finite number above 0."""
    value = _number(text)
    return _checked(value, 0 < value < math.inf, 'a number above 0', text)


def length_px(text: str) -> float:
    """Read a length in a picture, above 0 and at most 1000 px."""
    value = _number(text)
    return _checked(
        value, 0 < value <= 1000, 'a number above 0, at most 1000', text
    )


def picture_file(text: str) -> str:
    """Read the name of a picture that OpenCV can write."""
    import cv2  # here, not above: `-h` has to be quick

    if not cv2.haveImageWriter(text):
        raise argparse.ArgumentTypeError(
            f'must be a picture (.png, .jpg), got {text}'
        )
    return text


def _whole_number(text: str, least: int) -> int:
    if not text.strip().isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(
            f'expected a whole number of at least {least}, got {text!r}'
        )
    return int(text)


def _number(text: str) -> float:
    """Read a number; NaN, which no limits hold, where there is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def _checked(value: float, good: bool, expected: str, text: str) -> float:
    if not good:
        raise argparse.ArgumentTypeError(f'expected {expected}, got {text!r}')
    return value
