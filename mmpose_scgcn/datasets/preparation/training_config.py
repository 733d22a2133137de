"""A config that trains a model on a data set of one's own."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmpose_scgcn.datasets.loading import OURS, is_plain
from mmpose_scgcn.evaluation.functional.normalization import BOX_NORMS
from mmpose_scgcn.python_text import quote
from mmpose_scgcn.version import __version__

if TYPE_CHECKING:
    from mmengine.config import Config

from .output import IMAGES, METAINFO, annotation_name

#: What of a metric belongs to the data set that it was written for.
_OF_THE_BASE = ('norm', 'subsets', 'ann_file', 'split_occluded')
#: Names under which models state the number of keypoints.
_COUNTS = ('num_keypoints', 'num_joints')
#: Heads with a graph, and how many neighbours a keypoint has by default.
_GRAPH_HEADS = ('GraphRelationalHead', 'GraphRefinementHead')
_TOP_K = 3


@dataclass(frozen=True)
class OwnData:
    """What a config has to know of a data set.

    Args:
        name (str): Of the data set.
        folder (Path): Of its annotation files, ``metainfo.py`` and images.
        splits (Sequence[str]): What there are annotation files of.
        num_keypoints (int): K.
        norm (str | tuple): What errors are divided by, see
            :func:`parse_norm`.
        flips (bool): Whether a flipped image is one of the same kind, with
            keypoints that change places.
    """

    name: str
    folder: Path
    splits: Sequence[str]
    num_keypoints: int
    norm: str | tuple
    flips: bool


def parse_norm(text: str, num_keypoints: int) -> str | tuple[int, int]:
    """Read what errors are divided by.

    Args:
        text (str): A size of the box, such as ``box_size``, or two keypoints
            whose distance it is, such as ``36-45``.
        num_keypoints (int): K.

    Returns:
        str | tuple[int, int]: The ``norm`` of ``FaceAlignmentMetric``.

    Raises:
        ValueError: Neither of them, or an index that is no keypoint.
    """
    if text in BOX_NORMS:
        return text
    found = re.fullmatch(r'(\d+)-(\d+)', text)
    if not found:
        raise ValueError(
            f'expected {", ".join(BOX_NORMS)} or two keypoints such as '
            f'36-45 to divide errors by, got {text!r}'
        )
    first, second = int(found[1]), int(found[2])
    if first == second or max(first, second) >= num_keypoints:
        raise ValueError(
            f'expected two keypoints below {num_keypoints} to divide errors '
            f'by the distance of, got {text!r}'
        )
    return first, second


def training_config(base: Path, data: OwnData, file: Path) -> str:
    """Write a config that differs from another one in the data set only.

    It states all that belongs to the data set, so that ``_base_`` may be
    changed to another model or input size later.

    Args:
        base (Path): The config to inherit from.
        data (OwnData): The data set.
        file (Path): Where the config is to be; a base below its folder is
            named relative to it, any other one with its full path.

    Returns:
        str: Python source.

    Raises:
        ValueError: The base has no training or no validation set of its own
            pipeline, no model that states its number of keypoints, or one
            with a graph for a single keypoint.
    """
    # Here, not above: `-h` has to be quick.
    from mmengine.config import Config

    cfg = Config.fromfile(base)
    check_base(cfg, base, data.num_keypoints)
    blocks = [
        _heading(base, data, file),
        _variables(data),
        *(_pipeline(cfg, split, data) for split in ('train', 'val')),
        _dataset(),
        _split('train', 'train', 'drop_last=False,  # of a small set'),
        _split('val', 'val') if 'val' in data.splits else _WITHOUT_VAL,
        _test_split(cfg) if 'test' in data.splits else _WITHOUT_TEST,
        _evaluators(cfg, data),
        _model(cfg, data),
    ]
    return '\n'.join(block for block in blocks if block)


def check_base(
    cfg: 'Config', base: Path, num_keypoints: int | None = None
) -> None:
    """Check that a config can be inherited from.

    Args:
        cfg (mmengine.config.Config): The config.
        base (Path): Its file, for the message.
        num_keypoints (int, optional): K, if it is known.

    Raises:
        ValueError: See :func:`training_config`.
    """
    for split in ('train', 'val'):
        loader = cfg.get(f'{split}_dataloader') or {}
        if 'pipeline' not in (loader.get('dataset') or {}):
            raise ValueError(
                f'{base}: expected a {split}_dataloader whose data set has a '
                'pipeline, to read another data set in the same way; it has '
                'none'
            )
    if not any(_counts(cfg.get('model') or {})):
        raise ValueError(
            f'{base}: expected a model that states its number of keypoints '
            f'({" or ".join(_COUNTS)}); it has none'
        )
    heads = list(_graph_heads(cfg.model))
    if num_keypoints == 1 and heads:
        raise ValueError(
            f'{base}: {heads[0]} needs a graph of at least 2 keypoints, got '
            '1; take a head without one, such as --base '
            'td-reg_cnn6-wing_1xb32-60e_300w-64x64'
        )


def _heading(base: Path, data: OwnData, file: Path) -> str:
    """Say what the config is, and inherit."""
    base, folder = base.resolve(), Path(os.path.realpath(file)).parent
    if folder in base.parents:
        base = base.relative_to(folder)
    return (
        f'# The data set {quote(data.name)}, written by mmpose_scgcn '
        f'{__version__}. For another model\n# change `_base_`; all that '
        'belongs to the data is below.\n#\n'
        f'# python tools/train.py {quote(file.name)[1:-1]}\n'
        f'_base_ = [{quote(base.as_posix())}]\n'
    )


def _variables(data: OwnData) -> str:
    """State what is different for each data set."""
    folder = f'{data.folder.resolve().as_posix()}/'
    # The config fills the split in with `str.format`.
    name = data.name.replace('{', '{{').replace('}', '}}')
    return (
        f'data_root = {quote(folder)}\n'
        f'ann_file = {quote(annotation_name(name, "{}"))}\n'
        f'num_keypoints = {data.num_keypoints}\n'
        "# What errors are divided by: 'box_size', or the distance of two "
        'keypoints or\n# groups of keypoints, such as ((2,), (5,)).\n'
        f'norm = {data.norm!r}\n'
    )


def _pipeline(cfg: 'Config', split: str, data: OwnData) -> str:
    """Take the base's pipeline, without what its annotations needed."""
    source = f'_base_.{split}_dataloader.dataset.pipeline'
    steps = cfg[f'{split}_dataloader'].dataset.pipeline
    kinds = [t['type'] for t in steps]
    plain = next((t['type'] for t in steps if is_plain(t)), None)
    reasons = {
        'ShiftKeypointOrigin': '# The base shifts the keypoints of its own '
        'data set; these need no shift.',
        'RandomFlip': '# No keypoint has a partner under a flip.',
    }
    if data.flips:
        del reasons['RandomFlip']
    found = {
        kind: reasons[name]
        for kind in kinds
        if (name := kind.rpartition('.')[-1]) in reasons
    }
    if not found and not plain:
        return f'{split}_pipeline = {source}\n'
    item = '    transform'
    if plain:
        found[plain] = '# Images are read as they were checked.'
        item = (
            f'    dict(transform, type={OURS!r})\n'
            f'    if transform.type == {plain!r}\n    else transform'
        )
    left_out = tuple(kind for kind in found if kind != plain)
    lines = [
        *found.values(),
        f'{split}_pipeline = [',
        f'{item}\n    for transform in {source}',
        f'    if transform.type not in {left_out!r}' if left_out else '',
        ']',
    ]
    return '\n'.join(line for line in lines if line) + '\n'


