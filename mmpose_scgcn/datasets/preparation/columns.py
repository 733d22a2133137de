"""Which columns of a table hold what, told by its header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from .column_boxes import find_box, image_size
from .column_groups import (
    MAP_HINT,
    collect,
    drop_other_sets,
    find_marks,
    in_order,
    listed,
    number_gaps,
    point_names,
    point_numbers,
)
from .column_names import (
    Meaning,
    counts_columns,
    has_image_suffix,
    tell_name,
)


@dataclass(frozen=True)
class Columns:
    """Where a table has what; columns are counted from 0.

    Args:
        file (int): The image's name.
        x (tuple[int, ...]): x of each keypoint (K,).
        y (tuple[int, ...]): y of each keypoint (K,).
        width (int): Number of columns.
        marks (tuple[int, ...]): Marks of the keypoints (K,), or none.
        mark_kind (str): What the marks are: ``'v'``, ``'visible'`` or
            ``'occluded'``.
        box (dict[str, int]): Columns of the sides of a given box.
        size (tuple[int, ...]): Width and height of the image, or none.
        gaps (str): Numbers between those of keypoints that no column has.
        names (tuple[str, ...]): Names of the keypoints (K,), or none.
        notes (tuple[str, ...]): What was read and what not, in words.
        plain (bool): Nothing names the columns.
        numbers (tuple[str, ...]): Numbers of keypoints without names (K,);
            none where they count from 0 or 1.
    """

    file: int
    x: tuple[int, ...]
    y: tuple[int, ...]
    width: int
    marks: tuple[int, ...] = ()
    mark_kind: str = 'v'
    box: dict[str, int] = field(default_factory=dict)
    size: tuple[int, ...] = ()
    gaps: str = ''
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    plain: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def keypoints(self) -> tuple[str, ...]:
        """What tells the keypoints from others (K,): names or numbers."""
        return self.names or self.numbers


def plain_columns(width: int, notes: Sequence[str] = ()) -> Columns:
    """Columns name, x0, y0, x1, y1, ...

    Raises:
        ValueError: No coordinates, or an odd number of them.
    """
    if width < 3 or width % 2 == 0:
        raise ValueError(
            'expected columns name, x0, y0, x1, y1, ... or a header that '
            f'names them, got {width - 1} columns of coordinates'
        )
    x, y = tuple(range(1, width, 2)), tuple(range(2, width, 2))
    notes = (*notes, f'{len(x)} keypoints, as name, x0, y0, x1, y1, ...')
    return Columns(0, x, y, width, notes=notes, plain=True)


def find_columns(
    header: Sequence[str],
    sample: Sequence[str],
    mapped: Mapping[int, Meaning] | None = None,
) -> Columns:
    """Tell the columns by their names, in whatever order they are.

    Args:
        header (Sequence[str]): Names.
        sample (Sequence[str]): Cells of the first row.
        mapped (Mapping[int, Meaning], optional): What the user said of
            columns.

    Returns:
        Columns: Where the table has what.

    Raises:
        ValueError: A column that is not known, a coordinate without its
            partner, a keypoint twice, or no name of the image.
    """
    meanings = [tell_name(name) for name in header]
    given = dict(mapped or {})
    meanings = [given.get(i, m) for i, m in enumerate(meanings)]
    asked = [i for i, m in given.items() if m.role == 'file']
    file = asked[0] if asked else _find_file(header, meanings, sample)
    meanings = [
        _OTHER_NAME if m.role == 'file' and i != file else m
        for i, m in enumerate(meanings)
    ]
    meanings[file] = Meaning('file')
    if any(m.role == 'point' for m in given.values()):
        meanings = [
            m if i in given or m.role in ('file', 'box', 'known') else _UNUSED
            for i, m in enumerate(meanings)
        ]
    numbers = [i for i, m in enumerate(meanings) if m.role == 'number']
    if numbers:
        return _numbered(header, meanings, numbers)
    _check_known(header, meanings)
    return _arrange(header, _count_repeated(meanings), file)


_UNUSED = Meaning('known', 'columns that --columns does not name')
_OTHER_NAME = Meaning('known', 'other names')


def _count_repeated(meanings: Sequence[Meaning]) -> list[Meaning]:
    """Number the keypoints of a header x, y, x, y, ..."""
    points = [i for i, m in enumerate(meanings) if m.role == 'point']
    axes = [meanings[i].kind.lower() for i in points]
    cycle = ['x', 'y', 'z'] if 'z' in axes else ['x', 'y']
    alike = len({(meanings[i].group, meanings[i].number) for i in points}) == 1
    count = len(points) // len(cycle)
    counted = list(meanings)
    if alike and count > 1 and axes == cycle * count:
        for place, i in enumerate(points):
            counted[i] = replace(meanings[i], number=place // len(cycle))
    return counted


def _find_file(
    header: Sequence[str], meanings: Sequence[Meaning], sample: Sequence[str]
) -> int:
    """Find the column of the images' names."""
    by_value = [i for i, cell in enumerate(sample) if has_image_suffix(cell)]
    named = [i for i, m in enumerate(meanings) if m.role == 'file']
    found = [i for i in named if i in by_value] or named
    if not found:
        found = [i for i in by_value if meanings[i].role != 'point'][:1]
    if not found and not header[0].strip():
        found = [0]
    if len(found) != 1:
        names = ', '.join(header[i] for i in found) or 'none'
        raise ValueError(
            'expected one column with the names of the images (called name, '
            f'file, image or the like), found {names} among '
            f'{listed(header, range(len(header)))}; {MAP_HINT}'
        )
    return found[0]


