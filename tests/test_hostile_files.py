"""Files that would run code, or delete files, at one of the doors."""

import json
import os
import pickle
import zipfile
from pathlib import Path
from types import SimpleNamespace

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import FaceInferencer, weights_path
from mmpose_scgcn.apis.embedded_config import check_embedded
from mmpose_scgcn.benchmark.worker import take_found
from mmpose_scgcn.checks.folders import adopt_best
from mmpose_scgcn.datasets.annotated_faces import read_coco_faces
from mmpose_scgcn.datasets.keypoint_description import read_description
from mmpose_scgcn.datasets.preparation.metainfo import metainfo_source
from mmpose_scgcn.python_text import quote, without_braces

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.runner import CheckpointLoader

#: What a default of MMEngine's {{$NAME:default}} can do to the text about it.
BRACES = (
    '{{$QQ:\\\\\',id=__import__("os").mkdir("%s"),type="[",),#]|Q}}',
    '{{$HOME:x}}',
    '{{_base_.x}}',
    'a\nimport os\n#',
)


def test_a_config_text_in_a_checkpoint_is_not_kept(tmp_path):
    """MMEngine runs it when a training is resumed."""
    file = tmp_path / 'epoch_1.pth'
    code = f'import os\nos.mkdir({str(tmp_path / "made")!r})'
    torch.save(dict(meta=dict(config=code, epoch=1), state_dict={}), file)
    content = CheckpointLoader.load_checkpoint(str(file))
    assert content['meta'] == dict(epoch=1)


