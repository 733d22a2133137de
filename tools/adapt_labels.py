"""Adapt a model to keypoints that others annotate, from 20 to 500 faces.

python tools/adapt_labels.py face98-synthetic data/mine/annotations.json \
    --out work_dirs/mine.pth

Fits a linear map from the model's keypoints to those of the annotations, of
the same number or another one, and stores it with the model: the file of
--out predicts the keypoints of the annotations. Beside it, a config of the
same name is for tools/test.py and tools/publish_model.py. The annotations are
a COCO keypoint file, such as tools/prepare_dataset.py makes of a table, or a
config, whose training faces are used.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

from mmpose_scgcn import config_files, config_options
from mmpose_scgcn.apis import load_model
from mmpose_scgcn.apis.zoo import has_hash
from mmpose_scgcn.arguments import seed
from mmpose_scgcn.staging import check_file_writable
from mmpose_scgcn.terminal import steady_output

from rich.console import Console
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmpose_scgcn.apis.adapting import Adaptation
    from mmpose_scgcn.apis.face_model import FaceModel
    from mmpose_scgcn.datasets.annotated_faces import AnnotatedFaces

#: Options that describe a COCO file; a config describes its data by itself.
OF_A_FILE = ('images', 'metainfo', 'flip_pairs', 'origin')
#: Faces left out that are named.
SHOWN = 3


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    text = 'a name, a published file, or a config with --checkpoint'
    add('model', help=text)
    add('annotations', help='COCO keypoint file (.json), or a config')
    add('--out', required=True, type=Path, help='file to write, .pth')
    add('--checkpoint', help='the weights, if the model is a config')
    add('--overwrite', action='store_true', help='replace the file')
    text = 'what errors are divided by: box_size, or two keypoints such as '
    add('--norm', help=f'{text}36-45 (default: the eyes, if known)')
    text = 'regular expression whose group is the person, or video, in the '
    add('--group-pattern', metavar='REGEX', help=f"{text}picture's name")
    add('--seed', type=seed, default=0, help='of chance (default: 0)')
    add('--device', help='such as cpu or cuda:0')
    file = parser.add_argument_group('for a COCO file').add_argument
    file('--images', help='folder of the pictures (default: images beside it)')
    text = "MMPose's description of the keypoints (default: metainfo.py beside"
    file('--metainfo', metavar='FILE', help=f'{text} it, if it is there)')
    text = 'infer (default), none, or a list such as 0-16,1-15'
    file('--flip-pairs', help=text)
    text = 'what the file counts pixels from (default: 0)'
    file('--origin', type=int, choices=(0, 1), help=text)
    config = parser.add_argument_group('for a config')
    splits, text = ('train', 'val', 'test'), 'whose faces (default: train)'
    config.add_argument('--split', choices=splits, help=text)
    config_options.add_config_options(config)
    args = parser.parse_args()
    check_options(parser, args)
    return args


def is_coco(annotations: str) -> bool:
    """Tell a COCO file from a config, by its name."""
    return Path(annotations).suffix.lower() == '.json'


def check_options(
    parser: argparse.ArgumentParser, args: argparse.Namespace
) -> None:
    """Refuse what would have no effect, or replace a file."""
    idle = OF_A_FILE
    if is_coco(args.annotations):
        idle = ('split', 'cfg_options')
    for name in idle:
        if getattr(args, name) not in (None, {}):
            option = name.replace('_', '-')
            other = 'config' if idle is OF_A_FILE else 'COCO file'
            parser.error(f'--{option} has no meaning for a {other}')
    if args.metainfo is not None and args.flip_pairs is not None:
        parser.error('--flip-pairs has no meaning beside --metainfo')
    if args.out.suffix != '.pth':
        parser.error(f'--out must end in .pth, got {args.out}')
    if has_hash(args.out):
        parser.error(
            f'--out: a name that ends in eight hex digits, such as a date, '
            f'promises a hash of the file: {args.out.name}; choose another one'
        )
    try:
        check_free(args)
    except FileExistsError as error:
        parser.error(str(error))


def check_free(args: argparse.Namespace) -> None:
    """Check that no file would be replaced unasked.

    Raises:
        FileExistsError: One would.
    """
    for file in (args.out, args.out.with_suffix('.py')):
        if file.exists() and not args.overwrite:
            raise FileExistsError(
                f'{file} is there already: choose another name, or say '
                '--overwrite'
            )


def read_faces(
    args: argparse.Namespace,
) -> tuple['AnnotatedFaces', dict]:
    """Read the annotated faces, and the metric of a config."""
    from mmpose_scgcn.apis.adapting_report import evaluator_of
    from mmpose_scgcn.datasets.annotated_faces import (
        read_coco_faces,
        read_config_faces,
    )

    if is_coco(args.annotations):
        options = {k: getattr(args, k) for k in OF_A_FILE}
        given = {k: v for k, v in options.items() if v is not None}
        return read_coco_faces(args.annotations, **given), {}
    cfg = config_files.read_config(args.annotations, args.cfg_options)
    config_files.tell_config(args.annotations)
    faces = read_config_faces(cfg, args.split or 'train')
    return faces, evaluator_of(cfg)


def grouping(pattern: str | None) -> Callable[[str], str]:
    """Tell the group of a picture from its name.

    Raises:
        ValueError: It is no regular expression with a group.
    """
    from mmpose_scgcn.datasets.preparation.groups import (
        compile_pattern,
        find_group,
    )

    if pattern is None:
        return str
    compiled = compile_pattern(pattern)

    def group(file: str) -> str:
        name = Path(file).name
        # A picture whose name the pattern does not occur in is by itself.
        return find_group(name, pattern) if compiled.search(name) else file

    return group


def run(args: argparse.Namespace) -> None:
    """Read, fit, report and write."""
    from mmpose_scgcn.apis.adapted_model import write_adapted
    from mmpose_scgcn.apis.adapting import adapt
    from mmpose_scgcn.apis.adapting_report import facts_of, find_norm

    groups = grouping(args.group_pattern)
    for file in (args.out, args.out.with_suffix('.py')):
        check_file_writable(file)
    faces, metric = read_faces(args)
    for name in faces.files:  # before they are predicted
        groups(str(name))
    model = load_model(args.model, args.checkpoint, args.device)
    norm = find_norm(args.norm, metric, faces)
    console = Console(stderr=True)

    def show(items: Iterable, name: str) -> Iterable:
        hide = not console.is_terminal
        return track(items, name, console=console, disable=hide)

    adaptation = adapt(model, faces, groups, args.seed, show)
    tell(args, model, adaptation, norm)
    facts = facts_of(args.annotations, model, adaptation, norm)
    evaluator = {
        'type': 'mmpose_scgcn.FaceAlignmentMetric',
        **metric,
        'norm': norm,
    }
    check_free(args)  # another process may have written meanwhile
    file, config = write_adapted(args.out, model, adaptation, evaluator, facts)
    print(f'written to {file}, and {config} for tools/test.py')


def tell(
    args: argparse.Namespace,
    model: 'FaceModel',
    adaptation: 'Adaptation',
    norm: object,
) -> None:
    """Print what was used, and the errors."""
    from mmpose_scgcn.apis.adapting import reasons_of
    from mmpose_scgcn.apis.adapting_report import report_of, warnings_of

    faces = adaptation.faces
    print(f'{args.annotations}: {len(faces)} faces used')
    for why, count in reasons_of(faces):
        ids = [str(i) for i, reason in faces.left_out if reason == why]
        more = ', ...' if count > SHOWN else ''
        print(f'  left out: {count}, {why}: {", ".join(ids[:SHOWN])}{more}')
    print(report_of(model, adaptation, norm))
    for warning in warnings_of(model, adaptation, norm):
        print(f'warning: {warning}', file=sys.stderr)


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    try:
        run(args)
    except KeyError as error:  # its str() has quotation marks
        sys.exit(f'adapt_labels: {error.args[0]}')
    except (OSError, ValueError, RuntimeError, UnpicklingError) as error:
        sys.exit(f'adapt_labels: {error}')


if __name__ == '__main__':
    main()
