"""Time training steps and predictions with and without ChannelsLastHook.

python benchmarks/bench_channels_last.py
python benchmarks/bench_channels_last.py --backbone resnet --size 256

Both models have the same weights and take turns; the ratio is the median of
the ratios of the rounds. Set OMP_NUM_THREADS to fix the number of threads.
"""

import argparse
import copy
import statistics
import time
from collections.abc import Callable

from mmpose_scgcn.models.backbones import CNN6

import torch
from mmpose.models import ResNet
from torch import Tensor, nn


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--backbone', choices=('cnn6', 'resnet'), default='cnn6')
    add('--size', type=int, default=64, help='side of the input, px (64)')
    add('--batch', type=int, default=32)
    add('--rounds', type=int, default=15)
    return parser.parse_args()


def seconds(function: Callable[[Tensor], None], image: Tensor) -> float:
    """Time a call."""
    start = time.perf_counter()
    function(image)
    if image.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - start


def step(model: nn.Module, image: Tensor) -> None:
    """Run forward and backward."""
    model(image)[-1].mean().backward()


def main() -> None:
    """Run the command line."""
    args = parse_args()
    if args.backbone == 'cnn6':
        model = CNN6(widths=(32, 64, 128, 256), norm_cfg=dict(type='BN'))
    else:
        model = ResNet(depth=18)
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    first = model.to(device)
    first.train()  # of MMPose's own, it returns nothing
    second = copy.deepcopy(first).to(memory_format=torch.channels_last)
    image = torch.randn(args.batch, 3, args.size, args.size, device=device)
    times = {'as it is': [], 'channels last': []}
    for _ in range(args.rounds + 2):
        for taken, model in zip(times.values(), (first, second), strict=True):
            taken.append(seconds(lambda x, m=model: step(m, x), image))
    for name, taken in times.items():
        print(f'{name}: {1e3 * statistics.median(taken[2:]):.0f} ms')
    ratios = [a / b for a, b in zip(*times.values(), strict=True)][2:]
    print(
        f'ratio {statistics.median(ratios):.2f} '
        f'({min(ratios):.2f} to {max(ratios):.2f}), {args.rounds} rounds, '
        f'{args.backbone}, {args.size} px, batch {args.batch}, {device}, '
        f'{torch.get_num_threads()} threads'
    )


if __name__ == '__main__':
    main()
