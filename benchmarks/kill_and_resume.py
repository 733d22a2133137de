r"""Kill trainings and tools at chosen and at random moments, and go on.

python benchmarks/kill_and_resume.py --kills 10
python benchmarks/kill_and_resume.py --only training export --kills 3

Each case runs a command to its end once. Then the same command is started
again and again in fresh folders, killed with SIGKILL, and given once more:
what there is at the end must be what the run without a kill left, bit for
bit, and nothing else may lie about. A killed training is resumed with
``--resume``; its weights, averaged weights, optimiser, schedules, validation
errors and the images of every step are compared. The faces are drawn ones of
64 px. The table keeps the rows of the cases that are left out.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mmpose_scgcn.arguments import positive_int
from mmpose_scgcn.synthetic import make_dataset

import torch
from forked import Forked
from recorded import ROOT, digest, read_rows, save_record, tree

CONFIG = """
_base_ = [{base!r}]
custom_imports = dict(
    imports=['mmpose_scgcn', 'killing'], allow_failed_imports=False)
train_cfg = dict(max_epochs=6, val_interval=2)
_loader = dict(batch_size=16, num_workers=1, persistent_workers=True)
train_dataloader = dict(**_loader, drop_last=True,
    sampler=dict(type='mmpose_scgcn.PoseBalancedSampler', num_bins=3),
    dataset=dict(data_root={data!r}))
val_dataloader = dict(**_loader, dataset=dict(data_root={data!r}))
test_dataloader = dict(**_loader, dataset=dict(data_root={data!r}))
default_hooks = dict(checkpoint=dict(max_keep_ckpts=1))
custom_hooks = [*_base_.custom_hooks,
    dict(type='EMAHook', momentum=0.05), dict(type='OrderHook',
    path='order.jsonl'){more}]
"""
BASE = (
    'configs/face_2d_keypoint/structure_coherent/synthetic/'
    'td-reg_cnn6-scgcn_1xb32-12e_synthetic-64x64.py'
)
SUITE = """
title = 'Killed'
config = 'tiny.py'
norm = 'inter_ocular'
tests = dict(val=dict())
methods = {
    'first': dict(kind='graph', seeds=(0,)),
    'second': dict(kind='graph', seeds=(1,), start='first'),
}
"""
RESULT = 'kill_and_resume'
COLUMNS = ('what', 'killed', 'times', 'the same at the end')
#: What a benchmark measures and notes anew each time.
TIMES = ('train_seconds', 'commit', 'costs')


@dataclass
class Case:
    """A command that is killed.

    Args:
        name (str): What is killed.
        prepare (Callable): Fills a fresh folder.
        command (Callable): Gives the command in a folder; it is told whether
            an earlier one was killed there.
        state (Callable): Gives what is to be equal at the end, by name.
        aimed (dict): Moments at which the command ends itself, in words, with
            what is written into the config.
    """

    name: str
    prepare: Callable[[Path], Any]
    command: Callable[[Path, bool], list]
    state: Callable[[Path], dict]
    aimed: dict[str, str] = field(default_factory=dict)


def training(faces: Path) -> Case:
    """Train with a balanced sampler, workers and averaged weights."""

    def prepare(folder: Path, more: str = '') -> None:
        _write_config(folder / 'tiny.py', faces, more)

    def command(folder: Path, killed: bool) -> list:
        if killed:
            prepare(folder)  # once is enough
        tool = [ROOT / 'tools/train.py', 'tiny.py', '--seed', '3']
        return [*tool, '--work-dir', 'run', *(['--resume'] if killed else [])]

    aimed = {
        'in a step of the first epoch': 'step=2',
        'in a step of a later epoch': 'step=17',
        'in the first batch of a validation': 'batch=0',
        'in the last validation': 'batch=2',
        'at a byte of the first checkpoint': 'write=0',
        'at a byte of the checkpoint of an epoch': 'write=1, share=0.9',
        'at a byte of the best checkpoint': 'write=2, share=0.1',
        'at a byte of a checkpoint that is replaced': 'write=3',
    }
    aimed = {
        words: f", dict(type='KillHook', {text})"
        for words, text in aimed.items()
    }
    return Case('training', prepare, command, training_state, aimed)


def training_state(folder: Path) -> dict:
    """What a training leaves: weights, validation errors, order."""
    run = folder / 'run'
    state: dict[str, Any] = {}
    for path in sorted(run.glob('[!.]*.pth')):
        content = torch.load(path, weights_only=False)
        for key in ('meta', 'message_hub'):
            extra = content.pop(key)
        state[path.name] = digest(content)
        if path.name.startswith('epoch'):
            known = extra['runtime_info']
            state['best'] = known['best_score'].hex(), known['best_ckpt']
    state['leftovers'] = [str(path.name) for path in run.glob('.*')]
    for path in run.glob('*/vis_data/scalars.json'):
        for line in path.read_text('utf-8').splitlines():
            entry = json.loads(line)
            if 'NME' in entry:
                _agree(state, f'NME at {entry["step"]}', entry['NME'])
    for line in (folder / 'order.jsonl').read_text('utf-8').splitlines():
        if line.endswith(']'):
            step, *what = json.loads(line)
            _agree(state, f'images and loss of step {step}', what)
    return state


def benchmark(faces: Path) -> Case:
    """Train two methods, one from the other's weights, and test both."""

    def prepare(folder: Path) -> None:
        _write_config(folder / 'tiny.py', faces)
        (folder / 'suite.py').write_text(SUITE, 'utf-8')

    def command(folder: Path, killed: bool) -> list:
        return [ROOT / 'tools/benchmark.py', 'suite.py', '--jobs', '1']

    def state(folder: Path) -> dict:
        path = folder / 'benchmarks/results/suite.json'
        known = json.loads(path.read_text('utf-8'))
        known.pop('costs', None)
        for run in known['runs']:
            for name in TIMES:
                run.pop(name, None)
        names = sorted(p.name for p in path.parent.iterdir())
        return dict(results=known, files=names)

    return Case('benchmark', prepare, command, state)


