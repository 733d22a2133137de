"""ONNX Runtime for browsers: npm's ``onnxruntime-web``.

``make web`` fetches it into the package, from where it gets into the wheel;
``python -m mmpose_scgcn serve --fetch-runtime`` into the user's cache.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from mmpose_scgcn.folders import replace_folder

#: The release, and npm's ``dist.integrity`` of it.
VERSION = '1.30.0'
INTEGRITY = (
    'sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02V'
    'b7QmRMDs1SigqR4CXAfKYQ=='
)

#: What a page needs of it: the programming interface, and the runtime for
#: CPUs.
FILES = ('ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm')

# Says which release a folder holds.
_MARK = 'VERSION'

#: The folder that ``make web`` fills.
IN_PACKAGE = Path(__file__).with_name('onnxruntime-web')


def cache_folder() -> Path:
    """Give the folder for what can be made or fetched again.

    Returns:
        pathlib.Path: ``mmpose_scgcn`` in ``XDG_CACHE_HOME``, or in
        ``~/.cache``; it need not exist.
    """
    base = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(base, 'mmpose_scgcn')


def _in_cache() -> Path:
    return cache_folder() / f'onnxruntime-web-{VERSION}'


def _is_whole(folder: Path) -> bool:
    mark = folder / _MARK
    return (
        mark.is_file()
        and mark.read_text(encoding='utf-8').strip() == VERSION
        and all((folder / name).is_file() for name in FILES)
    )


def find_runtime() -> Path:
    """Find the folder with :data:`FILES`.

    Returns:
        pathlib.Path: In the package, or in the user's cache.

    Raises:
        FileNotFoundError: It is in neither; the message says how to get it.
    """
    for folder in (IN_PACKAGE, _in_cache()):
        if _is_whole(folder):
            return folder
    raise FileNotFoundError(
        f'onnxruntime-web {VERSION} is neither in {IN_PACKAGE} nor in '
        f'{_in_cache()}; "python -m mmpose_scgcn serve --fetch-runtime" '
        'gets it from npm, once'
    )


def fetch_runtime(folder: Path | None = None) -> Path:
    """Fetch the runtime with ``npm pack``, and check it.

    Args:
        folder (pathlib.Path, optional): Where to. Defaults to None: the
            user's cache.

    Returns:
        pathlib.Path: The folder.

    Raises:
        FileNotFoundError: There is no npm.
        RuntimeError: npm failed.
        ValueError: What came is not the release that is pinned here.
    """
    folder = folder or _in_cache()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        archive = _pack(Path(temporary))
        _check(archive)
        unpacked = Path(temporary, folder.name)
        unpacked.mkdir()
        (unpacked / _MARK).write_text(f'{VERSION}\n', encoding='utf-8')
        with tarfile.open(archive) as tar:
            for name in FILES:
                member = tar.extractfile(f'package/dist/{name}')
                if member is None:
                    raise ValueError(f'{archive.name} has no {name}')
                with member, (unpacked / name).open('wb') as file:
                    shutil.copyfileobj(member, file)
        replace_folder(unpacked, folder)
    return folder


def _pack(folder: Path) -> Path:
    """Let npm fetch the archive."""
    npm = shutil.which('npm')
    if npm is None:
        raise FileNotFoundError(
            'npm, the package manager of Node.js, is not installed; it '
            f'fetches onnxruntime-web {VERSION}'
        )
    done = subprocess.run(
        [npm, 'pack', f'onnxruntime-web@{VERSION}', '--silent'],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    archives = list(folder.glob('*.tgz'))
    if done.returncode or len(archives) != 1:
        raise RuntimeError(
            f'npm could not fetch onnxruntime-web {VERSION}: '
            f'{done.stderr.strip() or done.stdout.strip()}'
        )
    return archives[0]


def integrity(archive: Path) -> str:
    """Compute npm's ``dist.integrity`` of an archive."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    return 'sha512-' + base64.b64encode(digest).decode()


def _check(archive: Path) -> None:
    found = integrity(archive)
    if found != INTEGRITY:
        raise ValueError(
            f'npm gave another onnxruntime-web {VERSION} than expected: '
            f'{found}, not {INTEGRITY}'
        )


def fetch_into_package() -> None:
    """Fetch it into the package, unless it is there: ``make web``."""
    if _is_whole(IN_PACKAGE):
        print(f'onnxruntime-web {VERSION} is in {IN_PACKAGE}')
        return
    try:
        print(f'onnxruntime-web {VERSION}: {fetch_runtime(IN_PACKAGE)}')
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(f'make web: {error}')
