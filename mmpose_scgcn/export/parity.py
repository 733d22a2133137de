"""How far an exported model is from the one of PyTorch."""

from typing import Any

from mmpose_scgcn.apis.face_predictor import FacePredictor
from mmpose_scgcn.runtime import ExportedModel

import numpy as np
import torch

from .faces import CheckFaces
from .graphs import ImageGraph

#: Faces at once that are tried.
BATCHES = (1, 2, 5)

#: A network of float32 may be this far off, px of the crop.
MOST_PX = 1e-3


def crops_of(model: ExportedModel, faces: CheckFaces) -> np.ndarray:
    """Cut faces as the network wants them, (N, 3, H, W) float32."""
    cut = model.cropper
    return np.stack(
        [
            cut.cut(image, cut.place(box))
            for image, boxes in zip(faces.images, faces.boxes, strict=True)
            for box in boxes
        ]
    )


def compare(
    graph: ImageGraph,
    reference: FacePredictor,
    model: ExportedModel,
    faces: CheckFaces,
) -> dict[str, Any]:
    """Compare a network and its predictions with PyTorch's.

    Args:
        graph (ImageGraph): What was exported.
        reference (FacePredictor): The model of PyTorch.
        model (ExportedModel): The exported one.
        faces (CheckFaces): At least one. They are repeated where there are
            fewer than the largest batch has.

    Returns:
        dict: ``faces``, ``origin`` and ``batches``; ``network_px``, the
        largest distance of two keypoints in px of the crop, for each of the
        batch sizes, ``largest_px`` of all and ``mean_px``;
        ``prediction_px``, likewise of whole predictions (crop, flip test,
        mapping back) in px of the image; ``scores``, the largest difference
        of two scores.
    """
    count = len(faces)
    faces = faces.repeated(max(BATCHES))
    crops = crops_of(model, faces)
    apart = {s: _distances(graph, model, crops, s) for s in BATCHES}
    network = {str(s): float(apart[s].max()) for s in BATCHES}
    wanted = reference(list(faces.images), boxes=list(faces.boxes))
    points, scores = [0.0], [0.0]
    for size in BATCHES:
        found = model(
            list(faces.images), boxes=list(faces.boxes), batch_size=size
        )
        for one, other in zip(wanted, found, strict=True):
            points.append(_distance(one.keypoints, other.keypoints))
            scores.append(float(np.abs(one.scores - other.scores).max()))
    return dict(
        faces=count,
        origin=faces.origin,
        batches=list(BATCHES),
        network_px=network,
        largest_px=max(network.values()),
        mean_px=float(apart[1].mean()),
        prediction_px=max(points),
        scores=max(scores),
    )


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Give the largest distance of keypoints (..., 2)."""
    return float(np.linalg.norm(first - second, axis=-1).max(initial=0))


def _distances(
    graph: ImageGraph, model: ExportedModel, crops: np.ndarray, size: int
) -> np.ndarray:
    """Compare the keypoints of crops, so many at once: (N, K)."""
    names, read = graph.names(), model.decoder.read
    found = []
    for start in range(0, len(crops), size):
        inputs = crops[start : start + size]
        with torch.no_grad():
            outputs = graph(torch.from_numpy(inputs))
        wanted = dict(zip(names, (o.numpy() for o in outputs), strict=True))
        points, _ = read(model.network.run({'image': inputs}))
        found.append(np.linalg.norm(read(wanted)[0] - points, axis=-1))
    return np.concatenate(found)


def check_parity(measured: dict[str, Any]) -> None:
    """Refuse a network that computes something else.

    Raises:
        RuntimeError: It is further off than :data:`MOST_PX`.
    """
    if not measured['largest_px'] < MOST_PX:
        raise RuntimeError(
            'the exported network does not compute what PyTorch does: '
            f'keypoints differ by up to {measured["largest_px"]:.2g} px of '
            f'the crop, at most {MOST_PX:g} was expected; nothing was written'
        )


def show(title: str, measured: dict[str, Any]) -> list[str]:
    """Put measurements into lines for a person."""
    sizes = measured['network_px'].items()
    each = ', '.join(f'{px:.2g} at batch {size}' for size, px in sizes)
    lines = [
        f'{title}: {measured["faces"]} faces ({measured["origin"]}), largest '
        f'distance to PyTorch in px of the crop: {each}; on average '
        f'{measured["mean_px"]:.2g}',
        f'{title}: whole predictions, px of the image: '
        f'{measured["prediction_px"]:.2g}; scores: {measured["scores"]:.2g}',
    ]
    nme = measured.get('nme')
    if nme:
        lines.append(
            f'{title}: NME {100 * nme["float32"]:.3f} % in float32, '
            f'{100 * nme["int8"]:.3f} % in 8 bits ({nme["faces"]} faces, '
            f'{nme["origin"]})'
        )
    return lines
