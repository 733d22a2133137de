"""Options of the command line for all that runs a config.

Neither PyTorch nor MMEngine is imported here: ``-h`` has to be quick.
"""

import argparse
from collections.abc import Sequence
from typing import Any

LAUNCHERS = ('none', 'pytorch', 'slurm', 'mpi')


class _Settings(argparse.Action):
    """MMEngine's ``DictAction``, which fails where there is no ``=``."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        for text in values or ():
            if '=' not in text:
                parser.error(
                    f'{option_string}: expected KEY=VALUE, got {text!r}'
                )
        from mmengine.config import DictAction

        read = DictAction(self.option_strings, self.dest, nargs='+')
        read(parser, namespace, values, option_string)


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add the option that overrides settings of a config."""
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=_Settings,
        default={},
        metavar='KEY=VALUE',
        help='override settings of the config, e.g. train_cfg.max_epochs=2',
    )


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that training and testing have in common."""
    add_config_options(parser)
    parser.add_argument(
        '--work-dir', help='folder for logs (default: work_dirs/CONFIG)'
    )
    text = 'what started the processes, for several GPUs (default: none)'
    parser.add_argument(
        '--launcher', choices=LAUNCHERS, default='none', help=text
    )
    parser.add_argument(
        '--local_rank',
        '--local-rank',
        type=int,
        default=0,
        metavar='N',
        help='set by the launcher',
    )
