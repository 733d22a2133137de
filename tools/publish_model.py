"""Make a checkpoint into a model that others can use.

python tools/publish_model.py CONFIG CHECKPOINT --name face68 \
    --licence 'research only (300W)' --commit 188be64

Strips what only training needs, keeps the graph, stores the model's config
and licence in the file, and checks that it predicts as the checkpoint does:
weights in half precision are kept only if no figure of the test set moves by
more than 0.01 points. The file is NAME-<first 8 of its SHA-256>.pth in the
folder of the package's weights, and its record for a metafile is printed or
written with --metafile. Another folder keeps earlier files of that name, which
have another hash; in the package's own there is one file of a name, and an
earlier one is replaced with --overwrite alone.
"""

import argparse
import hashlib
import sys
from pathlib import Path
from pickle import UnpicklingError
from tempfile import TemporaryDirectory
from textwrap import indent
from typing import TYPE_CHECKING

from mmpose_scgcn import config_files, config_options
from mmpose_scgcn.apis import load_model
from mmpose_scgcn.apis.zoo import WEIGHTS
from mmpose_scgcn.compat.hub import SCHEME
from mmpose_scgcn.files import write_text
from mmpose_scgcn.staging import check_file_writable, check_writable
from mmpose_scgcn.terminal import steady_output

import yaml
from rich.progress import track

# PyTorch and MMEngine are imported where they are needed: `-h` has to be
# quick.
if TYPE_CHECKING:
    from mmengine.config import Config
    from torch import nn

#: A figure may move by this much, in points of a percent.
MOST = 0.01

#: Names of data sets in metafiles that are no capitals.
DATA_SETS = {'synthetic': 'procedural faces', 'custom': 'own data'}

#: What is reported, in percent.
FIGURES = ('NME', 'FR@0.08', 'FR@0.10', 'AUC@0.10')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument('config', help='path or name of the config')
    parser.add_argument('checkpoint', help='what training saved')
    parser.add_argument('--name', required=True, help='such as face68')
    parser.add_argument(
        '--licence', required=True, help='of the weights, in a few words'
    )
    parser.add_argument(
        '--commit', help='of this project, which the model was trained at'
    )
    parser.add_argument('--command', help='what it was trained by')
    parser.add_argument(
        '--out-dir',
        default=str(WEIGHTS),
        help="folder of the file (default: the package's weights)",
    )
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='replace earlier files of that name, whatever their hash',
    )
    parser.add_argument(
        '--full-precision', action='store_true', help='keep float32'
    )
    parser.add_argument(
        '--metafile',
        help='YAML file in which the record is replaced; the rest stays',
    )
    config_options.add_config_options(parser)
    return parser.parse_args()


def evaluate(cfg: 'Config', model, title: str) -> dict[str, float]:
    """Measure a model on the test set of its config, in percent."""
    import torch
    from mmengine.evaluator import Evaluator
    from mmengine.runner import Runner

    loader = Runner.build_dataloader(cfg.test_dataloader)
    evaluator = Evaluator(cfg.test_evaluator)
    evaluator.dataset_meta = loader.dataset.metainfo
    with torch.no_grad():
        for batch in track(loader, description=title):
            evaluator.process(model.test_step(batch), batch)
    metrics = evaluator.evaluate(len(loader.dataset))
    missing = [name for name in FIGURES if name not in metrics]
    if missing:
        raise ValueError(
            f'test_evaluator: expected a FaceAlignmentMetric, which gives '
            f'{", ".join(FIGURES)}; {", ".join(missing)} are missing'
        )
    return {name: 100 * float(metrics[name]) for name in FIGURES}


def publish(
    args: argparse.Namespace, cfg: 'Config', folder: Path
) -> tuple[Path, dict]:
    """Write the file and check it; returns its path and its figures."""
    from mmpose_scgcn.apis import build_model
    from mmpose_scgcn.apis.publishing import strip_state, write_model

    from mmengine.runner import CheckpointLoader

    content = CheckpointLoader.load_checkpoint(
        args.checkpoint, map_location='cpu', logger='silent'
    )
    model = build_model(cfg, args.checkpoint, content, 'cpu')
    facts = collect_facts(args, content, model)
    before = evaluate(cfg, model, 'checkpoint')
    for half in [False] if args.full_precision else [True, False]:
        path = write_model(
            folder,
            args.name,
            strip_state(model.state_dict(), half),
            cfg,
            model.dataset_meta,
            dict(facts, half=half),
        )
        after = evaluate(cfg, load_model(path).model, path.name)
        if largest_move(before, after, path.name) <= MOST:
            return path, after
        print('Half precision moves a figure too far; float32 is kept.')
    raise ValueError(f'{path} does not predict as {args.checkpoint} does')


