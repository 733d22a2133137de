"""Faces, a graph, two models, a table and pictures, in five minutes.

Makes procedural faces, builds their keypoint graph, trains the
structure-coherent model and MMPose's stock regression on the same backbone
and schedule, tests both and draws what they predict. Then a model of the
package finds the keypoints in photos of such faces. Everything it runs is a
command that you can run yourself; each is printed first.

python tools/demo.py
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

from mmpose_scgcn.visualization import plot_curves

import cv2
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

TOOLS = Path(__file__).resolve().parent
CONFIGS = {
    'structure-coherent': 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64',
    'stock regression': 'td-reg_cnn6_1xb32-12e_synthetic-64x64',
}
LOADERS = ('train', 'val', 'test')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--work-dir', type=Path, default='work_dirs/demo')
    parser.add_argument('--train', type=int, default=1200, help='faces')
    parser.add_argument('--val', type=int, default=100, help='faces')
    parser.add_argument('--test', type=int, default=400, help='faces')
    parser.add_argument('--epochs', type=int, default=12)
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Run the demo."""
    args = parse_args()
    start = time.time()
    faces, out = args.work_dir / 'faces', args.work_dir
    make_faces(args, faces)
    build_graph(faces, out)
    seconds = train_both(args, faces)
    rows, pictures = {}, {'graph': out / 'graph.png'}
    for name, config in CONFIGS.items():
        checkpoint = best_checkpoint(out / config)
        rows[name] = test(config, checkpoint, faces, out)
        rows[name]['seconds'] = seconds[name]
        rows[name]['parameters'] = count_parameters(checkpoint)
        picture = out / f'predictions_{name.replace(" ", "_")}.png'
        draw(config, checkpoint, faces, picture)
        pictures[f'predictions, {name}'] = picture
    pictures['keypoints in photos'] = predict_photos(faces, out)
    pictures['curves'] = out / 'curves.png'
    plot_curves(
        {name: out / config for name, config in CONFIGS.items()},
        ('loss', 'NME'),
        pictures['curves'],
    )
    (out / 'results.json').write_text(json.dumps(rows, indent=2) + '\n')
    report(rows, pictures, args, time.time() - start)


def make_faces(args: argparse.Namespace, faces: Path) -> None:
    """Make the three sets of procedural faces."""
    counts = [f'--{name}={getattr(args, name)}' for name in LOADERS]
    run(
        'make_synthetic_faces.py',
        faces,
        *counts,
        f'--seed={args.seed}',
        '--workers=2',
        '--overwrite',
    )


def build_graph(faces: Path, out: Path) -> None:
    """Build the graph of the training faces and draw it."""
    run(
        'build_graph.py',
        f'--ann-file={faces}/face_landmarks_wflw_train.json',
        f'--image-dir={faces}/images',
        f'--out={out}/graph.py',
    )


