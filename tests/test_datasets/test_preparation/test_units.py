from mmpose_scgcn.datasets.preparation import Options, Source, prepare
from mmpose_scgcn.datasets.preparation.examine import examine
from mmpose_scgcn.datasets.preparation.records import Face
from mmpose_scgcn.datasets.preparation.units import (
    check_converted,
    check_units,
    to_pixels,
)

import cv2
import numpy as np
import pytest

SHAPE = np.array([[30.0, 40.0], [60, 41], [45, 60], [46, 75]])


def source_of(shapes, origin=0, box=None):
    flags = np.ones(4, dtype=int)
    faces = [
        Face(f'{i}.png', shape, flags, f'row {i}', str(i), box=box)
        for i, shape in enumerate(shapes)
    ]
    return Source('faces', dict(trainval=faces), origin=origin)


def sizes_of(source, width=100, height=200):
    return {face.file: (width, height) for face in source.faces}


@pytest.mark.parametrize(
    ('units', 'factor'), (('fractions', (100, 200)), ('percent', (1, 2)))
)
@pytest.mark.parametrize('origin', (0, 1))
def test_units_become_pixels(units, factor, origin):
    in_units = SHAPE / factor
    box = (20.0 / factor[0], 30 / factor[1], 70 / factor[0], 90 / factor[1])
    given = tuple(side - origin for side in box)
    source = source_of([in_units - origin], origin, given)
    told = to_pixels(source, sizes_of(source), units)
    (face,) = told.faces
    # The edge of the first pixel is half a pixel before its centre.
    np.testing.assert_allclose(face.keypoints, SHAPE - 0.5)
    np.testing.assert_allclose(face.box, np.array([20, 30, 70, 90]) - 0.5)


def test_pixels_stay():
    source = source_of([SHAPE])
    assert to_pixels(source, {}, 'pixels') is source
    with pytest.raises(ValueError, match='units among auto, pixels'):
        to_pixels(source, {}, 'metres')


@pytest.mark.parametrize(
    ('shape', 'size', 'message'),
    (
        (SHAPE / 100, (100, 100), 'within 0.3 and 0.75, .* 100 x 100 px'),
        (SHAPE / 100, (100, 100), 'fractions .* --units fractions .* pixels'),
        (SHAPE / 50 - 1, (100, 100), 'normalised or metric coordinates'),
        (SHAPE / 1000 - 0.6, (100, 100), 'normalised or metric coordinates'),
        (SHAPE, (640, 480), 'percent of the image: say --units percent'),
        (SHAPE / 20 + 50, (100, 100), '2 of 2 faces are smaller than 4 px'),
        (SHAPE * 4, (100, 100), '2 of 2 faces have most of their keypoints'),
    ),
)
def test_what_cannot_be_pixels_is_refused(shape, size, message):
    source = source_of([shape, shape])
    with pytest.raises(ValueError, match=message):
        check_units(source, sizes_of(source, *size))


@pytest.mark.parametrize(
    ('shapes', 'size'),
    (
        ([SHAPE, SHAPE], (100, 100)),
        ([SHAPE, SHAPE], (160, 160)),  # not much larger than 100 px
        ([SHAPE, SHAPE * 8], (640, 640)),
        ([SHAPE / 100, SHAPE, SHAPE], (100, 100)),  # one face of 1 px
        ([SHAPE + 50, SHAPE, SHAPE], (100, 100)),
    ),
)
def test_pixels_are_taken(shapes, size):
    source = source_of(shapes)
    check_units(source, sizes_of(source, *size))


def test_each_split_is_checked():
    source = source_of([SHAPE, SHAPE, SHAPE])
    source.splits['test'] = source_of([SHAPE / 100]).faces
    with pytest.raises(ValueError, match=r'test: all .* within 0.3 and'):
        check_units(source, sizes_of(source, 100, 100))


def test_points_that_are_not_annotated_do_not_count():
    shape = SHAPE / 100
    shape[0] = 5000
    flags = np.array([0, 1, 1, 1])
    face = Face('0.png', shape, flags, '', '')
    source = Source('faces', dict(trainval=[face]))
    with pytest.raises(ValueError, match='fractions'):
        check_units(source, {'0.png': (100, 100)})
    check_units(source, {})  # no image, no judgement


def test_prepare_converts_or_refuses_and_leaves_nothing(tmp_path):
    shapes = [(SHAPE + i) / 100 for i in range(4)]
    source = source_of(shapes)
    source.images = tmp_path / 'pictures'
    source.images.mkdir()
    for face in source.faces:
        picture = np.zeros((100, 100, 3), np.uint8)
        assert cv2.imwrite(str(source.images / face.file), picture)
    out = tmp_path / 'out'
    with pytest.raises(ValueError, match='--units fractions'):
        prepare(source, out, Options(val_share=0.5))
    assert not out.exists()
    prepared = prepare(
        source, out, Options(val_share=0.5, units='fractions'), strict=True
    )
    face = prepared.splits['trainval'][0]
    np.testing.assert_allclose(face.keypoints, SHAPE - 0.5)
    # Whoever insists gets what the files say, and is told.
    options = Options(val_share=0.5, units='pixels')
    prepared = prepare(source, out, options, overwrite=True)
    assert prepared.problems[0].kind == 'face smaller than 4 px'
    assert prepared.problems[0].serious


def test_pixels_that_are_taken_for_fractions():
    source = source_of([SHAPE + i for i in range(4)])
    sizes = sizes_of(source, 100, 100)
    pixels = to_pixels(source, sizes, 'fractions')
    message = 'taken for fractions of the image, 4 of 4 faces have most'
    with pytest.raises(ValueError, match=message):
        check_converted(pixels, sizes, 'fractions')
    with pytest.raises(ValueError, match=message):
        examine(pixels, sizes, Options(units='fractions'))
    # Of images of 100 px these are nearly the same.
    percent = to_pixels(source, sizes, 'percent')
    check_converted(percent, sizes, 'percent')
