"""Packaging, and the place where ``mim`` looks for configs and tools.

It wants ``.mim/{configs,tools,model-index.yml}`` inside the installed package.
``BuildWithMim`` puts them there: copied into a wheel, linked into the source
tree for an editable install, which ``EditableForMim`` makes findable.
"""

import os
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).resolve().parent
PACKAGE = 'mmpose_scgcn'
FOR_MIM = ('configs', 'tools', 'model-index.yml')


def link(source: Path, target: Path) -> None:
    """Link a file or folder, or copy it where links are not permitted."""
    try:
        target.symlink_to(os.path.relpath(source, target.parent))
    except OSError:
        copy(source, target)


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder, without compiled files."""
    if source.is_dir():
        ignore = shutil.ignore_patterns('__pycache__')
        shutil.copytree(source, target, ignore=ignore)
    else:
        shutil.copy2(source, target)


class BuildWithMim(build_py):
    """Adds ``.mim`` to the package."""

    def run(self) -> None:
        """Build as usual, then put what ``mim`` needs in place."""
        super().run()
        parent = ROOT if self.editable_mode else Path(self.build_lib)
        mim = parent / PACKAGE / '.mim'
        shutil.rmtree(mim, ignore_errors=True)
        mim.mkdir(parents=True)
        for name in FOR_MIM:
            place = link if self.editable_mode else copy
            place(ROOT / name, mim / name)


class EditableForMim(editable_wheel):
    """Tells ``mim`` where the sources of an editable install are.

    Its metadata is not beside them, where ``mim`` and MMEngine look for them
    by joining the metadata's folder and the first name in ``top_level.txt``.
    Joined to an absolute path, that is the path.
    """

    def _ensure_dist_info(self) -> None:
        super()._ensure_dist_info()
        names = Path(self.dist_info_dir, 'top_level.txt')
        names.write_text(f'{ROOT / PACKAGE}\n{PACKAGE}\n', encoding='utf-8')


def read_version() -> str:
    """Read the version without importing the package."""
    scope: dict[str, str] = {}
    exec((ROOT / PACKAGE / 'version.py').read_text(encoding='utf-8'), scope)
    return scope['__version__']


def read_readme() -> str:
    """Read the long description."""
    readme = ROOT / 'README.md'
    return readme.read_text(encoding='utf-8') if readme.is_file() else ''


# No engine, mmcv or mmpose here: pip cannot express "mmengine or its fork",
# and MMPose's own requirements cannot be installed. The extra `host` brings
# the stock engine; MMPose follows with `pip install --no-deps mmpose==1.3.2`.
setup(
    name=PACKAGE,
    version=read_version(),
    description='Structure-coherent face alignment for MMPose 1.x',
    long_description=read_readme(),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    license_files=['LICENSE'],
    python_requires='>=3.10,<3.13',
    packages=find_packages(include=[PACKAGE, f'{PACKAGE}.*']),
    include_package_data=False,
    package_data={
        PACKAGE: ['weights/*.pth', 'weights/*.md'],
        f'{PACKAGE}.benchmark': ['*.jinja'],
        f'{PACKAGE}.detection': ['*.json'],
    },
    install_requires=[
        'jinja2',
        'json_tricks',
        'matplotlib',
        'munkres',
        'numpy>=1.24',
        'opencv-python',
        'pillow',
        'scipy',
        'six',
        'torch>=2.0',
    ],
    extras_require={
        'data': ['h5py'],  # COFW's MATLAB 7.3 files
        'host': [
            'mmcv-lite==2.1.0',
            'mmengine==0.10.7',
            'numpy<2',
            'opencv-python<4.12',
            'setuptools>=77,<81',
            'xtcocotools==1.14.3',
        ],
        'mim': ['numpy<2', 'openmim==0.3.9', 'setuptools>=77,<81'],
    },
    cmdclass={'build_py': BuildWithMim, 'editable_wheel': EditableForMim},
    zip_safe=False,
)
