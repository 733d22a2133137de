"""The page of a benchmark, read by a browser where there is one."""

import re
import shutil
import subprocess
from pathlib import Path

from mmpose_scgcn.benchmark import Results
from mmpose_scgcn.benchmark.page import write_page
from mmpose_scgcn.benchmark.report import write_report

import cv2
import numpy as np
import pytest

CLICK = """
<script>
addEventListener('load', () => {
  document.querySelectorAll('th')[2].click();
});
</script>
"""


def save_predictions(work_dir, num=12, missed=()):
    """Of method a's first seed, on a grey picture."""
    folder = work_dir / 'heads/a_0/predictions'
    folder.mkdir(parents=True)
    image = work_dir / 'grey.png'
    cv2.imwrite(str(image), np.full((100, 100, 3), 99, np.uint8))
    gt = np.full((num, 5, 2), 50.0)
    pred, nme = gt + 1, np.append(np.linspace(0.01, 0.1, num - 1), np.nan)
    pred[list(missed)], nme[list(missed)] = np.nan, np.inf
    np.savez(
        folder / 'val.npz',
        gt=gt,
        pred=pred,
        visible=np.ones((num, 5), bool),
        box=np.tile([20.0, 20, 80, 80], (num, 1)),
        img_path=[str(image)] * (num - 1) + ['gone.png'],
        id=np.arange(num),
        nme=nme,
    )


@pytest.fixture
def page(suite, known, tmp_path):
    write_report(suite, known, tmp_path / 'results')
    save_predictions(tmp_path / 'work')
    args = tmp_path / 'results', tmp_path / 'work'
    return write_page(suite, known, *args)


def test_it_holds_all_and_needs_nothing_else(page):
    text = page.read_text()
    assert 'Heads &amp; tails' in text
    assert '0 failed: out of memory' in text
    assert text.count('data:image/png;base64,') == 3  # plots
    assert text.count('data:image/jpeg;base64,') == 8  # faces
    captions = re.findall(r'<figcaption>(.*?)</figcaption>', text)
    assert captions[0] == 'id 10: 10.0 %'  # the worst first; no NaN
    assert captions[-1].startswith('id 3:')
    assert not re.search(r'(src|href)="(?!data:|#)', text)


def test_missed_faces_are_not_drawn(suite, known, tmp_path):
    write_report(suite, known, tmp_path / 'results')
    save_predictions(tmp_path / 'work', missed=(0, 1, 2, 3, 10))
    args = tmp_path / 'results', tmp_path / 'work'
    text = write_page(suite, known, *args).read_text()
    captions = re.findall(r'<figcaption>id (\d+)', text)
    assert captions == ['9', '8', '7', '6', '5', '4']


def test_without_predictions_or_results(suite, tmp_path):
    path = write_page(suite, Results(), tmp_path, tmp_path)
    text = path.read_text()
    assert 'nothing has been run' in text
    assert 'no predictions' in text


def browse(page: Path, *arguments: str) -> str:
    """Open a page in a browser without a window; return what it shows."""
    names = ('chromium', 'chromium-browser', 'google-chrome')
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        pytest.skip('no Chromium here')
    options = ['--headless', '--no-sandbox', '--disable-gpu']
    options += [f'--user-data-dir={page.parent / "profile"}']
    done = subprocess.run(
        [browser, *options, *arguments, '--dump-dom', page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_browser_shows_it_and_sorts(page):
    page.write_text(page.read_text().replace('</body>', f'{CLICK}</body>'))
    shown = browse(page)
    heads = int(re.search(r'data-ready="(\d+)"', shown)[1])
    assert heads == shown.count('<th>') > 20
    table = shown.split('<tbody>')[1].split('</tbody>')[0]
    names = re.findall(r'<tr[^>]*><td>(.*?)</td>', table)
    assert names == ['a †', 'b', 'zoo']
