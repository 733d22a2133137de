"""Turn a data set's official files into annotations that MMPose reads.

Example:
    python tools/prepare_dataset.py wflw downloads/WFLW data/wflw
    python tools/prepare_dataset.py csv faces.csv data/mine --images pictures \
        --name mine --config my_config.py
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mmpose_scgcn.config_files import find_config, read_config
from mmpose_scgcn.datasets.preparation import (
    KINDS,
    PREVIEW,
    Options,
    OwnData,
    Prepared,
    Problem,
    ProblemsError,
    Source,
    add_options,
    check_annotated,
    check_base,
    check_num_keypoints,
    describe_face,
    find_flip_indices,
    metainfo_of,
    parse_flip_pairs,
    parse_norm,
    prepare,
    training_config,
)
from mmpose_scgcn.files import write_text
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output

import numpy as np
from rich.progress import track

# The smallest of ours, on keypoints of one's own.
BASE = 'td-reg_cnn6-scgcn_1xb32-60e_custom-64x64'
NORM = 'box_size'
SHOWN = 3


def parse_args() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    kinds = parser.add_subparsers(dest='kind', required=True, metavar='KIND')
    for name, kind in KINDS.items():
        command = kinds.add_parser(name, help=kind.help)
        command.add_argument('source', metavar='SRC', help=kind.help)
        command.add_argument('out', metavar='OUT', help='folder to write')
        add_options(command, kind)
        if kind.own:
            add_config(command)
    args = parser.parse_args()
    config = getattr(args, 'config', None)
    for name in ('base', 'norm'):
        if getattr(args, name, None) and not config:
            parser.error(f'--{name} is for --config; give it as well')
    if config and config.suffix != '.py':
        parser.error(f'--config must end in .py, got {config}')
    return args


def add_config(parser: argparse.ArgumentParser) -> None:
    """Options of the meta information and config for one's own data."""
    add = parser.add_argument
    add(
        '--flip-pairs',
        default='infer',
        help='infer (from the set, its names, or the mean shape), none, or a '
        'list: 0-16,1-15',
    )
    text = 'write a config for this data set here'
    add('--config', type=Path, metavar='FILE', help=text)
    add(
        '--base',
        help='what the config inherits model, input size and schedule from: '
        f'the path of a config, or the name of one of ours ({BASE})',
    )
    add(
        '--norm',
        help='what the metric in the config divides errors by: box_size, or '
        'two keypoints, such as 36-45, whose distance it is (box_size)',
    )


def print_reading(source: Source) -> None:
    """What was read as what, and the first face."""
    for note in source.notes:
        print(f'read: {note}')
    if source.faces:
        print(f'first face: {describe_face(source.faces[0])}')


def find_partners(source: Source, flip_pairs: str) -> np.ndarray:
    """Tell the flip partners, or read them."""
    keypoints, annotated = source.shapes()
    count = keypoints.shape[1]
    if flip_pairs != 'infer':
        return parse_flip_pairs(flip_pairs, count)
    if source.partners:
        known = np.array(source.partners)
        print(f'flip pairs, of this set: {list_pairs(known)}')
        return known
    partners, named = find_flip_indices(keypoints, annotated, source.names)
    how = 'by the names' if partners is named else 'inferred'
    print(f'flip pairs, {how}: {list_pairs(partners)}')
    if named is not None and (named != partners).any():
        print(
            'warning: the names of the keypoints say other flip pairs: '
            f'{list_pairs(named)}; which are right? --flip-pairs takes them',
            file=sys.stderr,
        )
    return partners


def list_pairs(partners: np.ndarray) -> str:
    """Write flip partners as ``--flip-pairs`` takes them."""
    pairs = [f'{i}-{j}' for i, j in enumerate(partners) if i < j]
    return ','.join(pairs) or 'none'


def check_config(args: argparse.Namespace, num_keypoints: int) -> None:
    """Find what is wrong with the options of the config before anything."""
    parse_norm(args.norm or NORM, num_keypoints)
    base = find_config(args.base or BASE)
    check_base(read_config(str(base), {}), base, num_keypoints)
    if args.config.exists() and not args.overwrite:
        raise FileExistsError(
            f'{args.config} is there already: choose another name, or say '
            '--overwrite'
        )
    check_file_writable(args.config)