def train_both(args: argparse.Namespace, faces: Path) -> dict[str, float]:
    """Train both models at once, a core each.

    Returns:
        dict[str, float]: Seconds that each took.
    """
    seconds: dict[str, float] = {}

    def train(name: str, config: str) -> None:
        begin = time.time()
        run(
            'train.py',
            config,
            f'--work-dir={args.work_dir / config}',
            f'--seed={args.seed}',
            '--cfg-options',
            *data_options(faces),
            *schedule_options(args),
            prefix=name,
            only='Epoch(',
        )
        seconds[name] = time.time() - begin

    threads = [
        threading.Thread(target=train, args=item) for item in CONFIGS.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(seconds) < len(CONFIGS):
        sys.exit('demo: a training failed; its output is above')
    return seconds


def data_options(faces: Path) -> list[str]:
    """Point a config's three data sets to the faces."""
    return [f'{n}_dataloader.dataset.data_root={faces}' for n in LOADERS]


def schedule_options(args: argparse.Namespace) -> list[str]:
    """Set the number of epochs, and log about twice an epoch."""
    return [
        f'train_cfg.max_epochs={args.epochs}',
        f'param_scheduler.1.end={args.epochs}',
        f'param_scheduler.1.T_max={args.epochs}',
        f'default_hooks.logger.interval={max(args.train // 64, 1)}',
    ]


def best_checkpoint(work_dir: Path) -> Path:
    """Find the checkpoint that was best on the validation faces."""
    found = sorted(work_dir.glob('best_NME_*.pth'), key=os.path.getmtime)
    if not found:
        sys.exit(f'demo: no best_NME_*.pth in {work_dir}')
    return found[-1]


def test(config: str, checkpoint: Path, faces: Path, out: Path) -> dict:
    """Test a checkpoint.

    Returns:
        dict: What the metric reports; NME and FR are fractions.
    """
    folder = out / 'test' / config
    run(
        'test.py',
        config,
        checkpoint,
        f'--work-dir={folder}',
        '--cfg-options',
        *data_options(faces),
        only='Epoch(',
    )
    newest = max(folder.glob('*/*.json'), key=os.path.getmtime)
    return json.loads(newest.read_text())


def count_parameters(checkpoint: Path) -> int:
    """Count the trained numbers in a checkpoint, without running averages."""
    state = torch.load(checkpoint, map_location='cpu', weights_only=True)
    buffers = ('running_mean', 'running_var', 'num_batches_tracked', 'graph.')
    return sum(
        value.numel()
        for key, value in state['state_dict'].items()
        if not any(word in key for word in buffers)
    )


def draw(config: str, checkpoint: Path, faces: Path, picture: Path) -> None:
    """Draw predictions on the same test faces for each model."""
    run(
        'draw_predictions.py',
        config,
        checkpoint,
        f'--out={picture}',
        '--cfg-options',
        *data_options(faces),
        only='faces, truth',
    )


def predict_photos(faces: Path, out: Path) -> Path:
    """Put test faces into two photos, and find their keypoints.

    The model is one that comes with the package, trained on such faces; the
    boxes are those of a face detector.
    """
    photos, results = out / 'photos', out / 'predicted'
    files = sorted((faces / 'images').glob('*.jpg'))[-8:]
    photos.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate((0, 4)):
        tiles = [cv2.imread(str(file)) for file in files[start : start + 4]]
        photo = np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])])
        cv2.imwrite(str(photos / f'photo{number}.png'), photo)
    run(
        'predict.py',
        photos,
        '--model=face98-synthetic',
        f'--out-dir={results}',
        f'--csv={results / "faces.csv"}',
        '--draw-bbox',
    )
    return results / 'visualizations'


def run(tool: str, *words: object, prefix: str = '', only: str = '') -> None:
    """Run one of the tools, one thread a process, and show its progress.

    Args:
        tool (str): File name in this folder.
        *words (object): Its arguments.
        prefix (str): Put before each line. Defaults to ''.
        only (str): Show lines that hold this, and all lines if it fails.
            Defaults to '': let it write to the terminal itself.
    """
    command = [os.path.relpath(TOOLS / tool), *map(str, words)]
    # One write: two trainings start at once.
    print(f'$ python {shlex.join(command)}\n', end='', flush=True)
    # Two trainings share the cores; more threads would only wait.
    env = {**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHONUNBUFFERED': '1'}
    process = subprocess.Popen(
        [sys.executable, *command],
        env=env,
        stdout=subprocess.PIPE if only else None,
        stderr=subprocess.STDOUT if only else None,
        text=True,
    )
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        if only in line:
            shown = line.split(' - INFO - ')[-1].rstrip()
            print(f'[{prefix}] {shown}' if prefix else shown, flush=True)
    if process.wait():
        print(''.join(lines[-40:]), file=sys.stderr)
        sys.exit(f'demo: {tool} failed with status {process.returncode}')


def report(
    rows: dict[str, dict],
    pictures: dict[str, Path],
    args: argparse.Namespace,
    seconds: float,
) -> None:
    """Print the table and where the pictures are."""
    table = Table(
        title=f'{args.test} procedural test faces '
        f'({args.epochs} epochs on {args.train}, seed {args.seed})'
    )
    for column in ('model', 'NME %', 'FR@0.10 %', 'parameters', 'training s'):
        table.add_column(
            column, justify='left' if column == 'model' else 'right'
        )
    for name, row in rows.items():
        table.add_row(
            name,
            f'{100 * row["NME"]:.2f}',
            f'{100 * row["FR@0.10"]:.1f}',
            f'{row["parameters"] / 1e6:.2f} M',
            f'{row["seconds"]:.0f}',
        )
    console = Console(width=100)
    console.print(table)
    for name, path in pictures.items():
        print(f'{name}: {path}')
    print(f'done in {seconds:.0f} s')


if __name__ == '__main__':
    main()
