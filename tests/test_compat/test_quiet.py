"""Warnings of the host that are left out, and those that are not."""

import subprocess
import sys

import pytest

#: As MMPose 1.3.2 and MMEngine 0.10.7 give them, with the file's start that
#: they are about.
METAINFO = (
    'The metainfo config file "{}" does not exist. A matched config file '
    '"/site/mmpose/.mim/configs/_base_/datasets/300w.py" will be used instead.'
)
GRAD_SCALER = (
    '`torch.cuda.amp.GradScaler(args...)` is deprecated. Please use '
    "`torch.amp.GradScaler('cuda', args...)` instead."
)


def warned(message, category):
    """Warn in a process that has imported the package; give what it says."""
    code = (
        'import sys, warnings, mmpose_scgcn; '
        'warnings.warn(sys.argv[1], getattr(__builtins__, sys.argv[2]))'
    )
    done = subprocess.run(
        [sys.executable, '-c', code, message, category],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


@pytest.mark.parametrize(
    ('message', 'category'),
    [
        (METAINFO.format('configs/_base_/datasets/300w.py'), 'UserWarning'),
        (GRAD_SCALER, 'FutureWarning'),
    ],
)
def test_what_nobody_can_act_on_is_left_out(message, category):
    assert not warned(message, category)


@pytest.mark.parametrize(
    ('message', 'category'),
    [
        (METAINFO.format('mine/300w.py'), 'UserWarning'),
        (GRAD_SCALER, 'UserWarning'),
    ],
)
def test_others_are_said(message, category):
    assert message in warned(message, category)
