"""What the scripts about reliability share: digests, and result files."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmpose_scgcn.benchmark.commit import source_commit
from mmpose_scgcn.files import write_text

import torch

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / 'benchmarks/results'
#: What is checked out when a script begins.
COMMIT = source_commit()


def digest(value: Any) -> str:
    """Give a number for a value, which depends on each bit of its tensors.

    Args:
        value (Any): Tensors and plain values in mappings and sequences.

    Returns:
        str: 16 hexadecimal digits.
    """
    found = hashlib.sha256()
    for part in _parts(value):
        found.update(part)
    return found.hexdigest()[:16]


def _parts(value: Any) -> Iterable[bytes]:
    """Walk through a value."""
    if isinstance(value, torch.Tensor):
        yield f'{value.dtype} {tuple(value.shape)}'.encode()
        yield value.detach().cpu().contiguous().numpy().tobytes()
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield repr(key).encode()
            yield from _parts(item)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        yield f'{len(value)}'.encode()
        for item in value:
            yield from _parts(item)
    else:
        yield repr(value).encode()


def tree(folder: Path) -> dict[str, str]:
    """List all files of a folder, hidden ones too, with their contents."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()[:16]
        for path in sorted(folder.rglob('*'))
        if path.is_file()
    }


def read_rows(name: str) -> list[list]:
    """Read the rows of an earlier table; none if there is none."""
    path = RESULTS / f'{name}.json'
    return json.loads(path.read_text('utf-8'))['rows'] if path.exists() else []


def save_record(
    name: str, about: str | None, columns: Sequence[str], rows: list
) -> None:
    """Print a table, and write it with what it was made on.

    Args:
        name (str): Of the file in ``benchmarks/results``.
        about (str): What was done; the second paragraph is the command.
        columns (Sequence[str]): Heads of the table.
        rows (list): Its rows.
    """
    lines = [f'| {" | ".join(columns)} |', f'|{"---|" * len(columns)}']
    lines += [f'| {" | ".join(map(str, row))} |' for row in rows]
    print('\n'.join(lines))
    facts = dict(
        commit=COMMIT,
        python=platform.python_version(),
        torch=torch.__version__,
        machine=f'{platform.system()} {platform.machine()}',
    )
    title, command, *_ = (about or '').split('\n\n')
    head = [f'# {title}', '', '```bash', command.strip(), '```', '']
    made = ', '.join(f'{key} {value}' for key, value in facts.items())
    text = '\n'.join([*head, *lines, '', f'Made with {made}.', ''])
    content = dict(facts, columns=list(columns), rows=rows)
    for suffix, written in (
        ('md', text),
        ('json', json.dumps(content, indent=1) + '\n'),
    ):
        write_text(RESULTS / f'{name}.{suffix}', written)
