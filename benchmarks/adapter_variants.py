"""What each part of an adapter's fit is worth, on validation faces.

python benchmarks/adapter_variants.py --model face98-synthetic

The same draws of 300W training faces as in label_adaptation.py, tested on
300W `val`; each variant lacks one part, and its lambda is chosen by
cross-validation as ever. Writes benchmarks/results/adapter_variants_MODEL.md.
"""

import argparse
import statistics
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from mmpose_scgcn import load_model
from mmpose_scgcn.adaptation import linear_map
from mmpose_scgcn.benchmark.commit import source_commit
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import torch
from label_adaptation import RESULTS, FittedSet, draw, measure
from mmengine.registry import init_default_scope

#: Faces of a draw -> draws.
DRAWS = {20: 10, 100: 10, 500: 3}


def without(name: str, value: object) -> Callable[[], AbstractContextManager]:
    """Fit with another value of a constant or function."""
    return lambda: patch.object(linear_map, name, value)


#: What is missing -> the change; mirrored faces are left out of the data.
VARIANTS = {
    'as it is': nullcontext,
    'no mirrored faces': nullcontext,
    'no weights by errors': without('weigh', lambda errors, weights: weights),
    'the same penalty for all keypoints': without('PENALTY_POWER', 0.0),
    'no shares: a ridge from nothing': without('share_out', torch.zeros_like),
}


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('--model', default='face98-synthetic')
    parser.add_argument('--data', default='data', help='folder of the sets')
    parser.add_argument('--out-dir', default=str(RESULTS))
    return parser.parse_args()


def row_of(data: FittedSet, name: str) -> str:
    """Fit to the draws of each size, and test."""
    cells = [name]
    with VARIANTS[name]():
        for count, draws in DRAWS.items():
            values = [draw(data, count, seed)['NME'] for seed in range(draws)]
            spread = statistics.stdev(values)
            cells.append(f'{statistics.mean(values):.2f} ± {spread:.2f}')
    line = f'| {" | ".join(cells)} |'
    print(line, flush=True)
    return line


def main() -> None:
    """Run the command line."""
    args = parse_args()
    commit = source_commit()
    torch.set_num_threads(1)
    init_default_scope('mmpose')
    model = load_model(args.model, device='cpu')
    folder = Path(args.data, '300w')
    data = FittedSet(model, folder, '300w', ('train', 'val'))
    plain = data.test_found
    if plain.shape[1] == 98:
        plain = plain[:, WFLW_AS_300W]
    before = measure(plain, data.test)['NME']
    counts = ' | '.join(f'{n} faces, {d} draws' for n, d in DRAWS.items())
    lines = [
        f'# Parts of an adapter: {args.model}',
        '',
        f'`python benchmarks/adapter_variants.py --model {args.model}` at '
        f'{commit}, PyTorch {torch.__version__}. NME on 300W `val`, percent, '
        f'mean ± standard deviation of the draws; {before:.2f} without an '
        'adapter.',
        '',
        f'| without | {counts} |',
        '| --- ' * (1 + len(DRAWS)) + '|',
    ]
    for name in VARIANTS:
        if name == 'no mirrored faces':
            upright = replace(
                data.pairs, predicted_flips=None, annotated_flips=None
            )
            with patch.object(data, 'pairs', upright):
                lines.append(row_of(data, name))
        else:
            lines.append(row_of(data, name))
    file = Path(args.out_dir, f'adapter_variants_{args.model}.md')
    file.write_text('\n'.join(lines) + '\n', encoding='utf-8')
    print(file)


if __name__ == '__main__':
    main()
