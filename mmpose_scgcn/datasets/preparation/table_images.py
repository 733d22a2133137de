"""Images of a table whose names do not lead to a file."""

import os
from dataclasses import replace

from .groups import rename_image
from .named_images import NamedImages
from .records import Source


def find_images(source: Source) -> Source:
    """Find images by the end of their names, where these lead nowhere.

    Such as those with folders of another machine, of a web address or
    without a suffix (:class:`.named_images.NamedImages`).

    Args:
        source (Source): What was read of tables.

    Returns:
        Source: With the names of the files that were found; those of images
        that are missing stay.

    Raises:
        ValueError: Several images fit a name.
    """
    folder = source.folder
    lost = {
        face.file: face.where
        for face in source.faces
        if not os.path.lexists(folder / face.file)
    }
    finder = NamedImages(folder)
    names = {}
    for file, where in lost.items():
        path = finder.find(file, [folder], where)
        if path.is_file():
            names[file] = path.relative_to(finder.folder).as_posix()
    if not names:
        return source
    first, name = next(iter(names.items()))
    note = f'{len(names)} images found by other names: {first} is {name}'
    return replace(
        source,
        splits={
            split: [rename_image(f, names.get(f.file, f.file)) for f in faces]
            for split, faces in source.splits.items()
        },
        declared={names.get(f, f): s for f, s in source.declared.items()},
        notes=(*source.notes, note),
        problems=[*source.problems, *finder.problems],
    )
