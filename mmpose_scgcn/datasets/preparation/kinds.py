"""The kinds of data that ``tools/prepare_dataset.py`` takes.

A further one is a reader that returns a :class:`.Source`, and an entry here.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mmpose_scgcn.arguments import positive_int, seed, share

from .aflw import read_aflw
from .boxes import BOX_KINDS
from .celeba import read_celeba
from .coco import read_coco
from .coco_file import PARTS
from .cofw import read_cofw
from .dlc import read_dlc
from .face_300vw import read_300vw
from .face_300w import read_300w
from .imglab import read_imglab
from .labelme import read_labelme
from .merlrav import read_merlrav
from .pts_folder import read_pts_folder
from .records import Source
from .table import read_tables
from .units import UNITS
from .wflw import read_wflw


@dataclass(frozen=True)
class Kind:
    """A kind of data.

    Args:
        help (str): What its files are.
        read (Callable): Reader of ``SRC``, with the options as arguments.
        options (tuple[str, ...]): Names in :data:`OPTIONS` that the reader
            takes; none for official sets.
        defaults (dict): Other defaults of options.
    """

    help: str
    read: Callable[..., Source]
    options: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether it is a data set of the user's own."""
        return bool(self.options)

    def read_source(self, args: argparse.Namespace) -> Source:
        """Read what the command line names."""
        options = {name: getattr(args, name) for name in self.options}
        return self.read(args.source, **options)


#: Options of readers, by the reader's argument.
OPTIONS: dict[str, dict[str, Any]] = dict(
    images=dict(help='folder of the images (where the files are)'),
    val=dict(help='table, file or folder of a given validation set'),
    test=dict(help='table, file or folder of a test set'),
    name=dict(default='faces', help='of the data set (%(default)s)'),
    columns=dict(
        metavar='MAP',
        help='what the columns hold, where their names do not say it: '
        '"file=photo,x=px_{i},y=py_{i},ignore=note"',
    ),
    num_points=dict(
        flag='--points',
        type=positive_int,
        metavar='K',
        help='take files of so many points alone',
    ),
    origin=dict(
        type=int,
        choices=(0, 1),
        default=0,
        help='what the files count pixels from; 1 is subtracted if it is 1 '
        '(%(default)s)',
    ),
    missing=dict(
        default='auto',
        metavar='VALUES',
        help='coordinates that mean "not annotated", besides empty, nan and '
        'NA: auto (tell from what is repeated), none, or a list such as '
        '--missing=0,-1,negative (%(default)s)',
    ),
    group_pattern=dict(
        metavar='REGEX',
        help='regular expression whose group is the person, or source, in an '
        'image name; images of one are never in two splits',
    ),
    category=dict(
        metavar='NAME',
        help='category whose keypoints are read, where several have some',
    ),
    part=dict(
        choices=PARTS,
        help='part of COCO-WholeBody whose keypoints are read (the body)',
    ),
    keypoints=dict(
        metavar='NAMES',
        help='the keypoints that are wanted, in this order: '
        '"left_eye,right_eye,nose" (all; numbers by their value)',
    ),
    scorer=dict(help='whose labels, where a folder has those of several'),
    every=dict(
        type=positive_int,
        default=1,
        metavar='N',
        help='take every N-th frame of each video (%(default)s)',
    ),
    test_videos=dict(
        default='official',
        metavar='VIDEOS',
        help="folders of the test set: official (the challenge's 64), none, "
        'a list such as 114,203, or a file of names (%(default)s)',
    ),
    encoding=dict(help='of the files (UTF-8, or as their mark says)'),
)
_FILES = ('images', 'test', 'name', 'origin', 'missing', 'group_pattern')
_LISTS = ('images', 'name', 'origin', 'missing', 'group_pattern', 'encoding')
#: As the field crops them: COFW's and AFLW's boxes are square face boxes.
_GIVEN = dict(box='given')
KINDS = {
    'wflw': Kind('folder of WFLW_annotations and WFLW_images', read_wflw),
    '300w': Kind('folder of afw, helen, lfpw and ibug', read_300w),
    'cofw': Kind(
        'folder of COFW_train_color.mat and COFW_test_color.mat',
        read_cofw,
        defaults=_GIVEN,
    ),
    'aflw': Kind(
        'folder of AFLWinfo_release.mat and the images',
        read_aflw,
        defaults=_GIVEN,
    ),
    'csv': Kind(
        'table with a header, or of name,x0,y0,x1,y1,..., for training',
        read_tables,
        (*_FILES, 'encoding', 'val', 'columns'),
    ),
    'pts': Kind(
        'folder of .pts files, and images beside them',
        read_pts_folder,
        (*_FILES, 'encoding', 'num_points'),
        dict(origin=1),
    ),
    'coco': Kind(
        'JSON of keypoints in the form of COCO, or a folder with one for each '
        'split: CVAT, Label Studio, Roboflow',
        read_coco,
        (*_FILES, 'encoding', 'val', 'category', 'part'),
    ),
    'labelme': Kind(
        "folder of LabelMe's JSON files, or one of them",
        read_labelme,
        (*_FILES, 'encoding', 'val', 'keypoints'),
    ),
    'imglab': Kind(
        "XML file of dlib's imglab",
        read_imglab,
        (*_FILES, 'encoding', 'val', 'keypoints'),
    ),
    'dlc': Kind(
        "DeepLabCut's CollectedData_<scorer>.csv or .h5, or a project",
        read_dlc,
        (*_LISTS, 'scorer'),
        dict(name='dlc'),
    ),
    'celeba': Kind(
        'folder of list_landmarks_align_celeba.txt or .csv, or the list',
        read_celeba,
        _LISTS,
        dict(name='celeba'),
    ),
    'merlrav': Kind(
        "folder merl_rav_labels, and AFLW's images",
        read_merlrav,
        ('images', 'name', 'origin', 'encoding'),
        dict(name='merlrav'),
    ),
    '300vw': Kind(
        'folder of 001/annot/000001.pts, and frames or vid.avi',
        read_300vw,
        (
            *('images', 'name', 'origin', 'num_points', 'missing'),
            *('every', 'test_videos', 'encoding'),
        ),
        dict(name='300vw', origin=1),
    ),
}


