"""The tracker in a world of moving discs whose truth is known."""

from functools import partial

from mmpose_scgcn.structures import Faces
from mmpose_scgcn.structures.boxes import box_iou
from mmpose_scgcn.tracking import CutDetector, FaceTracker, OneEuroFilter

import cv2
import numpy as np
import pytest

FPS = 30
WIDTH, HEIGHT = 320, 240
RADIUS = 30
ANGLES = np.linspace(0, 2 * np.pi, 8, endpoint=False)
SHAPE = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)  # (8, 2)
OFF = CutDetector(threshold=np.inf)


class World:
    """Discs on their ways, seen through noise.

    ``discs`` maps names to functions from the frame to a centre (x, y), or
    ``None`` where there is no disc. ``hidden`` tells what the detector
    misses, ``covered`` what nobody sees: functions of name and frame.
    """

    def __init__(self, hidden=None, covered=None, noise=0.3, **discs):
        self.discs = discs
        self.hidden = hidden or (lambda name, frame: False)
        self.covered = covered or (lambda name, frame: False)
        self.noise = noise
        self.rng = np.random.default_rng(0)
        self.frame = 0
        self.detected = []  # frames in which the detector was called
        self.predicted = 0  # how many boxes
        self.doubles = 1  # how often the detector reports each disc
        self.floor = 0.1  # score of keypoints where there is no disc
        self.background = cv2.resize(
            self.rng.integers(0, 255, (6, 8, 3), dtype=np.uint8),
            (WIDTH, HEIGHT),
        )

    def truth(self):
        """Keypoints (8, 2) of the discs that can be seen."""
        centers = {
            name: way(self.frame)
            for name, way in self.discs.items()
            if not self.covered(name, self.frame)
        }
        return {
            name: np.array(center) + RADIUS * SHAPE
            for name, center in centers.items()
            if center is not None
        }

    def boxes(self, names):
        truth = self.truth()
        boxes = [[*truth[n].min(axis=0), *truth[n].max(axis=0)] for n in names]
        return np.reshape(boxes, (-1, 4))

    def detect(self, image):
        self.detected.append(self.frame)
        names = [n for n in self.truth() if not self.hidden(n, self.frame)]
        boxes = np.repeat(self.boxes(names), self.doubles, axis=0)
        boxes = boxes + self.rng.normal(0, 2, boxes.shape)
        return np.float32(boxes), np.linspace(0.9, 0.8, len(boxes))

    def predict(self, image, boxes):
        assert boxes.dtype == np.float32
        self.predicted += len(boxes)
        names = list(self.truth())
        overlap = box_iou(boxes, self.boxes(names))
        points, scores = [], []
        for box, row in zip(boxes, overlap, strict=True):
            seen = len(row) and row.max() > 0.1
            low, high = box.reshape(2, 2)
            middle, half = (low + high) / 2, (high - low) / 2
            shape = middle + half * SHAPE
            points.append(self.truth()[names[row.argmax()]] if seen else shape)
            scores.append(np.full(8, 0.9 if seen else self.floor))
        points = np.array(points)
        points += self.rng.normal(0, self.noise, points.shape)
        return Faces(
            np.float32(points),
            np.float32(scores),
            boxes,
            np.ones(len(boxes), np.float32),
        )

    def draw(self):
        image = self.background.copy()
        for points in self.truth().values():
            center = np.rint(points.mean(axis=0)).astype(int).tolist()
            cv2.circle(image, center, RADIUS, (60, 120, 200), -1)
        return image

    def tracker(self, **arguments):
        return FaceTracker(self.predict, self.detect, **arguments)

    def step(self, tracker, frame):
        """The ids of the discs in this frame, by the disc's name."""
        self.frame = frame
        faces = tracker.update(self.draw(), frame / FPS)
        self.faces = faces
        truth = self.truth()
        named = {}
        for points, number in zip(faces.keypoints, faces.ids, strict=True):
            away = {
                name: np.abs(points - true).max()
                for name, true in truth.items()
            }
            name = min(away, key=away.get, default=None)
            named[name if name and away[name] < 15 else 'ghost'] = int(number)
        assert len(named) == len(faces)
        return named

    def play(self, tracker, frames):
        return [self.step(tracker, frame) for frame in frames]


