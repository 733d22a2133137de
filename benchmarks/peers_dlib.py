"""dlib's 68-point predictor, an ensemble of regression trees.

"One Millisecond Face Alignment with an Ensemble of Regression Trees" (CVPR
2014), with the public file of 68 points.
"""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from mmpose_scgcn.benchmark import Predictor
from mmpose_scgcn.detection.calibration import choose_box

import cv2
import numpy as np
from peers_ridge import fit_ridge

INSTALL = 'pip install --no-deps -r requirements/peers.txt'


class Dlib(Predictor):
    """In boxes of dlib's own detector.

    Where it finds nothing, the image is searched at twice its size.

    Args:
        enlarge (int): How many times larger the image of the predictor is,
            which rounds keypoints to whole px. Defaults to 1.
    """

    modules: ClassVar = {
        'dlib': 'dlib-bin',
        'face_recognition_models': 'face_recognition_models',
    }
    install = INSTALL

    def __init__(self, enlarge: int = 1) -> None:
        self.enlarge = enlarge

    def files(self) -> Iterable[Path]:
        """List the file of 68 points."""
        spec = find_spec('face_recognition_models')
        for folder in (spec and spec.submodule_search_locations) or ():
            name = 'shape_predictor_68_face_landmarks.dat'
            yield Path(folder, 'models', name)

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Read the file."""
        import dlib

        self.dlib = dlib
        self.detector = dlib.get_frontal_face_detector()
        (path,) = self.files()
        self.predictor = dlib.shape_predictor(str(path))
        return {}

    def box(self, image: np.ndarray, face: Any) -> np.ndarray:
        """Find the box of the face, (4,), NaN if it was missed."""
        for doublings in (0, 1):
            found = [
                [box.left(), box.top(), box.right(), box.bottom()]
                for box in self.detector(image, doublings)
            ]
            if found:
                return choose_box(np.array(found, float), face.box)
        return np.full(4, np.nan)

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict in the box."""
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        box = self.box(image, face)
        if np.isnan(box).any():
            return None
        times = self.enlarge
        if times > 1:
            image = cv2.resize(image, None, fx=times, fy=times)
        corners = np.rint((box + 0.5) * times - 0.5).astype(int).tolist()
        shape = self.predictor(image, self.dlib.rectangle(*corners))
        points = np.array([(p.x, p.y) for p in shape.parts()], np.float64)
        return (points + 0.5) / times - 0.5


class DlibInTrueBoxes(Dlib):
    """In boxes as dlib's detector would draw them about the true keypoints.

    The trees start at a mean face in the box, and are trained for this
    detector's, so that the landmark box, moved and scaled alike for all
    faces, would be unfair.
    """

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Read the file, and fit the boxes to those on ``train``."""
        from mmpose_scgcn.benchmark.predicted_faces import annotated_faces

        super().load(cfg)
        sets = []
        for part in ('train', 'val'):
            faces = [
                (face.gt, super(DlibInTrueBoxes, self).box(image, face))
                for image, face in annotated_faces(cfg, part)
            ]
            keypoints, boxes = (np.stack(x) for x in zip(*faces, strict=True))
            found = np.isfinite(boxes).all(1)
            sets += [keypoints[found], boxes[found].reshape(-1, 2, 2)]
        self.ridge = fit_ridge(*sets, turn=False)
        return dict(ridge=self.ridge.weight)

    def box(self, image: np.ndarray, face: Any) -> np.ndarray:
        """Give the box that belongs to the true keypoints."""
        return self.ridge(face.gt[None].astype(np.float64)).reshape(4)
