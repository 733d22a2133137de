"""Identities and photographs, which stay in one split."""

import re

#: What Roboflow puts behind the name of each version of a photograph.
_VERSION = re.compile(r'\.rf\.[0-9A-Za-z]{16,}(?=\.\w+$)')


def find_group(file: str, pattern: str | None) -> str:
    """Find which identity or photograph an image file belongs to.

    Args:
        file (str): Its name.
        pattern (str, optional): Regular expression with a group; without
            one, each file is a group of its own, but for the versions that
            Roboflow makes of a photograph.

    Returns:
        str: The group.

    Raises:
        ValueError: A pattern without a group, or one that does not occur.
    """
    if pattern is None:
        return _VERSION.sub('', file)
    found = re.search(pattern, file)
    if not found or not found.groups() or found[1] is None:
        raise ValueError(
            f'the group pattern {pattern!r} should find a (group) in every '
            f'image name; in {file!r} it finds none'
        )
    return found[1]
