"""Networks of 8 bits."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .onnx_files import quiet

#: Layers that are computed in 8 bits. Coordinates, the means of heatmaps and
#: the relations of keypoints stay float32; enlarged maps in 8 bits moved
#: keypoints further and were no faster.
LAYERS = ('Conv', 'Gemm', 'Relu', 'MaxPool')

#: Faces that the ranges of values are found on at once.
_BATCH = 16


def quantize(source: Path, target: Path, crops: np.ndarray) -> None:
    """Make a network of 8 bits: static, weights by channel.

    The ranges of the values are those that faces have, upright and mirrored.
    Values have 8 bits without a sign and weights 7 bits with one, in QDQ
    form, which ONNX Runtime runs on every processor and in a browser. With
    weights of 8 bits, sums overflow on x86 processors without VNNI
    (docs/export.md).

    Args:
        source (Path): Network of float32, ``.onnx``.
        target (Path): The file to be written.
        crops (np.ndarray): Faces (N, 3, H, W) float32, as the network gets
            them.

    Raises:
        ImportError: ONNX Runtime or ONNX is missing.
    """
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder, quiet():
        ready = Path(folder, 'ready.onnx')
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantization.quantize_static(
            ready,
            target,
            _reader(crops),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=list(LAYERS),
            per_channel=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            reduce_range=True,
        )


def _reader(crops: np.ndarray) -> Any:
    """Give faces to what finds the ranges of values."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.batches = _batches(crops)

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.batches, None)

    return Reader()


def _batches(crops: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
    """Give batches of faces and of mirrored faces."""
    for start in range(0, len(crops), _BATCH):
        batch = crops[start : start + _BATCH]
        yield {'image': batch}
        yield {'image': np.ascontiguousarray(batch[..., ::-1])}