def add_options(parser: argparse.ArgumentParser, kind: Kind) -> None:
    """Add the options of a kind of data to the command line.

    Args:
        parser (argparse.ArgumentParser): Of the kind.
        kind (Kind): The kind.
    """
    _add_common(parser)
    if kind.own:
        parser.add_argument(
            '--units',
            choices=UNITS,
            default='auto',
            help='of the coordinates: pixels, or fractions or percent of the '
            "image's width and height; auto takes pixels and stops where "
            'they cannot be (%(default)s)',
        )
    for name in kind.options:
        settings = dict(OPTIONS[name])
        flag = settings.pop('flag', f'--{name.replace("_", "-")}')
        parser.add_argument(flag, dest=name, **settings)
    parser.set_defaults(**kind.defaults)


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options of every kind."""
    add = parser.add_argument
    add(
        '--box',
        choices=BOX_KINDS,
        default='landmarks',
        help="tight box of the keypoints, or the set's own (%(default)s)",
    )
    add(
        '--padding',
        type=float,
        default=0.0,
        help='added to the box on each side, as a fraction (0; the training '
        'pipeline enlarges boxes by 1.25 in all)',
    )
    add(
        '--val-share',
        type=share,
        default=0.1,
        help='share of the training set held out for validation, whole '
        'identities or photographs (0.1)',
    )
    add('--seed', type=seed, default=0, help='of what is held out (0)')
    add(
        '--strict',
        action='store_true',
        help='write nothing if there are serious problems',
    )
    add('--overwrite', action='store_true', help='replace an earlier run')
    add('--copy-images', action='store_true', help='copy, do not link')
    add(
        '--workers', type=positive_int, help='threads (one for each processor)'
    )
