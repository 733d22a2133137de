"""The doctor, run on hosts with a real fault each."""

import re
import shutil
import sys

from mmpose_scgcn.compat import faults

import numpy as np
import pytest

WHEEL = 'pip install xtcocotools==1.14.3 "numpy<2"'
BUILD = (
    'pip install Cython "numpy<2" "setuptools>=77,<81" && pip install '
    '--no-cache-dir --no-build-isolation xtcocotools==1.14.3'
)
BUILD_NUMPY2 = (
    'pip install Cython "numpy>=2,<2.4" "setuptools>=77,<81" && pip install '
    '--no-cache-dir --no-build-isolation --no-binary xtcocotools '
    'xtcocotools==1.14.3'
)


@pytest.fixture
def doctor(run_python, root, tmp_path):
    """Run ``tools/doctor.py`` away from the source tree."""

    def run(*python_options, **host):
        script = root / 'tools' / 'doctor.py'
        return run_python(*python_options, script, cwd=tmp_path, **host)

    return run


def mends(done) -> list[str]:
    return re.findall(r'^  mend: (.*)$', done.stdout, re.M)


def distribution(folder, name, version) -> None:
    info = folder / f'{name}-{version}.dist-info'
    info.mkdir()
    (info / 'METADATA').write_text(
        f'Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n'
    )


def test_a_healthy_host(doctor):
    done = doctor()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith('MMPose runs.\n')
    assert mends(done) == []
    for part in ('Python', 'torch', 'mmpose', 'numpy', 'xtcocotools'):
        assert re.search(rf'^{part} +\d+\.\d+', done.stdout, re.M)
    assert 'data only, code is refused' in done.stdout


def test_the_stand_ins_and_why(doctor):
    done = doctor(hidden='mmdet')
    assert done.returncode == 0, done.stdout + done.stderr
    line = (
        'mmdet.utils.reduce_mean: '
        "stand-in (ModuleNotFoundError: No module named 'mmdet')"
    )
    assert line in done.stdout


def test_a_bare_interpreter(doctor):
    done = doctor('-S', '-E')
    assert done.returncode == 1
    assert done.stderr == ''
    assert 'pip install --no-deps mmpose==1.3.2' in mends(done)
    assert 'pip install mmengine==0.10.7 "setuptools>=77,<81"' in mends(done)
    assert done.stdout.endswith('MMPose cannot run.\n')


def test_something_missing(doctor):
    done = doctor(hidden='six mmpose mmcv xtcocotools')
    assert done.returncode == 1, done.stdout + done.stderr
    xtcocotools = faults.missing_xtcocotools(
        sys.version_info[:2], np.__version__
    )
    assert mends(done) == [
        'pip install six',
        'pip install --no-deps mmcv-lite==2.1.0 addict pyyaml',
        'pip install --no-deps mmpose==1.3.2',
        xtcocotools.mend,
    ]


@pytest.mark.parametrize(
    ('python', 'numpy', 'mend', 'instead'),
    [
        ((3, 11), '1.26.4', WHEEL, ''),
        ((3, 10), '', WHEEL, ''),
        ((3, 11), '2.4.6', f'{WHEEL} "opencv-python<4.12"', BUILD_NUMPY2),
        ((3, 12), '2.3.5', BUILD_NUMPY2, ''),
        ((3, 12), '1.26.4', BUILD, ''),
        ((3, 12), '', BUILD, ''),
    ],
)
def test_xtcocotools_is_a_wheel_or_is_built(python, numpy, mend, instead):
    fault = faults.missing_xtcocotools(python, numpy)
    assert fault.mend == mend
    assert fault.instead.startswith(instead)
    assert bool(fault.instead) == bool(instead)
    assert ('no wheel for Python 3.12' in fault.problem) == (python == (3, 12))


@pytest.mark.parametrize('line', [BUILD, BUILD_NUMPY2])
def test_the_page_builds_it_by_the_same_lines(root, line):
    page = (root / 'docs/install.md').read_text('utf-8')
    first, _, second = line.partition(' && ')
    assert f'\n{first}\n' in page
    assert f'\n{second.removesuffix(" xtcocotools==1.14.3")} -e ' in page


