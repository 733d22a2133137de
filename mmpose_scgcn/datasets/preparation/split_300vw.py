"""Which videos of 300-VW are for the test."""

from pathlib import Path

from mmpose_scgcn.files import read_text

#: Folders of the 64 test videos, by category: well lit, various conditions,
#: in the wild. The experiments of OpenFace and of Supervision-by-Registration
#: (``cache_data/generate_300VW.py``) list the same ones. The other 50 are for
#: training.
TEST_VIDEOS = {
    'category1': (
        *(114, 124, 125, 126, 150, 158, 401, 402, 505, 506, 507, 508, 509),
        *(510, 511, 514, 515, 518, 519, 520, 521, 522, 524, 525, 537, 538),
        *(540, 541, 546, 547, 548),
    ),
    'category2': (
        *(203, 208, 211, 212, 213, 214, 218, 224, 403, 404, 405, 406, 407),
        *(408, 409, 412, 550, 551, 553),
    ),
    'category3': (
        *(410, 411, 516, 517, 526, 528, 529, 530, 531, 533, 557, 558, 559),
        562,
    ),
}
OFFICIAL = 'official'


def parse_tests(text: str) -> dict[str, str]:
    """Give the category of each test video.

    Args:
        text (str): ``official``, ``none``, a list, or a file with one.

    Returns:
        dict[str, str]: Category by folder; an empty one where it is not
        known.
    """
    if text == 'none':
        return {}
    if text == OFFICIAL:
        return {
            f'{video:03d}': category
            for category, videos in TEST_VIDEOS.items()
            for video in videos
        }
    if Path(text).is_file():
        text = read_text(Path(text))
    return dict.fromkeys(text.replace(',', ' ').split(), '')
