"""Models of this package, as `load_model` gives them: PyTorch, flip test."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mmpose_scgcn.benchmark import Predictor
from mmpose_scgcn.detection.calibration import choose_box

import numpy as np


class Ours(Predictor):
    """A model of this package, on the CPU.

    Args:
        name (str): Of the model.
        detector (str, optional): What finds the faces. Defaults to None: the
            annotated box about the keypoints.
    """

    def __init__(self, name: str, detector: str | None = None) -> None:
        self.name = name
        self.detector = detector

    def files(self) -> Iterable[Path]:
        """List its weights."""
        from mmpose_scgcn.apis.zoo import weights_file

        yield weights_file(self.name)

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Read the weights."""
        from mmpose_scgcn import load_model

        self.model = load_model(self.name, device='cpu')
        if self.detector:
            from mmpose_scgcn.detection import build_detector

            self.find = build_detector(self.detector)
        return {}

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict in the face's box."""
        box = face.box
        if self.detector:
            boxes, _ = self.find(image)
            box = choose_box(boxes, face.box)
        if np.isnan(box).any():
            return None
        return self.model(image, boxes=[box]).keypoints[0].astype(np.float64)
