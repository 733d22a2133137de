"""Edge weights of a model, on faces as they are and under rectangles."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from mmpose_scgcn.models.layers import CertaintyAdjacency, DynamicAdjacency
from mmpose_scgcn.models.units import codec_input_size

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from mmengine.model import BaseModel
from torch import Tensor, nn

from .rectangles import draw_rectangle, points_inside


def require_dynamic(model: BaseModel, name: str = 'the model') -> np.ndarray:
    """Check that a model weighs its edges by the image.

    Args:
        model (BaseModel): An MMPose estimator.
        name (str): What to call it in the message.

    Returns:
        np.ndarray: Its graph (K, k + 1) int, each row starting with the
        keypoint itself.

    Raises:
        ValueError: It has no graph, or weights that do not follow the image.
    """
    head: Any = getattr(model, 'head', None)
    adjacency = getattr(head, 'adjacency', None)
    wanted = (
        "; a head with adjacency='dynamic' is needed, such as "
        'GraphRelationalHead or GraphRefinementHead'
    )
    if head is None or not isinstance(adjacency, nn.Module):
        raise ValueError(
            f'{name} has no graph whose edges could be shown (its head is '
            f'{type(head).__name__}){wanted}'
        )
    if not isinstance(adjacency, DynamicAdjacency | CertaintyAdjacency):
        raise ValueError(
            f'{name} has no dynamic adjacency: its edge weights '
            f'({type(adjacency).__name__}) are the same in every image'
            f'{wanted}'
        )
    head.graph.require()
    return head.graph.neighbors.cpu().numpy()


def edge_weights(model: BaseModel, samples: Sequence[dict]) -> np.ndarray:
    """Run a model as far as needed for its edge weights.

    Args:
        model (BaseModel): An estimator with a dynamic adjacency, in
            evaluation mode.
        samples (Sequence[dict]): B samples of a test pipeline, with
            ``inputs`` and ``data_samples``.

    Returns:
        np.ndarray: (B, K, k + 1) float32; rows sum to one.
    """
    data = model.data_preprocessor(pseudo_collate(list(samples)), False)
    kept: list[Tensor] = []
    hook = model.head.adjacency.register_forward_hook(
        lambda module, inputs, output: kept.append(output)
    )
    try:
        with torch.no_grad():
            model.head(model.extract_feat(data['inputs']))
    finally:
        hook.remove()
    return kept[-1].float().cpu().numpy()


def cover_faces(
    model: BaseModel,
    dataset: Any,
    indices: Sequence[int],
    area: float = 0.2,
    rectangles: int = 1,
    seed: int = 0,
    batch_size: int = 32,
    track: Callable[[Iterable], Iterable] = iter,
) -> dict[str, np.ndarray]:
    """Weigh the edges of faces, and again under random rectangles.

    A rectangle of one random colour lies wholly inside the crop, see
    :func:`~mmpose_scgcn.analysis.draw_rectangle`. It depends on the seed and
    the number of the face alone: all models see the same.

    Args:
        model (BaseModel): See :func:`edge_weights`.
        dataset (BaseDataset): In test mode, with the crops that the model
            takes.
        indices (Sequence[int]): The faces, N of them.
        area (float): Of a rectangle, a fraction of the crop's. Defaults to
            0.2.
        rectangles (int): Rectangles R for each face, one at a time. Defaults
            to 1.
        seed (int): Of the rectangles. Defaults to 0.
        batch_size (int): Faces at once. Defaults to 32.
        track (Callable): Wraps the iteration over batches, for a progress
            bar.

    Returns:
        dict[str, np.ndarray]: ``before`` (N, K, k + 1), ``after``
        (N, R, K, k + 1), ``covered`` (N, R, K) boolean by the true
        keypoints, and ``known`` (N, K) boolean: annotated keypoints.

    Raises:
        ValueError: No faces, or they have another number of keypoints or
            other crops than the model.
    """
    if not len(indices):
        raise ValueError('no faces: the data set or the choice is empty')
    found: dict[str, list] = dict(before=[], after=[], covered=[], known=[])
    for start in track(range(0, len(indices), batch_size)):
        chosen = [int(i) for i in indices[start : start + batch_size]]
        samples = [dataset[i] for i in chosen]
        _check(model, samples[0])
        covers = []
        for index, sample in zip(chosen, samples, strict=True):
            rng = np.random.default_rng([seed, index])
            points, known = crop_keypoints(sample)
            found['known'].append(known)
            size = sample['inputs'].shape[:0:-1]
            places = [
                draw_rectangle(size, area, rng) for _ in range(rectangles)
            ]
            found['covered'].append(
                np.stack([points_inside(points, place) for place in places])
            )
            covers += [cover(sample, place, rng) for place in places]
        found['before'] += list(edge_weights(model, samples))
        after = edge_weights(model, covers)
        found['after'] += list(
            after.reshape(len(chosen), rectangles, *after.shape[1:])
        )
    return {name: np.stack(values) for name, values in found.items()}


def crop_keypoints(sample: dict) -> tuple[np.ndarray, np.ndarray]:
    """Find the true keypoints of a test sample in its crop.

    Args:
        sample (dict): Of a test pipeline.

    Returns:
        tuple[np.ndarray, np.ndarray]: (K, 2), crop px, and whether each is
        annotated, (K,) boolean.
    """
    meta = sample['data_samples'].metainfo
    truth = sample['data_samples'].gt_instances
    scale, center = (
        np.asarray(meta[f'input_{name}'], np.float64)
        for name in ('scale', 'center')
    )
    norm = (np.asarray(truth.keypoints)[0] - center) / scale + 0.5
    visible = np.asarray(truth.keypoints_visible)[0]
    visible = visible[..., 0] if visible.ndim == 2 else visible
    return norm * meta['input_size'], visible > 0


def cover(
    sample: dict, rectangle: np.ndarray, rng: np.random.Generator
) -> dict:
    """Paint a rectangle of one random colour on a sample's crop.

    Args:
        sample (dict): Of a test pipeline, left as it is.
        rectangle (np.ndarray): (4,): left, top, right, bottom, crop px.
        rng (np.random.Generator): For the colour.

    Returns:
        dict: A new sample.
    """
    left, top, right, bottom = rectangle
    crop = sample['inputs'].clone()  # (3, H, W)
    color = torch.from_numpy(rng.integers(0, 256, len(crop), dtype=np.uint8))
    crop[:, top:bottom, left:right] = color[:, None, None]
    return dict(sample, inputs=crop)


def _check(model: BaseModel, sample: dict) -> None:
    """Check that a sample is what the model takes."""
    found = len(np.asarray(sample['data_samples'].gt_instances.keypoints)[0])
    expected = len(model.head.graph.neighbors)
    if found != expected:
        raise ValueError(
            f'the model has {expected} keypoints, and the faces of the data '
            f'set have {found}'
        )
    size = codec_input_size(getattr(model.head, 'decoder', None))
    crop = sample['inputs'].shape[:0:-1]
    if size is not None and tuple(size) != tuple(crop):
        raise ValueError(
            f'the model takes crops of {size[0]} x {size[1]} px, and the '
            f'pipeline of the data set makes crops of {crop[0]} x {crop[1]}; '
            'give a config of that size'
        )
