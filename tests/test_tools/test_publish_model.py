"""From a checkpoint to a file that says by itself what it is."""

import hashlib
import runpy
import shutil

from mmpose_scgcn import launch
from mmpose_scgcn.apis import load_model, zoo
from mmpose_scgcn.apis.loading import keypoint_meta
from mmpose_scgcn.apis.publishing import (
    install_model,
    strip_state,
    training_facts,
    write_model,
)
from mmpose_scgcn.config_files import read_config

import mmengine
import numpy as np
import pytest
import torch
import yaml

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64'


@pytest.fixture(scope='module')
def cfg():
    return read_config(CONFIG, {})


@pytest.fixture(scope='module')
def model(cfg):
    from mmengine.registry import init_default_scope
    from mmpose.registry import MODELS

    torch.manual_seed(0)
    init_default_scope('mmpose')
    model = MODELS.build(cfg.model)
    shape = np.random.default_rng(0).uniform(0.2, 0.8, (68, 2))
    neighbors = [[i, *((i + j) % 68 for j in (1, 2, 3))] for i in range(68)]
    model.head.graph.fill(
        dict(num_keypoints=68, top_k=3, neighbors=neighbors, mean_shape=shape)
    )
    model.dataset_meta = keypoint_meta(cfg)
    return model.eval()


def publish(folder, model, cfg, half=False, **facts):
    state = strip_state(model.state_dict(), half)
    facts = dict(licence='none', **facts)
    return write_model(folder, 'tiny', state, cfg, model.dataset_meta, facts)


def test_the_name_has_the_hash(tmp_path, model, cfg):
    path = publish(tmp_path, model, cfg)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.name == f'tiny-{digest[:8]}.pth'


def test_the_file_predicts_as_the_model_does(tmp_path, model, cfg):
    image = np.random.default_rng(1).integers(0, 255, (90, 80, 3), np.uint8)
    path = publish(tmp_path, model, cfg)
    torch.save(
        dict(state_dict=model.state_dict(), meta={}), tmp_path / 'a.pth'
    )
    box = [[10, 12, 70, 75]]
    own = load_model(CONFIG, tmp_path / 'a.pth', 'cpu')(image, boxes=box)
    published = load_model(path, device='cpu')
    np.testing.assert_array_equal(
        published(image, boxes=box).keypoints, own.keypoints
    )
    assert published.licence == 'none'


def test_plain_pytorch_reads_it(tmp_path, model, cfg):
    path = publish(tmp_path, model, cfg)
    ours = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    try:
        content = torch.load(path, weights_only=True)
    finally:
        torch.serialization.add_safe_globals(ours)
    assert content.keys() == {'meta', 'state_dict'}
    assert content['state_dict']['head.graph.neighbors'].shape == (68, 4)
    assert 'optim' not in content['meta']['mmpose_scgcn']
    assert 'train' not in content['meta']['mmpose_scgcn'].lower()


def test_half_precision_spares_vectors_and_the_graph(model):
    half = strip_state(model.state_dict(), half=True)
    kinds = {name: value.dtype for name, value in half.items()}
    assert kinds['backbone.stages.0.0.conv.weight'] == torch.float16
    assert kinds['backbone.stages.0.0.bn.running_var'] == torch.float32
    assert kinds['head.graph.mean_shape'] == torch.float32
    assert kinds['head.graph.neighbors'] == torch.int64


def test_a_weight_too_large_for_half_precision_is_told(model):
    state = dict(model.state_dict())
    state['head.heatmap.weight'] = state['head.heatmap.weight'] + 1e6
    with pytest.raises(ValueError, match=r'heatmap.weight .* not finite'):
        strip_state(state, half=True)


@pytest.fixture
def two_files(tmp_path, model, cfg):
    """Two files of a model, and a folder with the first one and another's."""
    folder = tmp_path / 'weights'
    files = [publish(tmp_path, model, cfg, seed=seed) for seed in (0, 1)]
    first, replaced = install_model(files[0], folder)
    assert replaced == []
    shutil.copy(first, folder / 'tiny-other-00000000.pth')
    return files, folder


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_an_earlier_file_stays_beside_the_new_one(two_files):
    files, folder = two_files
    second, replaced = install_model(files[1], folder)
    assert second == folder / files[1].name
    assert replaced == []
    names = {file.name for file in files}
    assert names_in(folder) == names | {'tiny-other-00000000.pth'}


def test_an_earlier_file_is_replaced_where_that_is_asked_for(two_files):
    files, folder = two_files
    second, replaced = install_model(files[1], folder, overwrite=True)
    assert replaced == [folder / files[0].name]
    assert names_in(folder) == {second.name, 'tiny-other-00000000.pth'}
    assert install_model(files[1], folder, overwrite=True) == (second, [])


