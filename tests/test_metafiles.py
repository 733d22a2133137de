"""The index that mim reads names what is there, and all of it."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope='module')
def metafiles():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())
    return [yaml.safe_load((ROOT / p).read_text()) for p in index['Import']]


def test_every_metafile_is_imported():
    index = yaml.safe_load((ROOT / 'model-index.yml').read_text())
    found = (ROOT / 'configs').rglob('*.yml')
    assert sorted(p.relative_to(ROOT).as_posix() for p in found) == sorted(
        index['Import']
    )


def test_every_config_has_an_entry_under_its_own_name(metafiles):
    entries = {
        model['Config']: model['Name']
        for metafile in metafiles
        for model in metafile['Models']
    }
    configs = (ROOT / 'configs/face_2d_keypoint').rglob('*.py')
    assert entries == {
        path.relative_to(ROOT).as_posix(): path.stem for path in configs
    }


def test_aliases_are_lists(metafiles):
    # MMEngine's list_models takes a string apart into letters.
    aliases = [m.get('Alias', []) for f in metafiles for m in f['Models']]
    assert all(isinstance(alias, list) for alias in aliases)
    names = [name for alias in aliases for name in alias]
    assert len(set(names)) == len(names)


def test_every_folder_of_configs_has_a_page_that_names_them():
    for path in (ROOT / 'configs/face_2d_keypoint').rglob('*.py'):
        (page,) = path.parent.glob('*.md')
        assert f'({path.name})' in page.read_text('utf-8'), path


def test_collections_are_defined_and_documented(metafiles):
    collections = {
        c['Name']: c for m in metafiles for c in m.get('Collections', [])
    }
    used = {m['In Collection'] for f in metafiles for m in f['Models']}
    assert used == set(collections)
    for collection in collections.values():
        assert (ROOT / collection['README']).is_file()
