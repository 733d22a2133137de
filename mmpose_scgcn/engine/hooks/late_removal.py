"""Checkpoints that are deleted once those that replace them are written."""

from typing import Any

from mmengine.hooks import CheckpointHook
from mmengine.runner import Runner


class LateRemoval:
    """A file backend that deletes later.

    MMEngine's hook deletes the old checkpoint, then writes the new one: a
    process that is killed in between leaves neither.

    Args:
        backend (BaseStorageBackend): MMEngine's; its attributes are
            found here too.
    """

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self._files: list[str] = []
        self._folders: list[str] = []

    def remove(self, path: str) -> None:
        """Note a file that is to go."""
        self._files.append(path)

    def rmtree(self, path: str) -> None:
        """Note a folder that is to go."""
        self._folders.append(path)

    def finish(self, kept: set[str]) -> None:
        """Delete what was noted.

        Args:
            kept (set[str]): What has been written anew under its name.
        """
        files, self._files = self._files, []
        folders, self._folders = self._folders, []
        for path in set(files) - kept:
            if self.backend.isfile(path):
                self.backend.remove(path)
        for path in set(folders) - kept:
            if self.backend.isdir(path):
                self.backend.rmtree(path)

    def __getattr__(self, name: str) -> Any:
        """Give what the backend has."""
        return getattr(self.backend, name)


def remove_late(runner: Runner) -> None:
    """Let all that writes checkpoints delete at :func:`finish_removal`."""
    for hook in runner.hooks:
        if isinstance(hook, CheckpointHook) and hasattr(hook, 'file_backend'):
            hook.file_backend = LateRemoval(hook.file_backend)


def finish_removal(runner: Runner) -> None:
    """Delete what has been replaced."""
    for hook in runner.hooks:
        backend = getattr(hook, 'file_backend', None)
        if isinstance(backend, LateRemoval):
            backend.finish(_present(hook))


def _present(hook: CheckpointHook) -> set[str]:
    """List the newest files of a hook, by its own names for them."""
    best = dict(getattr(hook, 'best_ckpt_path_dict', None) or {})
    names = [
        hook.last_ckpt,
        getattr(hook, 'best_ckpt_path', None),
        *best.values(),
    ]
    return {str(name) for name in names if name}
