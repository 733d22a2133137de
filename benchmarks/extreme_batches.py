"""Put random extreme batches through every loss and every head.

python benchmarks/extreme_batches.py
python benchmarks/extreme_batches.py --batches 300 --no-save

Each batch has errors of 0 to 1e6 px, labels that MMPose's pipeline made of
boxes of 0.001 px to a million px, keypoints that do not count and hold NaN,
infinity or 1e38, and feature maps from zeros to 1e4 (1e2 in float16), which
are learned in float32, bfloat16 or float16 in turn. It goes forward and
backward through every loss, and through every head with one of the losses.
All values and gradients have to be finite, and the gradients of the
coordinates within what the slope of the loss allows. The result is written to
``benchmarks/results/extreme_batches.json``; the exit status is 1 if something
was not as it should be.
"""

import argparse
import json
import multiprocessing
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path

import torch
from extreme_draws import PRECISIONS, Batches
from extreme_models import LOSSES, build_heads
from extreme_trials import Report, try_head, try_losses
from mmengine.registry import init_default_scope

RESULT = Path(__file__).parent / 'results' / 'extreme_batches.json'


def run(numbers: Iterable[int], all_heads: bool = True) -> Report:
    """Put batches through all losses and heads.

    Args:
        numbers (Iterable[int]): Of the batches.
        all_heads (bool): Whether each batch goes through every head.
            Defaults to True; otherwise through one, by its number.

    Returns:
        Report: What came out.
    """
    warnings.simplefilter('ignore')  # boxes that overflow in the pipeline
    init_default_scope('mmpose')
    torch.manual_seed(0)
    report, heads = Report(), build_heads()
    losses = {kind: penalty.build() for kind, penalty in LOSSES.items()}
    kinds = list(LOSSES)
    for number in numbers:
        try_losses(losses, Batches(number), f'batch {number}', report)
        for place, (name, variants) in enumerate(heads.items()):
            if not all_heads and place != number % len(heads):
                continue
            kind = kinds[(number // len(PRECISIONS) + place) % len(kinds)]
            where = f'batch {number}, {name}, {kind}'
            batch = Batches(number)
            try:
                largest = try_head(variants[kind], batch, where, report)
            except Exception as error:
                report.faults.append(f'{where}: {error}')
                continue
            report.count(name)
            # That of L2 grows with the error.
            if LOSSES[kind].slope is not None:
                most = max(report.largest.get(name, 0.0), largest)
                report.largest[name] = most
    return report


def run_in(processes: int, first: int, batches: int) -> Report:
    """Share batches among processes, and add up what came out.

    Args:
        processes (int): 1 for this one alone.
        first (int): Number of the first batch.
        batches (int): How many.

    Returns:
        Report: Of all.
    """
    numbers = range(first, first + batches)
    if processes == 1:
        return run(numbers)
    parts = [numbers[i::processes] for i in range(processes)]
    with multiprocessing.get_context('spawn').Pool(processes) as pool:
        first_report, *others = pool.map(run, parts)
    for other in others:
        first_report.add(other)
    return first_report


def summarize(report: Report, batches: int) -> dict:
    """Give the result as it is written."""
    return dict(
        command=f'python benchmarks/extreme_batches.py --batches {batches}',
        batches=batches,
        torch=torch.__version__,
        precisions=[str(dtype).split('.')[1] for dtype in PRECISIONS],
        largest_error_px=round(report.most_error),
        halvings_in_float16=report.halvings,
        passes=report.passes,
        part_of_allowed_gradient={
            name: round(part, 4) for name, part in report.steepest.items()
        },
        largest_gradient_of_a_weight={
            name: float(f'{value:.3g}')
            for name, value in report.largest.items()
        },
        faults=report.faults,
    )


def main() -> int:
    """Run the batches, and write what came out."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument('--batches', type=int, default=10_000)
    parser.add_argument('--first', type=int, default=0, help='number (0)')
    parser.add_argument('--processes', type=int, default=1)
    parser.add_argument('--no-save', action='store_true')
    args = parser.parse_args()
    report = run_in(args.processes, args.first, args.batches)
    found = summarize(report, args.batches)
    print(json.dumps(found, indent=1))
    if not args.no_save:
        RESULT.write_text(json.dumps(found, indent=1) + '\n', 'utf-8')
    return int(bool(report.faults))


if __name__ == '__main__':
    sys.exit(main())
