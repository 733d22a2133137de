"""The trainings and tools that ``kill_and_resume.py`` kills."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from forked import run_forked
from recorded import ROOT, digest, tree

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
        run_forked(folder, [*command(folder, False), '--seed', '5'])

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


def _write_config(path: Path, faces: Path, more: str = '') -> None:
    """Write the config of a short training."""
    text = CONFIG.format(base=str(ROOT / BASE), data=str(faces), more=more)
    path.write_text(text, 'utf-8')


def _agree(state: dict, key: str, value: Any) -> None:
    """Note a fact; one that is there already must be the same."""
    if state.setdefault(key, value) != value:
        state[key] = f'{state[key]}, then {value}'
