"""The models of the package are exported once."""

import sys

from mmpose_scgcn.apis.zoo import list_models
from mmpose_scgcn.export import Options
from mmpose_scgcn.runtime import load_exported
from mmpose_scgcn.web import build_site, shipped

import pytest

from .conftest import need_exporters


def test_models_are_exported_once_and_found_again(tmp_path, monkeypatch):
    need_exporters()
    few = Options(int8=True, num_faces=2, num_calibration=16)
    monkeypatch.setattr(shipped, 'OPTIONS', few)
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setattr(shipped, 'list_models', lambda: ['face68'])
    told = []
    (folder,) = shipped.export_shipped(told.append)
    assert len(told) == 1 and str(folder) in told[0]
    assert load_exported(folder, precision='int8').num_keypoints == 68
    assert shipped.export_shipped(told.append) == [folder]
    assert len(told) == 1
    assert '/models/0/model.int8.onnx' in build_site([folder], tmp_path).files


def test_every_model_has_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setattr(shipped, '_export', lambda name, folder: None)
    folders = shipped.export_shipped(lambda line: None)
    assert len(set(folders)) == len(list_models()) == 3


def test_what_is_missing_to_export_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    monkeypatch.setitem(sys.modules, 'onnxscript', None)
    with pytest.raises(ImportError, match=r'onnxscript.*name folders that'):
        shipped.export_shipped(lambda line: None)
    assert not list(tmp_path.glob('*/*/*'))
