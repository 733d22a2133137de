"""Follow faces through a video."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from mmpose_scgcn.structures import Faces
from mmpose_scgcn.structures.boxes import (
    box_iou,
    match_boxes,
    visible_share,
)

import numpy as np

from .cuts import CutDetector
from .one_euro import OneEuroFilter
from .track import MIN_OVERLAP, Track, are_believable, join_faces

#: Two tracks that overlap more are on the same face. As IoU.
MERGE_OVERLAP = 0.6

#: A track that overlaps less with its detection has slid off: it is
#: predicted anew from the detection. As IoU.
SAME_PLACE = 0.5


class FaceTracker:
    """Follow faces through a video, with few calls of the detector.

    The box of a face comes from its keypoints in the frame before, moved on
    as the face moved. Faces are looked for every ``detect_every`` frames,
    and in each frame in which no face is in sight or a track is in doubt:
    its face was lost or a detection has not confirmed it. A lost face is not
    reported. A track in doubt keeps its id if a detection confirms it within
    ``patience`` frames; then it ends. No id is given twice.

    A face is lost if its keypoints score less than ``min_score``, jump or
    change their size so that the boxes hardly overlap, or leave the image.
    Where two tracks come to lie on one face, the older one stays. A cut, or
    a frame of another size, ends all tracks.

    Args:
        predict (Callable): ``predict(image, boxes) -> Faces``: one face for
            each box, in order. Boxes (N, 4) float32, image px.
        detect (Callable): ``detect(image) -> (boxes, scores)``: boxes (N, 4),
            x1, y1, x2, y2, image px, as ``predict`` wants them, tight about
            the keypoints; scores (N,).
        detect_every (int): Frames from one detection to the next. Default:
            10.
        min_score (float): Smallest mean score of a face's keypoints. What
            scores mean is the model's matter; 0 keeps all. Default: 0.3.
        smooth (bool | Callable): Whether to smooth keypoints over time, or
            what makes the filter of a new track. Default: ``True``, an
            :class:`OneEuroFilter`. Boxes follow the raw keypoints.
        max_faces (int, optional): How many to follow: first those that are
            followed already, then by the detector's score. Default: all.
        patience (int): How many frames a track may be in doubt. 0 ends it
            at once. Default: 5.
        cuts (CutDetector, optional): Default: one with default threshold.

    Raises:
        ValueError: Values out of range.

    Example:
        >>> import numpy as np
        >>> from mmpose_scgcn.structures import Faces
        >>> corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
        >>> def detect(image):
        ...     return np.array([[10, 10, 50, 60]]), np.ones(1)
        >>> def predict(image, boxes):
        ...     sides = (boxes[:, 2:] - boxes[:, :2])[:, None]
        ...     points = boxes[:, None, :2] + corners * sides
        ...     ones = np.ones(points.shape[:2], np.float32)
        ...     return Faces(points, ones, boxes, ones[:, 0])
        >>> tracker = FaceTracker(predict, detect)
        >>> image = np.zeros((100, 100, 3), np.uint8)
        >>> tracker.update(image, time_s=0.0).ids
        array([0])
        >>> tracker.update(image, time_s=0.04).ids
        array([0])
    """

    def __init__(
        self,
        predict: Callable[[np.ndarray, np.ndarray], Faces],
        detect: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
        detect_every: int = 10,
        min_score: float = 0.3,
        smooth: bool | Callable[[], OneEuroFilter] = True,
        max_faces: int | None = None,
        patience: int = 5,
        cuts: CutDetector | None = None,
    ) -> None:
        if detect_every < 1 or patience < 0:
            raise ValueError(
                'expected detect_every >= 1 and patience >= 0, '
                f'got {detect_every} and {patience}'
            )
        if max_faces is not None and max_faces < 1:
            raise ValueError(f'expected max_faces >= 1, got {max_faces}')
        self.predict = predict
        self.detect = detect
        self.detect_every = detect_every
        self.min_score = min_score
        self.make_filter = OneEuroFilter if smooth is True else smooth or None
        self.max_faces = math.inf if max_faces is None else max_faces
        self.patience = patience
        self.cuts = CutDetector() if cuts is None else cuts
        self._ids = count()
        self._none = Faces.empty(num_keypoints=0)
        self.reset()

    def reset(self) -> None:
        """End all tracks: the next frame starts another video."""
        self._tracks: list[Track] = []  # oldest first
        self._since_detection = 0
        self._time = -math.inf
        self._shape: tuple[int, ...] | None = None
        self.cuts.reset()

    def update(self, image: np.ndarray, time_s: float) -> Faces:
        """Find the faces of the next frame.

        Args:
            image (np.ndarray): (H, W, 3) uint8, BGR.
            time_s (float): When, in seconds; later than the last frame.

        Returns:
            Faces: Those in sight, oldest first, with ``ids`` and ``image``.
            ``box_scores`` are of the last detection of each. Without faces
            the number of keypoints is that of the last prediction, 0 before
            the first.

        Raises:
            ValueError: Another form of image, time that does not run
                forward, or ``predict`` or ``detect`` give other shapes than
                they should.
        """
        self._check(image, time_s)
        if self._shape not in (None, image.shape):
            self.reset()
        if self.cuts(image):
            self._tracks = []
        self._time, self._shape = time_s, image.shape
        self._since_detection += 1
        self._follow(image)
        self._merge()
        if self._is_detection_due():
            self._search(image)
        self._tracks = [t for t in self._tracks if t.doubt <= self.patience]
        seen = [track.report() for track in self._in_sight()]
        if seen:
            return replace(join_faces(seen), image=image)
        return replace(self._none, image=image, ids=np.zeros(0, np.int64))

    def _in_sight(self) -> list[Track]:
        return [track for track in self._tracks if not track.lost]

    def _follow(self, image: np.ndarray) -> None:
        """Look for each face where it should be by now."""
        tracks = self._in_sight()
        boxes = [track.expected_box(self._time) for track in tracks]
        for track, face in zip(
            tracks, self._predict(image, boxes), strict=True
        ):
            if face is None:
                track.lost = True
            else:
                track.follow(face, self._time)

    def _merge(self) -> None:
        """End the younger of two tracks on one face."""
        kept: list[Track] = []
        for track in self._tracks:
            if track.lost or not self._is_taken(track.box, kept):
                kept.append(track)
        self._tracks = kept

    def _is_detection_due(self) -> bool:
        return (
            self._since_detection >= self.detect_every
            or not self._in_sight()
            or any(track.lost or track.doubt for track in self._tracks)
        )

    def _search(self, image: np.ndarray) -> None:
        """Detect faces, confirm tracks by them, start and find tracks."""
        boxes, scores = self._detect(image)
        self._since_detection = 0
        known = np.reshape([track.box for track in self._tracks], (-1, 4))
        pairs = match_boxes(known, boxes, MIN_OVERLAP)
        owners = {place: self._tracks[number] for number, place in pairs}
        for track in self._tracks:
            track.doubt += 1
        anew = []
        for place, track in owners.items():
            track.box_score = float(scores[place])
            overlap = box_iou(track.box[None], boxes[[place]])[0, 0]
            if track.lost or overlap < SAME_PLACE:
                anew.append(place)
            else:
                track.doubt = 0
        if len(self._in_sight()) < self.max_faces:
            order = np.argsort(-scores, kind='stable').tolist()
            anew += [place for place in order if place not in owners]
        faces = self._predict(image, boxes[anew])
        for place, face in zip(anew, faces, strict=True):
            if face is not None:
                self._place(owners.get(place), face, float(scores[place]))

    def _place(self, track: Track | None, face: Faces, score: float) -> None:
        """Give a detected face to its track, or start one for it."""
        if track is None or track.lost:
            seen, box = self._in_sight(), face.landmark_boxes[0]
            if len(seen) >= self.max_faces or self._is_taken(box, seen):
                return
        if track is None:
            smooth = self.make_filter() if self.make_filter else None
            new = Track(next(self._ids), face, score, self._time, smooth)
            self._tracks.append(new)
        else:
            track.find(face, self._time)

    def _is_taken(self, box: np.ndarray, tracks: list[Track]) -> bool:
        """Whether a track in sight lies on this box (4,)."""
        others = [track.box for track in tracks if not track.lost]
        return bool(others) and bool(
            (box_iou(box[None], np.stack(others)) > MERGE_OVERLAP).any()
        )

    def _predict(
        self, image: np.ndarray, boxes: list | np.ndarray
    ) -> list[Faces | None]:
        """Predict a face for each box; ``None`` where there is none."""
        if not len(boxes):
            return []
        boxes = np.asarray(boxes, np.float32)
        size = image.shape[1], image.shape[0]
        found: list[Faces | None] = [None] * len(boxes)
        # One that has left the image has nothing to be predicted from.
        (places,) = np.nonzero(visible_share(boxes, size))
        if not len(places):
            return found
        faces = self.predict(image, boxes[places])
        if len(faces) != len(places):
            raise ValueError(
                f'predict: expected {len(places)} faces for as many boxes, '
                f'got {len(faces)}'
            )
        self._none = faces[:0]
        good = are_believable(faces, boxes[places], size, self.min_score)
        for number, place in enumerate(places):
            if good[number]:
                found[place] = faces[number]
        return found

    def _detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        boxes, scores = map(np.asarray, self.detect(image))
        if boxes.shape != (len(scores), 4) or scores.ndim != 1:
            raise ValueError(
                'detect: expected boxes (N, 4) and scores (N,), got '
                f'{boxes.shape} and {scores.shape}'
            )
        good = np.isfinite(boxes).all(axis=1)
        good &= (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        return boxes[good].astype(np.float32), scores[good]

    def _check(self, image: np.ndarray, time_s: float) -> None:
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(
                'expected an image (H, W, 3) of uint8, got '
                f'{image.shape} of {image.dtype}'
            )
        if not (math.isfinite(time_s) and time_s > self._time):
            raise ValueError(
                f'expected a time after {self._time} s, got {time_s}'
            )
