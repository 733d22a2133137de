"""Running a model over faces of its test set, for pictures."""

from collections.abc import Callable, Iterable, Sequence

from mmpose_scgcn.evaluation.metrics.face_sample import read_face
from mmpose_scgcn.launch import check_checkpoint

import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import init_default_scope
from mmengine.runner import load_checkpoint
from torch import nn


def load_model(cfg: Config, checkpoint: str) -> nn.Module:
    """Build a config's model with the weights of a checkpoint.

    Args:
        cfg (Config): The config.
        checkpoint (str): Path or address.

    Returns:
        nn.Module: The model, ready to predict, on the GPU if there is one.

    Raises:
        ValueError: The checkpoint does not fit the model.
    """
    from mmpose.registry import MODELS

    init_default_scope(cfg.get('default_scope', 'mmpose'))
    model = MODELS.build(cfg.model)
    check_checkpoint(model, checkpoint)
    load_checkpoint(model, checkpoint, map_location='cpu')
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    return model.to(device).eval()


def predict_faces(
    model: nn.Module,
    dataset,
    indices: Sequence[int],
    batch_size: int = 64,
    track: Callable[[Iterable], Iterable] = iter,
) -> list[dict]:
    """Predict chosen samples of a data set.

    Args:
        model (nn.Module): An MMPose top-down estimator.
        dataset (BaseDataset): In test mode.
        indices (Sequence[int]): The samples.
        batch_size (int): Faces predicted at once. Defaults to 64.
        track (Callable): Wraps the iteration over batches, for a progress
            bar.

    Returns:
        list[dict]: A record per face, in order, with ``pred``, ``gt``,
        ``visible``, ``box`` and ``img_path`` (image px).
    """
    starts = range(0, len(indices), batch_size)
    faces = []
    for start in track(list(starts)):
        chosen = indices[start : start + batch_size]
        batch = pseudo_collate([dataset[int(i)] for i in chosen])
        with torch.no_grad():
            samples = model.test_step(batch)
        faces += [read_face(sample.to_dict()) for sample in samples]
    return faces