def rest(x=100, y=120):
    return lambda frame: (x, y)


def line(start, step, y=120):
    return lambda frame: (start + step * frame, y)


def during(way, first, last):
    """A disc that is there from one frame to before another."""
    return lambda frame: way(frame) if first <= frame < last else None


def within(first, last):
    """What happens to disc ``a`` from one frame to before another."""
    return lambda name, frame: name == 'a' and first <= frame < last


# Who is who.


def test_two_faces_that_pass_each_other_keep_their_ids():
    world = World(a=line(40, 3, y=70), b=line(280, -3, y=150))
    assert world.play(world.tracker(), range(80)) == [{'a': 0, 'b': 1}] * 80


def test_faces_come_oldest_first():
    world = World(a=during(rest(60), 12, 99), b=rest(220))
    world.play(world.tracker(), range(30))
    assert world.faces.ids.tolist() == [0, 1]
    assert world.faces.keypoints[0].mean() > world.faces.keypoints[1].mean()


def test_a_face_that_comes_is_found_at_the_next_detection():
    world = World(a=rest(60), b=during(rest(220), 12, 99))
    seen = world.play(world.tracker(detect_every=10), range(30))
    assert seen == [{'a': 0}] * 20 + [{'a': 0, 'b': 1}] * 10


def test_ids_are_not_used_again():
    world = World(a=during(rest(60), 0, 20), b=during(rest(60), 40, 99))
    seen = world.play(world.tracker(), range(50))
    assert seen[:20] == [{'a': 0}] * 20
    assert seen[20:40] == [{}] * 20
    assert seen[40:] == [{'b': 1}] * 10


def test_a_face_that_leaves_ends_and_another_gets_a_new_id():
    world = World(a=line(250, 3), b=during(rest(80), 30, 999))
    seen = world.play(world.tracker(), range(70))
    left = next(i for i, ids in enumerate(seen) if 'a' not in ids)
    assert 250 + 3 * left == pytest.approx(WIDTH, abs=6)
    assert seen[:left] == [{'a': 0} | ids for ids in seen[:left]]
    assert seen[-1] == {'b': 1}


@pytest.mark.parametrize('kept', [0, 1])
def test_a_box_outside_the_image_is_not_predicted(kept):
    world = World(a=line(250, 60), b=during(rest(80), 0, 99 * kept))
    tracker = world.tracker(cuts=OFF)

    def predict(image, boxes):
        assert (boxes[:, 0] < WIDTH).all()
        return world.predict(image, boxes)

    tracker.predict = predict
    world.step(tracker, 0)
    for track in tracker._tracks:
        track.motion = np.array([60 * FPS, 0]) * (track.box[0] > 150)
    assert world.step(tracker, 2) == ({'b': 1} if kept else {})


def test_ids_go_on_after_a_reset():
    world = World(a=rest())
    tracker = world.tracker()
    world.play(tracker, range(5))
    tracker.reset()
    assert world.play(tracker, range(5)) == [{'a': 1}] * 5


# Faces that are lost, and detections that fail.


@pytest.mark.parametrize('covered', [1, 5])
def test_a_face_is_found_again_with_its_id(covered):
    world = World(a=rest(), b=rest(220), covered=within(13, 13 + covered))
    seen = world.play(world.tracker(patience=5), range(40))
    gone = slice(13, 13 + covered)
    assert seen[gone] == [{'b': 1}] * covered
    both = [{'a': 0, 'b': 1}]
    assert seen[:13] + seen[13 + covered :] == both * (40 - covered)


def test_patience_ends():
    world = World(a=rest(), covered=within(13, 19))
    seen = world.play(world.tracker(patience=5), range(25))
    assert seen == [{'a': 0}] * 13 + [{}] * 6 + [{'a': 1}] * 6


def test_without_patience_a_lost_face_ends_at_once():
    world = World(a=rest(), covered=within(13, 14))
    seen = world.play(world.tracker(patience=0), range(16))
    assert seen == [{'a': 0}] * 13 + [{}] + [{'a': 1}] * 2


def test_a_face_that_the_detector_misses_for_short_stays_in_sight():
    world = World(a=rest(), hidden=within(10, 15))
    seen = world.play(world.tracker(patience=5), range(30))
    assert seen == [{'a': 0}] * 30


