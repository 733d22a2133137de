import resource
from collections.abc import Iterator

import pytest


@pytest.fixture
def little_memory() -> Iterator[None]:
    """A test that may use 300 MB more than what was used before it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 300_000, f'{after - before} kB more were used'
