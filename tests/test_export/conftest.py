"""Exports that several tests look at; making one takes seconds."""

import pytest

pytest.importorskip('onnxruntime', reason='ONNX Runtime is not installed')
pytest.importorskip('onnxscript', reason='onnxscript is not installed')

from mmpose_scgcn import load_model
from mmpose_scgcn.export import Options, export_model


@pytest.fixture(scope='session')
def pytorch_model():
    """The synthetic model, as PyTorch has it."""
    return load_model('face98-synthetic', device='cpu', detector='haar')


@pytest.fixture(scope='session')
def exported(pytorch_model, tmp_path_factory):
    """Its exported folder, with 8 bits, and what was told of it."""
    folder = tmp_path_factory.mktemp('exported') / 'face98'
    told = []
    options = Options(int8=True, num_faces=5, num_calibration=32)
    export_model(pytorch_model, folder, options, told.append)
    return folder, told
