from mmpose_scgcn.datasets.preparation.images import (
    read_image_sizes,
    size_problems,
)
from mmpose_scgcn.images import ImageFacts

import cv2
import numpy as np


def test_several_threads_keep_the_order(tmp_path):
    names = [f'{width}.png' for width in range(10, 40)]
    for name in names[:-1]:
        blank = np.zeros((5, int(name[:2]), 3), np.uint8)
        assert cv2.imwrite(str(tmp_path / name), blank)
    seen = []
    found = read_image_sizes(
        tmp_path,
        names,
        workers=4,
        track=lambda items: (seen.append(i) or i for i in items),
    )
    assert list(found) == names
    assert [size[0] for size in list(found.values())[:-1]] == [*range(10, 39)]
    assert isinstance(found[names[-1]], FileNotFoundError)
    assert len(seen) == 30


def told(facts):
    sizes, problems = size_problems({'a.png': facts})
    return sizes, [(p.kind, p.text, p.serious) for p in problems]


def test_what_is_right_is_not_told():
    assert told(ImageFacts(4, 5)) == ({'a.png': (4, 5)}, [])
    assert told(ImageFacts(4, 5, brightest=2**14))[1] == []


def test_what_cannot_be_read_has_no_size():
    sizes, [(kind, text, serious)] = told(OSError('is empty'))
    assert (sizes, text, serious) == ({}, 'a.png: is empty', True)
    assert kind == 'unreadable image, faces left out'
    assert told(FileNotFoundError())[1][0][0].startswith('missing image')


def test_a_turned_image_is_told_and_not_serious():
    [(kind, text, serious)] = told(ImageFacts(4, 5, 6))[1]
    assert kind == 'turned when read, as the EXIF tag says'
    assert (text, serious) == ('a.png: orientation 6', False)


def test_twelve_bits_in_sixteen_are_a_serious_problem():
    [(kind, text, serious)] = told(ImageFacts(4, 5, brightest=4095))[1]
    assert kind == '16-bit image that is nearly black when read'
    assert text.startswith(
        'a.png: its values end at 4095 of 65535, and 8 bits of them at 16 of'
    )
    assert serious


def test_what_mmpose_reads_otherwise_is_told_and_not_serious():
    [(kind, text, serious)] = told(ImageFacts(4, 5, elsewhere='not read'))[1]
    assert kind.startswith("image that MMPose's LoadImage reads otherwise")
    assert (text, serious) == ('a.png: not read', False)
