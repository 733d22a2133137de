"""The columns of a given box."""

from collections.abc import Mapping, Sequence

from .column_groups import MAP_HINT, Key, listed
from .column_names import Meaning, is_box, split_name

CORNERS = ('left', 'top', 'right', 'bottom')
#: Sides that make a box.
BOXES = (
    CORNERS,
    ('left', 'top', 'width', 'height'),
    ('center_x', 'center_y', 'width', 'height'),
)
_IMAGES = ('image', 'img')
_SIZES = [('width', 'height'), ('w', 'h')]


def find_box(
    header: Sequence[str],
    meanings: Sequence[Meaning],
    points: dict[Key, dict],
    unused: dict[str, list[int]],
) -> dict[str, int]:
    """Find the sides of a box, and take them out of the points."""
    sides = {m.kind: i for i, m in enumerate(meanings) if m.role == 'box'}
    count = sum(m.role == 'box' for m in meanings)
    if count != len(sides):
        raise ValueError(
            'expected one box, got more: '
            + listed(
                header, [i for i, m in enumerate(meanings) if m.role == 'box']
            )
        )
    sides.update(_box_points(points, sides))
    for box in BOXES:
        if set(box) <= sides.keys():
            used = {side: sides.pop(side) for side in box}
            break
    else:
        used = {}
    if set(sides) <= {'width', 'height'} or (
        set(sides) <= {'center_x', 'center_y'} and used
    ):
        if sides:
            unused['sizes and centres'] = list(sides.values())
        return used
    if _scaled(meanings) and set(sides) <= {'center_x', 'center_y'}:
        unused["HRNet's scale and centre"] = list(sides.values())
        return used
    raise ValueError(
        f'expected all of a box ({" or ".join(map(", ".join, BOXES))}), got '
        f'{listed(header, [*sides.values(), *used.values()])}; {MAP_HINT}'
    )


def image_size(
    header: Sequence[str], box: Mapping[str, int]
) -> tuple[int, ...]:
    """Find width and height of the image: none, or two columns.

    They say what they are, or are ``width`` and ``height`` beside the
    corners of a box.

    Args:
        header (Sequence[str]): Names of the columns.
        box (Mapping[str, int]): Columns of the box.

    Returns:
        tuple[int, ...]: The columns.
    """
    names = [''.join(split_name(name)).casefold() for name in header]
    pairs = [(f'{i}{w}', f'{i}{h}') for i in _IMAGES for w, h in _SIZES]
    pairs += _SIZES if 'right' in box else []
    for width, height in pairs:
        if names.count(width) == 1 == names.count(height):
            return names.index(width), names.index(height)
    return ()


def _scaled(meanings: Sequence[Meaning]) -> bool:
    """Tell whether a centre belongs to HRNet's scale."""
    return any('HRNet' in m.kind for m in meanings)


def _box_points(
    points: dict[Key, dict], sides: Mapping[str, int]
) -> dict[str, int]:
    """Take what looks like points but is a box out of the points."""
    found: dict[str, int] = {}
    for group in {group for group, _ in points if is_box(group)}:
        found.update(_take_box(points, group, sides))
    others = {group for group, _ in points} - {()}
    bare = ((), None) in points and len(points) > 1
    has_size = {'width', 'height'} <= sides.keys()
    corners = others and not found and not set(sides) - {'width', 'height'}
    if (bare and has_size) or corners:
        found.update(_take_box(points, (), sides))
    return found


def _take_box(
    points: dict[Key, dict], group: tuple[str, ...], sides: Mapping[str, int]
) -> dict[str, int]:
    """Take the corners x1, y1, x2, y2 or x, y beside a size."""
    numbers = [n for g, n in points if g == group and n is not None]
    if (group, None) in points and (not numbers or not group or sides):
        return _named(points.pop((group, None)), *CORNERS[:2])
    if sorted(numbers) != [1, 2] and (sorted(numbers) != [0, 1] or not group):
        return {}
    first, second = sorted(numbers)
    return {
        **_named(points.pop((group, first)), *CORNERS[:2]),
        **_named(points.pop((group, second)), *CORNERS[2:]),
    }


def _named(kinds: Mapping[str, int], x: str, y: str) -> dict[str, int]:
    """Call axes by the sides of a box."""
    names = dict(x=x, y=y)
    return {names[kind]: i for kind, i in kinds.items() if kind in names}
