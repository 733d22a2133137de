"""Lines between keypoints, for data sets that come without a skeleton."""

from itertools import pairwise

#: Data set -> rows of keypoints: the first, the last, and whether the last is
#: joined to the first.
_ROWS = {
    '300w': (
        *((0, 16, False), (17, 21, False), (22, 26, False)),
        *((27, 30, False), (31, 35, False)),
        *((36, 41, True), (42, 47, True), (48, 59, True), (60, 67, True)),
    ),
    'wflw': (
        *((0, 32, False), (33, 41, True), (42, 50, True)),
        *((51, 54, False), (55, 59, False)),
        *((60, 67, True), (68, 75, True), (76, 87, True), (88, 95, True)),
    ),
}
_ROWS['coco_wholebody_face'] = _ROWS['300wlp'] = _ROWS['300w']


def outline(dataset_name: str) -> tuple[tuple[int, int], ...]:
    """Give the outlines of face, brows, nose, eyes and lips.

    Args:
        dataset_name (str): As MMPose names it, such as ``300w``.

    Returns:
        tuple[tuple[int, int], ...]: Pairs of keypoints; none for a data set
        that is not known here.

    Example:
        >>> outline('300w')[:2]
        ((0, 1), (1, 2))
    """
    links: list[tuple[int, int]] = []
    for first, last, closed in _ROWS.get(dataset_name, ()):
        links += pairwise(range(first, last + 1))
        if closed:
            links.append((last, first))
    return tuple(links)
