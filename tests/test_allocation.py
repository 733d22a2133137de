"""Memory that a process keeps: pages are not asked for anew."""

import os
import platform
import subprocess
import sys

import pytest

#: Takes and frees 64 MB, first to warm up: old versions of glibc find a free
#: place late. Prints how many pages were filled in the ten times after that.
CODE = """
import resource, sys
from mmpose_scgcn.allocation import keep_freed_memory
import torch
done = keep_freed_memory() if sys.argv[1] == 'keep' else None
for _ in range(20):
    torch.zeros(2**24).fill_(1)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    torch.zeros(2**24).fill_(1)
print(done, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def filled(word, **environ):
    """Run it; give what the function returned and the number of pages."""
    clean = {k: v for k, v in os.environ.items() if 'MALLOC' not in k}
    done = subprocess.run(
        [sys.executable, '-c', CODE, word],
        env={**clean, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    returned, pages = done.stdout.split()
    return returned, int(pages)


@pytest.mark.skipif(
    platform.libc_ver()[0] != 'glibc', reason='another C library than glibc'
)
def test_memory_is_kept():
    _, given_back = filled('give back')
    returned, kept = filled('keep')
    assert returned == 'True'
    assert given_back > 100  # of up to 2 MB each
    assert kept < given_back / 20


def test_settings_of_the_user_are_left_alone():
    returned, _ = filled('keep', MALLOC_ARENA_MAX='2')
    assert returned == 'False'
