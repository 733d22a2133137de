"""Check data, pipelines and model of a config without training.

python tools/check_dataset.py CONFIG

What would fail or mislead hours after the start of a training is said in
words (docs/checks.md): images that are not there, faces that are dropped or
cannot be scored, sizes, labels and numbers of keypoints that do not fit, and
a batch of each part that does not go through pipeline, model and metric. It
takes less than a minute and leaves no files but records of a MappedDataset.
The exit status is 1 if something is wrong.
"""

import argparse
import sys
import tempfile
from typing import TYPE_CHECKING

from mmpose_scgcn.config_files import read_config, tell_config
from mmpose_scgcn.config_options import add_config_options
from mmpose_scgcn.terminal import steady_output

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmengine.config import Config


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('config', help='path or name of a config')
    text = 'exit with status 1 for warnings too'
    add('--strict', action='store_true', help=text)
    add_config_options(parser)
    return parser.parse_args()


def without_test(cfg: 'Config') -> None:
    """Leave out a test set that is not there: training needs none."""
    from mmpose_scgcn.launch import check_annotations

    try:
        check_annotations(cfg, 'test_dataloader', 'test_evaluator')
    except FileNotFoundError as error:
        print(f'note: the test set is left out. {error}')
        for part in ('dataloader', 'cfg', 'evaluator'):
            cfg[f'test_{part}'] = None


def check(args: argparse.Namespace, folder: str) -> int:
    """Run all checks, and print what they find.

    Args:
        args (argparse.Namespace): The command line.
        folder (str): For files that nobody keeps.

    Returns:
        int: How many things are wrong.
    """
    from mmpose_scgcn.checks.rehearsal import (
        build_quietly,
        describe_data,
        rehearse,
    )
    from mmpose_scgcn.engine.hooks.check_hook import check_all
    from mmpose_scgcn.launch import check_annotations, describe_failure

    tell_config(args.config)
    cfg = read_config(args.config, args.cfg_options)
    splits = ('train', 'val', 'test')
    names = [
        f'{s}_{part}' for part in ('dataloader', 'evaluator') for s in splits
    ]
    if cfg.get('test_dataloader') and 'train_dataloader' in cfg:
        without_test(cfg)
    check_annotations(cfg, *names)
    try:
        runner = build_quietly(cfg, folder)
    except Exception as error:  # whatever the run would end with
        raise ValueError(describe_failure(error)) from error
    for line in describe_data(runner):
        print(line)
    found = check_all(runner)
    if not found.errors:  # a batch would only say it in other words
        found.add(rehearse(runner))
    for kind in ('note', 'warning', 'error'):
        for text in dict.fromkeys(getattr(found, f'{kind}s')):
            print(f'{kind}: {text}')
    wrong = len(found.errors) + args.strict * len(found.warnings)
    print(f'{wrong} things are wrong' if wrong else 'nothing is wrong')
    return wrong


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            wrong = check(args, folder)
        except (OSError, ValueError) as error:
            sys.exit(f'check_dataset: {error}')
    sys.exit(bool(wrong))


if __name__ == '__main__':
    main()
