"""What a user says of a table's columns: ``--columns``."""

import re
from collections.abc import Sequence

from .column_names import Meaning

_SIDES = (
    *('left', 'top', 'right', 'bottom', 'width', 'height'),
    *('center_x', 'center_y'),
)
_MARKS = ('v', 'visible', 'occluded')
FIELDS = ('file', 'x', 'y', *_MARKS, *_SIDES, 'ignore')


def map_columns(text: str, header: Sequence[str]) -> dict[int, Meaning]:
    """Read a mapping such as ``file=photo,x=px_{i},y=py_{i},ignore=note``.

    ``{i}`` stands for the number of a keypoint, ``{name}`` for its name,
    ``*`` in ``ignore`` for any text.

    Args:
        text (str): The mapping.
        header (Sequence[str]): Names of the columns.

    Returns:
        dict[int, Meaning]: What the named columns hold.

    Raises:
        ValueError: A field that is not known, or a name that no column has.
    """
    found: dict[int, Meaning] = {}
    for part in text.split(','):
        what, equals, template = (t.strip() for t in part.partition('='))
        if what not in FIELDS or not equals or not template:
            raise ValueError(
                f'--columns: expected WHAT=COLUMN with WHAT among '
                f'{", ".join(FIELDS)}, got {part!r}'
            )
        if max(map(template.count, ('{i}', '{name}'))) > 1:
            raise ValueError(
                '--columns: expected {i} and {name} once in a field, got '
                f'{part!r}'
            )
        fits = _fits(what, template, header)
        if not fits:
            raise ValueError(
                f'--columns: no column is called {template!r}; there are '
                f'{", ".join(header)}'
            )
        found.update(fits)
    return found


def _fits(
    what: str, template: str, header: Sequence[str]
) -> dict[int, Meaning]:
    """Find the columns of one field."""
    pattern = re.escape(template)
    pattern = pattern.replace(r'\{i\}', r'(?P<i>\d+)')
    pattern = pattern.replace(r'\{name\}', r'(?P<name>.+)')
    if what == 'ignore':
        pattern = pattern.replace(r'\*', '.*')
    fits = {}
    for index, name in enumerate(header):
        match = re.fullmatch(pattern, name.strip())
        if match:
            fits[index] = _meaning(what, match.groupdict())
    return fits


def _meaning(what: str, parts: dict[str, str]) -> Meaning:
    """Say what a column of a field holds."""
    if what == 'file':
        return Meaning('file')
    if what == 'ignore':
        return Meaning('known', 'as --columns says')
    if what in _SIDES:
        return Meaning('box', what)
    role = 'mark' if what in _MARKS else 'point'
    group = (parts['name'],) if 'name' in parts else ()
    number = int(parts['i']) if 'i' in parts else None
    return Meaning(role, what, group, number)
