"""A look at the bytes of an ONNX file before ONNX Runtime reads it."""

from collections.abc import Iterator

#: Fields by number that lead to tensors, by message: ``onnx.proto``.
_INSIDE: dict[str, dict[int, str]] = {
    'model': {7: 'graph', 20: 'training', 25: 'function'},
    'training': {1: 'graph', 2: 'graph'},
    'graph': {1: 'node', 5: 'tensor', 15: 'sparse'},
    'function': {7: 'node', 11: 'attribute'},
    'node': {5: 'attribute'},
    'attribute': {
        **{5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph'},
        **{22: 'sparse', 23: 'sparse'},
    },
    'sparse': {1: 'tensor', 2: 'tensor'},
}
#: Of a tensor whose values are in another file.
_EXTERNAL_DATA, _DATA_LOCATION = 13, 14
_MOST_NESTED = 100
#: Forms of fields: the marks about a group of others.
_GROUP, _GROUP_END = 3, 4
#: Readers drop the other bits of a field's number and form.
_TAG_BITS = 0xFFFFFFFF


def names_other_files(content: bytes) -> bool:
    """Tell whether a network has weights in other files.

    ``tools/export.py`` writes none. A path there may lead anywhere, and old
    versions of ONNX Runtime follow it.

    Args:
        content (bytes): Of an ONNX file.

    Returns:
        bool: Whether it has such weights; False for what is no ONNX file.

    Raises:
        ValueError: Graphs in graphs, more than anybody writes.
    """
    waiting = [('model', memoryview(content), 0)]
    while waiting:
        kind, message, level = waiting.pop()
        if level > _MOST_NESTED:
            raise ValueError('graphs nested too deeply')
        for number, value in _fields(message):
            if kind == 'tensor' and number in (
                _EXTERNAL_DATA,
                _DATA_LOCATION,
            ):
                if value != 0:
                    return True
            elif isinstance(value, memoryview) and kind != 'tensor':
                inside = _INSIDE[kind].get(number)
                if inside:
                    waiting.append((inside, value, level + 1))
    return False


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Give the fields of a message, as ONNX Runtime's reader finds them.

    Groups are stepped over: a reader ignores them, for ``onnx.proto`` has
    none. Damage ends the fields, and with it the reading of the file.
    """
    place, groups = 0, []
    while place < len(message):
        tag, place = _varint(message, place)
        number, form = (tag & _TAG_BITS) >> 3, tag & 7
        if form == _GROUP:
            groups.append(number)
        elif form == _GROUP_END:
            if not groups or groups.pop() != number:
                return
        else:
            value, place = _value(message, place, form)
            if value is None:
                return
            if not groups:
                yield number, value


def _value(
    message: memoryview, place: int, form: int
) -> tuple[int | memoryview | None, int]:
    """Read a value, None if it is damaged, and tell where it ends."""
    if form == 0:
        return _varint(message, place)
    size = {1: 8, 5: 4}.get(form)
    if form == 2:
        size, place = _varint(message, place)
    if size is None or place + size > len(message):
        return None, place
    return message[place : place + size], place + size


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """Read a number of up to ten bytes, and tell where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, place
