"""The order of keypoints that have names."""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from .records import Face, Problem

#: A name in one face, or in less than this share of them, may be a slip.
_RARE = 0.05
_ENOUGH = 4
#: Numbers that are told of those that are left out.
_SHOWN = 8


def same_order(
    faces: list[Face],
    names: tuple[str, ...],
    wanted: tuple[str, ...],
    file: str | Path,
) -> list[Face]:
    """Put the keypoints of a file in the order of the first file's names.

    Args:
        faces (list[Face]): Of the file.
        names (tuple[str, ...]): Of their keypoints (K,); none where they
            only have numbers.
        wanted (tuple[str, ...]): Those of the first file.
        file (str | Path): For the message.

    Returns:
        list[Face]: In that order.

    Raises:
        ValueError: Other names.
    """
    if names == wanted:
        return faces
    if sorted(names) != sorted(wanted):
        raise ValueError(
            f'{file}: expected keypoints '
            f'{", ".join(wanted) or "numbered from 0 or 1"}, as in the first '
            f'file, got {", ".join(names) or "numbers from 0 or 1"}'
        )
    order = [names.index(name) for name in wanted]
    return [
        replace(f, keypoints=f.keypoints[order], flags=f.flags[order])
        for f in faces
    ]


def parse_names(text: str | None) -> tuple[str, ...]:
    """Read a list of names such as ``left_eye,right_eye,nose``.

    Args:
        text (str, optional): What the user said.

    Returns:
        tuple[str, ...]: The names; none if nothing was said.

    Raises:
        ValueError: A name twice, or an empty one.
    """
    if text is None:
        return ()
    names = tuple(name.strip() for name in text.split(','))
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(
            'expected names of keypoints, each once, such as --keypoints '
            f'left_eye,right_eye,nose; got {text!r}'
        )
    return names


def natural_order(names: Collection[str]) -> list[str]:
    """Order names, numbers in them by their value: k2 before k10."""

    def key(name: str) -> list[tuple[int, int, str]]:
        parts = re.findall(r'\d+|\D+', name)
        return [
            (0, int(p), p) if p.isdecimal() else (1, 0, p.casefold())
            for p in parts
        ]

    return sorted(names, key=lambda name: (key(name), name))


def plain_numbers(names: Sequence[str]) -> bool:
    """Tell names that only count from 0 or 1, in their order."""
    if not all(name.isdecimal() for name in names):
        return False
    numbers = [int(name) for name in names]
    return numbers in (
        list(range(len(names))),
        list(range(1, len(names) + 1)),
    )


def odd_names(counts: Counter[str], total: int) -> list[Problem]:
    """Find names that may be slips of the pen, and gaps in numbers.

    Args:
        counts (Counter): How many faces have each name.
        total (int): How many faces there are.

    Returns:
        list[Problem]: Serious ones: a slip makes another keypoint.
    """
    problems = []
    for name, count in counts.items():
        if total < _ENOUGH or count > max(1, _RARE * total):
            continue
        others = [other for other in counts if counts[other] > count]
        near = difflib.get_close_matches(name, others, 1)
        hint = f' (is it {near[0]!r}?)' if near else ''
        text = (
            f'{name!r} in {count} of {total} faces{hint}; if it is no '
            'keypoint of its own, name those that are with --keypoints'
        )
        problems.append(Problem('keypoint that few faces have', text))
    return problems + _gaps(counts)


def _gaps(counts: Collection[str]) -> list[Problem]:
    """Find numbers that are left out between others."""
    if not all(name.isdecimal() for name in counts):
        return []
    gaps = list_gaps([int(name) for name in counts])
    text = f'{gaps} (keypoints are numbered anew from 0, names keep theirs)'
    kind = 'numbers of keypoints that no face has'
    return [Problem(kind, text)] if gaps else []


def list_gaps(numbers: Collection[int]) -> str:
    """List numbers that are left out between others, the first ones.

    Args:
        numbers (Collection[int]): Of keypoints; at least one.

    Returns:
        str: Such as ``2, 3``; empty if none is left out.
    """
    there = set(numbers)
    between = range(min(there), max(there))
    # Never all of them: a single wrong number may be far from the others.
    gaps = islice((n for n in between if n not in there), _SHOWN + 1)
    texts = [str(number) for number in gaps]
    texts[_SHOWN:] = ['...'] if len(texts) > _SHOWN else []
    return ', '.join(texts)
