"""What a JSON file of annotations holds."""

from collections.abc import Mapping
from typing import Any

Known = tuple[tuple[set[str], str], ...]
_LISTS: Known = (
    ({'data', 'annotations'}, "Label Studio's own JSON: export it as COCO"),
    ({'data', 'completions'}, "Label Studio's own JSON: export it as COCO"),
    ({'image_id', 'score'}, 'a list of results in the form of COCO'),
    ({'image', 'annotations'}, 'a list in the form of CreateML'),
)
_OBJECTS: Known = (
    (
        {'shapes', 'imagePath'},
        'a file of LabelMe: prepare_dataset.py labelme reads it',
    ),
    (
        {'images', 'annotations'},
        'a file in the form of COCO: prepare_dataset.py coco reads it',
    ),
    ({'_via_img_metadata'}, 'a project of VIA: export it as COCO'),
    ({'objects', 'size'}, 'a file of Supervisely: export it as COCO'),
    ({'items', 'categories'}, 'a file of Datumaro: export it as COCO'),
)


def tell_json(content: Any) -> str:
    """Say in words what a JSON file holds, for messages.

    Args:
        content (Any): Of the file.

    Returns:
        str: The tool that writes such files, or what keys there are.
    """
    known, listed = _OBJECTS, ''
    if isinstance(content, list):
        if not content:
            return 'an empty list'
        content, known, listed = content[0], _LISTS, 'a list of '
    if not isinstance(content, Mapping):
        return f'{listed}{type(content).__name__} {str(content)[:40]!r}'
    for keys, text in known:
        if keys <= content.keys():
            return text
    if not content:
        return f'{listed}an object without keys'
    return f'{listed}an object with {", ".join(list(content)[:6])}'
