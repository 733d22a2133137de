"""A part of the host that is missing is named, with its installation."""

from mmpose_scgcn.export.needed import require_exporters

import pytest
import torch
from torch.torch_version import TorchVersion


def test_a_bare_interpreter_is_told_what_to_install(run_python, root):
    code = (
        f'import sys; sys.path.append({str(root)!r}); import mmpose_scgcn; '
        'mmpose_scgcn.load_model("face68")'
    )
    done = run_python('-S', '-c', code)
    assert done.returncode == 1
    message = done.stderr.splitlines()[-1]
    assert 'needs torch, mmengine, mmcv, mmpose' in message
    assert 'pip install mmengine==0.10.7' in message


def test_the_registry_needs_mmpose_by_name(run_python):
    done = run_python('-c', 'import mmpose_scgcn.registry', hidden='mmpose')
    message = done.stderr.splitlines()[-1]
    assert 'needs mmpose' in message
    assert 'pip install --no-deps mmpose==1.3.2' in message


def test_a_pytorch_that_is_too_old_to_export_is_named(monkeypatch):
    monkeypatch.setattr(torch, '__version__', TorchVersion('2.5.1'))
    message = 'needs PyTorch 2.6 or later; here it is 2.5.1'
    with pytest.raises(ImportError, match=message):
        require_exporters()


def test_later_versions_than_the_oldest_export(monkeypatch):
    pytest.importorskip('onnxscript')
    monkeypatch.setattr(torch, '__version__', TorchVersion('2.10.0+cpu'))
    require_exporters()