def test_a_name_stands_for_one_file_of_the_package(two_files, monkeypatch):
    files, folder = two_files
    monkeypatch.setattr(zoo, 'WEIGHTS', folder)
    before = names_in(folder)
    with pytest.raises(FileExistsError, match=f'{files[0].name} is there'):
        install_model(files[1], folder)
    assert names_in(folder) == before
    install_model(files[1], folder, overwrite=True)
    assert zoo.weights_file('tiny') == folder / files[1].name


@pytest.mark.parametrize('name', ['face68', 'face98-synthetic'])
def test_models_of_the_package_are_not_replaced_unasked(run_main, name):
    words = (CONFIG, 'none.pth', '--name', name, '--licence', 'none')
    before = names_in(zoo.WEIGHTS)
    done = run_main('publish_model', *words)
    assert done.returncode == 1
    file = zoo.weights_file(name)
    assert f'publish_model: {file} is there already' in done.stderr
    assert 'say --overwrite' in done.stderr
    assert names_in(zoo.WEIGHTS) == before


def test_what_was_replaced_is_told(
    run_main, tool_main, two_files, tmp_path, monkeypatch
):
    files, folder = two_files
    scope = tool_main('publish_model').__globals__
    monkeypatch.setitem(scope, 'publish', lambda *args: (files[1], {}))
    monkeypatch.setitem(scope, 'record_of', lambda *args: {})
    monkeypatch.setattr(launch, 'check_annotations', lambda *names: None)
    words = [CONFIG, 'none.pth', '--name', 'tiny', '--licence', 'none']
    words += ['--out-dir', folder, '--overwrite']
    done = run_main('publish_model', *words)
    assert done.returncode == 0, done.stderr
    assert f'{folder / files[0].name} was replaced\n' in done.stdout
    assert f'{folder / files[1].name} (' in done.stdout


