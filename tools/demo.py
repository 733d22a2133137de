"""Draw faces, train two models on them, compare and predict: 6 minutes.

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
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mmpose_scgcn.arguments import positive_int, seed
from mmpose_scgcn.files import write_text
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.tools import run_tool

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

CONFIGS = {
    'structure-coherent': 'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64',
    'stock regression': 'td-reg_cnn6_1xb32-12e_synthetic-64x64',
}
LOADERS = ('train', 'val', 'test')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--work-dir', type=Path, default='work_dirs/demo')
    parser.add_argument(
        '--train', type=positive_int, default=1200, help='faces'
    )
    parser.add_argument('--val', type=positive_int, default=100, help='faces')
    parser.add_argument('--test', type=positive_int, default=400, help='faces')
    parser.add_argument('--epochs', type=positive_int, default=12)
    parser.add_argument('--seed', type=seed, default=0)
    return parser.parse_args()


def main() -> None:
    """Run the demo."""
    steady_output()
    args = parse_args()
    start = time.time()
    try:
        rows, pictures = run(args)
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(f'demo: {error}')
    results = json.dumps(rows, indent=2) + '\n'
    write_text(args.work_dir / 'results.json', results)
    report(rows, pictures, args, time.time() - start)


def run(
    args: argparse.Namespace,
) -> tuple[dict[str, dict], dict[str, Path]]:
    """Go through all steps.

    Returns:
        tuple[dict[str, dict], dict[str, Path]]: What is known of each model,
        and the pictures with their names.
    """
    # Here, not above: `-h` has to be quick.
    from mmpose_scgcn.apis.checkpoints import best_checkpoint
    from mmpose_scgcn.visualization import plot_curves

    faces, out = args.work_dir / 'faces', args.work_dir
    make_faces(args, faces)
    build_graph(faces, out)
    seconds = train_both(args, faces)
    rows, pictures = {}, {'graph': out / 'graph.png'}
    for name, config in CONFIGS.items():
        checkpoint = best_checkpoint(out / config)
        rows[name] = measure(config, checkpoint, faces, out)
        rows[name]['seconds'] = seconds[name]
        picture = out / f'predictions_{name.replace(" ", "_")}.png'
        draw(config, checkpoint, faces, picture)
        pictures[f'predictions, {name}'] = picture
    pictures['keypoints in photos'] = predict_photos(faces, out)
    pictures['curves'] = out / 'curves.png'
    folders = {name: out / config for name, config in CONFIGS.items()}
    plot_curves(folders, ('loss', 'NME'), pictures['curves'])
    return rows, pictures


def make_faces(args: argparse.Namespace, faces: Path) -> None:
    """Make the three sets of procedural faces."""
    counts = [f'--{name}={getattr(args, name)}' for name in LOADERS]
    run_tool(
        'make_synthetic_faces',
        faces,
        *counts,
        f'--seed={args.seed}',
        '--workers=2',
        '--overwrite',
    )


def build_graph(faces: Path, out: Path) -> None:
    """Build the graph of the training faces and draw it."""
    run_tool(
        'build_graph',
        f'--ann-file={faces}/face_landmarks_wflw_train.json',
        f'--image-dir={faces}/images',
        f'--out={out}/graph.py',
    )


def train_both(args: argparse.Namespace, faces: Path) -> dict[str, float]:
    """Train both models at once, a core each; gives the seconds of each.

    Raises:
        RuntimeError: A training failed; its output is printed.
    """
    with ThreadPoolExecutor(len(CONFIGS)) as pool:
        runs = {
            name: pool.submit(train, name, config, args, faces)
            for name, config in CONFIGS.items()
        }
    return {name: run.result() for name, run in runs.items()}


def train(
    name: str, config: str, args: argparse.Namespace, faces: Path
) -> float:
    """Train a model; gives the seconds that it took."""
    begin = time.time()
    run_tool(
        'train',
        config,
        f'--work-dir={args.work_dir / config}',
        f'--seed={args.seed}',
        '--cfg-options',
        *data_options(faces),
        *schedule_options(args),
        prefix=name,
        only='Epoch(',
    )
    return time.time() - begin


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


def measure(config: str, checkpoint: Path, faces: Path, out: Path) -> dict:
    """Test a checkpoint.

    Returns:
        dict: What the metric reports; NME and FR are fractions. With it the
        number of ``parameters``.
    """
    from mmpose_scgcn.apis.checkpoints import count_parameters

    from mmengine.runner import CheckpointLoader

    folder = out / 'test' / config
    run_tool(
        'test',
        config,
        checkpoint,
        f'--work-dir={folder}',
        '--cfg-options',
        *data_options(faces),
        only='Epoch(',
    )
    newest = max(folder.glob('*/*.json'), key=os.path.getmtime)
    content = CheckpointLoader.load_checkpoint(str(checkpoint), 'cpu')
    parameters = count_parameters(content['state_dict'])
    return dict(
        json.loads(newest.read_text(encoding='utf-8')), parameters=parameters
    )


def draw(config: str, checkpoint: Path, faces: Path, picture: Path) -> None:
    """Draw predictions on the same test faces for each model."""
    run_tool(
        'draw_predictions',
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
    run_tool(
        'predict',
        photos,
        '--model=face98-synthetic',
        f'--out-dir={results}',
        f'--csv={results / "faces.csv"}',
        '--draw-bbox',
    )
    return results / 'visualizations'


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
