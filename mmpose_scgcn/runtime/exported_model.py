"""A model of an exported folder."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.apis.face_predictor import FacePredictor
from mmpose_scgcn.apis.located import Located
from mmpose_scgcn.structures.boxes import tight_boxes

import numpy as np

from .crops import Cropper
from .decoding import Decoder, Outputs
from .folder import ExportedFolder, read_folder
from .network import Network

#: Further outputs of a network that has an adapter.
_SOURCES = ('source_keypoints', 'source_scores')


class ExportedModel(FacePredictor):
    """Finds faces and their keypoints in images, without PyTorch.

    :func:`mmpose_scgcn.load_model` makes it from a folder.

    Args:
        folder (ExportedFolder): The folder.
        precision (str): ``float32`` or ``int8``. Defaults to ``float32``.
        device (str, optional): ``cpu`` or ``cuda``. Defaults to None: the
            CPU.
        detector: See :func:`mmpose_scgcn.detection.build_detector`.
            Defaults to ``auto``.

    Raises:
        ValueError: See :meth:`ExportedFolder.read_network` and
            :class:`Network`.
    """

    def __init__(
        self,
        folder: ExportedFolder,
        precision: str = 'float32',
        device: Any = None,
        detector: Any = 'auto',
    ) -> None:
        settings = folder.settings
        name = str(settings.get('name') or folder.path.name)
        super().__init__(name, detector, settings)
        self.folder = folder
        self.precision = precision
        self.network = _open(folder, precision, device)
        self.network.check(folder)
        self.adapter: Network | None = None
        if 'adapter' in settings['files']:
            self.adapter = _open(folder, 'adapter', device)
        self.cropper = Cropper(settings)
        self.decoder = Decoder(settings)

    @property
    def num_keypoints(self) -> int:
        """Keypoints K of a face."""
        return self.folder.num_keypoints

    @property
    def keypoint_names(self) -> list[str]:
        """The names of the keypoints, in order."""
        return list(self.settings['keypoints']['names'])

    @property
    def graph(self) -> np.ndarray | None:
        """The graph (K, k + 1), None where the model has none."""
        if 'edges' not in self.network.outputs:
            return None
        return np.array(self.settings['graph']['neighbours'], np.int64)

    @property
    def links(self) -> tuple[tuple[int, int], ...]:
        """The lines to draw."""
        pairs = self.settings['keypoints']['skeleton']
        return tuple((int(a), int(b)) for a, b in pairs)

    def locate(
        self,
        images: Sequence[np.ndarray],
        boxes: Sequence[np.ndarray],
        batch_size: int,
        with_edges: bool,
    ) -> Located:
        """Predict the boxes of images; see :meth:`FacePredictor.locate`."""
        places = [
            (i, b)
            for i, found in zip(images, boxes, strict=True)
            for b in found
        ]
        batches = [
            self._locate_batch(places[start : start + batch_size], with_edges)
            for start in range(0, len(places), batch_size)
        ]
        return Located.join(batches, self.num_keypoints)

    def _locate_batch(
        self, places: Sequence[tuple[np.ndarray, np.ndarray]], with_edges: bool
    ) -> Located:
        """Predict some boxes, each with its image."""
        crops = [self.cropper.place(box) for _, box in places]
        inputs = np.stack(
            [
                self.cropper.cut(image, crop)
                for (image, _), crop in zip(places, crops, strict=True)
            ]
        )
        outputs = self._run(inputs, with_edges)
        edges = outputs.get('edges')
        if self.adapter is not None:
            return self._adapt(self.adapter, outputs, crops)
        points, scores = self.decoder.read(outputs)
        points = self.cropper.to_image(points, crops).astype(np.float32)
        return Located(points, scores.astype(np.float32), None, edges)

    def _run(self, inputs: np.ndarray, with_edges: bool) -> Outputs:
        """Run the network on crops, and on mirrored ones if it wants that."""
        names = [n for n in self.network.outputs if n != 'edges']
        if self.adapter is not None:
            names = [n for n in names if n in _SOURCES]
        edges = ['edges'] if with_edges else []
        outputs = self.network.run({'image': inputs}, names + edges)
        if not self.decoder.flips:
            return outputs
        mirrored = np.ascontiguousarray(inputs[..., ::-1])
        flipped = self.network.run({'image': mirrored}, names)
        return self.decoder.average(outputs, flipped)

    def _adapt(
        self, adapter: Network, outputs: Outputs, crops: Sequence
    ) -> Located:
        """Adapt the network's own keypoints, in image px."""
        source = outputs['source_keypoints']
        scores = outputs.get(
            'source_scores', np.ones(source.shape[:2], np.float32)
        )
        source = self.cropper.to_image(source, crops).astype(np.float32)
        inputs = {'source_keypoints': source, 'source_scores': scores}
        found = adapter.run(inputs)
        tight = tight_boxes(source)
        return Located(found['keypoints'], found['scores'], tight, None)


def _open(folder: ExportedFolder, name: str, device: Any) -> Network:
    """Open one of the networks of a folder."""
    content = folder.read_network(name)
    file = folder.path / folder.settings['files'][name]['file']
    return Network(content, str(file), device)


def load_exported(
    folder: str | Path,
    device: Any = None,
    detector: Any = 'auto',
    precision: str | None = None,
) -> ExportedModel:
    """Load a model from an exported folder.

    Args:
        folder (str | Path): What ``tools/export.py`` wrote.
        device (str, optional): ``cpu`` or ``cuda``. Defaults to None: the
            CPU.
        detector: See :func:`mmpose_scgcn.detection.build_detector`.
            Defaults to ``auto``.
        precision (str, optional): ``float32`` or ``int8``. Defaults to None:
            ``float32``.

    Returns:
        ExportedModel: The model.

    Raises:
        FileNotFoundError, ValueError: The folder is none, or is damaged.
        ImportError: ONNX Runtime is not installed.
    """
    return ExportedModel(
        read_folder(folder), precision or 'float32', device, detector
    )