def test_a_face_that_is_not_confirmed_ends():
    world = World(a=rest(), hidden=within(10, 99))
    seen = world.play(world.tracker(patience=5), range(30))
    assert seen == [{'a': 0}] * 15 + [{}] * 15


def test_scores_that_say_nothing_do_not_keep_a_ghost():
    """Some heads give ones everywhere: then detections must tell."""
    world = World(a=during(rest(), 0, 12))
    world.floor = 1.0
    seen = world.play(world.tracker(patience=5), range(40))
    assert seen[:25] == [{'a': 0}] * 12 + [{'ghost': 0}] * 13
    assert seen[25:] == [{}] * 15


def test_a_lost_face_does_not_take_the_place_of_another():
    """b comes to where a was lost."""
    way = during(line(290, -10), 0, 19)
    world = World(
        a=rest(),
        b=lambda frame: way(frame) or (100, 120),
        covered=within(12, 99),
    )
    seen = world.play(world.tracker(patience=20), range(30))
    assert [ids['b'] for ids in seen] == [1] * 30


def test_a_face_that_jumps_is_another():
    world = World(a=lambda frame: (80, 120) if frame < 15 else (240, 120))
    seen = world.play(world.tracker(), range(20))
    assert seen == [{'a': 0}] * 15 + [{'a': 1}] * 5


def test_a_track_that_slid_off_is_put_back():
    """Its keypoints follow their box; only the detection sees the disc."""
    world = World(a=rest())
    tracker = world.tracker(detect_every=10, smooth=False)
    world.play(tracker, range(5))
    right = world.predict

    def slide(image, boxes):
        faces = right(image, boxes)
        if len(world.detected) == 1:
            shifted = boxes + np.float32([1.5, 0, 1.5, 0])
            low, high = shifted[:, None, :2], shifted[:, None, 2:]
            faces.keypoints[:] = (low + high) / 2 + (high - low) / 2 * SHAPE
        return faces

    tracker.predict = slide
    seen = world.play(tracker, range(5, 12))
    assert seen[4] == {'ghost': 0}
    assert seen[5:] == [{'a': 0}] * 2


# How often the detector is called.


def test_the_detector_is_called_as_often_as_promised():
    world = World(a=line(60, 1), b=rest(220, 60))
    world.play(world.tracker(detect_every=7), range(30))
    assert world.detected == [0, 7, 14, 21, 28]


def test_the_detector_is_called_in_each_frame_without_faces():
    world = World(a=during(rest(), 4, 99))
    world.play(world.tracker(), range(20))
    assert world.detected == [0, 1, 2, 3, 4, 14]


def test_the_detector_is_called_while_a_face_is_lost():
    world = World(a=rest(), b=rest(220), covered=within(13, 16))
    world.play(world.tracker(), range(30))
    assert world.detected == [0, 10, 13, 14, 15, 16, 26]


def test_the_detector_is_called_for_a_lost_face_until_patience_ends():
    world = World(a=rest(), b=rest(220), covered=within(13, 99))
    world.play(world.tracker(patience=3), range(30))
    assert world.detected == [0, 10, 13, 14, 15, 16, 26]


def test_each_face_is_predicted_once_in_a_frame():
    world = World(a=rest(), b=rest(220))
    world.play(world.tracker(detect_every=5), range(30))
    assert world.predicted == 60


# Several tracks and one face.


def test_a_face_that_is_detected_twice_is_one_track():
    world = World(a=rest())
    world.doubles = 2
    seen = world.play(world.tracker(detect_every=3), range(12))
    assert seen == [{'a': 0}] * 12
    world.discs['b'] = rest(220)
    assert world.play(world.tracker(), range(1)) == [{'a': 0, 'b': 1}]


def test_of_two_tracks_on_one_face_the_older_one_stays():
    """The discs become one: the predictor sees the same in both boxes."""
    world = World(
        a=during(rest(100), 0, 8),
        b=lambda frame: (138, 120) if frame < 8 else (119, 120),
    )
    seen = world.play(world.tracker(), range(12))
    assert seen[:8] == [{'a': 0, 'b': 1}] * 8
    assert seen[8:] == [{'b': 0}] * 4


