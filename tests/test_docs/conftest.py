"""What the pages' tests share: the code that a page shows."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope='session')
def blocks_of(root) -> Callable[[str], list[tuple[str, str]]]:
    """Read a page's code in its order: (language, text)."""

    def read(page: str) -> list[tuple[str, str]]:
        text = (root / page).read_text('utf-8')
        return re.findall(r'^```(\w+)\n(.*?)^```$', text, re.S | re.M)

    return read


@pytest.fixture(scope='session')
def save_configs(blocks_of) -> Callable[[str, Path], list[Path]]:
    """Save a page's configs under the names that their first lines say."""

    def save(page: str, folder: Path) -> list[Path]:
        saved = []
        for language, text in blocks_of(page):
            name = re.match(r'# (\w+\.py)\n', text)
            if language == 'python' and name:
                saved.append(folder / name[1])
                saved[-1].write_text(text, 'utf-8')
        return saved

    return save
