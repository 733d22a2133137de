"""Whether edges out of covered keypoints lose weight, over a data set."""

from collections.abc import Callable, Iterable
from typing import Any

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.datasets.build import choose_samples

from .adjacency import compare_edges
from .occlusion import cover_faces, require_dynamic
from .report import describe_claim


def measure_claim(
    model: FaceModel,
    dataset: Any,
    faces: int | None = None,
    area: float = 0.2,
    rectangles: int = 1,
    resamples: int = 2000,
    seed: int = 0,
    track: Callable[[Iterable], Iterable] = iter,
) -> dict[str, Any]:
    """Weigh the edges of faces with and without occluders, and compare.

    Args:
        model (FaceModel): With a dynamic adjacency.
        dataset (BaseDataset): In test mode, with the crops of the model.
        faces (int, optional): So many random ones. Defaults to None: all.
        area (float): Of a rectangle, a fraction of the crop's. Defaults to
            0.2.
        rectangles (int): For each face, one at a time. Defaults to 1.
        resamples (int): Draws of the bootstrap. Defaults to 2000.
        seed (int): Of all that is random. Defaults to 0.
        track (Callable): Wraps the iteration, for a progress bar.

    Returns:
        dict: The settings, what
        :func:`~mmpose_scgcn.analysis.compare_edges` gives, and the
        ``conclusion`` in a sentence.

    Raises:
        ValueError: The model has no dynamic adjacency, or does not fit the
            data set.
    """
    neighbors = require_dynamic(model.model, model.name)
    indices = choose_samples(len(dataset), faces, seed)
    found = cover_faces(
        model.model,
        dataset,
        indices.tolist(),
        area,
        rectangles,
        seed,
        track=track,
    )
    result = compare_edges(
        found['before'],
        found['after'],
        neighbors,
        found['covered'],
        found['known'],
        resamples=resamples,
        seed=seed,
    )
    return dict(
        model=model.name,
        seed=seed,
        area=area,
        rectangles=rectangles,
        resamples=resamples,
        confidence=0.95,
        faces=len(indices),
        keypoints=len(neighbors),
        edges_per_face=int(neighbors[:, 1:].size),
        covered_keypoints=float(found['covered'].mean()),
        units='weights in percent, changes in percentage points, relative '
        'changes and shares as fractions',
        **result,
        conclusion=describe_claim(result),
    )
