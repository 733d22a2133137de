"""The columns of keypoints: pairs, their order and their marks."""

from collections.abc import Mapping, Sequence

from .column_names import Meaning
from .keypoint_order import list_gaps, plain_numbers

#: A keypoint: the words that name it or its set, and its number.
Key = tuple[tuple[str, ...], int | None]
#: Words that tell a set of keypoints that was predicted from a true one.
_RIVALS = {'pred', 'predicted', 'prediction', 'gt', 'true', 'truth', 'target'}
MAP_HINT = (
    'name what each column holds with --columns, such as '
    '"file=photo,x=px_{i},y=py_{i},ignore=note" (see docs/own_keypoints.md)'
)


def collect(
    header: Sequence[str], meanings: Sequence[Meaning], role: str
) -> dict[Key, dict[str, int]]:
    """Collect the columns of each keypoint by axis or kind of mark."""
    found: dict[Key, dict[str, int]] = {}
    for index, meaning in enumerate(meanings):
        if meaning.role == role:
            kinds = found.setdefault((meaning.group, meaning.number), {})
            if meaning.kind in kinds:
                raise ValueError(
                    f'the columns {header[kinds[meaning.kind]]} and '
                    f'{header[index]} name the same'
                )
            kinds[meaning.kind] = index
    return found


def drop_other_sets(points: dict[Key, dict]) -> dict[str, list[int]]:
    """Take 3-D coordinates out, which OpenFace has in capitals.

    Returns:
        dict[str, list[int]]: Columns that are not used, by what they are.
    """
    unused: dict[str, list[int]] = {}
    both = any({'x', 'X'} <= set(kinds) for kinds in points.values())
    for key, kinds in list(points.items()):
        for upper in ('X', 'Y', 'Z'):
            if upper not in kinds:
                continue
            index = kinds.pop(upper)
            if both:
                name = '3-D coordinates in capitals'
                unused.setdefault(name, []).append(index)
            else:
                kinds.setdefault(upper.lower(), index)
        if not kinds:
            del points[key]
    return unused


def in_order(points: Mapping[Key, dict]) -> list[Key]:
    """Order the keypoints: by number, named ones as the table has them."""
    groups = list(dict.fromkeys(group for group, _ in points))
    if not points:
        raise ValueError(
            f'expected columns of keypoints, found none; {MAP_HINT}'
        )
    rivals = () in groups or any(_RIVALS & set(group) for group in groups)
    if len(groups) > 1 and rivals:
        names = ', '.join(' '.join(group) or 'x, y' for group in groups)
        raise ValueError(
            f'expected one set of keypoints, got {names}; {MAP_HINT}'
        )
    order = {group: i for i, group in enumerate(groups)}
    return sorted(
        points,
        key=lambda key: (order[key[0]], -1 if key[1] is None else key[1]),
    )


def find_marks(
    marks: Mapping[Key, dict],
    keys: Sequence[Key],
    header: Sequence[str],
    unused: dict[str, list[int]],
) -> tuple[str, tuple[int, ...]]:
    """Find the marks of all keypoints: their kind, and a column for each."""
    columns: dict[str, dict[Key, int]] = {}
    for key, kinds in marks.items():
        for kind, index in kinds.items():
            columns.setdefault(kind, {})[key] = index
    unsure = columns.pop('confidence', {})
    if unsure:
        unused['confidences of keypoints'] = list(unsure.values())
    if not columns:
        return 'v', ()
    if len(columns) > 1:
        raise ValueError(
            f'expected one mark of each keypoint, got {", ".join(columns)}; '
            f'{MAP_HINT}'
        )
    ((kind, found),) = columns.items()
    places = _match(found, keys)
    if places is None:
        raise ValueError(
            f'expected a mark ({kind}) of each of the {len(keys)} keypoints, '
            f'got {listed(header, list(found.values()))}; {MAP_HINT}'
        )
    return kind, places


def _match(
    found: Mapping[Key, int], keys: Sequence[Key]
) -> tuple[int, ...] | None:
    """Give each keypoint its mark, by name and number, or number alone."""
    if set(found) == set(keys):
        return tuple(found[key] for key in keys)
    by_number = {number: index for (_, number), index in found.items()}
    numbers = [number for _, number in keys]
    same = len(by_number) == len(found) == len(keys)
    if same and None not in numbers and set(numbers) == set(by_number):
        return tuple(by_number[number] for number in numbers)
    return None


def point_names(keys: Sequence[Key]) -> tuple[str, ...]:
    """Name the keypoints, where the header has more than numbers."""
    if len({group for group, _ in keys}) < 2:
        return ()
    return tuple(
        '_'.join([*group, *([] if number is None else [str(number)])])
        for group, number in keys
    )


def point_numbers(keys: Sequence[Key]) -> tuple[str, ...]:
    """Number the keypoints, where they do not count from 0 or 1."""
    first, *others = [number for _, number in keys]
    if first is None:  # x, x.1, x.2, ...
        first = (others[0] or 0) - 1 if others else 0
    texts = tuple(map(str, [first, *others]))
    return () if point_names(keys) or plain_numbers(texts) else texts


def number_gaps(keys: Sequence[Key]) -> str:
    """List numbers that are left out, where keypoints have only numbers."""
    numbers = [number for _, number in keys if number is not None]
    return list_gaps(numbers) if numbers and not point_names(keys) else ''


def listed(header: Sequence[str], indices: Sequence[int]) -> str:
    """List columns, the first and the last where there are many."""
    names = [header[i] or '(no name)' for i in indices]
    if len(names) > 6:
        names = [*names[:3], '...', names[-1]]
    return ', '.join(names)
