"""MediaPipe's face mesh of 478 points, with attention to eyes and lips."""

from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

from mmpose_scgcn.benchmark import Predictor
from mmpose_scgcn.detection.calibration import choose_box
from mmpose_scgcn.structures.boxes import tight_boxes

import cv2
import numpy as np
from peers_dlib import INSTALL

#: Published lists of the points that stand for the 68: "MediaPipe 468
#: landmark to dlib 68 landmark maps" (a public file), with one point each.
LM68 = (
    *(127, 234, 132, 58, 172, 150, 149, 148, 152, 377, 378, 379, 397, 288),
    *(361, 454, 356, 70, 63, 105, 66, 107, 336, 296, 334, 293, 300, 168, 197),
    *(5, 4, 98, 97, 2, 326, 327, 130, 160, 158, 133, 153, 144, 362, 385, 387),
    *(263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 321, 314, 17, 84, 91, 78),
    *(82, 13, 312, 308, 317, 14, 87),
)
#: The same with means of two, from
#: github.com/PeizhiYan/Mediapipe_2_Dlib_Landmarks.
YAN = (
    *(127, 234, 93, (132, 58), (58, 172), 136, 150, 176, 152, 400, 379, 365),
    *((397, 288), 361, 323, 454, 356, 70, 63, 105, 66, 107, 336, 296, 334),
    *(293, 300, (168, 6), (197, 195), 5, 4, 75, 97, 2, 326, 305, 33, 160, 158),
    *(133, 153, 144, 362, 385, 387, 263, 373, 380, 61, 39, 37, 0, 267, 269),
    *(291, 321, 314, 17, 84, 91, 78, 82, 13, 312, 308, 317, 14, 87),
)
MAPS = {'lm68': LM68, 'yan': YAN}

#: The mesh network alone, in a region that is given.
_GRAPH = """
input_stream: "image"
input_stream: "region"
input_side_packet: "with_attention"
output_stream: "points"
node {
  calculator: "FaceLandmarkCpu"
  input_stream: "IMAGE:image"
  input_stream: "ROI:region"
  input_side_packet: "WITH_ATTENTION:with_attention"
  output_stream: "LANDMARKS:points"
}
"""
#: Side of the network's input, px, and that of MediaPipe's region over that
#: of the mesh. The corner of the region becomes the centre of the first pixel
#: of the input, so that points lie half an input pixel too far to the right
#: and down. It is taken off: the error on `val` is lower for it.
_INPUT, _REGION = 192, 1.5


class FaceMesh(Predictor):
    """The mesh as `mp.solutions` gives it, with its own detector."""

    modules: ClassVar = {'mediapipe': 'mediapipe'}
    install = INSTALL

    def files(self) -> Iterable[Path]:
        """List the networks' files."""
        folder = Path(find_spec('mediapipe').origin).parent / 'modules'
        yield folder / 'face_landmark/face_landmark_with_attention.tflite'
        yield folder / 'face_detection/face_detection_short_range.tflite'

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Make the solution."""
        try:
            from mediapipe.python.solutions.face_mesh import FaceMesh
        except ModuleNotFoundError as error:
            raise RuntimeError(
                f'this MediaPipe has no solutions ({error}); {INSTALL}'
            ) from error

        self.mesh = FaceMesh(
            static_image_mode=True, max_num_faces=5, refine_landmarks=True
        )
        return {}

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict the face that overlaps the annotated one, (478, 2)."""
        found = self.mesh.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
        if not found.multi_face_landmarks:
            return None
        size = image.shape[1::-1]  # width, height
        meshes = np.stack(
            [_to_px(m, size) for m in found.multi_face_landmarks]
        )
        boxes = tight_boxes(meshes)
        box = choose_box(boxes, face.box)
        if np.isnan(box).any():
            return None
        mesh = meshes[np.flatnonzero((boxes == box).all(1))[0]]
        region = _REGION * (box[2:] - box[:2]).max()
        return mesh - 0.5 * region / _INPUT


class FaceMeshInTrueCrops(FaceMesh):
    """The mesh network in a square about the true keypoints.

    As MediaPipe does when it follows a face, the square is turned so that
    the eyes are level.

    Args:
        margin (float): Side of the square, over the longer side of the
            turned box about the keypoints.
        raise_by (float): How much higher than that box the square is, over
            its side: MediaPipe's own squares have the forehead inside.
    """

    def __init__(self, margin: float, raise_by: float) -> None:
        self.margin = margin
        self.raise_by = raise_by

    def files(self) -> Iterable[Path]:
        """List the network's file."""
        mesh, _ = super().files()
        yield mesh

    def load(self, cfg: Any) -> Mapping[str, Any]:
        """Make the network."""
        from google.protobuf import text_format
        from mediapipe.framework import calculator_pb2
        from mediapipe.framework.formats.rect_pb2 import NormalizedRect
        from mediapipe.python.solution_base import SolutionBase

        config = calculator_pb2.CalculatorGraphConfig()
        self.network = SolutionBase(
            graph_config=text_format.Parse(_GRAPH, config),
            side_inputs={'with_attention': True},
            outputs=['points'],
        )
        self.whole = NormalizedRect(
            x_center=0.5, y_center=0.5, width=1, height=1
        )
        return {}

    def __call__(self, image: np.ndarray, face: Any) -> np.ndarray | None:
        """Predict in the square, (478, 2); None where it sees no face."""
        matrix = self._matrix(face.gt.astype(np.float64))
        size = (_INPUT, _INPUT)
        crop = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR)
        crop = cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)
        found = self.network.process(dict(image=crop, region=self.whole))
        if found.points is None:
            return None
        back = cv2.invertAffineTransform(matrix)
        points = _to_px(found.points, size) - 0.5
        return points @ back[:, :2].T + back[:, 2]

    def _matrix(self, gt: np.ndarray) -> np.ndarray:
        """Map image px to those of the square, (2, 3)."""
        right, left = gt[36:42].mean(0), gt[42:48].mean(0)
        cos, sin = (left - right) / np.linalg.norm(left - right)
        turn = np.array([[cos, sin], [-sin, cos]])  # makes the eyes level
        low, high = (gt @ turn.T).min(0), (gt @ turn.T).max(0)
        side = self.margin * (high - low).max()
        center = (low + high) / 2 - (0, self.raise_by * side)
        scale = _INPUT / side
        moved = (_INPUT - 1) / 2 - scale * center
        return np.hstack([scale * turn, moved[:, None]])


def _to_px(points: Any, size: tuple[int, int]) -> np.ndarray:
    """Read points (478, 2) in px, as users of MediaPipe do."""
    return np.array([(p.x, p.y) for p in points.landmark]) * size
