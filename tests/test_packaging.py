"""The wheel and the editable install carry what mim looks for."""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import mmpose_scgcn

import pytest
import yaml

LEFT_OUT = shutil.ignore_patterns(
    *('.git', '.venv', '.mim', '__pycache__', '*.egg-info', 'build', 'dist'),
    *('data', 'work_dirs', 'tests', '.pytest_cache', '.ruff_cache'),
)
OFFLINE = ('--no-deps', '--no-build-isolation', '--no-index', '-q')


def pip(*arguments, python=sys.executable, cwd=None) -> None:
    done = subprocess.run(
        [python, '-m', 'pip', *map(str, arguments)],
        cwd=cwd,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope='module')
def source(root, tmp_path_factory) -> Path:
    """A copy of the source tree, so that building leaves nothing in it."""
    copy = tmp_path_factory.mktemp('source') / 'tree'
    shutil.copytree(root, copy, ignore=LEFT_OUT)
    return copy


@pytest.fixture(scope='module')
def wheel(source, tmp_path_factory):
    folder = tmp_path_factory.mktemp('wheel')
    pip('wheel', '.', *OFFLINE, '-w', folder, cwd=source)
    (file,) = folder.glob('*.whl')
    with zipfile.ZipFile(file) as opened:
        yield opened


def relative_files(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob('*')
        if file.is_file()
    }


@pytest.mark.parametrize('folder', ['configs', 'tools'])
def test_the_wheel_carries_what_mim_needs(wheel, source, folder):
    prefix = f'mmpose_scgcn/.mim/{folder}/'
    carried = {
        name.removeprefix(prefix)
        for name in wheel.namelist()
        if name.startswith(prefix)
    }
    assert carried == relative_files(source / folder)
    assert carried


def test_the_wheel_carries_the_model_index(wheel, source):
    carried = wheel.read('mmpose_scgcn/.mim/model-index.yml')
    assert carried == (source / 'model-index.yml').read_bytes()


def test_the_wheel_carries_the_package_and_nothing_else(wheel, source):
    modules = {
        f'mmpose_scgcn/{name}'
        for name in relative_files(source / 'mmpose_scgcn')
        if name.endswith('.py')
    }
    carried = {
        name
        for name in wheel.namelist()
        if '/.mim/' not in name and '.dist-info/' not in name
    }
    assert modules <= carried
    assert {name.split('/')[0] for name in carried} == {'mmpose_scgcn'}


def test_the_wheel_carries_weights_and_measurements(wheel, source):
    data = {
        f'mmpose_scgcn/{name}'
        for name in relative_files(source / 'mmpose_scgcn')
        if not name.endswith('.py')
    }
    assert 'mmpose_scgcn/py.typed' in data
    assert any(name.endswith('.pth') for name in data)
    assert 'mmpose_scgcn/detection/calibrations.json' in data
    assert data <= set(wheel.namelist())


def test_the_release_is_the_same_everywhere(root):
    citation = yaml.safe_load((root / 'CITATION.cff').read_text('utf-8'))
    assert citation['version'] == mmpose_scgcn.__version__
    released = re.findall(
        r'^## (\d\S*) - (\S+)$',
        (root / 'CHANGELOG.md').read_text('utf-8'),
        re.M,
    )
    assert released[0] == (citation['version'], citation['date-released'])


@pytest.fixture(scope='module')
def metadata(wheel):
    (name,) = (n for n in wheel.namelist() if n.endswith('/METADATA'))
    return message_from_string(wheel.read(name).decode())


def test_the_metadata_says_what_it_is(metadata):
    assert metadata['Version'] == mmpose_scgcn.__version__
    assert metadata['License-Expression'] == 'Apache-2.0'
    assert metadata['Author'] == 'The mmpose_scgcn authors'
    assert metadata['Requires-Python'] == '<3.13,>=3.10'


def test_the_metadata_asks_pip_for_no_host(metadata):
    required = {
        line.split(';')[0].strip()
        for line in metadata.get_all('Requires-Dist')
        if 'extra ==' not in line
    }
    assert {'rich', 'six'} <= required
    for host in ('mmengine', 'mmcv', 'mmpose', 'chumpy', 'torchvision'):
        assert not any(line.startswith(host) for line in required)


def test_the_description_is_the_readme_without_dead_links(metadata, source):
    readme = (source / 'README.md').read_text('utf-8')
    text = metadata.get_payload()
    links = r'\]\((?!https?://|#)[^)]*\)'
    assert re.findall(links, readme)
    assert not re.findall(links, text)
    # Nothing else is lost: headings, code, tables.
    kept = [line for line in readme.splitlines() if not set('[]') & set(line)]
    assert [line for line in text.splitlines() if line in kept] == kept


def test_an_editable_install_links_to_the_source(source, tmp_path):
    venv.create(tmp_path / 'env', with_pip=False)
    python = tmp_path / 'env/bin/python'
    library = sysconfig.get_path('purelib', vars={'base': tmp_path / 'env'})
    Path(library, 'host.pth').write_text(sysconfig.get_path('purelib'))
    pip('install', '-e', '.', *OFFLINE, python=python, cwd=source)
    code = 'import mmpose_scgcn; print(mmpose_scgcn.__file__)'
    # -E: whatever PYTHONPATH the tests run with
    done = subprocess.run(
        [python, '-E', '-W', 'ignore', '-c', code],
        cwd=tmp_path,
        text=True,
        capture_output=True,
    )
    assert done.stdout.strip() == str(source / 'mmpose_scgcn/__init__.py')
    metadata = Path(library, f'mmpose_scgcn-{mmpose_scgcn.__version__}')
    names = Path(f'{metadata}.dist-info', 'top_level.txt').read_text()
    # As mim and MMEngine look for it.
    found = Path(library, names.split('\n')[0])
    assert found == source / 'mmpose_scgcn'
    mim = source / 'mmpose_scgcn' / '.mim'
    assert (mim / 'configs').readlink() == Path('../../configs')
    (source / 'configs' / 'added_later.py').touch()
    assert (mim / 'configs' / 'added_later.py').is_file()
    assert (mim / 'tools' / 'train.py').is_file()
    assert (mim / 'model-index.yml').is_file()
