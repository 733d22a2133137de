"""Exports that several tests look at; making one takes seconds."""

from mmpose_scgcn import load_model
from mmpose_scgcn.export import Options, export_model
from mmpose_scgcn.export.needed import NEEDED, OLDEST

import pytest
import torch


@pytest.fixture(scope='session', autouse=True)
def exporters():
    """Skip all of these tests where they cannot run."""
    for name in NEEDED:
        pytest.importorskip(name, reason=f'{name} is not installed')
    if torch.__version__ < OLDEST:
        pytest.skip(f'PyTorch before {OLDEST} does not export')


@pytest.fixture(scope='session')
def pytorch_model(detector_here):
    """The synthetic model, as PyTorch has it."""
    return load_model('face98-synthetic', device='cpu', detector=detector_here)


@pytest.fixture(scope='session')
def exported(pytorch_model, tmp_path_factory):
    """Its exported folder, with 8 bits, and what was told of it."""
    folder = tmp_path_factory.mktemp('exported') / 'face98'
    told = []
    options = Options(int8=True, num_faces=5, num_calibration=32)
    export_model(pytorch_model, folder, options, told.append)
    return folder, told
