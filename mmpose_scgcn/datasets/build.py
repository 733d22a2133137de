"""A data set of a config, for tools that look at its samples."""

from mmpose_scgcn.launch import check_annotations

import numpy as np
from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.registry import init_default_scope

from .wrappers import samples_of


def build_split(cfg: Config, split: str) -> BaseDataset:
    """Build the data set of a split.

    Args:
        cfg (Config): The config.
        split (str): ``train``, ``val`` or ``test``.

    Returns:
        BaseDataset: It has at least one sample.

    Raises:
        FileNotFoundError: Its annotations are not there.
        ValueError: The config has no such split, it is empty, or its
            metainfo is of another number of keypoints.
    """
    from mmpose.registry import DATASETS

    name = f'{split}_dataloader'
    if not cfg.get(name):
        raise ValueError(f'the config has no {name}')
    check_annotations(cfg, name)
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    try:
        dataset = DATASETS.build(cfg[name].dataset)
    except ValueError as error:
        # MMEngine packs the samples into one array, and fails without any.
        if 'need at least one array' not in str(error):
            raise
        dataset = []
    if not len(dataset):
        raise ValueError(f'no sample in the {split} data set')
    _check_keypoints(dataset, name)
    return dataset


def choose_samples(total: int, wanted: int | None, seed: int) -> np.ndarray:
    """Choose random samples of a data set.

    Args:
        total (int): How many it has.
        wanted (int, optional): How many are chosen at most; None: all.
        seed (int): Of the choice.

    Returns:
        np.ndarray: Indices in ascending order.
    """
    if wanted is None or wanted >= total:
        return np.arange(total)
    return np.sort(np.random.default_rng(seed).permutation(total)[:wanted])


def _check_keypoints(dataset: BaseDataset, name: str) -> None:
    """Compare each member's number of keypoints with the metainfo.

    Args:
        dataset (BaseDataset): Wrapped or not.
        name (str): Of its setting.

    Raises:
        ValueError: They differ, so that flips and drawings would fail.
    """
    wanted = (dataset.metainfo or {}).get('num_keypoints')
    members = {id(s.dataset): s for s in reversed(samples_of(dataset))}
    for sample in members.values():
        keypoints = sample.read().get('keypoints')
        if keypoints is None or wanted in (None, len(keypoints[0])):
            continue
        raise ValueError(
            f'{name}.dataset: its metainfo has {wanted} keypoints, but a '
            f'sample of {getattr(sample.dataset, "ann_file", "it")} has '
            f'{len(keypoints[0])} after what KeypointConverter makes of it; '
            'give the metainfo of the keypoints that come out'
        )