def collect_facts(
    args: argparse.Namespace, content: dict, model: 'nn.Module'
) -> dict:
    """Collect what a file says about its model."""
    from mmpose_scgcn.apis.publishing import training_facts

    return dict(
        training_facts(content),
        licence=args.licence,
        commit=args.commit,
        command=args.command,
        config_name=Path(args.config).stem,
        parameters=sum(p.numel() for p in model.parameters()),
    )


def largest_move(
    before: dict[str, float], after: dict[str, float], name: str
) -> float:
    """Print the figures and by how much they moved; gives the most."""
    moved = {key: after[key] - before[key] for key in before}
    figures = [
        f'{key} {after[key]:.3f} % ({moved[key]:+.4f})' for key in after
    ]
    print(f'{name}: {", ".join(figures)}')
    return max(map(abs, moved.values()))


def record_of(
    args: argparse.Namespace, cfg: 'Config', path: Path, figures: dict
) -> dict:
    """Give the record of the model, as MMPose's metafiles have it."""
    config = config_files.find_config(args.config).resolve()
    base = config_files.shipped_configs().resolve().parent
    inside = config.is_relative_to(base)
    # Others are not found by their name.
    ours = path.resolve().parent == WEIGHTS.resolve()
    return {
        'Name': config.stem,
        'Alias': [args.name],
        'In Collection': 'SCGCN',
        'Config': str(config.relative_to(base) if inside else config),
        'Metadata': {
            'Training Data': data_name(args.config, cfg, 'train'),
            'Licence': args.licence,
            'Training Command': args.command,
            'Training Commit': args.commit,
            'Parameters': sum(
                p.numel() for p in load_model(path).model.parameters()
            ),
            'SHA256': hashlib.sha256(path.read_bytes()).hexdigest(),
        },
        'Results': [
            {
                'Dataset': data_name(args.config, cfg, 'test'),
                'Task': 'Face 2D Keypoint',
                'Metrics': {
                    name: round(value, 2) for name, value in figures.items()
                },
            }
        ],
        'Weights': SCHEME + path.name if ours else str(path),
    }


def data_name(config: str, cfg: 'Config', part: str) -> str:
    """Name the data set of a part of a config.

    It is that of the config's name, as MMPose forms them, if the files agree,
    and else that of the annotation file.
    """
    from mmpose_scgcn.datasets.settings import type_name

    name = Path(config).stem.split('_')[-1].rsplit('-', 1)[0]
    loader = cfg.get(f'{part}_dataloader') or {}
    setting = loader.get('dataset') or {}
    while setting and not setting.get('ann_file'):
        inner = setting.get('datasets') or [setting.get('dataset')]
        setting = inner[0] or {}
    file = setting.get('ann_file', '')
    known = name == 'custom' or any(
        name.lower() in str(text).lower()
        for text in (file, setting.get('data_root'), type_name(setting))
    )
    return DATA_SETS.get(name, name.upper()) if known else Path(file).stem


def read_metafile(file: Path) -> dict:
    """Read a metafile that a record is to be put into; it may be missing.

    Raises:
        OSError: It cannot be written.
        ValueError: It is something else.
    """
    check_file_writable(file)
    if not file.exists():
        return {}
    content = yaml.safe_load(file.read_text(encoding='utf-8')) or {}
    models = content.get('Models') or [] if isinstance(content, dict) else 0
    if not isinstance(models, list) or not all(
        isinstance(model, dict) and 'Name' in model for model in models
    ):
        raise ValueError(
            f'--metafile {file}: expected a mapping with a list Models, whose '
            'entries have a Name, as metafiles of MMPose'
        )
    return content