def _dataset() -> str:
    """State what all splits have in common."""
    return (
        "dataset_type = 'CocoDataset'\n"
        'dataset = dict(\n'
        '    type=dataset_type,\n'
        '    data_root=data_root,\n'
        "    data_mode='topdown',\n"
        f"    data_prefix=dict(img='{IMAGES}/'),\n"
        f"    metainfo=dict(from_file=data_root + '{METAINFO}'),\n"
        ')\n'
    )


def _test_split(cfg: 'Config') -> str:
    """State how a test set is read: as the base does, or as its val set."""
    if cfg.get('test_dataloader'):
        return _split('test', 'val')
    options = {k: v for k, v in cfg.val_dataloader.items() if k != 'dataset'}
    lines = [f'{key}={value!r},' for key, value in options.items()]
    # A None of the base has to go first.
    if 'test_dataloader' in cfg:
        lines.insert(0, '_delete_=True,')
    loader = _split('test', 'val', '\n    '.join(lines), anew=True)
    delete = '_delete_=True' if 'test_cfg' in cfg else ''
    return f'{loader}test_cfg = dict({delete})\n'


def _split(
    split: str, pipeline: str, option: str = '', anew: bool = False
) -> str:
    """State the data loader of a split, in place of the base's or anew."""
    lines = [
        f'{split}_dataloader = dict(',
        f'    {option}' if option else '',
        '    dataset=dict(',
        '' if anew else '        _delete_=True,',
        f"        ann_file=ann_file.format('{split}'),",
        '' if split == 'train' else '        test_mode=True,',
        f'        pipeline={pipeline}_pipeline,',
        '        **dataset,\n    ),\n)\n',
    ]
    return '\n'.join(line for line in lines if line)


