"""What stops MMPose here, and the line that mends each fault.

``tools/doctor.py`` loads this file by itself, for the package may not import.
It needs nothing but Python, and must survive whatever is missing or broken.
"""

import importlib
import re
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from typing import NamedTuple

ENGINES = ('mmengine', 'onedl-mmengine')
MMCV_FLAVOURS = ('mmcv', 'mmcv-full', 'mmcv-lite', 'onedl-mmcv')
# What a program that trains, tests or predicts imports of MMPose.
MMPOSE = (
    'mmpose.models',
    'mmpose.datasets',
    'mmpose.evaluation',
    'mmpose.visualization',
    'mmpose.engine',
    'mmpose.apis',
)

# Modules that MMPose imports and that nothing may have installed, each with
# what to install.
PLAIN_MODULES = {
    'torch': 'torch',
    'numpy': '"numpy<2"',
    'cv2': 'opencv-python==4.11.0.86',
    'scipy': 'scipy',
    'matplotlib': 'matplotlib',
    'PIL': 'pillow',
    'six': 'six',
    'json_tricks': 'json_tricks',
    'munkres': 'munkres',
}


#: Build xtcocotools, which has wheels up to Python 3.11, made for NumPy 1;
#: the lines of docs/install.md.
BUILD = (
    'pip install Cython "numpy<2" "setuptools>=77,<81" && pip install '
    '--no-cache-dir --no-build-isolation {}xtcocotools==1.14.3'
)
BUILD_NUMPY2 = (
    'pip install Cython "numpy>=2,<2.4" "setuptools>=77,<81" && pip install '
    '--no-cache-dir --no-build-isolation --no-binary xtcocotools '
    '{}xtcocotools==1.14.3'
)


#: What is said of building it.
_KEEPS_NUMPY = '  (keeps NumPy 2; needs a C compiler)'


#: The line that installs a part of the host.
INSTALL = {
    'torch': 'pip install torch "numpy<2"',
    'mmengine': 'pip install mmengine==0.10.7 "setuptools>=77,<81"',
    'mmcv': 'pip install --no-deps mmcv-lite==2.1.0 addict pyyaml',
    'mmpose': 'pip install --no-deps mmpose==1.3.2',
}


class Fault(NamedTuple):
    """A thing that is wrong, the line that mends it, and another way."""

    problem: str
    mend: str
    stops_mmpose: bool = True
    instead: str = ''


def version_of(distribution: str) -> str | None:
    """Look up an installed version without importing anything."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def installed(*distributions: str) -> list[str]:
    """Keep those distributions that are installed."""
    return [name for name in distributions if version_of(name)]


def import_error(module: str) -> Exception | None:
    """Import a module and return what went wrong, if anything."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            importlib.import_module(module)
    except Exception as error:  # a broken binary raises anything
        return error
    return None


def check_engine() -> Fault | None:
    """Exactly one engine; the fork shares every file with the original."""
    engines = installed(*ENGINES)
    if len(engines) > 1:
        return Fault(
            f'{" and ".join(engines)} are both installed, one over the other',
            'pip uninstall -y mmengine onedl-mmengine && '
            'pip install mmengine==0.10.7',
        )
    if find_spec('mmengine') is None:
        return Fault(
            'no engine: neither mmengine nor onedl-mmengine',
            INSTALL['mmengine'],
        )
    return None


def check_mmcv() -> Fault | None:
    """Some flavour of mmcv; the one without compiled operators will do."""
    if find_spec('mmcv') is None:
        return Fault('no mmcv', INSTALL['mmcv'])
    flavours = installed(*MMCV_FLAVOURS)
    if len(flavours) > 1:
        return Fault(
            f'{" and ".join(flavours)} are both installed, one over the other',
            f'pip uninstall -y {" ".join(flavours)} && '
            'pip install --no-deps mmcv-lite==2.1.0',
        )
    return None


def check_mmpose() -> Fault | None:
    """MMPose, whose own requirements stop at chumpy."""
    if find_spec('mmpose') is None:
        return Fault(
            'no mmpose; without --no-deps its installation stops at chumpy, '
            'which cannot be built and is not needed',
            INSTALL['mmpose'],
        )
    return None


def check_xtcocotools() -> Fault | None:
    """Its wheel is compiled against NumPy 1."""
    error = import_error('xtcocotools.mask')
    if isinstance(error, ValueError) and 'numpy.dtype size' in str(error):
        return Fault(
            f'the wheel of xtcocotools does not run with NumPy '
            f'{version_of("numpy")}: {error}',
            'pip install "numpy<2" "opencv-python<4.12"',
            instead=BUILD_NUMPY2.format('--no-deps --force-reinstall ')
            + _KEEPS_NUMPY,
        )
    if isinstance(error, ModuleNotFoundError) and error.name == 'xtcocotools':
        return missing_xtcocotools(
            sys.version_info[:2], version_of('numpy') or ''
        )
    return None