def write_record(record: dict, file: Path) -> None:
    """Put a record into a metafile, in the place of one of that name.

    The text of the others, and comments, stay as they are. Where the text
    cannot be edited, all of it is written anew beside the earlier file.
    """
    content = read_metafile(file)
    text = file.read_text(encoding='utf-8') if file.exists() else ''
    models = content.get('Models') or []
    names = [model['Name'] for model in models]
    known = record['Name'] in names
    place = names.index(record['Name']) if known else len(names)
    kept = [m for m in models[place:] if m['Name'] != record['Name']]
    content['Models'] = [*models[:place], record, *kept]
    edited = edit_metafile(text, place, record)
    if not holds(edited, content):
        edited = yaml.safe_dump(content, sort_keys=False)
        if text:
            earlier = file.with_name(f'{file.name}.old')
            write_text(earlier, text)
            print(
                f'{file} is written anew, without its comments; the earlier '
                f'one is {earlier}'
            )
    write_text(file, edited)


def edit_metafile(text: str, place: int, record: dict) -> str:
    """Replace the text of one entry of Models, or add one at the end.

    Args:
        text (str): Of the metafile.
        place (int): Of the entry; one more than the last is a new one.
        record (dict): What is to be there.

    Returns:
        str: The new text. It is wrong, and may be no YAML, where Models or
        the entry is written in brackets or refers to other places.
    """
    item = yaml.safe_dump([record], sort_keys=False)
    root = yaml.compose(text, yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    models = {key.value: value for key, value in pairs}.get('Models')
    if not isinstance(models, yaml.SequenceNode) or not models.value:
        head = '' if models else 'Models:\n'
        return f'{end_line(text)}{head}{item}'
    entries = models.value
    start, end = find_entry(text, entries[min(place, len(entries) - 1)])
    margin = len(text[start:]) - len(text[start:].lstrip(' '))
    item = indent(item, ' ' * margin)
    if place == len(entries):
        start = end
    return f'{end_line(text[:start])}{item}{text[end:]}'


def find_entry(text: str, entry: yaml.Node) -> tuple[int, int]:
    """Find where the lines of an entry start and end, without comments after.

    Args:
        text (str): Of the metafile.
        entry (yaml.Node): Of its Models.

    Returns:
        tuple[int, int]: Of the first character, and of that after the last.
    """
    start = text.rfind('\n', 0, entry.start_mark.index) + 1
    lines = text[start : entry.end_mark.index].splitlines(keepends=True)
    while lines[-1].strip() == '' or lines[-1].lstrip().startswith('#'):
        lines.pop()
    return start, start + len(''.join(lines))


def end_line(text: str) -> str:
    """Give a text whose last line is ended."""
    return text if text.endswith('\n') or not text else f'{text}\n'


def holds(text: str, content: dict) -> bool:
    """Tell whether a YAML text has a content."""
    try:
        return yaml.safe_load(text) == content
    except yaml.YAMLError:
        return False


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    from mmpose_scgcn.apis.publishing import (
        check_earlier,
        check_name,
        install_model,
    )
    from mmpose_scgcn.launch import check_annotations

    from mmengine.registry import init_default_scope

    try:
        # Before the test set is predicted.
        check_name(args.name)
        out = Path(args.out_dir)
        check_writable(out)
        if args.metafile:
            read_metafile(Path(args.metafile))
        if not args.overwrite:
            check_earlier(out, args.name)
        cfg = config_files.read_config(args.config, args.cfg_options)
        check_annotations(cfg, 'test_dataloader', 'test_evaluator')
        if not cfg.get('test_dataloader'):
            raise ValueError(
                f'{args.config} has no test_dataloader, whose data set gives '
                'the figures that are published with a model'
            )
        init_default_scope(cfg.get('default_scope', 'mmpose'))
        with TemporaryDirectory() as folder:
            path, figures = publish(args, cfg, Path(folder))
            path, replaced = install_model(path, out, args.overwrite)
        for file in replaced:
            print(f'{file} was replaced')
        record = record_of(args, cfg, path, figures)
        if args.metafile:
            write_record(record, Path(args.metafile))
    except (
        OSError,
        ValueError,
        KeyError,
        RuntimeError,
        UnpicklingError,
        yaml.YAMLError,
    ) as error:
        sys.exit(f'publish_model: {error}')
    size = path.stat().st_size / 1e6
    print(f'{path} ({size:.1f} MB)')
    print(yaml.safe_dump([record], sort_keys=False))


if __name__ == '__main__':
    main()
