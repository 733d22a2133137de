"""Folders of trainings that were copied, moved or cut off."""

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner, find_latest_checkpoint

_ADDRESSES = ('http://', 'https://', 'ftp://')


def local_checkpoint(work_dir: str | Path, named: str | None) -> str | None:
    """Find the checkpoint of a folder that ``last_checkpoint`` names.

    MMEngine keeps absolute names, which in a copied folder are those of the
    original.

    Args:
        work_dir (str | Path): The folder of the training.
        named (str, optional): What ``last_checkpoint`` says.

    Returns:
        str, optional: The file of that name in this folder if there is one,
        otherwise what was named.

    Raises:
        ValueError: It is an address: a folder that came from elsewhere must
            not make this machine ask for files.
    """
    if named and named.lower().startswith(_ADDRESSES):
        raise ValueError(
            f'{work_dir}/last_checkpoint: expected the name of a file, got '
            f'the address {named!r}; to resume from there, name it: --resume '
            'ADDRESS'
        )
    if not named or not os.path.isabs(named):
        return named
    here = Path(work_dir, Path(named).name)
    return str(here) if here.is_file() else named


def latest_checkpoint(work_dir: str | Path) -> str | None:
    """Find the checkpoint that a training goes on from.

    MMEngine keeps the checkpoint's name in a file ``last_checkpoint``. That
    file is empty if the training was killed while the file was written; in a
    folder that was copied it names a checkpoint of the original folder.

    Args:
        work_dir (str | Path): The folder of the training.

    Returns:
        str, optional: The file that is named or, if the name is lost or the
        file is not whole, the newest whole one; None if there is none.
    """
    latest = local_checkpoint(work_dir, find_latest_checkpoint(str(work_dir)))
    if latest and _is_usable(Path(latest)):
        return latest
    names = ('epoch_*.pth', 'iter_*.pth')
    saved = [file for name in names for file in Path(work_dir).glob(name)]
    whole = [file for file in saved if is_whole(file)]
    newest = max(whole, key=lambda file: file.stat().st_mtime, default=None)
    return (newest and str(newest)) or latest or None


def goes_on(runner: Runner) -> bool:
    """Tell whether a training that may be resumed has something to resume.

    Args:
        runner (Runner): About to run.

    Returns:
        bool: Whether ``resume`` is set and there is a checkpoint; a folder
        that is empty is a first start.
    """
    if not getattr(runner, '_resume', False):
        return False
    named = getattr(runner, '_load_from', None)
    return bool(named or latest_checkpoint(runner.work_dir))


def is_whole(file: Path) -> bool:
    """Tell whether a checkpoint was written to its end.

    The list of what PyTorch's archives hold stands at their end.

    Args:
        file (Path): A checkpoint; those of old versions of PyTorch are no
            archives, and count as whole.

    Returns:
        bool: Whether the file is whole.
    """
    with file.open('rb') as opened:
        begin = opened.read(2)
    return zipfile.is_zipfile(file) if begin in (b'PK', b'') else True


def _is_usable(file: Path) -> bool:
    """Tell whether a named checkpoint is there, or is not to be checked."""
    if file.is_file():
        return is_whole(file)
    return file.exists() or not file.is_absolute()


def adopt_best(runner: Runner, checkpoint: Mapping) -> list[str]:
    """Keep a resumed training from deleting files of another folder.

    MMEngine deletes the best checkpoint when there is a better one, by the
    absolute name that it had when it was written. In a folder that was copied
    or moved, the copy there takes its place; without one, nothing is deleted.

    Args:
        runner (Runner): About to resume.
        checkpoint (Mapping): Content of the file; the names in it are
            changed.

    Returns:
        list[str]: What was changed, in words.
    """
    known = (checkpoint.get('message_hub') or {}).get('runtime_info') or {}
    folder = _checkpoint_folder(runner)
    told = []
    for key in [k for k in known if k.startswith('best_ckpt')]:
        old = known[key]
        if old is None or (isinstance(old, str) and '://' in old):
            continue
        name = Path(old).name if isinstance(old, str) else ''
        is_checkpoint = name.endswith('.pth')
        if is_checkpoint and _is_in(old, folder):
            continue
        here = Path(folder, name)
        there = is_checkpoint and here.is_file()
        known[key] = str(here) if there else None
        told.append(
            f'the best checkpoint so far is {old}, in another folder than '
            f'this training ({folder}); it will not be deleted, and '
            + (
                f'{here} stands for it'
                if there
                else 'none stands for it here until there is a better one'
            )
        )
    return told


def _checkpoint_folder(runner: Runner) -> str:
    """Find where checkpoints are written, as MMEngine's hook does."""
    for hook in runner.hooks:
        out_dir = getattr(hook, 'out_dir', None)
        if isinstance(hook, CheckpointHook) and out_dir:
            name = os.path.basename(runner.work_dir.rstrip(os.sep))
            return os.path.join(out_dir, name)
    return runner.work_dir


def _is_in(file: str, folder: str) -> bool:
    return os.path.realpath(os.path.dirname(file)) == os.path.realpath(folder)
