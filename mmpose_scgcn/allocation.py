"""How a process that trains on a CPU gets its memory."""

import ctypes
import os

#: Parameters of glibc's ``mallopt``, by their names, with the values that
#: keep memory: never give the top of the heap back, take it in steps of
#: 64 MiB, and map no block by itself.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_KEEP = ((_TRIM_THRESHOLD, -1), (_TOP_PAD, 2**26), (_MMAP_MAX, 0))


def keep_freed_memory() -> bool:
    """Let this process keep the memory that it frees, for what comes next.

    A step of training allocates the same tensors again and again. glibc gives
    large ones back to the system at once, which fills each page with zeros
    when it hands them out in the next step. With this setting a step is
    quicker (``docs/cpu.md``), and the process keeps the memory of its largest
    step. It changes no result.

    Settings of the user's (``MALLOC_...`` and ``GLIBC_TUNABLES`` in the
    environment) are left alone.

    Returns:
        bool: Whether it was set. Other C libraries than glibc have no such
        setting.
    """
    if any(name.startswith(('MALLOC_', 'GLIBC_TUN')) for name in os.environ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl, macOS, Windows
        return False
    results = [mallopt(name, value) for name, value in _KEEP]
    return all(results)