def test_faces_in_sight_come_before_new_ones_where_there_is_a_limit():
    world = World(b=during(rest(220), 5, 99), a=rest())
    seen = world.play(world.tracker(max_faces=1, detect_every=2), range(20))
    assert seen == [{'a': 0}] * 20
    assert world.predicted == 20  # nothing for faces without a place


def test_the_best_detections_come_first_where_there_is_a_limit():
    world = World(a=rest(60, 60), b=rest(220, 60), c=rest(140, 180))
    tracker = world.tracker(max_faces=2)
    detect = tracker.detect
    tracker.detect = lambda image: (detect(image)[0], np.array([0.5, 0.9, 1]))
    assert world.play(tracker, range(3)) == [{'c': 0, 'b': 1}] * 3


def test_a_detection_that_is_no_face_takes_no_place():
    world = World(a=rest())
    tracker = world.tracker(max_faces=1)

    def detect(image):
        boxes, scores = world.detect(image)
        wrong = np.float32([[200, 20, 260, 80]])
        return np.concatenate([wrong, boxes]), np.append(1.0, scores)

    tracker.detect = detect
    assert world.play(tracker, range(5)) == [{'a': 0}] * 5


# Cuts, sizes, time.


def test_after_a_cut_all_is_new():
    world = World(a=rest())
    tracker = world.tracker()
    before = world.play(tracker, range(6))
    world.background = 255 - world.background[::-1]
    after = world.play(tracker, range(6, 12))
    assert before == [{'a': 0}] * 6
    assert after == [{'a': 1}] * 6
    assert world.detected == [0, 6]


def test_a_tracker_that_looks_for_no_cuts_goes_on():
    world = World(a=rest())
    tracker = world.tracker(cuts=OFF)
    world.play(tracker, range(6))
    world.background = 255 - world.background[::-1]
    assert world.play(tracker, range(6, 12)) == [{'a': 0}] * 6


def test_a_frame_of_another_size_starts_another_video():
    world = World(a=rest())
    tracker = world.tracker()
    world.play(tracker, range(3))
    wide = np.pad(world.draw(), ((0, 0), (0, 20), (0, 0)), mode='edge')
    assert tracker.update(wide, 0.2).ids.tolist() == [1]


def test_time_may_start_anew_after_a_reset_only():
    world = World(a=rest())
    tracker = world.tracker()
    world.play(tracker, range(3))
    with pytest.raises(ValueError, match='time after'):
        world.step(tracker, 2)
    tracker.reset()
    world.step(tracker, 0)


def test_a_frame_that_is_refused_changes_nothing():
    world = World(a=rest())
    tracker = world.tracker()
    world.play(tracker, range(3))
    with pytest.raises(ValueError):
        tracker.update(world.draw()[:100], 0.0)
    assert world.step(tracker, 3) == {'a': 0}


# What comes out.


def test_keypoints_are_smoothed_and_boxes_follow_the_raw_ones():
    """Each track has a filter of its own, fed with what was predicted."""
    raw, smoothed = ([], [])
    for keep, smooth in ((raw, False), (smoothed, True)):
        world = World(a=line(60, 2), b=rest(220, 60), noise=1.0)
        tracker = world.tracker(smooth=smooth)
        for frame in range(25):
            world.step(tracker, frame)
            keep.append(world.faces)
    for one, two in zip(raw, smoothed, strict=True):
        np.testing.assert_array_equal(one.boxes, two.boxes)
    for place in range(2):
        smooth = OneEuroFilter()
        for frame, (one, two) in enumerate(zip(raw, smoothed, strict=True)):
            points = one.keypoints[place]
            scale = np.linalg.norm(np.ptp(points, axis=0))
            expected = smooth(points, frame / FPS, float(scale))
            np.testing.assert_array_equal(two.keypoints[place], expected)


def test_a_face_that_is_found_again_is_not_dragged_from_where_it_was():
    world = World(
        a=lambda frame: (100, 120) if frame < 14 else (120, 120),
        covered=within(13, 15),
        noise=0.0,
    )
    world.play(world.tracker(), range(16))
    np.testing.assert_allclose(
        world.faces.keypoints[0], world.truth()['a'], atol=1e-4
    )


