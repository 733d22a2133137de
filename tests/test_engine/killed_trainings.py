"""Trainings that are killed at chosen moments, and resumed.

Each run is a process of its own, forked from this one; what the resumed ones
come to is printed, a line of JSON for each moment.
"""

import json
import os
import sys
import traceback
from pathlib import Path

from benchmarks.killing import KillHook
from benchmarks.recorded import digest
from mmpose_scgcn.launch import build_runner
from tests.test_engine.tiny_runs import HEAD, dataset, loader

import torch
from mmengine.config import Config
from mmengine.runner import Runner

MOMENTS = (
    dict(step=3),
    dict(batch=0),
    dict(batch=5),
    *(dict(write=number) for number in range(5)),
)
#: On shapes of noise errors rise, so that each epoch replaces the best.
BEST = dict(type='CheckpointHook', save_best='NME', rule='greater')


def make(file: str, work_dir: str, resume: bool) -> Runner:
    """Build the runner of three epochs with a validation after each."""
    data = dataset(file)
    return build_runner(
        Config(
            dict(
                default_scope='mmpose',
                work_dir=work_dir,
                experiment_name=work_dir,
                log_level='ERROR',
                launcher='none',
                randomness=dict(seed=0),
                resume=resume,
                model=dict(
                    type='TopdownPoseEstimator',
                    data_preprocessor=dict(type='PoseDataPreprocessor'),
                    backbone=dict(type='mmpose_scgcn.CNN6', widths=(4, 4)),
                    head=HEAD,
                ),
                train_dataloader=loader(data),
                val_dataloader=loader(data, False),
                val_cfg=dict(),
                val_evaluator=dict(
                    type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size'
                ),
                train_cfg=dict(by_epoch=True, max_epochs=3),
                optim_wrapper=dict(optimizer=dict(type='Adam', lr=1e-3)),
                default_hooks=dict(
                    checkpoint=dict(BEST, interval=1, max_keep_ckpts=1)
                ),
                custom_hooks=[
                    dict(type='mmpose_scgcn.GraphHook'),
                    dict(type='EMAHook', momentum=0.1),
                ],
            )
        )
    )


def run(file: str, work_dir: str, resume: bool, **moment: int) -> int:
    """Train in a child; give its exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            runner = make(file, work_dir, resume)
            if moment:
                runner.register_hook(KillHook(**moment))
            runner.train()
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(work_dir: str) -> dict:
    """What there is at the end."""
    found: dict = {}
    for path in sorted(Path(work_dir).glob('*.pth')):
        if path.name.startswith('.'):
            found[path.name] = 'left'
            continue
        content = torch.load(path, weights_only=False)
        content.pop('meta')
        hub = content.pop('message_hub')['runtime_info']
        found[path.name] = digest(content)
        if path.name.startswith('epoch'):
            best = Path(hub['best_ckpt']).name
            found['best'] = best, hub['best_score'].hex()
    return found


def main() -> None:
    """Train without a kill, then with each."""
    file, folder = sys.argv[1:3]
    # What makes a runner slow, as in conftest.py.
    sys.modules['mmengine.runner.runner'].collect_env = dict
    Config.pretty_text = ''
    status = run(file, f'{folder}/whole', False)
    print(json.dumps([None, status, status, state(f'{folder}/whole')]))
    for number, moment in enumerate(MOMENTS):
        work_dir = f'{folder}/killed{number}'
        killed = run(file, work_dir, False, **moment)
        resumed = run(file, work_dir, True)
        print(json.dumps([moment, killed, resumed, state(work_dir)]))


if __name__ == '__main__':
    main()
