"""Running a model over faces of a data set."""

from collections.abc import Callable, Iterable, Sequence

from mmpose_scgcn.evaluation.metrics.face_sample import read_face

import numpy as np
import torch
from mmengine.dataset import pseudo_collate
from torch import nn


def predict_dataset(
    model: nn.Module,
    dataset,
    indices: Sequence[int],
    batch_size: int = 64,
    track: Callable[[Iterable], Iterable] = iter,
) -> list[dict]:
    """Predict chosen samples of a data set, in its own boxes.

    Args:
        model (nn.Module): An MMPose top-down estimator.
        dataset (BaseDataset): In test mode.
        indices (Sequence[int]): The samples.
        batch_size (int): Faces predicted at once. Defaults to 64.
        track (Callable): Wraps the iteration over batches, for a progress
            bar.

    Returns:
        list[dict]: A record per face, in order, with ``pred`` and ``gt``
        (K, 2), ``visible`` (K,), ``box`` (4,) and ``img_path``, in image px,
        and ``scores`` (K,).
    """
    starts = range(0, len(indices), batch_size)
    faces = []
    for start in track(list(starts)):
        chosen = indices[start : start + batch_size]
        batch = pseudo_collate([dataset[int(i)] for i in chosen])
        with torch.no_grad():
            samples = model.test_step(batch)
        faces += [_record(sample.to_dict()) for sample in samples]
    return faces


def _record(sample: dict) -> dict:
    """Take out a face with its scores."""
    scores = sample['pred_instances']['keypoint_scores']
    return dict(read_face(sample), scores=np.asarray(scores)[0])
