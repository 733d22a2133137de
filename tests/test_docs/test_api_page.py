"""docs/api.md lists every registered class, and none that is not there."""

import importlib
import re

import mmpose_scgcn
from mmpose_scgcn import registry

import pytest

PAGE = 'docs/api.md'
REGISTRIES = [name for name in registry.__all__ if name != 'SCOPE']


@pytest.fixture(scope='module')
def listed(root):
    """The names in the first columns, by the registry of their section."""
    listed: dict[str, list[str]] = {}
    for section in (root / PAGE).read_text('utf-8').split('\n## ')[1:]:
        title, text = section.split('\n', 1)
        kind = re.search(r'\(`(\w+)`\)$', title)
        names = re.findall(r'^\| `([\w.]+)` \|', text, re.M)
        listed.setdefault(kind[1] if kind else title, []).extend(names)
    return listed


@pytest.mark.parametrize('name', REGISTRIES)
def test_a_registry_is_listed_wholly(name, listed):
    classes = getattr(registry, name)
    for location in classes._locations:
        importlib.import_module(location)
    assert sorted(listed[name]) == sorted(classes.module_dict)


def test_the_names_of_python_are_there(listed):
    names = [name.split('.')[1] for name in listed['From Python']]
    public = {name for name in mmpose_scgcn.__all__ if name[0] != '_'}
    assert set(names) == public


def test_nothing_else_is_listed(listed):
    assert set(listed) == {*REGISTRIES, 'From Python'}