def missing_xtcocotools(python: tuple[int, int], numpy: str) -> Fault:
    """Say how xtcocotools is installed.

    Args:
        python (tuple[int, int]): Version of Python.
        numpy (str): Version of NumPy, '' where there is none.

    Returns:
        Fault: That it is missing.
    """
    newer = bool(numpy) and not numpy.startswith('1.')
    if python >= (3, 12):
        return Fault(
            f'no xtcocotools, which has no wheel for Python {python[0]}.'
            f'{python[1]} and is built by a C compiler',
            (BUILD_NUMPY2 if newer else BUILD).format(''),
        )
    wheel = 'pip install xtcocotools==1.14.3 "numpy<2"'
    if newer:
        return Fault(
            'no xtcocotools',
            f'{wheel} "opencv-python<4.12"',
            instead=f'{BUILD_NUMPY2.format("")}{_KEEPS_NUMPY}',
        )
    return Fault('no xtcocotools', wheel)


def check_numpy() -> Fault | None:
    """What MMPose does to draw keypoints is an error from NumPy 2.4 on."""
    return too_new_numpy(version_of('numpy') or '')


def too_new_numpy(numpy: str) -> Fault | None:
    """Tell of a version of NumPy with which MMPose cannot draw.

    Args:
        numpy (str): Version of NumPy, '' where there is none.

    Returns:
        Fault | None: That it is too new, which stops nothing else.
    """
    numbers = tuple(int(part) for part in re.findall(r'\d+', numpy)[:2])
    if numbers < (2, 4):
        return None
    return Fault(
        f'NumPy {numpy}: MMPose does not draw keypoints with 2.4 or later',
        'pip install "numpy>=2,<2.4"',
        stops_mmpose=False,
    )


def check_pkg_resources() -> Fault | None:
    """Stock MMEngine and OpenMIM import it; setuptools 82 dropped it."""
    users = installed('mmengine', 'openmim')
    if users and import_error('pkg_resources'):
        found = version_of('setuptools') or 'none'
        return Fault(
            f'no pkg_resources (setuptools: {found}), which '
            f'{" and ".join(users)} import',
            'pip install "setuptools>=77,<81"',
            stops_mmpose='mmengine' in users,
        )
    return None


def check_chumpy() -> Fault | None:
    """MMPose requires it, never imports it, and it fails on today's Python."""
    error = import_error('chumpy')
    if error and version_of('chumpy'):
        return Fault(
            f'chumpy is installed and does not import ({error}); MMPose '
            'requires it by name only',
            'pip uninstall -y chumpy',
            stops_mmpose=False,
        )
    return None


def check_plain_modules() -> Fault | None:
    """Whatever else MMPose imports."""
    missing = [
        name
        for name in PLAIN_MODULES
        if isinstance(import_error(name), ModuleNotFoundError)
    ]
    if missing:
        wanted = ' '.join(PLAIN_MODULES[name] for name in missing)
        return Fault(f'no {", ".join(missing)}', f'pip install {wanted}')
    return None


def check_plugin() -> Fault | None:
    """The plugin must be importable before MMPose is."""
    error = import_error('mmpose_scgcn')
    if isinstance(error, ModuleNotFoundError) and error.name == 'mmpose_scgcn':
        return Fault('no mmpose_scgcn', 'pip install --no-deps -e .')
    return None


def check_python() -> Fault | None:
    """What MMPose's parts have been tried with."""
    return untried_python(sys.version_info[:2])


def untried_python(version: tuple[int, int]) -> Fault | None:
    """Tell of a version of Python that has not been tried."""
    if (3, 10) <= version <= (3, 12):
        return None
    return Fault(
        f'Python {version[0]}.{version[1]}: expected 3.10, 3.11 or 3.12',
        'make an environment with one of them',
        stops_mmpose=False,
    )


CHECKS: tuple[Callable[[], Fault | None], ...] = (
    check_python,
    check_plain_modules,
    check_engine,
    check_mmcv,
    check_mmpose,
    check_xtcocotools,
    check_numpy,
    check_pkg_resources,
    check_chumpy,
    check_plugin,
)


def check_run() -> Fault | None:
    """Import what a program needs of MMPose: the proof."""
    for module in ('mmpose_scgcn', *MMPOSE):
        error = import_error(module)
        if error:
            return Fault(
                f'{module} does not import: {type(error).__name__}: {error}',
                'not a fault that is known here: make a fresh environment '
                'with `make install`, or report it',
            )
    return None


def find_faults() -> list[Fault]:
    """Go through all checks; the last one only if none stops MMPose.

    Returns:
        list[Fault]: What is wrong here.
    """
    faults = [fault for check in CHECKS if (fault := check())]
    if not any(fault.stops_mmpose for fault in faults):
        unknown = check_run()
        faults += [unknown] if unknown else []
    return faults
