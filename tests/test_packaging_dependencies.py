"""What is imported is declared, and what is declared is needed."""

import ast
import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

#: Distributions whose modules have another name.
DISTRIBUTIONS = {
    'PIL': 'pillow',
    'cv2': 'opencv-python',
    'mmcv': 'mmcv-lite',
    'yaml': 'pyyaml',
}
#: Used where a user has it; the code says how to get it.
OPTIONAL = {'mmdet'}
#: Python's own modules; tomllib is one from 3.11 on.
STANDARD = {*sys.stdlib_module_names, 'tomllib'}
#: MMPose and MMEngine import them and MMPose is installed with --no-deps.
OF_THE_HOST = {'json-tricks', 'munkres', 'six', 'setuptools', 'xtcocotools'}


@pytest.fixture(scope='module')
def project(root) -> dict:
    return tomllib.loads((root / 'pyproject.toml').read_text('utf-8'))


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(r).name) for r in requirements}


def declared(project: dict) -> set[str]:
    extras = project['project']['optional-dependencies']
    lists = [project['project']['dependencies'], *extras.values()]
    return names([line for lines in lists for line in lines]) | names(
        project['dependency-groups']['no-deps']
    )


def imported(folder: Path) -> set[str]:
    """Collect the distributions that Python files import."""
    found: set[str] = set()
    for path in folder.rglob('*.py'):
        for node in ast.walk(ast.parse(path.read_text('utf-8'))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module)
    modules = {name.split('.')[0] for name in found}
    ours = {'mmpose_scgcn', *(path.stem for path in folder.glob('*.py'))}
    return {
        canonicalize_name(DISTRIBUTIONS.get(module, module))
        for module in modules - STANDARD - ours
    }


@pytest.mark.parametrize('folder', ['mmpose_scgcn', 'tools'])
def test_what_the_wheel_imports_is_declared(project, root, folder):
    found = imported(root / folder)
    assert {'numpy', 'torch', 'mmengine', 'rich'} <= found
    assert found - OPTIONAL <= declared(project)


def test_what_is_declared_is_needed(project, root):
    used = imported(root / 'mmpose_scgcn') | imported(root / 'tools')
    plain = names(project['project']['dependencies'])
    assert plain - OF_THE_HOST <= used


def test_the_environment_has_all_that_is_declared(project, root):
    text = ''.join(
        (root / 'requirements' / name).read_text('utf-8')
        for name in ('runtime.txt', 'mmpose.txt', 'detector.txt', 'test.txt')
    )
    lines = re.findall(r'^[A-Za-z].*$', text, re.M)
    wanted = declared(project) - {'openmim', 'mutmut'}  # mim, mutation.txt
    assert wanted <= names(lines)


def test_what_the_tests_and_benchmarks_import_is_installed(project, root):
    text = (root / 'requirements' / 'test.txt').read_text('utf-8')
    tools = names(re.findall(r'^[A-Za-z].*$', text, re.M))
    # By setuptools, pytest (two) and MMEngine.
    brought = {'pkg-resources', 'packaging', 'tomli', 'yapf'}
    # They once wrote files that tests read: dlc/make.py, make_exports.py.
    by_hand = {'datumaro', 'label-studio-sdk', 'labelme', 'pandas'}
    found = imported(root / 'tests') - by_hand
    local = {
        canonicalize_name(path.stem)
        for path in (root / 'benchmarks').glob('*.py')
    }
    local |= {'benchmarks', 'tests'}
    assert found - local <= declared(project) | tools | brought | OPTIONAL
