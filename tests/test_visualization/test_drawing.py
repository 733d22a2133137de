"""Each option draws where it should, and nowhere else."""

from dataclasses import replace

from mmpose_scgcn.structures import Faces
from mmpose_scgcn.synthetic import make_face
from mmpose_scgcn.visualization.drawing import (
    COLORS,
    draw_faces,
    edge_color,
)
from mmpose_scgcn.visualization.faces import draw_points

import cv2
import numpy as np
import pytest
from PIL import Image

#: A square of five keypoints with a middle, in px.
POINTS = np.array([[40, 40], [120, 40], [120, 120], [40, 120], [80, 80]])
NEIGHBORS = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [4, 0]])


@pytest.fixture
def image():
    return np.full((160, 200, 3), 128, np.uint8)


@pytest.fixture
def faces(image):
    return Faces(
        keypoints=POINTS[None].astype(np.float32),
        scores=np.linspace(0.1, 0.9, 5, dtype=np.float32)[None],
        boxes=np.array([[40, 40, 120, 120]], np.float32),
        box_scores=np.array([0.93], np.float32),
        image=image,
        edges=np.array(
            [[[0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [0.7, 0.3], [1, 0]]],
            np.float32,
        ),
        neighbors=NEIGHBORS,
        links=((0, 1), (1, 2)),
    )


def changed(drawn, image):
    return (drawn != image).any(axis=2)


def near_points(points, shape, radius):
    """Pixels that are within ``radius`` of one of the points."""
    rows, columns = np.indices(shape)
    distances = [np.hypot(columns - x, rows - y) for x, y in points]
    return np.min(distances, axis=0) <= radius


def near_line(start, end, shape, width):
    steps = np.linspace(0, 1, 200)[:, None]
    return near_points(
        np.array(start) * (1 - steps) + np.array(end) * steps, shape, width
    )


def test_discs_are_on_the_keypoints_and_nowhere_else(faces, image):
    drawn = faces.draw(radius=3)
    for x, y in POINTS:
        assert drawn[y, x].tolist() == list(COLORS[0])
    touched = changed(drawn, image)
    assert not (touched & ~near_points(POINTS, touched.shape, 6)).any()
    assert (touched | ~near_points(POINTS, touched.shape, 2.5)).all()
    assert (image == 128).all()


def test_discs_grow_with_the_face_and_with_radius(faces, image):
    counts = [
        changed(faces.draw(radius=radius), image).sum()
        for radius in (1, 2, 4, 8)
    ]
    assert counts == sorted(set(counts))
    larger = replace(faces, keypoints=faces.keypoints * 4)
    canvas = np.full((600, 600, 3), 128, np.uint8)
    small = draw_faces(faces, canvas)
    large = draw_faces(larger, canvas)
    assert changed(large, canvas).sum() > 2 * changed(small, canvas).sum()


def test_no_rim_covers_the_disc_beside_it(faces, image):
    """However the keypoints are ordered."""
    points = np.float32([[[40, 40], [46, 40], [43, 43], [80, 80], [90, 90]]])
    close = replace(faces, keypoints=points)
    turned = replace(faces, keypoints=points[:, ::-1])
    np.testing.assert_allclose(
        *(faces.draw(radius=3).astype(int) for faces in (close, turned)),
        atol=4,
    )


def test_keypoints_that_are_not_sure_are_left_out(faces, image):
    drawn = faces.draw(kpt_thr=0.5, links=True, edges=True, indices=True)
    kept = POINTS[faces.scores[0] >= 0.5]
    assert len(kept) == 3
    for x, y in POINTS:
        assert changed(drawn, image)[y, x] == ([x, y] in kept.tolist())
    # Both links and most edges have an end that is left out.
    assert not changed(drawn, image)[40, 50:110].any()


def test_links_are_lines_between_their_keypoints(faces, image):
    drawn, without = faces.draw(links=True, thickness=3), faces.draw()
    touched = changed(drawn, without)
    first, second = (
        near_line(POINTS[a], POINTS[b], touched.shape, 5)
        for a, b in faces.links
    )
    assert not (touched & ~first & ~second).any()
    assert drawn[40, 80].tolist() == list(COLORS[0])
    assert drawn[80, 120].tolist() == list(COLORS[0])
    assert not touched[120, 80]


def test_edges_are_brighter_where_they_weigh_more(faces, image):
    drawn = faces.draw(edges=True, thickness=3)
    middles = {1: (80, 40), 2: (120, 80), 3: (80, 120), 0: (40, 80)}
    weights = {1: 0.1, 2: 0.5, 3: 0.9, 0: 0.3}
    for sender, (x, y) in middles.items():
        color = drawn[y, x].tolist()
        assert color == list(edge_color(weights[sender] / 0.9))
    touched = changed(drawn, faces.draw(radius=0.1))
    lines = [
        near_line(POINTS[receiver], POINTS[sender], touched.shape, 5)
        for receiver, sender in NEIGHBORS
    ]
    assert not (touched & ~np.any(lines, axis=0)).any()


def test_the_strongest_of_two_edges_is_on_top(faces):
    """Two keypoints listen to each other, in different degrees."""
    for weights in ((0.2, 0.8), (0.8, 0.2)):
        edges = np.zeros((1, 5, 2), np.float32)
        edges[0, :2, 1] = weights
        mutual = replace(
            faces,
            edges=edges,
            neighbors=np.array([[0, 1], [1, 0], [2, 3], [3, 2], [4, 0]]),
        )
        drawn = mutual.draw(edges=True, thickness=3)
        assert drawn[40, 80].tolist() == list(edge_color(1))


def test_colours_of_edges_go_from_dark_to_bright():
    levels = [sum(edge_color(share)) for share in (0, 0.5, 1)]
    assert levels[0] < levels[1] < levels[2]
    assert edge_color(-1) == edge_color(0)
    assert edge_color(7) == edge_color(1)


def test_boxes_are_on_their_edges_with_a_label_above(faces, image):
    touched = changed(faces.draw(boxes=True), faces.draw())
    assert touched[40, 60:100].all()
    assert touched[120, 60:100].all()
    assert touched[60:100, 40].all()
    assert touched[60:100, 120].all()
    assert not touched[45:116, 45:116].any()
    assert touched[25:38, 38:90].any()
    assert not touched[:20].any()
    assert not touched[124:].any()


def test_a_label_stays_in_the_image(faces, image):
    touched = {}
    for name, shift in dict(
        inside=(0, 0, 0, 0), above=(0, -40, 0, -40), left=(-45, 0, -45, 0)
    ).items():
        moved = replace(faces, boxes=faces.boxes + np.float32(shift))
        with_label = moved.draw(boxes=True)
        # The same box, of another score: only the label differs.
        other = replace(moved, box_scores=np.float32([0.11]))
        touched[name] = changed(with_label, other.draw(boxes=True)).sum()
    assert touched['above'] == pytest.approx(touched['inside'], rel=0.3)
    assert touched['left'] == pytest.approx(touched['inside'], rel=0.3)


def test_an_identity_has_its_colour_and_its_number(faces, image):
    known = replace(faces, ids=np.array([2]))
    drawn = known.draw()
    assert drawn[40, 40].tolist() == list(COLORS[2])
    again = replace(faces, ids=np.array([2 + len(COLORS)]))
    np.testing.assert_array_equal(again.draw(), drawn)
    assert changed(again.draw(boxes=True), known.draw(boxes=True)).any()


def test_faces_are_told_apart(faces, image):
    two = Faces(
        np.concatenate([faces.keypoints, faces.keypoints + 30]),
        np.ones((2, 5), np.float32),
        np.zeros((2, 4), np.float32),
        np.ones(2, np.float32),
        image=image,
    )
    drawn = two.draw()
    assert drawn[40, 40].tolist() == list(COLORS[0])
    assert drawn[70, 70].tolist() == list(COLORS[1])


def test_numbers_are_beside_their_keypoints(faces, image):
    touched = changed(faces.draw(indices=True), faces.draw())
    for x, y in POINTS:
        assert touched[y - 9 : y + 1, x + 1 : x + 12].any()
    assert not (touched & ~near_points(POINTS, touched.shape, 16)).any()


def test_on_black_only_what_is_drawn_is_there(faces, image):
    drawn = faces.draw(black_background=True, radius=3)
    on_image = changed(faces.draw(radius=3), image)
    assert drawn.shape == image.shape
    assert not drawn[~on_image].any()
    assert drawn[40, 40].tolist() == list(COLORS[0])


def test_another_image_may_be_drawn_on(faces, image):
    other = np.zeros_like(image)
    drawn = draw_faces(replace(faces, image=None), other)
    assert drawn[40, 40].tolist() == list(COLORS[0])
    assert not drawn[0].any()
    assert not other.any()


def test_unknown_keypoints_are_left_out(faces, image):
    points = faces.keypoints.copy()
    points[0, 1] = np.nan
    points[0, 3, 0] = np.inf
    options = dict(links=True, edges=True, indices=True)
    drawn = replace(faces, keypoints=points).draw(**options)
    scores = np.float32([[1, 0, 1, 0, 1]])
    expected = replace(faces, scores=scores).draw(kpt_thr=0.5, **options)
    np.testing.assert_array_equal(drawn, expected)
    nothing = replace(faces, keypoints=points * np.nan)
    np.testing.assert_array_equal(nothing.draw(**options), image)


@pytest.mark.parametrize('shift', [-100, 100, -1e7, 1e9])
def test_a_face_outside_of_the_image_is_no_error(faces, image, shift):
    moved = replace(
        faces,
        keypoints=faces.keypoints + np.float32(shift),
        boxes=faces.boxes + np.float32(shift),
    )
    drawn = moved.draw(boxes=True, indices=True, links=True, edges=True)
    assert drawn.shape == image.shape
    partly = moved.draw(radius=3)
    inside = [
        (x, y)
        for x, y in (POINTS + shift).astype(int)
        if 0 <= x < 200 and 0 <= y < 160
    ]
    assert len(inside) == (abs(shift) == 100)
    for x, y in inside:
        assert partly[y, x].tolist() == list(COLORS[0])


def test_a_scale_enlarges_image_and_faces(faces, image):
    image[:, ::2] = 60
    drawn = faces.draw(scale=3, radius=3, black_background=True)
    assert drawn.shape == (480, 600, 3)
    moved = replace(
        faces, keypoints=faces.keypoints * 3 + 1, boxes=faces.boxes * 3 + 1
    )
    expected = draw_faces(moved, np.zeros((480, 600, 3), np.uint8), radius=3)
    np.testing.assert_array_equal(drawn, expected)
    background = Faces.empty(5, image).draw(scale=0.5)
    np.testing.assert_array_equal(
        background, cv2.resize(image, (100, 80), interpolation=cv2.INTER_AREA)
    )


def test_no_faces_change_nothing(image):
    empty = Faces.empty(5, image)
    drawn = empty.draw(boxes=True, indices=True, links=True, edges=True)
    np.testing.assert_array_equal(drawn, image)
    assert drawn is not image


@pytest.mark.parametrize(
    ('change', 'options', 'message'),
    [
        (dict(image=None), {}, 'came without an image'),
        (dict(edges=None), dict(edges=True), 'no edge weights; predict with'),
        ({}, dict(scale=0), 'scale: expected a positive number .* got 0 for'),
        ({}, dict(scale=1e-4), 'that leaves at least one px, got 0.0001'),
        ({}, dict(radius=-1), 'radius: expected a number above 0, .* got -1'),
        ({}, dict(radius=np.nan), 'radius: expected a number .* got nan'),
        ({}, dict(thickness=0), 'thickness: expected a whole number above 0'),
        ({}, dict(thickness=1.5), 'thickness: expected a whole number'),
        ({}, dict(thickness=40_000), r'at most 1000 px, got 40000'),
    ],
)
def test_what_cannot_be_drawn(faces, change, options, message):
    with pytest.raises(ValueError, match=message):
        replace(faces, **change).draw(**options)


def test_a_face_of_the_generator():
    """Its 98 keypoints can be told apart where there is room for them."""
    face = make_face(3, 1, size=480)
    points = face.keypoints[None].astype(np.float32)
    faces = Faces(
        points,
        np.ones((1, 98), np.float32),
        np.hstack([points.min(1), points.max(1)]),
        np.ones(1, np.float32),
        image=np.ascontiguousarray(face.image),
    )
    drawn = faces.draw()
    for x, y in np.rint(points[0]).astype(int):
        assert np.abs(drawn[y, x].astype(int) - COLORS[0]).max() < 40


def test_keypoints_far_to_the_right_are_drawn_where_they_are():
    """In the largest images that are predicted."""
    image = np.zeros((40, 32_766, 3), np.uint8)
    points = np.float32([[[18_000, 10], [18_020, 12], [32_700, 30]]])
    faces = Faces(
        points,
        np.ones((1, 3), np.float32),
        np.hstack([points.min(1), points.max(1)]),
        np.ones(1, np.float32),
        image=image,
    )
    flat = draw_points(image, points[0], (80, 220, 60))
    for drawn in (faces.draw(radius=2), flat):
        columns = np.flatnonzero(drawn.any((0, 2)))
        assert columns.min() > 17_990 and columns.max() < 32_710
        for x, y in points[0].astype(int):
            assert tuple(drawn[y, x]) == (80, 220, 60)


def test_any_image_may_be_drawn_on(faces, image):
    """Grey, with transparency or as a PIL image: the picture is BGR."""
    grey = np.full(image.shape[:2], 90, np.uint8)
    expected = draw_faces(faces, np.dstack([grey] * 3))
    clear = np.dstack([grey] * 3 + [np.zeros_like(grey)])
    for other in (grey, clear, Image.fromarray(grey)):
        np.testing.assert_array_equal(draw_faces(faces, other), expected)
    with pytest.raises(ValueError, match='expected an image array of uint8'):
        draw_faces(faces, image / np.float32(255))
