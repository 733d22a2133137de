"""Packaging, and the place where ``mim`` looks for configs and tools.

It wants ``.mim/{configs,tools,model-index.yml}`` inside the installed package.
``BuildWithMim`` puts them there: copied into a wheel, linked into the source
tree for an editable install, which ``EditableForMim`` makes findable.
"""

import os
import re
import shutil
from pathlib import Path

from setuptools import setup
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


def plain_readme() -> str:
    """Read the long description, without what leads nowhere in a wheel.

    Links to files of the source tree become their text, and its pictures are
    left out.
    """
    readme = ROOT / 'README.md'
    if not readme.is_file():
        return ''
    elsewhere = r'(?!https?://|#)[^)\s]+'
    text = readme.read_text(encoding='utf-8')
    text = re.sub(rf'!\[[^]]*\]\({elsewhere}\)\n?', '', text)
    return re.sub(rf'\[([^]]*)\]\({elsewhere}\)', r'\1', text)


# The rest of the metadata stands in pyproject.toml.
setup(
    long_description=plain_readme(),
    long_description_content_type='text/markdown',
    cmdclass={'build_py': BuildWithMim, 'editable_wheel': EditableForMim},
)