def test_a_name_that_is_none(tmp_path, model, cfg):
    state = strip_state(model.state_dict(), False)
    with pytest.raises(ValueError, match='small letters'):
        write_model(tmp_path, 'My Model', state, cfg, model.dataset_meta, {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ('name', 'place', 'told'),
    [
        ('My Model', 'models', 'small letters'),
        ('mine', 'file/models', 'file is a file, expected a folder'),
    ],
)
def test_what_is_wrong_is_told_before_the_test_set_is_predicted(
    root, tmp_path, monkeypatch, name, place, told
):
    (tmp_path / 'file').write_text('')
    main = runpy.run_path(str(root / 'tools/publish_model.py'))['main']
    monkeypatch.setattr(launch, 'check_annotations', lambda *names: None)
    words = [CONFIG, 'none.pth', '--name', name, '--licence', 'none']
    words += ['--out-dir', tmp_path / place]
    monkeypatch.setattr('sys.argv', ['publish_model.py', *map(str, words)])
    with pytest.raises(SystemExit, match=told):
        main()
    assert [path.name for path in tmp_path.iterdir()] == ['file']


def test_the_same_model_has_the_same_hash(tmp_path, model, cfg):
    files = {publish(tmp_path / name, model, cfg).name for name in 'ab'}
    assert len(files) == 1


@pytest.mark.parametrize(
    ('content', 'told'),
    [
        ('- a', 'expected a mapping with a list Models'),
        ('Models: 3', 'expected a mapping with a list Models'),
        ('Models: [{Alias: a}]', 'whose entries have a Name'),
        (None, 'is a folder, expected a file'),
    ],
)
def test_a_metafile_that_is_none_is_told_first(
    run_main, tmp_path, content, told
):
    file = tmp_path / 'metafile.yml'
    file.mkdir() if content is None else file.write_text(content)
    done = run_main(
        *('publish_model', CONFIG, 'none.pth', '--name', 'mine'),
        *('--licence', 'none', '--out-dir', 'out', '--metafile', file),
    )
    assert done.returncode == 1
    assert told in done.stderr and 'metafile.yml' in done.stderr
    assert not (tmp_path / 'out').exists()


METAFILE = """# Of our models.
Collections:
  - Name: SCGCN  # the method
Models:
  # The first one.
  - Name: first
    Alias: [a]  # short
    Results:
      - Task: Face 2D Keypoint

  # The second one.
  - Name: 'second'
    Config: "b.py"
# The end.
"""


@pytest.fixture
def write_record(tool_main):
    return tool_main('publish_model').__globals__['write_record']


@pytest.mark.parametrize(
    ('name', 'before', 'after'),
    [
        ('first', '  # The first one.\n', '\n  # The second one.\n'),
        ('second', '  # The second one.\n', '# The end.\n'),
        ('third', '    Config: "b.py"\n', '# The end.\n'),
    ],
)
def test_a_metafile_keeps_its_other_text(
    write_record, tmp_path, name, before, after
):
    file = tmp_path / 'metafile.yml'
    file.write_text(METAFILE)
    record = dict(Name=name, Config='new.py', Metadata=dict(Commit='12'))
    write_record(record, file)
    head, _, _ = METAFILE.partition(before)
    _, _, tail = METAFILE.partition(after)
    assert file.read_text() == (
        f'{head}{before}  - Name: {name}\n    Config: new.py\n'
        f"    Metadata:\n      Commit: '12'\n{after}{tail}"
    )
    assert record in yaml.safe_load(file.read_text())['Models']


@pytest.mark.parametrize(
    ('text', 'names'),
    [
        (None, ['mine']),
        ('', ['mine']),
        ('# Empty.', ['mine']),
        ('# Ours.\nCollections: []  # none', ['mine']),
        ('Models:', ['mine']),
        ('Models:\n- Name: a  # no end of line', ['a', 'mine']),
        ('Models:\n- Name: mine\n- Name: a\n', ['mine', 'a']),
    ],
)
def test_every_metafile_gets_the_record(write_record, tmp_path, text, names):
    file = tmp_path / 'metafile.yml'
    if text is not None:
        file.write_text(text)
    write_record(dict(Name='mine'), file)
    written = file.read_text()
    found = yaml.safe_load(written)['Models']
    assert found[names.index('mine')] == dict(Name='mine')
    assert [model['Name'] for model in found] == names
    for line in (text or '').splitlines():
        assert line in written
    assert [path.name for path in tmp_path.iterdir()] == ['metafile.yml']


@pytest.mark.parametrize(
    ('text', 'others'),
    [
        ('Models: []  # none yet', []),
        ('Models: ~  # none yet', []),
        ('~  # nothing', []),
        ('Models: [{Name: a}]  # one', ['a']),
        ('Models:\n- Name: mine  # old\n- Name: a\n- Name: mine', ['a']),
        ('Models:\n- &x {Name: mine}  # old\n- {Name: a, B: *x}', ['a']),
    ],
)
def test_a_metafile_that_cannot_be_edited_is_kept(
    write_record, tmp_path, capsys, text, others
):
    file = tmp_path / 'metafile.yml'
    file.write_text(text)
    write_record(dict(Name='mine', Config='c.py'), file)
    models = yaml.safe_load(file.read_text())['Models']
    assert dict(Name='mine', Config='c.py') in models
    assert {model['Name'] for model in models} == {'mine', *others}
    assert len(models) == 1 + len(others)
    kept = tmp_path / 'metafile.yml.old'
    assert kept.read_text() == text
    assert f'the earlier one is {kept}' in capsys.readouterr().out


def test_what_is_known_of_the_training():
    meta = dict(epoch=3, iter=7, seed=0, time='20261125_175342')
    facts = training_facts(dict(meta=meta))
    assert (facts['epoch'], facts['seed']) == (3, 0)
    assert facts['trained'] == '20261125'
    assert 'mmengine' not in facts


def test_the_version_of_mmengine_has_no_commit_in_it():
    meta = dict(mmengine_version=mmengine.__version__ + 'd8' * 20)
    facts = training_facts(dict(meta=meta))
    assert facts['mmengine'] == mmengine.__version__


def test_a_damaged_file_is_refused(tmp_path, model, cfg, monkeypatch):
    path = publish(tmp_path, model, cfg)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    monkeypatch.setattr(zoo, 'WEIGHTS', tmp_path)
    assert zoo.list_models() == ['tiny']
    for name in ('tiny', path, 'mmpose_scgcn://tiny'):
        with pytest.raises(ValueError, match='promises a SHA-256 that starts'):
            load_model(name)


def test_a_file_of_another_origin_is_told(tmp_path, model):
    path = tmp_path / 'mine.pth'
    torch.save(dict(state_dict=model.state_dict(), meta={}), path)
    with pytest.raises(ValueError, match='give its config first'):
        load_model(path)


@pytest.mark.parametrize(
    ('config', 'data', 'expected'),
    [
        ('td_x_300w-64x64', 'face_landmarks_300w_test.json', '300W'),
        ('td_x_synthetic-64x64', 'synthetic/faces.json', 'procedural faces'),
        ('td_x_custom-64x64', 'a.json', 'own data'),
        ('td_x_300w-64x64', 'face_landmarks_ytf68_test.json', None),
        ('tiny', 'face_landmarks_300w_val.json', None),
    ],
)
def test_the_data_are_those_of_the_files(tool_main, config, data, expected):
    name = tool_main('publish_model').__globals__['data_name']
    inner = dict(type='Any', ann_file=data)
    for dataset in (inner, dict(type='RepeatDataset', dataset=inner)):
        cfg = dict(test_dataloader=dict(dataset=dataset))
        assert name(f'{config}.py', cfg, 'test') == (
            expected or data.removesuffix('.json')
        )
