"""The doctor, run on hosts with a real fault each."""

import re

import pytest


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


@pytest.mark.parametrize(
    ('hidden', 'mend'),
    [
        ('six', 'pip install six'),
        ('mmpose', 'pip install --no-deps mmpose==1.3.2'),
        ('mmcv', 'pip install --no-deps mmcv-lite==2.1.0 addict pyyaml'),
        ('xtcocotools', 'pip install xtcocotools==1.14.3 "numpy<2"'),
    ],
)
def test_something_missing(doctor, hidden, mend):
    done = doctor(hidden=hidden)
    assert done.returncode == 1, done.stdout + done.stderr
    assert mends(done) == [mend]


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
