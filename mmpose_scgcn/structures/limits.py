"""How many keypoints there may be."""

#: Flip partners and graphs compare each keypoint with each other one. The
#: densest sets of faces have about 500 keypoints.
MOST_KEYPOINTS = 2000


def check_count(count: int, where: str) -> None:
    """Refuse more keypoints than anything here is made for.

    Args:
        count (int): The number of keypoints.
        where (str): Which file and face, for the message.

    Raises:
        ValueError: More than :data:`MOST_KEYPOINTS`.
    """
    if count > MOST_KEYPOINTS:
        raise ValueError(
            f'{where}: expected at most {MOST_KEYPOINTS} keypoints, got '
            f'{count}'
        )
