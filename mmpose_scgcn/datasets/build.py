"""A data set of a config, for tools that look at its samples."""

from mmpose_scgcn.launch import check_annotations

from mmengine.config import Config
from mmengine.dataset import BaseDataset
from mmengine.registry import init_default_scope


def build_split(cfg: Config, split: str) -> BaseDataset:
    """Build the data set of a split.

    Args:
        cfg (Config): The config.
        split (str): ``train``, ``val`` or ``test``.

    Returns:
        BaseDataset: It has at least one sample.

    Raises:
        FileNotFoundError: Its annotations are not there.
        ValueError: The config has no such split, or it is empty.
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
    return dataset
