r"""Train for an hour and predict a video for an hour: what grows?

python benchmarks/long_run.py --minutes 60

Training has two workers that stay, a validation and a checkpoint every few
epochs. Prediction follows the faces of a drawn video of 150 frames with
``tools/predict.py``, in one process, again and again, and writes pictures,
JSON and a table each time. Once a second the memory of all processes of a part
is read (what they share counted once, files left out), and their handles,
threads and number. The first tenth of the time is for warming up and left out.
With ``--part`` the table keeps the row of the other part. For how long a step
has a processor tells more than how long it takes, where other programs run
beside it.
"""

import argparse
import contextlib
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from mmpose_scgcn.arguments import positive_float
from mmpose_scgcn.synthetic import make_dataset, make_face

import cv2
import numpy as np
from recorded import ROOT, read_rows, save_record
from watching import StepLog, family, held

CONFIG = """
_base_ = [{base!r}]
custom_imports = dict(
    imports=['mmpose_scgcn', 'watching'], allow_failed_imports=False)
train_cfg = dict(max_epochs=10**6, val_interval=5)
_loader = dict(batch_size=16, num_workers=2, persistent_workers=True)
train_dataloader = dict(**_loader, dataset=dict(data_root={data!r}))
val_dataloader = dict(**_loader, dataset=dict(data_root={data!r}))
test_dataloader = dict(**_loader, dataset=dict(data_root={data!r}))
param_scheduler = None
custom_hooks = [*_base_.custom_hooks,
    dict(type='StopHook', path='steps.jsonl', seconds={seconds})]
"""
BASE = (
    'configs/face_2d_keypoint/structure_coherent/synthetic/'
    'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
)
RESULT = 'long_run'
PARTS = ('training', 'prediction')
COLUMNS = (
    'part',
    'minutes',
    'steps',
    'memory, MiB, begin',
    'end',
    'MiB an hour in the second half',
    'step, ms, begin',
    'end',
    'of a processor, ms, begin',
    'end',
    'handles, begin',
    'end',
    'threads, begin',
    'end',
    'processes, begin',
    'end',
    'left afterwards',
)


def main() -> None:
    """Run both parts, or be one of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--minutes', type=positive_float, default=60.0, help='(default: 60)')
    add('--part', choices=PARTS, help='only this one')
    add('--loop', type=positive_float, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.loop:
        predict_in_a_loop(args.loop)
        return
    seconds = 60 * args.minutes
    with tempfile.TemporaryDirectory() as name:
        for part in PARTS if args.part is None else (args.part,):
            folder = Path(name, part)
            folder.mkdir()
            row = watch(part, folder, seconds)
            others = [r for r in read_rows(RESULT) if r[0] != part]
            rows = sorted([*others, row], key=lambda row: PARTS.index(row[0]))
            save_record(RESULT, __doc__, COLUMNS, rows)


def make_training(folder: Path, seconds: float) -> list:
    """Write faces and config; give the command."""
    faces = folder / 'faces'
    make_dataset(faces, train=256, val=32, test=1, size=64, seed=1)
    config = CONFIG.format(
        base=str(ROOT / BASE), data=str(faces), seconds=seconds
    )
    (folder / 'long.py').write_text(config, 'utf-8')
    tool = [ROOT / 'tools/train.py', 'long.py', '--seed', '0']
    return [*tool, '--work-dir', 'run']


def make_video(folder: Path, seconds: float) -> list:
    """Draw a video; give the command."""
    writer = cv2.VideoWriter(
        str(folder / 'video.avi'),
        cv2.VideoWriter.fourcc(*'MJPG'),
        30.0,
        (320, 240),
    )
    face = cv2.resize(make_face(0, 1).image, (128, 128))
    for number in range(150):
        frame = np.full((240, 320, 3), 90, np.uint8)
        left = int(96 + 80 * np.sin(number / 24))
        frame[56:184, left : left + 128] = face
        writer.write(frame)
    writer.release()
    return [Path(__file__), '--loop', str(seconds)]


def predict_in_a_loop(seconds: float) -> None:
    """Predict the video of this folder until time is up."""
    tool = runpy.run_path(str(ROOT / 'tools/predict.py'))
    sys.argv = ['predict.py', 'video.avi', '--out-dir', 'out', '--csv']
    sys.argv += ['out/all.csv', '--model', 'face98-synthetic']
    sys.argv += ['--det-model', 'haar']
    log = StepLog(Path('steps.jsonl'))
    while log.elapsed < seconds:
        with contextlib.redirect_stdout(None):
            tool['main']()
        log.add()


def watch(part: str, folder: Path, seconds: float) -> list:
    """Run a part, and look at its processes once a second.

    Args:
        part (str): ``training`` or ``prediction``.
        folder (Path): Where it runs.
        seconds (float): How long.

    Returns:
        list: A row of the table.
    """
    make = make_training if part == 'training' else make_video
    command = make(folder, seconds)
    paths = [ROOT, ROOT / 'benchmarks']
    env = {
        **os.environ,
        'PYTHONPATH': os.pathsep.join(map(str, paths)),
        'OMP_NUM_THREADS': '1',
        'PYTHONWARNINGS': 'ignore',
    }
    seen: list[tuple[float, ...]] = []
    known: set[int] = set()
    with open(folder / 'log.txt', 'w', encoding='utf-8') as log:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=folder,
            env=env,
            stdout=log,
            stderr=log,
        )
        try:
            while process.poll() is None:
                time.sleep(1)
                running = family(process.pid)
                known.update(running)
                begun = (folder / 'steps.jsonl').is_file()
                if begun and process.pid in running:
                    now = (time.monotonic(), *held(running), len(running))
                    seen.append(now)
        finally:
            process.kill()
    if process.returncode:
        text = (folder / 'log.txt').read_text('utf-8')
        raise RuntimeError(f'{part}: {text[-3000:]}')
    time.sleep(2)
    left = [number for number in known if Path(f'/proc/{number}').exists()]
    lines = (folder / 'steps.jsonl').read_text('utf-8').splitlines()
    steps = [step for line in lines for step in json.loads(line)[1]]
    # Without the end, when processes go.
    working = np.array([now for now in seen if now[0] - seen[0][0] < seconds])
    return [part, *summary(working, np.array(steps)), len(left)]


def summary(seen: np.ndarray, steps: np.ndarray) -> list:
    """Compare the beginning, once warm, and the end.

    Args:
        seen (np.ndarray): (N, 5): when, s, memory, MiB, handles, threads and
            processes.
        steps (np.ndarray): (M, 2): how long each step took, and for how long
            it had a processor, ms.

    Returns:
        list: Medians of the second and of the last tenth, and by how much
        memory grows in the second half along a straight line.
    """
    tenth = max(len(seen) // 10, 1)
    half = len(seen) // 2
    hours, memory = seen[half:, 0] / 3600, seen[half:, 1]
    slope = np.polyfit(hours - hours[0], memory, 1)[0]
    few = max(len(steps) // 10, 1)
    ends: list = [round(slope, 1)]
    for times in steps.T:
        ends += [round(float(median(times[few : 2 * few])), 1)]
        ends += [round(float(median(times[-few:])), 1)]
    for column in (2, 3, 4):
        ends.append(int(median(seen[tenth : 2 * tenth, column])))
        ends.append(int(median(seen[-tenth:, column])))
    first = round(median(seen[tenth : 2 * tenth, 1]), 1)
    last = round(median(seen[-tenth:, 1]), 1)
    minutes = round((seen[-1, 0] - seen[0, 0]) / 60, 1)
    return [minutes, len(steps), first, last, *ends]


if __name__ == '__main__':
    main()
