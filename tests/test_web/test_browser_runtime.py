"""What npm gives is taken if it is the release that is pinned."""

import tarfile
from pathlib import Path

from mmpose_scgcn.web import browser_runtime, fetch_runtime, find_runtime

import pytest


@pytest.fixture
def npm(tmp_path, monkeypatch) -> Path:
    """An npm that packs two small files."""
    folder = tmp_path / 'package/dist'
    folder.mkdir(parents=True)
    for name in browser_runtime.FILES:
        (folder / name).write_text(name)
    archive = tmp_path / 'given.tgz'
    with tarfile.open(archive, 'w:gz') as tar:
        tar.add(tmp_path / 'package', 'package')
    script = tmp_path / 'bin/npm'
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\n/bin/cp {archive} runtime.tgz\n')
    script.chmod(0o755)
    monkeypatch.setenv('PATH', str(script.parent))
    return script


def test_another_archive_is_refused_and_nothing_is_left(npm, tmp_path):
    target = tmp_path / 'cache/runtime'
    with pytest.raises(ValueError, match='another onnxruntime-web'):
        fetch_runtime(target)
    assert list(target.parent.iterdir()) == []


def test_the_files_of_the_right_archive_are_kept(npm, tmp_path, monkeypatch):
    digest = browser_runtime.integrity(tmp_path / 'given.tgz')
    monkeypatch.setattr(browser_runtime, 'INTEGRITY', digest)
    target = fetch_runtime(tmp_path / 'cache/runtime')
    found = {path.name: path.read_text() for path in target.iterdir()}
    assert found.pop('VERSION').strip() == browser_runtime.VERSION
    assert found == {name: name for name in browser_runtime.FILES}


def test_the_words_of_npm_are_passed_on(npm, tmp_path):
    npm.write_text('#!/bin/sh\necho no network >&2\nexit 1\n')
    with pytest.raises(RuntimeError, match=r'could not fetch .*: no network'):
        fetch_runtime(tmp_path / 'runtime')


def test_without_npm_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv('PATH', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='npm, the package manager'):
        fetch_runtime(tmp_path / 'runtime')


def test_it_is_found_in_the_cache(npm, tmp_path, monkeypatch):
    digest = browser_runtime.integrity(tmp_path / 'given.tgz')
    monkeypatch.setattr(browser_runtime, 'INTEGRITY', digest)
    monkeypatch.setattr(browser_runtime, 'IN_PACKAGE', tmp_path / 'none')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    with pytest.raises(FileNotFoundError, match='--fetch-runtime'):
        find_runtime()
    folder = fetch_runtime()
    assert find_runtime() == folder


def test_another_release_is_not_taken(npm, tmp_path, monkeypatch):
    digest = browser_runtime.integrity(tmp_path / 'given.tgz')
    monkeypatch.setattr(browser_runtime, 'INTEGRITY', digest)
    monkeypatch.setattr(browser_runtime, 'IN_PACKAGE', tmp_path / 'old')
    monkeypatch.setenv('XDG_CACHE_HOME', str(tmp_path))
    folder = fetch_runtime(tmp_path / 'old')
    assert find_runtime() == folder
    (folder / 'VERSION').write_text('1.0.0')
    with pytest.raises(FileNotFoundError):
        find_runtime()