@pytest.mark.parametrize('kind', [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_compressed_checkpoint_is_not_unpacked(tmp_path, kind):
    """A few MB of it can be many GB."""
    plain, packed = str(tmp_path / 'a.pth'), str(tmp_path / 'b.pth')
    torch.save(dict(state_dict=dict(w=torch.zeros(1 << 18))), plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(packed, 'w') as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry), kind)
    if kind == zipfile.ZIP_STORED:
        content = CheckpointLoader.load_checkpoint(packed)
        assert content['state_dict']['w'].shape == (1 << 18,)
        return
    with pytest.raises(ValueError, match='compressed one, of 10'):
        CheckpointLoader.load_checkpoint(packed)


@pytest.fixture
def published():
    """What a published file holds, and its settings."""
    content = CheckpointLoader.load_checkpoint(str(weights_path('face68')))
    return content, json.loads(content['meta']['mmpose_scgcn'])


@pytest.mark.parametrize(
    'change',
    [
        lambda cfg, evil: cfg['model'].update(evil),
        lambda cfg, evil: cfg['model']['backbone'].update(evil),
        lambda cfg, evil: cfg['test_dataloader']['dataset']['pipeline'].append(
            evil
        ),
        lambda cfg, evil: cfg.update(default_scope='os'),
        lambda cfg, evil: cfg['model'].update(_scope_='antigravity'),
    ],
)
def test_settings_of_weights_call_nothing_else(published, tmp_path, change):
    content, settings = published
    made = tmp_path / 'made'
    change(settings['config'], dict(type='os.mkdir', path=str(made)))
    content['meta']['mmpose_scgcn'] = json.dumps(settings)
    file = tmp_path / 'evil.pth'
    torch.save(content, file)
    with pytest.raises(ValueError, match='could run code'):
        load_model(str(file), device='cpu')
    assert not made.exists()


def test_genuine_settings_pass(published):
    check_embedded(published[1]['config'], 'face68.pth')


def test_weights_that_do_not_say_what_keypoints_are(published, tmp_path):
    """MMPose would run a file that they name instead."""
    content, settings = published
    del content['meta']['dataset_meta']
    evil = tmp_path / 'evil.py'
    evil.write_text(f'import os\nos.mkdir({str(tmp_path / "made")!r})')
    dataset = settings['config']['test_dataloader']['dataset']
    dataset['metainfo'] = dict(from_file=str(evil))
    content['meta']['mmpose_scgcn'] = json.dumps(settings)
    torch.save(content, tmp_path / 'evil.pth')
    with pytest.raises(ValueError, match='what its keypoints are'):
        load_model(str(tmp_path / 'evil.pth'), device='cpu')
    assert not (tmp_path / 'made').exists()


def test_the_inferencer_takes_no_config_out_of_weights():
    with pytest.raises(ValueError, match='got None'):
        FaceInferencer(model=None, weights='evil.pth')


@pytest.mark.parametrize('name', BRACES)
def test_a_keypoint_name_stays_a_name(tmp_path, name):
    made = tmp_path / 'made'
    name = name.replace('%s', str(made))
    names = [name, f'other {name}']
    source = metainfo_source(
        name, np.array([1, 0]), [0.0, 1.0], names, [(0, 1)]
    )
    file = tmp_path / 'metainfo.py'
    file.write_text(source, encoding='utf-8')
    info = Config.fromfile(file).dataset_info
    assert not made.exists()
    assert info.dataset_name == name
    assert [info.keypoint_info[i]['name'] for i in range(2)] == names
    assert read_description(file)['dataset_name'] == name


def test_two_braces_in_strings(tmp_path):
    file = tmp_path / 'a.py'
    text = 'a {{$HOME:x}} {{{b}}}'
    file.write_text(without_braces(f'x = {text!r}\ny = {{1: dict(b={{}})}}'))
    assert Config.fromfile(file).x == text
    assert eval(quote(text)) == text


PROGRAMS = (
    'import os\ndataset_info = dict(a=os.getcwd())',
    "dataset_info = dict(a=__import__('os').mkdir('made'))",
    "dataset_info = dict(**{'a': 1})",
    'dataset_info = dict(a=[1.0] * 10 ** 9)',
    'dataset_info = dict(a=[1.0] * 1000000000)',
    'dataset_info = [x for x in ()]',
    'other = dict()',
    'dataset_info = dict(a=' + '[' * 5000 + ']' * 5000 + ')',
)


@pytest.mark.parametrize('text', PROGRAMS)
def test_a_description_that_is_a_program_is_not_run(
    tmp_path, make_coco, text, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    points = np.random.default_rng(0).random((3, 5, 2)) * 40 + 4
    content = make_coco(points, names=[f'p{i}' for i in range(5)])
    (tmp_path / 'faces.json').write_text(json.dumps(content))
    (tmp_path / 'metainfo.py').write_text(text)
    with pytest.raises(ValueError, match=r'metainfo\.py came with the data'):
        read_coco_faces('faces.json')
    assert not (tmp_path / 'made').exists()


class Evil:
    """Makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_what_a_benchmark_finds_runs_nothing(tmp_path):
    made = tmp_path / 'made'
    (tmp_path / 'found.pickle').write_bytes(pickle.dumps(Evil(str(made))))
    with pytest.raises(pickle.UnpicklingError, match='expected records'):
        take_found(tmp_path)
    assert not made.exists()


@pytest.mark.parametrize(
    'best',
    [
        '{}/precious',
        '{}/run/..',
        b'{}/precious',
        '{}/precious/a.txt',
        3,
        ['x'],
    ],
)
def test_a_resumed_training_deletes_no_file_of_others(tmp_path, best):
    run = tmp_path / 'run'
    run.mkdir()
    if isinstance(best, str):
        best = best.format(tmp_path)
    elif isinstance(best, bytes):
        best = best.replace(b'{}', os.fsencode(tmp_path))
    info = dict(best_ckpt=best, best_score=9.0)
    checkpoint = dict(message_hub=dict(runtime_info=info))
    runner = SimpleNamespace(hooks=[], work_dir=str(run))
    assert adopt_best(runner, checkpoint)
    assert info['best_ckpt'] is None


def test_the_best_checkpoint_of_the_run_stays_known(tmp_path):
    best = str(Path(tmp_path, 'best_NME_epoch_3.pth'))
    info = dict(best_ckpt=best)
    checkpoint = dict(message_hub=dict(runtime_info=info))
    runner = SimpleNamespace(hooks=[], work_dir=str(tmp_path))
    assert not adopt_best(runner, checkpoint)
    assert info['best_ckpt'] == best
