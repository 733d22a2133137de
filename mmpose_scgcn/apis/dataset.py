"""Running a model over faces of a data set."""

from collections.abc import Callable, Iterable, Sequence

from mmpose_scgcn.evaluation.face_samples import FaceSample, read_face

import torch
from mmengine.dataset import BaseDataset, pseudo_collate
from mmengine.model import BaseModel


def predict_dataset(
    model: BaseModel,
    dataset: BaseDataset,
    indices: Sequence[int],
    batch_size: int = 64,
    track: Callable[[Iterable], Iterable] = iter,
) -> list[FaceSample]:
    """Predict chosen samples of a data set, in its own boxes.

    Args:
        model (BaseModel): An MMPose top-down estimator.
        dataset (BaseDataset): In test mode.
        indices (Sequence[int]): The samples.
        batch_size (int): Faces predicted at once. Defaults to 64.
        track (Callable): Wraps the iteration over batches, for a progress
            bar.

    Returns:
        list[FaceSample]: The faces, in order.
    """
    starts = range(0, len(indices), batch_size)
    faces: list[FaceSample] = []
    for start in track(list(starts)):
        chosen = indices[start : start + batch_size]
        batch = pseudo_collate([dataset[int(i)] for i in chosen])
        with torch.no_grad():
            samples = model.test_step(batch)
        faces += [read_face(sample.to_dict()) for sample in samples]
    return faces