def write_config(
    args: argparse.Namespace, prepared: Prepared, partners: np.ndarray
) -> None:
    """Write a config for what was prepared."""
    data = OwnData(
        args.name,
        Path(args.out),
        tuple(prepared.splits),
        len(partners),
        parse_norm(args.norm or NORM, len(partners)),
        flips=bool((partners != np.arange(len(partners))).any()),
    )
    text = training_config(find_config(args.base or BASE), data, args.config)
    write_text(args.config, text)
    print(f'config for it: {args.config}')


def show_progress(
    items: Iterable, description: str, total: int | None = None
) -> Iterable:
    """A progress bar."""
    return track(items, description=description, total=total)


def print_summary(prepared: Prepared, options: Options) -> None:
    """What was written."""
    for split, faces in prepared.splits.items():
        images = len({face.file for face in faces})
        hidden = sum(int((face.flags == 1).sum()) for face in faces)
        absent = sum(int((face.flags == 0).sum()) for face in faces)
        seen = sum(int((face.flags == 2).sum()) for face in faces)
        flags = f', {hidden} keypoints occluded' if seen else ''
        flags += f', {absent} not annotated' if absent else ''
        print(f'{split:14s} {len(faces):6d} faces, {images} images{flags}')
        counts = count_fields(faces)
        if counts:
            text = ', '.join(f'{name} {n}' for name, n in counts.items())
            print(f'{"":14s} {text}')
    sides = [max(box[2:] - box[:2]) for box in prepared.boxes.values()]
    low, median, high = np.percentile(sides, (0, 50, 100))
    print(
        f'boxes: {options.box}, padding {options.padding:g}; longer side '
        f'{low:.0f} to {high:.0f} px, median {median:.0f}'
    )


def count_fields(faces: Iterable) -> Counter:
    """How many faces have each attribute and come from each subset."""
    counts: Counter = Counter()
    for face in faces:
        flags = face.fields.get('attributes', {})
        counts.update({name: int(flag) for name, flag in flags.items()})
        if 'subset' in face.fields:
            counts[face.fields['subset']] += 1
    return counts


def print_problems(problems: list[Problem]) -> None:
    """The problems by kind, the serious ones and the first of each first."""
    kinds = dict.fromkeys(
        (problem.serious, problem.kind)
        for problem in sorted(problems, key=lambda p: not p.serious)
    )
    for serious, kind in kinds:
        texts = [
            p.text for p in problems if (p.serious, p.kind) == (serious, kind)
        ]
        label = 'serious problem' if serious else 'warning'
        print(f'{label}: {kind}: {len(texts)}', file=sys.stderr)
        for text in texts[:SHOWN]:
            print(f'  {text}', file=sys.stderr)
        if len(texts) > SHOWN:
            print(f'  and {len(texts) - SHOWN} more', file=sys.stderr)


def run(args: argparse.Namespace) -> None:
    """Read, check, write and report."""
    units = getattr(args, 'units', 'auto')
    options = Options(args.box, args.padding, args.val_share, args.seed, units)
    kind = KINDS[args.kind]
    source = kind.read_source(args)
    print_reading(source)
    num_keypoints = check_num_keypoints(source.faces)
    config = getattr(args, 'config', None)
    if config:
        check_config(args, num_keypoints)
    partners = np.arange(num_keypoints)
    if kind.own:
        check_annotated(source)
        if args.flip_pairs != 'infer':
            parse_flip_pairs(args.flip_pairs, num_keypoints)

    def describe(pixels: Source) -> str:
        partners[:] = find_partners(pixels, args.flip_pairs)
        return metainfo_of(pixels, partners)

    prepared = prepare(
        source,
        args.out,
        options,
        args.strict,
        args.overwrite,
        args.copy_images,
        args.workers,
        describe if kind.own else None,
        show_progress,
    )
    print_problems(prepared.problems)
    print_summary(prepared, options)
    print(
        f'written to {args.out}; problems.txt there lists every problem, '
        f'{PREVIEW} shows some faces: look at it'
    )
    serious = sum(problem.serious for problem in prepared.problems)
    if serious:
        print(
            f'serious problems: {serious}, see above; with --strict nothing '
            'would have been written',
            file=sys.stderr,
        )
    if config:
        write_config(args, prepared, partners)


def main() -> int:
    """Run; returns the exit status."""
    steady_output()
    args = parse_args()
    try:
        run(args)
    except ProblemsError as error:
        print_problems(error.problems)
        print(f'error: {error}', file=sys.stderr)
        return 1
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
