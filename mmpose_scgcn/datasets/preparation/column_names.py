"""What the name of a table's column says."""

import re
from dataclasses import dataclass
from pathlib import Path

from mmpose_scgcn.images import IMAGE_SUFFIXES


def _words(text: str) -> frozenset[str]:
    """List words."""
    return frozenset(text.split())


_FILES = _words(
    'file filename name image imagefile imagefilename imagename imagepath '
    'imageid img imgname imgpath imgfile imgid path filepath picture photo '
    'framename framepath'
)
_BOXES = _words('bbox box bb rect rectangle face facebox roi bounding')
_SIDES = {
    'left': 'xmin minx left xtl xleft leftx',
    'top': 'ymin miny top ytl ytop topy',
    'right': 'xmax maxx right xbr xright rightx',
    'bottom': 'ymax maxy bottom ybr ybottom bottomy',
    'width': 'w width',
    'height': 'h height',
    'center_x': 'cx xc centerx xcenter',
    'center_y': 'cy yc centery ycenter',
}
_SIDE_OF = {n: side for side, names in _SIDES.items() for n in _words(names)}
#: Words beside the number or the name of a keypoint, by what they mean.
_MARKS = {
    'v': 'v',
    'visible': 'vis visible visibility',
    'occluded': 'occ occluded occlusion hidden invisible',
    'confidence': (
        'c conf confidence score likelihood prob probability presence'
    ),
}
_MARK_OF = {n: mark for mark, names in _MARKS.items() for n in _words(names)}
#: Columns that are known and not used, without their separators.
_KNOWN = {
    'numbers of rows': r'|index|idx|id|row|no|unnamed\d+',
    "OpenFace's frame, gaze, head pose, model parameters and action units": (
        r'frame|faceid|timestamp|success|gaze\d[xyz]|gazeangle[xy]'
        r'|eyelmk[xyz]\d+|pose[tr][xyz]|p(scale|[rt][xyz]|\d+)|au\d+[rc]'
    ),
    'confidences': (
        'confidence|conf|score|likelihood|probability|detectionscore'
    ),
    'sizes and centres': (
        '(image|img)(width|height|w|h)|depth|channels|w|h|width|height'
    ),
    "HRNet's scale and centre": 'scale|center[whxy]|boxsize',
    'classes, splits and attributes': (
        'class|classid|label|category|split|subset|set|fold|usage|dataset'
        '|source|subject|person|identity|gender|sex|age|emotion|expression'
        '|yaw|pitch|roll|pose|blur|makeup|occlusion|occluded|illumination'
    ),
}


@dataclass(frozen=True)
class Meaning:
    """What a column holds, told by its name.

    Args:
        role (str): ``'file'``, ``'point'`` (an x, y or z), ``'mark'`` (v,
            visible, occluded or confidence of a keypoint), ``'box'``,
            ``'known'`` (not used), ``'number'`` (a bare number) or
            ``'unknown'``.
        kind (str): Axis ``x``, ``y``, ``z``, ``X``, ``Y`` or ``Z``; kind of
            the mark; side of the box; what the known column is.
        group (tuple[str, ...]): Words that name a keypoint, or the set that
            it is numbered in.
        number (int, optional): Number of the keypoint.
    """

    role: str
    kind: str = ''
    group: tuple[str, ...] = ()
    number: int | None = None


def tell_name(name: str) -> Meaning:
    """Tell what the column of some name holds.

    Args:
        name (str): As the header has it.

    Returns:
        Meaning: By itself; what a name means beside others is told later.
    """
    words = split_name(name)
    joined = ''.join(words).casefold()
    if joined in _FILES:
        return Meaning('file')
    for kind, pattern in _KNOWN.items():
        if re.fullmatch(pattern, joined):
            side = _SIDE_OF.get(joined)
            return Meaning('box', side) if side else Meaning('known', kind)
    if joined.isdecimal():
        return Meaning('number', number=int(joined))
    rest = [w for w in words if w.casefold() not in _BOXES]
    side = _SIDE_OF.get(''.join(rest).casefold())
    if side:
        return Meaning('box', side)
    return _tell_point(words) or Meaning('unknown')


def split_name(name: str) -> list[str]:
    """Split a name into words and numbers: ``leftEye_0x``, four parts."""
    spaced = re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)
    spaced = re.sub(r'(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])', ' ', spaced)
    return re.findall(r'[^\W_]+', spaced)


def counts_columns(numbers: list[int]) -> bool:
    """Tell numbers 0, 1, 2, 3, ... or 0, 0, 1, 1, ... (or from 1 on)."""
    steps = range(len(numbers))
    begins = [n - numbers[0] for n in numbers]
    return numbers[:1] in ([0], [1]) and begins in (
        list(steps),
        [step // 2 for step in steps],
    )


def tell_mark(name: str) -> str | None:
    """Tell what a mark of a keypoint means by its name.

    Args:
        name (str): Such as ``occluded``.

    Returns:
        str, optional: ``v``, ``visible``, ``occluded`` or ``confidence``.
    """
    return _MARK_OF.get(''.join(split_name(name)).lower())


def is_box(group: tuple[str, ...]) -> bool:
    """Tell whether all words of a name are words for a box."""
    return bool(group) and all(w in _BOXES for w in group)


def has_image_suffix(text: str) -> bool:
    """Tell whether a text names an image."""
    return Path(text.strip()).suffix.lower() in IMAGE_SUFFIXES


def _tell_point(words: list[str]) -> Meaning | None:
    """Tell a coordinate or a mark of a keypoint."""
    axes = [
        i for i, word in enumerate(words) if word.lower() in ('x', 'y', 'z')
    ]
    marks = [i for i, word in enumerate(words) if word.lower() in _MARK_OF]
    if len(axes) == 1:
        role, at, kind = 'point', axes[0], words[axes[0]]
    elif not axes and len(marks) == 1 and len(words) > 1:
        role, at = 'mark', marks[0]
        kind = _MARK_OF[words[at].lower()]
    else:
        return None
    rest = words[:at] + words[at + 1 :]
    numbers = [i for i, word in enumerate(rest) if word.isdecimal()]
    number = int(rest.pop(numbers[-1])) if numbers else None
    return Meaning(role, kind, tuple(w.casefold() for w in rest), number)
