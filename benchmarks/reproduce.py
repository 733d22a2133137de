r"""Make the same things in two clean clones, and compare them bit for bit.

python benchmarks/reproduce.py

The commit that is checked out is cloned twice, to folders with names of
different lengths; ``PYTHONHASHSEED``, the order in which folders list their
files, and the number of workers differ. In each the tools draw faces, prepare
them as a data set, train with all that is random, test, predict and export.
The last column trains with two threads, which may add up in another order: it
is shown and need not be the same.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from recorded import ROOT, digest, save_record, tree

CONFIG = """
_base_ = [{base!r}]
train_cfg = dict(max_epochs=4, val_interval=2)
_loader = dict(num_workers={workers}, persistent_workers={workers} > 0,
               dataset=dict(data_root='faces/'))
train_dataloader = dict(batch_size=16,
    sampler=dict(type='mmpose_scgcn.PoseBalancedSampler', num_bins=3),
    **_loader)
val_dataloader = test_dataloader = _loader
custom_hooks = [*_base_.custom_hooks, dict(type='EMAHook', momentum=0.05)]
"""
BASE = (
    'configs/face_2d_keypoint/structure_coherent/synthetic/'
    'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
)


@dataclass(frozen=True)
class Place:
    """Where and how the tools run.

    Args:
        title (str): Head of its column.
        clone (str): Name of the clone's folder.
        hash_seed (str): ``PYTHONHASHSEED``.
        workers (int): Of the loaders; faces are drawn by one more.
        threads (int): Of PyTorch.
    """

    title: str
    clone: str
    hash_seed: str
    workers: int
    threads: int = 1


PLACES = (
    Place('first clone, 0 workers', 'a', '0', 0),
    Place('second clone, 1 worker', 'b/of another length', '1', 1),
    Place('second clone, 2 workers', 'b/of another length', '2', 2),
    Place('first clone, 0 workers, 2 threads', 'a', '0', 0, 2),
)
SAME = 3  # the first so many places must agree


def main() -> None:
    """Make all in every place, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        for where in {place.clone for place in PLACES}:
            git = ['git', 'clone', '-q', str(ROOT), str(Path(name, where))]
            subprocess.run(git, check=True)
        found = []
        for number, place in enumerate(PLACES):
            clone = Path(name, place.clone)
            folder = clone / f'work_dirs/{number}'
            folder.mkdir(parents=True)
            found.append(make_all(place, clone, folder))
            print(place.title, found[-1], flush=True)
    rows = []
    for what in found[0]:
        values = [made[what] for made in found]
        same = 'yes' if len(set(values[:SAME])) == 1 else 'no'
        rows.append([what, *values[:SAME], same, *values[SAME:]])
    titles = [place.title for place in PLACES]
    columns = ['what', *titles[:SAME], 'the same', *titles[SAME:]]
    save_record('reproduce', __doc__, columns, rows)
    sys.exit(any('no' in row for row in rows))


def make_all(place: Place, clone: Path, folder: Path) -> dict[str, str]:
    """Run the tools in a folder.

    Returns:
        dict[str, str]: A number for what each has made.
    """
    run = partial(run_tool, place, clone, folder)
    made: dict[str, str] = {}
    counts = ('--train', '64', '--val', '16', '--test', '16', '--size', '64')
    workers = ('--workers', str(place.workers + 1))
    run('make_synthetic_faces', 'faces', *counts, '--seed', '1', *workers)
    made['drawn faces'] = digest(tree(folder / 'faces'))
    _copy_shuffled(folder / 'faces/images', folder / 'photos')
    shutil.copy(folder / 'faces/face_landmarks_wflw_train.json', folder)
    run(
        *('prepare_dataset', 'coco', 'face_landmarks_wflw_train.json'),
        *('prepared', '--images', 'photos', '--copy-images'),
    )
    made['prepared data set'] = digest(tree(folder / 'prepared'))
    config = CONFIG.format(base=str(clone / BASE), workers=place.workers)
    (folder / 'tiny.py').write_text(config, 'utf-8')
    run('train', 'tiny.py', '--seed', '3', '--work-dir', 'run')
    weights, errors = _trained(folder / 'run')
    made['trained weights, averages, optimiser'] = weights
    made['validation errors'] = errors
    checkpoint = 'run/epoch_4.pth'
    run('test', 'tiny.py', checkpoint, '--work-dir', 'test')
    made['test errors'] = _errors(folder / 'test')
    run(
        *('predict', 'photos', '--model', 'tiny.py', '--checkpoint'),
        *(checkpoint, '--det-model', 'whole_image', '--out-dir', 'out'),
    )
    made['predicted files and pictures'] = digest(tree(folder / 'out'))
    run('export', 'tiny.py', checkpoint, 'exported')
    made['exported network'] = tree(folder / 'exported')['model.onnx']
    return made


def run_tool(place: Place, clone: Path, folder: Path, *command: str) -> None:
    """Run a tool of a clone in a folder, as the place says.

    Raises:
        RuntimeError: It failed.
    """
    env = {
        **os.environ,
        'PYTHONPATH': str(clone),
        'PYTHONHASHSEED': place.hash_seed,
        'OMP_NUM_THREADS': str(place.threads),
        'PYTHONWARNINGS': 'ignore',
    }
    tool = [sys.executable, str(clone / f'tools/{command[0]}.py')]
    done = subprocess.run(
        [*tool, *command[1:]],
        cwd=folder,
        env=env,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        raise RuntimeError(f'{command}: {done.stderr[-3000:]}')


def _copy_shuffled(source: Path, target: Path) -> None:
    """Copy files in an order of chance, which a folder may list them in."""
    target.mkdir()
    files = list(source.iterdir())
    random.shuffle(files)
    for file in files:
        shutil.copy(file, target)


def _trained(run: Path) -> tuple[str, str]:
    """Give numbers for all checkpoints, and for the validation errors."""
    import torch

    contents = {}
    for path in sorted(run.glob('*.pth')):
        content = torch.load(path, weights_only=False)
        for key in ('meta', 'message_hub'):
            content.pop(key)
        contents[path.name] = content
    return digest(contents), _errors(run)


def _errors(run: Path) -> str:
    """Give a number for all errors that a run has logged."""
    found = []
    for path in sorted(run.rglob('*.json')):
        for line in path.read_text('utf-8').splitlines():
            entry = json.loads(line)
            if 'NME' in entry:
                for name in [n for n in entry if 'time' in n]:
                    entry.pop(name)
                found.append(entry)
    return digest(found)


if __name__ == '__main__':
    main()