def preparation(faces: Path) -> Case:
    """Prepare a data set over an earlier one."""

    def prepare(folder: Path) -> None:
        shutil.copytree(faces / 'images', folder / 'images')
        shutil.copy(
            faces / 'face_landmarks_wflw_train.json', folder / 'a.json'
        )
        _run(folder, [*command(folder, False), '--seed', '5'])

    def command(folder: Path, killed: bool) -> list:
        tool = [ROOT / 'tools/prepare_dataset.py', 'coco', 'a.json', 'out']
        return [*tool, '--images', 'images', '--overwrite', '--copy-images']

    def state(folder: Path) -> dict:
        return tree(folder)

    return Case('preparation', prepare, command, state)


def export(faces: Path) -> Case:
    """Export a published model over an earlier export."""

    def prepare(folder: Path) -> None:
        return

    def command(folder: Path, killed: bool) -> list:
        tool = [ROOT / 'tools/export.py', 'face98-synthetic', 'out/model']
        return [*tool, '--overwrite']

    def state(folder: Path) -> dict:
        return tree(folder)

    return Case('export', prepare, command, state)


def prediction(faces: Path) -> Case:
    """Predict a folder of photos."""

    def prepare(folder: Path) -> None:
        shutil.copytree(faces / 'images', folder / 'photos')

    def command(folder: Path, killed: bool) -> list:
        tool = [ROOT / 'tools/predict.py', 'photos', '--out-dir', 'out']
        more = ['--csv', 'out/all.csv', '--det-model', 'whole_image']
        return [*tool, '--model', 'face98-synthetic', *more]

    def state(folder: Path) -> dict:
        return tree(folder / 'out')

    return Case('prediction of a folder', prepare, command, state)


CASES = {
    make.__name__: make
    for make in (training, benchmark, preparation, export, prediction)
}


