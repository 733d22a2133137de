"""Put published weights and their config into a folder.

``python tools/download.py face68 --dest FOLDER``, or from any folder
``mim run mmpose_scgcn download face68 --dest FOLDER``. The weights come with
the package: nothing is fetched from a network. ``mim download`` fetches by
HTTP alone; where the weights are in its ``--dest`` already, it adds the config
and is content.
"""

import argparse
import shutil
import sys
from pathlib import Path

from mmpose_scgcn.apis.zoo import weights_path
from mmpose_scgcn.compat.hub import SCHEME
from mmpose_scgcn.compat.inferencers import find_model
from mmpose_scgcn.files import replace_file
from mmpose_scgcn.staging import check_writable
from mmpose_scgcn.terminal import steady_output


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description='Put published weights and their config into a folder.'
    )
    parser.add_argument(
        'models', nargs='+', metavar='MODEL', help='name or alias of a model'
    )
    parser.add_argument('--dest', default='.', metavar='FOLDER')
    return parser.parse_args(argv)


def download(model: str, dest: Path) -> tuple[Path, Path]:
    """Put the weights and the config of a model into a folder.

    Args:
        model (str): Its name or an alias.
        dest (pathlib.Path): The folder; it is made where it is not there.

    Returns:
        tuple[pathlib.Path, pathlib.Path]: The weights and the config.

    Raises:
        ValueError: No such model, or damaged weights.
        FileNotFoundError: The model has no published weights.
        OSError: The folder cannot be written; the message says why.
    """
    found = find_model(model)
    if found is None:
        raise ValueError(
            f'no model {model}; "mim search mmpose_scgcn" lists them'
        )
    cfg, address = found
    weights = weights_path(address.removeprefix(SCHEME))
    check_writable(dest)
    config = dest / Path(cfg.filename).name
    with replace_file(config) as partial:
        cfg.dump(partial)
    copy = dest / weights.name
    with replace_file(copy) as partial:
        shutil.copyfile(weights, partial)
    return copy, config


def main() -> None:
    """Go through the models of the command line."""
    steady_output()
    args = parse_args()
    for model in args.models:
        try:
            weights, config = download(model, Path(args.dest))
        except (OSError, ValueError) as error:
            sys.exit(str(error))
        print(f'{model}: {weights} and {config}')


if __name__ == '__main__':
    main()
