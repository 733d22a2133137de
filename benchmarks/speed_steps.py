"""A training step of our head beside those of MMPose, on the same backbone.

ResNet-50 at 256 px, forward, loss, backward and the optimiser's update, on
noise. Heads take turns. In bfloat16 the tensors are channels-last, as --amp
makes them. Counted are also the operators of a step that need a value on the
host, for which a GPU would have to stop.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from mmpose_scgcn.config_files import read_config

import torch
from bench_training_steps import make_model, make_wrapper, step_seconds
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData, PixelData
from mmpose.structures import PoseDataSample
from speed_measure import take_turns
from speed_rows import Row
from torch.profiler import ProfilerActivity, profile
from zoo_rows import GAU

CONFIG = 'td-reg_res50-scgcn_8xb64-210e_300w-256x256'
KEYPOINTS, SIDE, BINS, MAP = 68, 256, 512, 64
#: Operators that a GPU's queue has to be waited for.
HOST = ('aten::_local_scalar_dense', 'aten::nonzero', 'aten::masked_select')

_CODEC = dict(type='SimCCLabel', input_size=(SIDE, SIDE))
#: Neck and head of MMPose, by name, as in its own configs.
STOCK: dict[str, dict] = {
    'RegressionHead': dict(
        neck=dict(type='GlobalAveragePooling'),
        head=dict(
            type='RegressionHead',
            in_channels=2048,
            num_joints=KEYPOINTS,
            loss=dict(type='SmoothL1Loss', use_target_weight=True),
        ),
    ),
    'HeatmapHead': dict(
        head=dict(
            type='HeatmapHead',
            in_channels=2048,
            out_channels=KEYPOINTS,
            loss=dict(type='KeypointMSELoss', use_target_weight=True),
        ),
    ),
    'RTMCCHead': dict(
        head=dict(
            type='RTMCCHead',
            in_channels=2048,
            out_channels=KEYPOINTS,
            input_size=(SIDE, SIDE),
            in_featuremap_size=(8, 8),
            final_layer_kernel_size=7,
            gau_cfg=GAU,
            loss=dict(type='KLDiscretLoss', use_target_weight=True),
            decoder=dict(_CODEC, sigma=6.0, use_dark=False),
        ),
    ),
}


def make_batch(name: str, number: int) -> dict[str, Any]:
    """Make crops of noise with the labels of a head."""
    samples = []
    for _ in range(number):
        sample = PoseDataSample()
        labels = InstanceData(keypoint_weights=torch.ones(1, KEYPOINTS))
        if name == 'HeatmapHead':
            maps = torch.rand(KEYPOINTS, MAP, MAP)
            sample.gt_fields = PixelData(heatmaps=maps)
        elif name == 'RTMCCHead':
            for axis in 'xy':
                bins = torch.rand(1, KEYPOINTS, BINS).softmax(-1)
                labels.set_field(bins, f'keypoint_{axis}_labels')
        else:
            labels.keypoint_labels = torch.rand(1, KEYPOINTS, 2)
        sample.gt_instance_labels = labels
        samples.append(sample)
    return dict(
        inputs=torch.randn(number, 3, SIDE, SIDE), data_samples=samples
    )


def make_steps(low: bool, batch: int) -> dict[str, Any]:
    """Give a step of each head."""
    steps = {}
    for name in ('ours', *STOCK):
        cfg = read_config(CONFIG, {})
        cfg.model.backbone.init_cfg = None  # no download
        if name != 'ours':
            cfg.model.pop('neck', None)
            cfg.model.pop('head')
            cfg.model.update(ConfigDict(STOCK[name]))
        model = make_model(cfg)
        if low:
            model = model.to(memory_format=torch.channels_last)
        wrapper = make_wrapper(cfg, model, low)
        data = make_batch(name, batch)
        steps[name] = partial(step_seconds, model, wrapper, data)
    return steps


def host_values(step: partial) -> int:
    """Count operators of a step that need a value on the host.

    The optimiser is left out: on a CPU it counts its steps on the host, and
    on a GPU on the host as well, where nothing is waited for.
    """
    model, _, batch = step.args
    with profile(activities=[ProfilerActivity.CPU]) as found:
        loss, _ = model.parse_losses(model(**batch, mode='loss'))
        loss.backward()
    return sum(e.count for e in found.key_averages() if e.key in HOST)


def rows(low: bool, batch: int = 8, runs: int = 3) -> Iterator[Row]:
    """Give the rows of the speed benchmark.

    Args:
        low (bool): Whether in bfloat16.
        batch (int): Crops. Defaults to 8.
        runs (int): That count. Defaults to 3.
    """
    steps = make_steps(low, batch)
    taken = take_turns(steps, runs)
    limits = dict(RegressionHead=1.05, HeatmapHead=1.0, RTMCCHead=1.0)
    for name, limit in limits.items():
        yield Row(
            f'training step with ResNet-50, 256 px, batch {batch}',
            *(1e3 * taken['ours'], 'ms', 1e3 * taken[name], name),
            goal=f'ratio at most {limit}',
        )
    yield Row(
        'forward, loss and backward: operators that need a value on the host',
        *(host_values(steps['ours']), 'operators'),
        *(host_values(steps['RegressionHead']), 'RegressionHead'),
        goal='value at most 0',
    )
    device = 'the same on a GPU, batch as large as fits'
    yield Row(device, None, 'ms', goal='ratio at most 1.05')