_WITHOUT_VAL = """\
# No validation set, no selection.
val_dataloader = None
val_cfg = None
default_hooks = dict(checkpoint=dict(save_best=None, rule=None))
"""
_WITHOUT_TEST = """\
# No test set: `prepare_dataset.py --test` prepares one.
test_dataloader = None
test_cfg = None
"""


def _evaluators(cfg: 'Config', data: OwnData) -> str:
    """State the metrics of the base, for this data set."""
    return ''.join(_evaluator(cfg, split, data) for split in ('val', 'test'))


def _evaluator(cfg: 'Config', split: str, data: OwnData) -> str:
    """State the metrics of a split."""
    name = f'{split}_evaluator'
    if split not in data.splits:
        return f'{name} = None\n'
    metrics = cfg.get(name) or cfg.val_evaluator
    if isinstance(metrics, Mapping):
        return f'{name} = {_metric(metrics, dict(_delete_=True))}\n'
    items = ''.join(f'    {_metric(metric, {})},\n' for metric in metrics)
    return f'{name} = [\n{items}]\n'


def _metric(metric: Mapping, options: dict) -> str:
    """Write one metric, with what errors are divided by here."""
    options |= {k: v for k, v in metric.items() if k not in _OF_THE_BASE}
    text = ', '.join(f'{key}={value!r}' for key, value in options.items())
    return f'dict(\n    {text}, norm=norm\n)'


def _model(cfg: 'Config', data: OwnData) -> str:
    """State the number of keypoints wherever the model does."""
    changes: dict[str, Any] = {}
    for path in _counts(cfg.model):
        *parents, key = path
        part, base = changes, cfg.model
        for name in parents:
            part, base = part.setdefault(name, {}), base[name]
        part[key] = 'num_keypoints'
        if _has_graph(base) and data.num_keypoints <= base.get(
            'top_k', _TOP_K
        ):
            part['top_k'] = 'num_keypoints - 1'
    if not data.flips:
        changes['test_cfg'] = dict(flip_test='False')
    return f'model = {_as_calls(changes)}\n'


def _has_graph(part: Mapping) -> bool:
    """Tell whether a part of a model is a head with a graph."""
    return str(part.get('type')).rpartition('.')[-1] in _GRAPH_HEADS


def _graph_heads(part: Mapping) -> Iterator[str]:
    """Find the heads of a model that have a graph."""
    if _has_graph(part):
        yield part['type']
    for value in part.values():
        if isinstance(value, Mapping):
            yield from _graph_heads(value)


def _counts(
    part: Mapping, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Find the keys of a model that are its number of keypoints."""
    for key, value in part.items():
        if key in _COUNTS:
            yield (*path, key)
        elif isinstance(value, Mapping):
            yield from _counts(value, (*path, key))


def _as_calls(values: Mapping) -> str:
    """Write nested settings as configs do."""
    items = (
        f'{key}={_as_calls(value) if isinstance(value, Mapping) else value}'
        for key, value in values.items()
    )
    return f'dict({", ".join(items)})'