def test_a_filter_of_your_own():
    world = World(a=rest(), noise=1.0)
    slow = partial(OneEuroFilter, min_cutoff=1e-6, beta=0.0)
    tracker = world.tracker(smooth=slow)
    world.step(tracker, 0)
    first = world.faces.keypoints
    world.play(tracker, range(1, 8))
    np.testing.assert_allclose(world.faces.keypoints, first, atol=1e-3)


def test_faces_carry_their_image_and_the_detections_score():
    world = World(a=rest(), b=rest(220))
    world.play(world.tracker(), range(3))
    np.testing.assert_array_equal(world.faces.image, world.draw())
    np.testing.assert_allclose(world.faces.box_scores, [0.9, 0.8])
    assert world.faces.ids.dtype == np.int64
    assert world.faces.keypoints.dtype == np.float32


def test_without_faces_the_keypoints_keep_their_number():
    world = World(a=during(rest(), 2, 4))
    tracker = world.tracker(patience=0)
    shapes = []
    for frame in range(6):
        world.step(tracker, frame)
        shapes.append(world.faces.keypoints.shape)
    assert shapes == [(0, 0, 2)] * 2 + [(1, 8, 2)] * 2 + [(0, 8, 2)] * 2
    assert world.faces.ids.shape == (0,)
    assert world.faces.image is not None


# A drawn video.


def test_a_drawn_face_on_a_panning_camera_keeps_its_id_until_the_cut(
    face_scene,
):
    """Sensor noise and flicker are no cuts, another scene is one."""
    rng = np.random.default_rng(0)
    pictures = [face_scene(3), face_scene(5)]
    state = dict(shift=0)

    def detect(image):
        left, top = 80 + state['shift'], 40
        return np.array([[left, top, left + 160, top + 160.0]]), np.ones(1)

    def predict(image, boxes):
        boxes_now = detect(image)[0].repeat(len(boxes), axis=0)
        middle = (boxes_now[:, None, :2] + boxes_now[:, None, 2:]) / 2
        points = np.float32(middle + 80 * SHAPE)
        ones = np.ones((len(boxes), 8), np.float32)
        return Faces(points, ones, boxes, ones[:, 0])

    tracker = FaceTracker(predict, detect)
    ids = []
    for frame in range(40):
        state['shift'] = round(40 * np.sin(frame / 5))
        image = np.roll(pictures[frame // 20], state['shift'], axis=1)
        light = 1 + 0.2 * np.sin(frame)
        noisy = light * image + rng.normal(0, 6, image.shape)
        image = np.clip(noisy, 0, 255).astype(np.uint8)
        ids.append(tracker.update(image, frame / FPS).ids.tolist())
    assert ids == [[0]] * 20 + [[1]] * 20


# What is refused.


@pytest.mark.parametrize(
    'arguments',
    [dict(detect_every=0), dict(patience=-1), dict(max_faces=0)],
)
def test_arguments_out_of_range(arguments):
    with pytest.raises(ValueError, match='expected'):
        World().tracker(**arguments)


@pytest.mark.parametrize(
    'image',
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_images_of_another_form(image):
    with pytest.raises(ValueError, match='image'):
        World().tracker().update(image, 0.0)


def test_a_detector_must_give_a_score_for_each_box():
    tracker = World(a=rest()).tracker()
    tracker.detect = lambda image: (np.zeros((2, 4)), np.ones(3))
    with pytest.raises(ValueError, match='detect: expected boxes'):
        tracker.update(np.zeros((9, 9, 3), np.uint8), 0.0)


def test_a_predictor_must_give_a_face_for_each_box():
    world = World(a=rest())
    tracker = world.tracker()
    tracker.predict = lambda image, boxes: Faces.empty(8)
    with pytest.raises(ValueError, match='predict: expected 1 faces'):
        world.step(tracker, 0)


def test_broken_detections_are_left_out():
    world = World(a=rest())
    tracker = world.tracker()

    def detect(image):
        boxes, _ = world.detect(image)
        nothing = [[np.nan, 0, 9, 9], [50, 50, 50, 90], [90, 90, 50, 50]]
        return np.concatenate([boxes, nothing]), np.ones(4)

    tracker.detect = detect
    assert world.play(tracker, range(3)) == [{'a': 0}] * 3
