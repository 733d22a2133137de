"""Tools on data sets in data sets, and on keypoints that are converted."""

import pytest

CONFIG = """
_base_ = ['tiny.py']
custom_imports = dict(
    imports=['mmpose_scgcn', 'two_kinds'], allow_failed_imports=False)
"""
TWO_KINDS = """
from mmpose.datasets.datasets import WFLWDataset
from mmpose.registry import DATASETS


@DATASETS.register_module(force=True)
class TwoKinds(WFLWDataset):
    def get_cat_ids(self, idx):
        return [int(idx % 5 == 0)]
"""
CONVERT = dict(
    type='KeypointConverter',
    num_keypoints=98,
    mapping=[(i, i) for i in range(98)],
)


def member(data, split, steps, kind='WFLWDataset'):
    name = f'face_landmarks_wflw_{split}.json'
    return (
        f'dict(type={kind!r}, data_root={str(data)!r}, ann_file={name!r}, '
        f"data_prefix=dict(img='images/'), pipeline={steps})"
    )


def wrapped(kind, data, split, steps):
    """The setting of a data set, as text of a config."""
    one = member(data, split, steps)
    if kind == 'RepeatDataset':
        return f'type={kind!r}, times=2, dataset={one}'
    if kind == 'ConcatDataset':
        return f'type={kind!r}, datasets=[{one}]'
    if kind == 'ClassBalancedDataset':
        one = member(data, split, steps, 'TwoKinds')
        return f'type={kind!r}, oversample_thr=0.9, dataset={one}'
    if kind == 'CombinedDataset':
        parts = [member(data, split, s) for s in ([], [CONVERT])]
        wflw = "dict(from_file='configs/_base_/datasets/wflw.py')"
        return (
            f'type={kind!r}, metainfo={wflw}, pipeline={steps}, '
            f'datasets=[{", ".join(parts[1:])}]'
        )
    return one[len('dict(') : -1].replace('[*', f'[{CONVERT}, *')


@pytest.fixture
def write(write_config, synthetic_faces, tmp_path, monkeypatch):
    write_config(tmp_path)
    (tmp_path / 'two_kinds.py').write_text(TWO_KINDS)
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(kind):
        lines = [CONFIG]
        for split in ('train', 'val', 'test'):
            base = 'train' if split == 'train' else 'val'
            steps = f'[*_base_.{base}_pipeline]'
            setting = wrapped(kind, synthetic_faces, split, steps)
            sampler = "sampler=dict(_delete_=True, type='DefaultSampler', "
            shuffle = f'shuffle={split == "train"})'
            lines.append(
                f'{split}_dataloader = dict({sampler}{shuffle}, '
                f'dataset=dict(_delete_=True, {setting}))'
            )
        (tmp_path / 'wrapped.py').write_text('\n'.join(lines))

    return write


# MMPose's data sets bring both, and its own transform tells so.
@pytest.mark.filterwarnings('ignore:Use the existing "bbox_center"')
@pytest.mark.parametrize(
    'kind',
    [
        'RepeatDataset',
        'ConcatDataset',
        'ClassBalancedDataset',
        'CombinedDataset',
        'converted',
    ],
)
def test_every_tool_that_reads_a_data_set(write, run_main, tmp_path, kind):
    write(kind)
    for command in (
        ('check_dataset', 'wrapped.py', '--strict'),
        ('browse_dataset', 'wrapped.py', '--out', 'a.png', '--num', 4),
        ('browse_dataset', 'wrapped.py', '--stage', 'input', '--num', 4),
        ('build_graph', 'wrapped.py', '--out', 'graph.py'),
        ('analyze_poses', 'wrapped.py', '--num-bins', 2),
    ):
        done = run_main(*command)
        assert done.returncode == 0, f'{command}: {done.stdout}{done.stderr}'
    assert (tmp_path / 'a.png').is_file()
    assert (tmp_path / 'graph.py').is_file()


def test_a_metainfo_of_other_keypoints_is_one_line(write, run_main, tmp_path):
    """As where what KeypointConverter makes is not what metainfo has."""
    write('converted')
    path = tmp_path / 'wrapped.py'
    fewer = dict(CONVERT, num_keypoints=8, mapping=CONVERT['mapping'][:8])
    path.write_text(path.read_text().replace(str(CONVERT), str(fewer)))
    done = run_main('browse_dataset', 'wrapped.py')
    assert done.returncode == 1
    assert 'its metainfo has 98 keypoints, but a sample of' in done.stderr
    assert 'Traceback' not in done.stderr
    done = run_main('check_dataset', 'wrapped.py')
    assert done.returncode == 1
    assert 'give the metainfo of what KeypointConverter makes' in done.stdout
