"""The pins of the host stand in pyproject.toml; every copy agrees with it."""

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Where commands and versions are written for people or for pip.
PLACES = (
    '*.md',
    'Makefile',
    'requirements/*.txt',
    'docs/**/*.md',
    'configs/**/*.md',
    'benchmarks/*.md',
    'mmpose_scgcn/**/*.py',
    'tools/*.py',
)
#: The same sources under another name, compiled.
SAME = {'mmcv': 'mmcv-lite'}
#: What is meant otherwise: OpenCV 5 has no Haar cascades.
OTHER = {('opencv-python', '<5')}


#: The extras that the private environment is made of, and all of them.
MADE = ('host', 'mim')
ALL = (*MADE, 'host-numpy2')


def host_pins(
    root: Path, extras: tuple[str, ...] = ALL
) -> dict[str, list[SpecifierSet]]:
    """Read the table: all specifiers that are allowed for a name."""
    table = tomllib.loads((root / 'pyproject.toml').read_text('utf-8'))
    lists = table['project']['optional-dependencies']
    lines = [line for extra in extras for line in lists[extra]]
    pins: dict[str, list[SpecifierSet]] = {}
    for line in lines + table['dependency-groups']['no-deps']:
        requirement = Requirement(line)
        pins.setdefault(canonicalize_name(requirement.name), []).append(
            requirement.specifier
        )
    return pins


def agrees(written: SpecifierSet, allowed: list[SpecifierSet]) -> bool:
    """Tell whether it is one of the table's, or a version within one."""
    if written in allowed:
        return True
    (first, *more) = written
    return (
        not more
        and first.operator == '=='
        and any(first.version in pin for pin in allowed)
    )


def mentions(text: str, names: list[str]) -> list[tuple[str, SpecifierSet]]:
    """Find names that are followed by versions."""
    known = '|'.join(sorted([*names, *SAME], key=len, reverse=True))
    version = r'[<>=~!]=?\s?\d[\w.*]*'
    found = re.findall(
        rf'(?<![\w.-])({known})({version}(?:,\s?{version})*)', text, re.I
    )
    return [
        (canonicalize_name(name), SpecifierSet(spec.rstrip('.')))
        for name, spec in found
    ]


def test_a_name_has_the_same_pin_in_all_extras(root):
    for name, pins in host_pins(root).items():
        if name != 'numpy':  # 1 in one, 2 in the other
            assert len(set(pins)) == 1, name


@pytest.mark.parametrize('pattern', PLACES)
def test_copies_of_the_pins_agree(root, pattern):
    made = pattern.startswith('requirements')
    pins = host_pins(root, MADE if made else ALL)
    wrong = [
        f'{path.relative_to(root)}: {name}{written}'
        for path in root.glob(pattern)
        for name, written in mentions(path.read_text('utf-8'), list(pins))
        if not agrees(written, pins[SAME.get(name, name)])
        and (name, str(written)) not in OTHER
    ]
    assert not wrong


@pytest.mark.parametrize(
    ('text', 'agreed'),
    [
        ('pip install mmengine==0.10.7', True),
        ('mmengine==0.10.8', False),
        ('"numpy<2" "opencv-python<4.12"', True),
        ('numpy==1.26.4', True),
        ('opencv-python==4.12.0.88', False),
        ('"setuptools<81"', False),
        ('"setuptools>=77,<81"', True),
        ('mmcv==2.1.0', True),
        ('mmcv==2.2.0', False),
    ],
)
def test_a_copy_that_differs_is_noticed(root, text, agreed):
    pins = host_pins(root)
    found = mentions(text, list(pins))
    assert found
    assert agreed == all(
        agrees(written, pins[SAME.get(name, name)]) for name, written in found
    )


def test_the_pins_of_the_host_are_installed(root):
    text = ''.join(
        path.read_text('utf-8') for path in root.glob('requirements/*.txt')
    )
    pinned = {name for name, _ in mentions(text, list(host_pins(root)))}
    assert pinned == set(host_pins(root))