def test_a_numpy_that_mmpose_cannot_draw_with():
    for version in ('', '1.26.4', '2.3.5'):
        assert faults.too_new_numpy(version) is None
    for version in ('2.4.0', '2.10.1', '3.0'):
        fault = faults.too_new_numpy(version)
        assert fault.mend == 'pip install "numpy>=2,<2.4"'
        assert not fault.stops_mmpose


def test_versions_of_python_that_have_not_been_tried():
    for version in ((3, 9), (3, 13)):
        fault = faults.untried_python(version)
        assert 'expected 3.10, 3.11 or 3.12' in fault.problem
        assert not fault.stops_mmpose
    for version in ((3, 10), (3, 12)):
        assert faults.untried_python(version) is None


def test_it_runs_from_a_wheel(run_python, root, tmp_path):
    """There the tools are inside the package."""
    package = tmp_path / 'mmpose_scgcn'
    (package / '.mim/tools').mkdir(parents=True)
    (package / 'compat').mkdir()
    shutil.copy(root / 'tools/doctor.py', package / '.mim/tools')
    for name in ('compat/faults.py', 'terminal.py'):
        shutil.copy(root / 'mmpose_scgcn' / name, package / name)
    doctor = package / '.mim/tools/doctor.py'
    done = run_python('-S', '-E', doctor, cwd=tmp_path)
    assert 'no mmpose;' in done.stdout
    (package / 'compat/faults.py').unlink()
    done = run_python('-S', '-E', doctor, cwd=tmp_path)
    assert done.returncode == 1
    assert 'compat/faults.py of mmpose_scgcn is not beside' in done.stderr


def test_the_stock_engine_needs_pkg_resources(doctor):
    done = doctor(hidden='pkg_resources')
    stock = re.search(r'^mmengine +\d', done.stdout, re.M)
    assert done.returncode == bool(stock), done.stdout + done.stderr
    mend = 'pip install "setuptools>=77,<81"'
    assert mends(done) == ([mend] if stock else [])


def test_two_engines(doctor, tmp_path):
    distribution(tmp_path, 'mmengine', '0.10.7')
    distribution(tmp_path, 'onedl_mmengine', '0.10.12')
    done = doctor(path=tmp_path)
    assert done.returncode == 1
    assert 'mmengine and onedl-mmengine are both installed' in done.stdout
    assert any(
        mend.startswith('pip uninstall -y mmengine onedl-mmengine')
        for mend in mends(done)
    )


def test_xtcocotools_of_another_numpy(doctor, tmp_path):
    (tmp_path / 'xtcocotools').mkdir()
    (tmp_path / 'xtcocotools' / '__init__.py').touch()
    (tmp_path / 'xtcocotools' / 'mask.py').write_text(
        'raise ValueError("numpy.dtype size changed, may indicate binary '
        'incompatibility. Expected 96 from C header, got 88 from PyObject")'
    )
    done = doctor(path=tmp_path)
    assert done.returncode == 1
    assert mends(done) == ['pip install "numpy<2" "opencv-python<4.12"']
    assert '  or:   pip install Cython' in done.stdout


def test_a_chumpy_that_does_not_import_stops_nothing(doctor, tmp_path):
    distribution(tmp_path, 'chumpy', '0.70')
    (tmp_path / 'chumpy.py').write_text('from numpy import no_such_name')
    done = doctor(path=tmp_path)
    assert done.returncode == 0
    assert mends(done) == ['pip uninstall -y chumpy']


def test_an_unknown_fault_is_shown(doctor, tmp_path):
    (tmp_path / 'mmpose').mkdir()
    (tmp_path / 'mmpose' / '__init__.py').write_text(
        'raise OSError("libpose.so: cannot open shared object file")'
    )
    done = doctor(path=tmp_path)
    assert done.returncode == 1
    assert 'OSError: libpose.so: cannot open' in done.stdout
