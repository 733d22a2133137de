"""What each stage of a two-stage estimator makes of a face."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from torch import Tensor

from .faces import PREDICTED_COLOR, TRUE_COLOR, draw_points

#: What the tiles of a face are, in order.
STAGES = ('coarse', 'second crop', 'fine')


def draw_stages(
    model: Any, dataset: Any, indices: Sequence[int], size: int
) -> list[np.ndarray]:
    """Draw the stages of faces.

    Args:
        model (TwoStageEstimator): In evaluation mode.
        dataset (BaseDataset): In test mode.
        indices (Sequence[int]): The samples.
        size (int): Side of a tile, px.

    Returns:
        list[np.ndarray]: Three tiles (size, size, 3) for each face, BGR
        uint8: the input with the coarse keypoints and the outline of the
        second crop; that crop with the fine keypoints; the input with them.
        Truth and prediction in their colours, see
        :mod:`mmpose_scgcn.visualization.faces`.
    """
    batch = pseudo_collate([dataset[int(i)] for i in indices])
    data = model.data_preprocessor(batch, False)
    with torch.no_grad():
        coarse, crop, _, fine = model.run_stages(data['inputs'])
        pictures = torch.stack(batch['inputs']).float()
        views = crop.sample(
            pictures.to(crop.center.device), model.fine.input_size
        )
    side = fine.new_tensor(model.input_size)
    truth = torch.stack(
        [torch.as_tensor(_truth(sample)) for sample in data['data_samples']]
    ).to(side)
    corners = fine.new_tensor([[[0, 0], [1, 0], [1, 1], [0, 1]]])
    outlines = crop.to_input(corners.expand(len(fine), -1, -1)) / side
    found = crop.to_input(fine) / side
    turned = crop.from_input(truth * side)
    tiles = []
    for i, picture in enumerate(pictures):
        first = _tile(picture, truth[i], coarse[i], size)
        outline = (outlines[i] * size).cpu().numpy().round().astype(np.int32)
        cv2.polylines(first, [outline], True, (255, 255, 255), 1, cv2.LINE_AA)
        tiles.append(first)
        tiles.append(_tile(views[i], turned[i], fine[i], size))
        tiles.append(_tile(picture, truth[i], found[i], size))
    return tiles


def _truth(sample: Any) -> np.ndarray:
    """Find the true keypoints of a sample, normalised to the input."""
    meta = sample.metainfo
    scale = np.asarray(meta['input_scale'])
    points = sample.gt_instances.keypoints[0]
    return (points - meta['input_center']) / scale + 0.5


def _tile(
    picture: Tensor, truth: Tensor, found: Tensor, size: int
) -> np.ndarray:
    """Draw normalised keypoints on a picture (3, H, W), BGR, 0 to 255."""
    image = picture.cpu().numpy().transpose(1, 2, 0).round().clip(0, 255)
    tile = cv2.resize(
        image.astype(np.uint8), (size, size), interpolation=cv2.INTER_CUBIC
    )
    for points, color in ((truth, TRUE_COLOR), (found, PREDICTED_COLOR)):
        tile = draw_points(tile, (points * size).cpu().numpy(), color)
    return tile
