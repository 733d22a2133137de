"""A run that is killed leaves the old data set or the new one."""

import json
import os
from pathlib import Path

from mmpose_scgcn.datasets.preparation import Options, prepare, read_tables
from mmpose_scgcn.staging import recover, stage
from tests.test_datasets.test_preparation.killed_runs import state

import pytest

SCRIPT = Path(__file__).with_name('killed_runs.py')


@pytest.fixture
def run_killed(folder_csv, run_python):
    """Gives exit status and states of each run until one is whole."""

    def run(out, copy, recovers='no'):
        arguments = (folder_csv / 'train.csv', folder_csv / 'frames', out)
        result = run_python(SCRIPT, *arguments, copy, recovers)
        assert result.returncode == 0, result.stderr
        runs = [json.loads(line) for line in result.stdout.splitlines()]
        assert [status for status, *_ in runs[:-1]] == [9] * (len(runs) - 1)
        assert runs[-1][0] == 0, result.stderr
        return runs

    return run


def write_earlier(folder_csv, out, copy):
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    options = Options(seed=0, val_share=0.25)
    prepare(source, out, options, copy_images=copy == 'yes')


@pytest.mark.parametrize('copy', ('yes', 'no'))
@pytest.mark.parametrize('earlier', (True, False))
def test_killed_at_every_step(run_killed, folder_csv, tmp_path, copy, earlier):
    out = tmp_path / 'data/out'
    if earlier:
        write_earlier(folder_csv, out, copy)
    old = state(out)
    runs = run_killed(out, copy)
    new = runs[-1][1]
    assert len(runs) > 2
    assert old != new
    assert all(left in (old, new) for _, left, _ in runs)
    assert os.listdir(tmp_path / 'data') == ['out']


def test_killed_beside_other_files(run_killed, folder_csv, tmp_path):
    """Files move one by one then, and the next run puts them back."""
    out = tmp_path / 'out'
    write_earlier(folder_csv, out, 'no')
    (out / 'notes.txt').write_text('mine')
    old = state(out)
    runs = run_killed(out, 'yes', 'yes')
    new = runs[-1][1]
    assert sum(left not in (old, new) for _, left, _ in runs) > 3
    assert all(after in (old, new) for *_, after in runs)
    assert new['notes.txt'] == old['notes.txt']
    assert not [name for name in os.listdir(tmp_path) if '.new-' in name]


def test_what_another_process_works_on_is_left(tmp_path):
    out = tmp_path / 'out'
    with stage(out) as place:
        (place.files / 'x').touch()
        recover(out)
        assert (place.files / 'x').exists()
    assert not place.root.exists()


def test_a_failure_half_way_is_undone(folder_csv, tmp_path, monkeypatch):
    out = tmp_path / 'out'
    write_earlier(folder_csv, out, 'no')
    (out / 'notes.txt').write_text('mine')
    old, replace, calls = state(out), os.replace, []

    def fails_once(*args):
        calls.append(args)
        if len(calls) == 9:
            raise PermissionError('no')
        replace(*args)

    monkeypatch.setattr(os, 'replace', fails_once)
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    with pytest.raises(PermissionError):
        prepare(source, out, Options(seed=1, val_share=0.5), overwrite=True)
    assert len(calls) > 12
    assert state(out) == old
    assert not [name for name in os.listdir(tmp_path) if '.new-' in name]


@pytest.fixture
def from_an_archive(tmp_path):
    """A hidden folder of a killed preparation, as data can bring it."""
    out = tmp_path / 'deep/out'
    out.mkdir(parents=True)
    with stage(out) as place:
        hidden = place.root.name
    root = out.parent / hidden
    (root / 'new').mkdir(parents=True)
    (root / 'old').mkdir()
    facts = root.lstat()
    return out, root, [facts.st_dev, facts.st_ino]


@pytest.mark.parametrize(
    'names', (['../mine'], ['a/b'], [3], ['..'], None, 'mine')
)
def test_a_plan_with_names_of_other_places(from_an_archive, names):
    """It must not move files elsewhere."""
    out, root, folder = from_an_archive
    mine = out.parent / 'mine'
    mine.touch()
    plan = json.dumps(dict(folder=folder, names=names))
    (root / 'plan.json').write_text(plan)
    with pytest.raises(OSError, match=r'plan\.json: expected a list of names'):
        recover(out)
    assert mine.exists()


def test_a_plan_that_came_with_the_data(from_an_archive):
    """It knows the folder that it was written in, and this is another."""
    out, root, (device, inode) = from_an_archive
    (out / 'images').mkdir()
    plan = dict(folder=[device, inode + 1], names=['images'])
    (root / 'plan.json').write_text(json.dumps(plan))
    with pytest.raises(OSError, match=r'come with the data\. Remove'):
        recover(out)
    assert (out / 'images').is_dir()


@pytest.mark.parametrize('name', ['new', 'old', 'plan.json'])
def test_links_in_a_killed_preparation(from_an_archive, tmp_path, name):
    """They lead to other places, into which files would be moved."""
    out, root, folder = from_an_archive
    other = tmp_path / 'other'
    other.mkdir()
    (other / 'mine').touch()
    plan = json.dumps(dict(folder=folder, names=['a']))
    (root / 'plan.json').write_text(plan)
    (out / 'a').touch()
    if name == 'plan.json':
        (root / name).rename(other / name)
        (root / name).symlink_to(other / name)
    else:
        (root / name).rmdir()
        (root / name).symlink_to(other)
    with pytest.raises(OSError, match='got a link or something else'):
        recover(out)
    assert (other / 'mine').exists()
    assert (out / 'a').exists()
