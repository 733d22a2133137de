"""Names that would give orders to a terminal."""

import io
import json
import re
import subprocess
import sys

from mmpose_scgcn.datasets.preparation import Options, prepare, read_coco
from mmpose_scgcn.images import read_image
from mmpose_scgcn.terminal import without_orders
from mmpose_scgcn.tools import find_tools

import numpy as np
import pytest
from rich.console import Console
from rich.progress import Progress

#: Sets the clipboard; sets the title; asks for an answer; goes back.
ORDERS = (
    '\x1b]52;c;cm0gLXJm\x07',
    '\x1b]0;title\x1b\\',
    '\x1b[6n',
    '\x1b[c',
    '\x9b6n',
    '\x08\x08',
    '\x1bPq\x1b\\',
)


@pytest.mark.parametrize('order', ORDERS)
def test_it_is_written_out(order):
    text = without_orders(f'a{order}b\n\tc')
    assert not re.search(r'[\x00-\x08\x0b-\x1f\x7f-\x9f]', text)
    assert text.startswith('a\\x') and text.endswith('b\n\tc')


def test_other_letters_stay():
    text = 'Müller 三 \u200c é\r\n'
    assert without_orders(text) == text


def test_progress_bars_stay():
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, color_system='256')
    with Progress(console=console) as progress:
        progress.update(progress.add_task('a', total=2), advance=1)
        progress.refresh()
    assert '\x1b' in written.getvalue()
    assert without_orders(written.getvalue()) == written.getvalue()


@pytest.mark.parametrize('order', ORDERS)
def test_messages_of_images(tmp_path, order):
    with pytest.raises(FileNotFoundError) as error:
        read_image(tmp_path / f'a{order.replace("/", "")}.png')
    assert str(error.value).isprintable()


@pytest.mark.parametrize('place', ['image', 'keypoint'])
def test_names_of_a_data_set(tmp_path, make_coco, place):
    bad = f'a{ORDERS[0]}'
    names = ['b', 'c', bad if place == 'keypoint' else 'd']
    points = np.random.default_rng(0).random((3, 3, 2)) * 30 + 8
    content = make_coco(points, names=names)
    if place == 'image':
        content['images'][1]['file_name'] = bad
    (tmp_path / 'a.json').write_text(json.dumps(content))
    source = read_coco(tmp_path / 'a.json')
    with pytest.raises(ValueError, match='without control char') as error:
        prepare(source, tmp_path / 'out', Options(val_share=0))
    assert str(error.value).isprintable()
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('name', find_tools())
def test_wrong_arguments(tmp_path, root, name):
    # A shell puts names of files there: `predict *`.
    result = subprocess.run(
        [sys.executable, find_tools()[name], *ORDERS],
        cwd=tmp_path,
        env={'PYTHONPATH': str(root)},
        capture_output=True,
        encoding='utf-8',
        timeout=60,
        check=False,
    )
    assert result.returncode
    text = result.stdout + result.stderr
    assert not re.search(r'[\x00-\x08\x0b-\x1f\x7f-\x9f]', text)
