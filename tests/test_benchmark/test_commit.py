"""The commit that a result is marked with."""

import subprocess

from mmpose_scgcn.benchmark.commit import source_commit

import pytest


@pytest.fixture
def repository(tmp_path):
    def git(*command):
        settings = ('-c', 'user.name=n', '-c', 'user.email=e')
        subprocess.run(
            ['git', '-C', str(tmp_path), *settings, *command], check=True
        )

    for name in ('code.py', 'benchmarks/results/heads.json'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('1')
    git('init', '-q')
    git('add', '-A')
    git('commit', '-qm', 'First')
    return tmp_path


def test_changes_are_marked(repository):
    name = source_commit(repository)
    assert len(name) >= 7
    (repository / 'code.py').write_text('2')
    assert source_commit(repository) == f'{name}-dirty'


def test_results_do_not_count(repository):
    """A benchmark writes them while it runs."""
    name = source_commit(repository)
    (repository / 'benchmarks/results/heads.json').write_text('2')
    (repository / 'notes.txt').write_text('not tracked')
    assert source_commit(repository) == name


def test_outside_of_a_repository(tmp_path):
    assert source_commit(tmp_path) == 'unknown'


def test_below_the_top_of_another_repository(repository):
    """Where an environment with this package in it may lie."""
    (repository / 'lib').mkdir()
    assert source_commit(repository / 'lib') == 'unknown'
