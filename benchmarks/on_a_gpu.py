r"""Train and predict on a GPU: what is the same from run to run?

python benchmarks/on_a_gpu.py

Two small trainings on drawn faces run twice with each setting, as they are,
in mixed precision, with PyTorch's deterministic algorithms, and in one process
of ``torchrun`` with nccl; weights are compared bit for bit. Then a published
model predicts the same faces on the GPU and on the CPU.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.synthetic import make_dataset, make_face

import numpy as np
import torch
from recorded import ROOT, digest, save_record

CONFIGS = 'configs/face_2d_keypoint/structure_coherent/synthetic/td-reg_cnn6-'
HEADS = {
    'graph relational head': f'{CONFIGS}scgcn_1xb32-12e_synthetic-64x64.py',
    'refinement head': (
        f'{CONFIGS}graph-refinement_1xb32-6e_synthetic-64x64.py'
    ),
}
CONFIG = """
_base_ = [{base!r}]
train_cfg = dict(max_epochs=3, val_interval=3)
_loader = dict(dataset=dict(data_root={data!r}))
train_dataloader = val_dataloader = test_dataloader = _loader
"""
DETERMINISTIC = ('--cfg-options', 'randomness.deterministic=True')
#: A port of its own for each, as two run at once.
TORCHRUN = (
    *('-m', 'torch.distributed.run', '--nproc-per-node', '1'),
    *('--rdzv-backend', 'c10d', '--rdzv-endpoint', 'localhost:0'),
)
SETTINGS = {
    'as it is': (),
    '--amp': ('--amp',),
    'deterministic': DETERMINISTIC,
    'nccl, one process': ('--launcher', 'pytorch'),
}
COLUMNS = (
    'what',
    'setting',
    'the same bits',
    'largest difference of a weight or statistic',
    'validation NME, %, first',
    'second',
)


def main() -> None:
    """Train and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit('on_a_gpu.py: PyTorch sees no GPU here')
    rows = []
    with tempfile.TemporaryDirectory() as name:
        faces = Path(name, 'faces')
        make_dataset(faces, train=512, val=32, test=1, size=64, seed=1)
        for head, base in HEADS.items():
            config = CONFIG.format(base=str(ROOT / base), data=str(faces))
            path = Path(name, f'{Path(base).stem}.py')
            path.write_text(config, 'utf-8')
            for setting, words in SETTINGS.items():
                rows.append([head, setting, *train_twice(path, words)])
                save_record('on_a_gpu', __doc__, COLUMNS, rows)
    rows.append(compare_predictions())
    save_record('on_a_gpu', __doc__, COLUMNS, rows)
    print(torch.cuda.get_device_name())


def train_twice(config: Path, words: tuple[str, ...]) -> list:
    """Train with one seed, twice at once; give the cells of a row."""
    name = f'{config.stem}-{"".join(words)}'
    folders = [config.parent / f'{name}-{number}' for number in range(2)]
    processes = [start_training(config, words, path) for path in folders]
    outputs = [process.communicate()[0] for process in processes]
    for process, output in zip(processes, outputs, strict=True):
        if process.returncode:
            lines = [line for line in output.splitlines() if 'Error' in line]
            return [(lines or ['failed'])[-1].strip()[:160], '', '', '']
    (first, error), (second, other) = map(read_run, folders)
    same = 'yes' if digest(first) == digest(second) else 'no'
    largest = max(
        (first[key].double() - second[key].double()).abs().max().item()
        for key in first
    )
    return [same, f'{largest:.1e}', f'{error:.3f}', f'{other:.3f}']


def start_training(
    config: Path, words: tuple[str, ...], folder: Path
) -> subprocess.Popen:
    """Start a training that writes to a folder."""
    start = TORCHRUN if '--launcher' in words else ()
    command = [sys.executable, *start, ROOT / 'tools/train.py', config, *words]
    return subprocess.Popen(
        [*command, '--seed', '0', '--work-dir', folder],
        cwd=ROOT,
        # What cuBLAS wants for deterministic algorithms.
        env=dict(os.environ, CUBLAS_WORKSPACE_CONFIG=':4096:8'),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def read_run(folder: Path) -> tuple[dict[str, torch.Tensor], float]:
    """Read the last weights of a training, and its error in percent."""
    content = torch.load(
        folder / 'epoch_3.pth', map_location='cpu', weights_only=False
    )
    (best,) = folder.glob('best_NME*.pth')
    chosen = torch.load(best, map_location='cpu', weights_only=False)
    score = chosen['message_hub']['runtime_info']['best_score']
    return content['state_dict'], 100 * float(score)


def compare_predictions() -> list:
    """Predict the same faces on both devices; give a row."""
    images = [make_face(seed, 1).image for seed in range(16)]
    found = []
    for device in ('cpu', 'cuda'):
        model = load_model('face68', device=device)
        points = [
            model(image, [[16, 16, 112, 112]]).keypoints for image in images
        ]
        found.append(np.concatenate(points))
    off = np.linalg.norm(found[0] - found[1], axis=-1)
    return [
        'face68, CPU and GPU',
        f'largest {off.max():.1e} px',
        '',
        '',
        '',
        '',
    ]


if __name__ == '__main__':
    main()
