r"""Time training steps in float32, bfloat16, float16 and channels-last.

python benchmarks/bench_training_steps.py \
    td-reg_cnn6-scgcn_1xb32-60e_300w-64x64
python benchmarks/bench_training_steps.py \
    td-reg_res50-scgcn_8xb64-210e_300w-256x256 --batch 8

A step is forward, loss, backward and the optimiser's update, on images of
noise. The variants have the same weights and take turns; a ratio is the median
of the ratios of the rounds. OMP_NUM_THREADS fixes the number of threads.
"""

import argparse
import copy
import statistics
import time
from typing import Any

from mmpose_scgcn.allocation import keep_freed_memory
from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.engine.optim_wrappers import BFloat16OptimWrapper
from mmpose_scgcn.graph import build_graph

import numpy as np
import torch
from mmengine.optim import AmpOptimWrapper, OptimWrapper, build_optim_wrapper
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample
from mmpose.utils import register_all_modules
from torch import nn

#: By name: the optimiser's wrapper, which chooses the precision of the forward
#: pass, and the memory format.
VARIANTS = {
    'float32': (OptimWrapper, torch.contiguous_format),
    'float32, channels-last': (OptimWrapper, torch.channels_last),
    'bfloat16': (BFloat16OptimWrapper, torch.contiguous_format),
    'bfloat16, channels-last': (BFloat16OptimWrapper, torch.channels_last),
}
ON_A_GPU = {
    'float16': (AmpOptimWrapper, torch.contiguous_format),
    'float16, channels-last': (AmpOptimWrapper, torch.channels_last),
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('config', help='path or name of a config')
    add('--batch', type=positive_int, default=32, help='(default: 32)')
    add('--rounds', type=positive_int, default=10, help='(default: 10)')
    text = (
        'let the process keep what it frees, as tools/train.py does on a CPU'
    )
    add('--keep-memory', action='store_true', help=text)
    add_config_options(parser)
    return parser.parse_args()


def make_batch(
    cfg: Any, number: int, keypoints: int, device: str
) -> dict[str, Any]:
    """Make crops of noise with labels.

    Args:
        cfg (Config): Names the codec.
        number (int): Of the crops B.
        keypoints (int): Their number K.
        device (str): Where they are.

    Returns:
        dict: ``inputs`` (B, 3, H, W) and ``data_samples``.
    """
    width, height = cfg.codec.input_size
    samples = []
    for _ in range(number):
        labels = InstanceData(
            keypoint_labels=torch.rand(1, keypoints, 2),
            keypoint_weights=torch.ones(1, keypoints),
        )
        sample = PoseDataSample(gt_instance_labels=labels)
        samples.append(sample.to(device))
    inputs = torch.randn(number, 3, height, width, device=device)
    return dict(inputs=inputs, data_samples=samples)


def make_model(cfg: Any) -> nn.Module:
    """Build the model of a config, with a graph of random shapes."""
    register_all_modules()
    model = MODELS.build(cfg.model)
    model.train()
    head = model.head
    if hasattr(head, 'graph') and not head.graph.ready:
        shape = (200, head.num_keypoints, 2)
        keypoints = np.random.default_rng(0).random(shape)
        visible = np.ones(shape[:2], bool)
        graph = build_graph(keypoints, visible, keypoints, head.top_k)
        head.graph.fill(graph)
    return model


def make_wrapper(
    cfg: Any, model: nn.Module, kind: type[OptimWrapper]
) -> OptimWrapper:
    """Build the optimiser of a config, for a precision."""
    settings = dict(cfg.optim_wrapper, type=kind)
    if kind is AmpOptimWrapper:
        settings['loss_scale'] = 'dynamic'
    return build_optim_wrapper(model, settings)


def step_seconds(
    model: nn.Module, wrapper: OptimWrapper, batch: dict[str, Any]
) -> float:
    """Time a step of training."""
    wait = torch.cuda.synchronize if batch['inputs'].is_cuda else list
    wait()
    start = time.perf_counter()
    with wrapper.optim_context(model):
        losses = model(**batch, mode='loss')
    loss, _ = model.parse_losses(losses)
    wrapper.update_params(loss)
    wait()
    return time.perf_counter() - start


def main() -> None:
    """Run the command line."""
    args = parse_args()
    if args.keep_memory:
        keep_freed_memory()
    cfg = read_config(args.config, args.cfg_options)
    first = make_model(cfg)
    head = cfg.model.head
    keypoints = head.get('num_keypoints') or head.num_joints
    gpu = torch.cuda.is_available()
    device = 'cuda' if gpu else 'cpu'
    batch = make_batch(cfg, args.batch, keypoints, device)
    trained = {}
    for name, (kind, layout) in (VARIANTS | (ON_A_GPU if gpu else {})).items():
        model = copy.deepcopy(first).to(device, memory_format=layout)
        trained[name] = model, make_wrapper(cfg, model, kind)
    times: dict[str, list[float]] = {name: [] for name in trained}
    for _ in range(args.rounds + 2):
        for name, (model, wrapper) in trained.items():
            times[name].append(step_seconds(model, wrapper, batch))
    plain = times['float32'][2:]
    digits = 1 if gpu else 0
    for name, taken in times.items():
        ratios = [a / b for a, b in zip(plain, taken[2:], strict=True)]
        print(
            f'{name:24} {1e3 * statistics.median(taken[2:]):7.{digits}f} ms, '
            f'{statistics.median(ratios):.2f} times as fast '
            f'({min(ratios):.2f} to {max(ratios):.2f})'
        )
    print(
        f'{args.rounds} rounds, batch {args.batch}, '
        + (
            torch.cuda.get_device_name()
            if gpu
            else f'{torch.get_num_threads()} threads'
        )
    )


if __name__ == '__main__':
    main()
