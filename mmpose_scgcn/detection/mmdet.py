"""Any detector of MMDetection, where it is installed."""

from importlib.util import find_spec

import numpy as np

from .boxes import BoxMapping
from .detector import FaceDetector


class MMDetection(FaceDetector):
    """A detector of MMDetection, through its ``DetInferencer``.

    Args:
        model (str): Name or config of the detector.
        weights (str, optional): Its checkpoint. Defaults to None: the one
            of the model's metafile.
        category (int): Number of the category "face". Defaults to 0.
        score (float): Least score of a face. Defaults to 0.3.
        device (str, optional): Defaults to None: MMDetection's choice.
        mapping (BoxMapping, optional): Defaults to None: its boxes are
            taken as they are. Measure your detector's with
            ``tools/calibrate_detector.py``.

    Raises:
        ImportError: MMDetection is not installed.
    """

    kind = 'mmdet'

    def __init__(
        self,
        model: str,
        weights: str | None = None,
        category: int = 0,
        score: float = 0.3,
        device: str | None = None,
        mapping: BoxMapping | None = None,
    ) -> None:
        super().__init__(mapping or BoxMapping())
        if find_spec('mmdet') is None:
            raise ImportError(
                f'the detector {model!r} needs MMDetection, which is not '
                "installed: pip install mmdet, or use 'yunet' or 'haar'"
            )
        from mmdet.apis import DetInferencer

        self.inferencer = DetInferencer(
            model, weights, device=device, show_progress=False
        )
        self.category = category
        self.score = score

    def find(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Find faces; see :meth:`FaceDetector.find`."""
        result = self.inferencer(image, return_datasamples=True)
        found = result['predictions'][0].pred_instances.cpu().numpy()
        kept = (found.labels == self.category) & (found.scores > self.score)
        order = np.argsort(-found.scores[kept], kind='stable')
        return found.bboxes[kept][order], found.scores[kept][order]
