"""Images that turn out to be unreadable while a run needs them."""

import zlib

import torch

#: Files that can be remembered; beyond that one may be told again.
_MOST = 2**14


class UnreadableImageError(ValueError):
    """An image that a run needs cannot be read."""

    @property
    def words(self) -> str:
        """What was wrong, without the trace that PyTorch's workers add."""
        mark = f'{type(self).__name__}: '
        return str(self).rpartition(mark)[2].strip()


class Told:
    """Remembers files across the processes that load data.

    PyTorch starts processes anew for each epoch; what one of them has told
    is remembered in memory that all share.
    """

    def __init__(self) -> None:
        self._marks = torch.zeros(_MOST, dtype=torch.int64).share_memory_()

    def first_time(self, file: str) -> bool:
        """Tell whether a file comes for the first time, and remember it.

        Args:
            file (str): Its name.

        Returns:
            bool: Whether it is new.
        """
        content = file.encode('utf-8', 'surrogateescape')
        # Two checksums, so that no other file is taken for this one.
        mark = 1 + (zlib.crc32(content) << 30 | zlib.adler32(content) >> 2)
        for step in range(_MOST):
            place = (mark + step) % _MOST
            there = int(self._marks[place])
            if there == mark:
                return False
            if there == 0:
                self._marks[place] = mark
                return True
        return True
