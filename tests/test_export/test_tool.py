"""The command line of the export."""

import json

import pytest


@pytest.fixture
def run(run_python, root):
    def run(*arguments, **options):
        return run_python(root / 'tools/export.py', *arguments, **options)

    return run


def test_a_model_is_exported_and_said_so(run, tmp_path):
    done = run('face98-synthetic', tmp_path / 'new/out')
    assert done.returncode == 0, done.stderr
    assert 'at batch 5' in done.stdout
    assert 'model.onnx (6.' in done.stdout
    settings = json.loads((tmp_path / 'new/out/model.json').read_text())
    assert settings['name'] == 'face98-synthetic'
    again = run('face98-synthetic', tmp_path / 'new/out')
    assert again.returncode == 1 and '--overwrite' in again.stderr


def test_the_current_folder_is_filled(run, tmp_path):
    number = tmp_path.stat().st_ino
    done = run('face98-synthetic', '.', cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'model.onnx (6.' in done.stdout
    assert {path.name for path in tmp_path.iterdir()} == {
        'model.json',
        'model.onnx',
    }
    assert tmp_path.stat().st_ino == number  # a shell may be in it


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (('face68', 'a', 'b', 'c'), 'expected MODEL [CHECKPOINT] OUT'),
        (('face68', 'out', '--config', 'x'), '--config is for --int8'),
        (('no-such-model', 'out'), 'no-such-model is neither a file nor'),
        (('face68', 'out', '--images', 'nowhere'), 'nowhere'),
        (('face68', 'out', '--int8', '--config', 'x'), 'x is neither a file'),
        (('face68', 'out', '--int8', '--calibrate', 'none'), 'none'),
    ],
)
def test_what_is_wrong_is_told(run, tmp_path, arguments, message):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_missing_packages_are_named(run, tmp_path):
    done = run('face68', tmp_path / 'out', hidden='onnxscript', cold=True)
    assert done.returncode == 1
    assert 'exporting needs onnxscript' in done.stderr
    assert 'pip install onnx onnxscript onnxruntime "ml_dtypes<0.6"' in (
        done.stderr
    )
