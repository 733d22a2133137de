"""Models of this package, as `load_model` gives them, with the flip test."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from mmpose_scgcn.benchmark import Predictor
from mmpose_scgcn.detection.calibration import choose_box

import numpy as np


class Ours(Predictor):
    """A model of this package in PyTorch, on the CPU.

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
        self.model = self.open()
        if self.detector:
            from mmpose_scgcn.detection import build_detector

            self.find = build_detector(self.detector)
        return {}

    def open(self) -> Any:
        """Give the model."""
        from mmpose_scgcn import load_model

        return load_model(self.name, device='cpu')

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict in the face's box."""
        box = face.box
        if self.detector:
            boxes, _ = self.find(image)
            box = choose_box(boxes, face.box)
        if np.isnan(box).any():
            return None
        return self.model(image, boxes=[box]).keypoints[0].astype(np.float64)


class Exported(Ours):
    """A model of this package in ONNX Runtime, in 8 bits, on the CPU.

    It is read from ``work_dirs/exported/NAME``.
    """

    modules: ClassVar = {'onnxruntime': 'onnxruntime'}
    install = 'pip install --no-deps -r requirements/peers.txt'

    @property
    def network(self) -> Path:
        """Where ``tools/export.py`` has written it."""
        return Path('work_dirs/exported', self.name, 'model.int8.onnx')

    @property
    def absent(self) -> str:
        """Say what is missing, and what makes it."""
        (weights,) = super().files()
        file, folder = self.network, self.network.parent
        if (
            not file.is_file()
            or file.stat().st_mtime < weights.stat().st_mtime
        ):
            return (
                f'no network in {folder}, or an older one than the weights; '
                f'python tools/export.py {self.name} {folder} --int8'
            )
        return super().absent

    def files(self) -> Iterable[Path]:
        """List the weights and the network made of them."""
        yield from super().files()
        if self.network.is_file():
            yield self.network

    def open(self) -> Any:
        """Give the model."""
        from mmpose_scgcn.runtime import load_exported

        return load_exported(self.network.parent, 'cpu', precision='int8')