def main() -> None:
    """Kill, go on and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    add = parser.add_argument
    add('--kills', type=positive_int, default=10, help='(default: 10)')
    add('--only', nargs='+', choices=CASES, default=list(CASES))
    add('--seed', type=int, default=0, help='of the moments (default: 0)')
    args = parser.parse_args()
    os.environ['OMP_NUM_THREADS'] = '1'
    paths = map(str, (ROOT, ROOT / 'benchmarks'))
    os.environ['PYTHONPATH'] = os.pathsep.join(paths)  # of a benchmark's runs
    torch.set_num_threads(1)
    good = True
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        faces = place / 'faces'
        make_dataset(faces, train=64, val=16, test=16, size=64, seed=1)
        for kind in args.only:
            rng = random.Random(f'{args.seed} {kind}')
            case = CASES[kind](faces)
            rows = try_case(case, place, args.kills, rng)
            good = good and all(row[-2] == row[-1] for row in rows)
            others = [r for r in read_rows(RESULT) if r[0] != case.name]
            save_record(RESULT, __doc__, COLUMNS, [*others, *rows])
    sys.exit(not good)


def try_case(
    case: Case, place: Path, kills: int, rng: random.Random
) -> list[list]:
    """Kill a case at all its moments.

    Returns:
        list[list]: Rows: what, at which moments, how often, how often all was
        the same.
    """
    folder = _fresh(place, case)
    begin = time.monotonic()
    _run(folder, case.command(folder, False))
    seconds = time.monotonic() - begin
    whole = case.state(folder)
    print(f'{case.name}: {seconds:.1f} s, {len(whole)} facts', flush=True)
    rows = []
    for words, text in case.aimed.items():
        folder = _fresh(place, case, text)
        status = _run(folder, case.command(folder, False), check=False)
        if status not in (-signal.SIGKILL, -signal.SIGXFSZ):
            raise RuntimeError(f'{words}: expected a kill, got {status}')
        same = _go_on(case, folder, whole, words)
        rows.append([case.name, words, 1, int(same)])
    same = times = 0
    while times < kills:
        folder = _fresh(place, case)
        after = rng.uniform(0, seconds)
        if not _kill_after(folder, case.command(folder, False), after):
            continue  # it was done before
        times += 1
        words = f'after {after:.1f} s'
        same += _go_on(case, folder, whole, words)
    rows.append([case.name, 'at random moments', times, same])
    return rows


def _go_on(case: Case, folder: Path, whole: dict, words: str) -> bool:
    """Give the command once more, and compare."""
    _run(folder, case.command(folder, True))
    found = case.state(folder)
    differ = sorted(
        key for key in {*whole, *found} if whole.get(key) != found.get(key)
    )
    print(f'  killed {words}: ', differ[:5] or 'the same', flush=True)
    for key in differ[:5]:
        print(f'    {key}: {whole.get(key)!s:.300}')
        print(f'    {" " * len(key)}  {found.get(key)!s:.300}', flush=True)
    return not differ


def _fresh(place: Path, case: Case, *more: str) -> Path:
    """Make the folder of a run anew; its name is always the same."""
    folder = place / 'run'
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    case.prepare(folder, *more)
    return folder


def _run(folder: Path, command: list, check: bool = True) -> int:
    """Run a command to its end."""
    log = folder.parent / 'output.log'
    status = Forked(folder, command, log).wait()
    if status is None or (check and status):
        raise RuntimeError(f'{command}: {log.read_text("utf-8")[-3000:]}')
    return status


def _kill_after(folder: Path, command: list, seconds: float) -> bool:
    """Kill a command; tell whether it still ran."""
    process = Forked(folder, command, folder.parent / 'output.log')
    if process.wait(seconds) is not None:
        return False
    process.kill()
    return True


def _write_config(path: Path, faces: Path, more: str = '') -> None:
    """Write the config of a short training."""
    text = CONFIG.format(base=str(ROOT / BASE), data=str(faces), more=more)
    path.write_text(text, 'utf-8')


def _agree(state: dict, key: str, value: Any) -> None:
    """Note a fact; one that is there already must be the same."""
    if state.setdefault(key, value) != value:
        state[key] = f'{state[key]}, then {value}'


if __name__ == '__main__':
    main()
