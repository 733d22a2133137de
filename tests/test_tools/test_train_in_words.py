"""What ends a training before its first step is told in words, and early."""

import pytest

BAD = {
    'train_cfg.max_epochs=abc': 'train_cfg.max_epochs: expected a whole',
    'train_cfg.max_epochs=0': 'expected a whole number of at least 1, got 0',
    'train_cfg.val_interval=0': 'train_cfg.val_interval: expected a whole',
    'train_cfg.val_interval=-2': 'number of at least 1, got -2',
    'train_cfg.val_interval=often': "number of at least 1, got 'often'",
    'train_cfg.val_interval=None': 'number of at least 1, got None',
    'load_from=none.pth': 'load_from: there is no file none.pth',
    'model.head.top_k=0': 'top_k must be at least 1, got 0',
    'val_evaluator.subsets=300w': 'val_evaluator does not find what it needs',
    'optim_wrapper.optimizer.lr=1e-3x': 'the config cannot be built: TypeErr',
    'optim_wrapper.optimizer.type=Adm': 'the config cannot be built: ',
    'model.head.num_keypoint=12': 'the config cannot be built: TypeError: ',
    'train_dataloader.batch_size=0': 'batch_size should be a positive',
    'val_evaluator.out_file=file/x.csv': 'file is a file, expected a folder',
    'val_evaluator.out_file=file': 'file is no file of per-face results',
}


@pytest.fixture
def train(run_python, root, write_config, tmp_path):
    """Run the tool; gives its status, and what it says."""
    write_config(tmp_path)
    (tmp_path / 'file').write_text('something else')

    def run(*words):
        script = root / 'tools/train.py'
        done = run_python(
            script, 'tiny.py', *words, cwd=tmp_path, OMP_NUM_THREADS='1'
        )
        return done.returncode, done.stderr

    return run


@pytest.mark.parametrize('option', BAD)
def test_settings_that_cannot_be(train, option):
    code, told = train('--cfg-options', option)
    assert code == 1
    assert BAD[option] in told and 'Traceback' not in told


@pytest.mark.parametrize('place', ['', '.0'])
def test_weights_of_a_backbone_that_are_not_there(train, tmp_path, place):
    init = 'model.backbone.init_cfg'
    start = dict(type='Pretrained', checkpoint='none.pth')
    with open(tmp_path / 'tiny.py', 'a') as file:
        file.write(f'{init.split(".")[0]} = dict(backbone=dict(init_cfg=')
        file.write(f'{[start] if place else start}))\n')
    code, told = train()
    assert code == 1
    assert told.splitlines()[-1] == (
        f'{init}{place}.checkpoint: there is no file none.pth'
    )
    assert 'Traceback' not in told


def test_a_checkpoint_to_resume_from_that_is_not_there(train):
    code, told = train('--resume', 'none.pth')
    assert code == 1
    assert told.splitlines()[-1] == '--resume: there is no file none.pth'


def test_a_norm_of_eyes_that_are_not_known(train, tmp_path, own_faces):
    with open(tmp_path / 'tiny.py', 'a') as file:
        file.write("val_evaluator = dict(norm='inter_ocular')\n")
        file.write(f'val_dataloader["dataset"]["metainfo"] = {own_faces}\n')
    code, told = train()
    assert code == 1
    assert told.splitlines()[-1].startswith(
        "the inter_ocular keypoints of data set 'mine' are not known (known: "
    )
    assert 'Traceback' not in told and 'KeyError' not in told


def test_annotations_that_allow_no_graph(train, no_graph):
    setting, why = no_graph
    code, told = train('--cfg-options', setting)
    assert code == 1
    assert why in told.splitlines()[-1]
    assert 'Traceback' not in told


@pytest.mark.parametrize('seed', ['-1', str(2**32), 'x'])
def test_a_seed_out_of_range(train, seed):
    code, told = train('--seed', seed)
    assert code == 2 and f'got {seed!r}' in told


def test_a_folder_of_logs_that_cannot_be(train):
    code, told = train('--work-dir', 'file')
    assert code == 1 and 'file is a file, expected a folder' in told


def test_no_worker_processes(train):
    """Whose settings PyTorch refuses then."""
    loader = 'train_dataloader'
    settings = f'{loader}.num_workers=0', f'{loader}.persistent_workers=True'
    code, told = train('--cfg-options', *settings)
    assert code == 0, told
