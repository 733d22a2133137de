"""Plot the error distributions (CED) of several runs in one picture.

python tools/plot_ced.py ours.csv theirs.csv --out ced.png

The files are what FaceAlignmentMetric writes with out_file=....
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from mmpose_scgcn.arguments import positive_float
from mmpose_scgcn.evaluation.functional import (
    check_thresholds,
    read_face_results,
)
from mmpose_scgcn.evaluation.functional.face_results import SUBSET
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output

import numpy as np


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add('results', nargs='+', help='CSV files of per-face results')
    add('--out', default='ced.png', help='picture: .png, .pdf, .svg')
    text = 'names of the runs in the legend (default: file names)'
    add('--names', nargs='+', help=text)
    add('--subset', help='only the faces of this subset')
    add(
        '--fr-threshold',
        type=float,
        nargs='+',
        default=[0.10],
        help='errors above it are failures, a fraction (default: 0.1)',
    )
    add(
        '--auc-threshold',
        type=float,
        default=0.10,
        help='upper end of the area, a fraction (default: 0.1)',
    )
    add(
        '--max-error',
        type=positive_float,
        help='right end of the plot, a fraction (default: the largest '
        'threshold, or further, until 95 %% of the faces of every run are in '
        'it, at most 0.5)',
    )
    args = parser.parse_args()
    if args.names and len(args.names) != len(args.results):
        parser.error(
            f'expected {len(args.results)} names, one for each file, got '
            f'{len(args.names)}'
        )
    return args


def run_names(files: list[str]) -> list[str]:
    """Name runs by their files, with folders where names clash."""
    names = [Path(file).stem for file in files]
    counts = Counter(names)
    return [
        name if counts[name] == 1 else str(Path(file).with_suffix(''))
        for name, file in zip(names, files, strict=True)
    ]


def read_errors(file: str, subset: str | None) -> np.ndarray:
    """Read the per-face NME of a file, or of one of its subsets.

    Args:
        file (str): CSV file.
        subset (str, optional): Name of a subset.

    Returns:
        np.ndarray: (N,), fractions, ``inf`` for predictions that are not
        finite. Faces that could not be scored are left out, and said so.

    Raises:
        ValueError: No such file, no such subset, or no face in it.
    """
    columns = read_face_results(file)
    chosen = np.ones(len(columns['nme']), dtype=bool)
    if subset is not None:
        known = [name for name in columns if name.startswith(SUBSET)]
        if SUBSET + subset not in known:
            names = [name.removeprefix(SUBSET) for name in known]
            raise ValueError(
                f'{file}: expected one of the subsets {names}, got {subset!r}'
            )
        chosen = columns[SUBSET + subset]
    faulty = chosen & (columns['fault'] != '')
    if faulty.any():
        print(
            f'{file}: {faulty.sum()} of {chosen.sum()} faces could not be '
            'scored and are left out',
            file=sys.stderr,
        )
    nme = columns['nme'][chosen & ~faulty]
    if not len(nme) or np.isnan(nme).any():
        raise ValueError(f'{file}: expected errors of faces, found none')
    return nme


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.visualization.ced import plot_ced, run_label

    names = args.names or run_names(args.results)
    thresholds = args.fr_threshold, args.auc_threshold
    try:
        check_thresholds(*thresholds)
        check_file_writable(Path(args.out))
        errors = [read_errors(file, args.subset) for file in args.results]
        if len(set(names)) != len(names):
            raise ValueError(f'expected different names, got {names}')
        runs = dict(zip(names, errors, strict=True))
        Path(args.out).parent.mkdir(parents=True, exist_ok=True)
        plot_ced(runs, args.out, *thresholds, args.max_error)
    except (OSError, ValueError) as error:
        sys.exit(f'plot_ced: {error}')
    for name, nme in runs.items():
        print(run_label(name, nme, *thresholds))
    print(f'written to {args.out}')


if __name__ == '__main__':
    main()
