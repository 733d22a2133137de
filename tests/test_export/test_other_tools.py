"""What other tools say of an exported folder, which only predicts."""

from mmpose_scgcn import load_model
from mmpose_scgcn.apis.adapting import adapt

import pytest

EXPECTED = 'expected a model of PyTorch (a name, '


def test_an_exported_model_is_not_adapted(exported):
    with pytest.raises(ValueError, match='got an exported folder, face98-sy'):
        adapt(load_model(exported[0]), faces=None)


def test_adapt_labels_says_so(
    exported, run_python, root, synthetic_faces, tmp_path
):
    file = synthetic_faces / 'face_landmarks_wflw_train.json'
    words = (exported[0], file, '--flip-pairs', 'none')
    words += ('--out', tmp_path / 'mine.pth')
    done = run_python(root / 'tools/adapt_labels.py', *words)
    assert done.returncode == 1
    assert f'adapt_labels: {EXPECTED}' in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('of', ['picture', 'data set'])
def test_explain_says_so(
    exported, run_python, root, synthetic_faces, write_config, tmp_path, of
):
    image = next((synthetic_faces / 'images').rglob('*.jpg'))
    words = (image, '--out', tmp_path / 'out.png')
    if of == 'data set':
        write_config(tmp_path)
        words = ('--data-set', tmp_path / 'tiny.py')
        words += ('--out', tmp_path / 'out.json')
    tool = root / 'tools/explain.py'
    done = run_python(tool, *words, '--model', exported[0])
    assert done.returncode == 1
    assert f'explain: --model: {EXPECTED}' in done.stderr
    assert f'got an exported folder, {exported[0]}' in done.stderr
    assert not list(tmp_path.glob('out.*'))