def _numbered(
    header: Sequence[str], meanings: Sequence[Meaning], numbers: list[int]
) -> Columns:
    """Columns that are only counted: the plain form."""
    counted = [meanings[i].number for i in numbers]
    plain = meanings[0].role == 'file' and len(numbers) == len(header) - 1
    if not plain or not counts_columns([n or 0 for n in counted]):
        raise ValueError(
            f'cannot tell what the columns {listed(header, numbers)} hold: '
            'numbers alone mean name, x0, y0, x1, y1, ... only where they '
            f'count all columns after the name; {MAP_HINT}'
        )
    return plain_columns(len(header))


def _check_known(header: Sequence[str], meanings: Sequence[Meaning]) -> None:
    """Refuse columns that nobody knows."""
    unknown = [i for i, m in enumerate(meanings) if m.role == 'unknown']
    if unknown:
        raise ValueError(
            f'cannot tell what the columns {listed(header, unknown)} hold; '
            f'{MAP_HINT}'
        )


def _arrange(
    header: Sequence[str], meanings: Sequence[Meaning], file: int
) -> Columns:
    """Pair the coordinates and collect the rest."""
    points = collect(header, meanings, 'point')
    unused = drop_other_sets(points)
    box = find_box(header, meanings, points, unused)
    for kinds in points.values():
        if kinds.keys() - {'z'} != {'x', 'y'}:
            there = listed(header, list(kinds.values()))
            raise ValueError(
                f'expected an x and a y of every keypoint, got {there} '
                f'alone; {MAP_HINT}'
            )
        if 'z' in kinds:
            unused.setdefault('z (depth)', []).append(kinds['z'])
    keys = in_order(points)
    marks = collect(header, meanings, 'mark')
    mark_kind, places = find_marks(marks, keys, header, unused)
    for i, meaning in enumerate(meanings):
        if meaning.role == 'known':
            unused.setdefault(meaning.kind, []).append(i)
    x = tuple(points[key]['x'] for key in keys)
    y = tuple(points[key]['y'] for key in keys)
    return Columns(
        file,
        x,
        y,
        len(header),
        places,
        mark_kind,
        box,
        image_size(header, box),
        number_gaps(keys),
        point_names(keys),
        _notes(header, file, (x, y, places), mark_kind, box, unused),
        numbers=point_numbers(keys),
    )


def _notes(
    header: Sequence[str],
    file: int,
    points: tuple[Sequence[int], ...],
    mark_kind: str,
    box: Mapping[str, int],
    unused: Mapping[str, Sequence[int]],
) -> tuple[str, ...]:
    """Say what was read and what not."""
    x, y, marks = points
    notes = [
        f'image from {header[file] or "the first column"}; {len(x)} '
        f'keypoints, x from {listed(header, x)}, y from {listed(header, y)}'
    ]
    if marks:
        notes.append(f'{mark_kind} from {listed(header, marks)}')
    if box:
        sides = ', '.join(f'{s} from {header[i]}' for s, i in box.items())
        notes.append(f'box: {sides}')
    notes += [
        f'not used, {kind}: {listed(header, sorted(columns))}'
        for kind, columns in unused.items()
    ]
    return tuple(notes)
