"""A page with an exported model, and a browser that opens it."""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.detection import find_yunet
from mmpose_scgcn.export.needed import OLDEST
from mmpose_scgcn.synthetic import make_face
from mmpose_scgcn.web import PageServer, Site, build_site, find_runtime

import cv2
import numpy as np
import pytest
import torch

MODEL = 'face98-synthetic'

#: How long a page may take for a step, ms: machines can be busy.
TIMEOUT = 120_000


def need_exporters() -> None:
    """Skip where models cannot be exported."""
    for name in ('onnx', 'onnxscript', 'onnxruntime'):
        pytest.importorskip(name)
    if torch.__version__ < OLDEST:
        pytest.skip(f'PyTorch before {OLDEST} does not export')


@pytest.fixture(scope='session')
def runtime() -> Path:
    """The folder of onnxruntime-web."""
    try:
        return find_runtime()
    except FileNotFoundError as error:
        pytest.skip(str(error))


@pytest.fixture(scope='session')
def exported(tmp_path_factory) -> Path:
    """An exported model, in float32 and 8 bits."""
    need_exporters()
    from mmpose_scgcn.export import Options, export_model

    folder = tmp_path_factory.mktemp('exported') / MODEL
    options = Options(int8=True, num_faces=2, num_calibration=16)
    export_model(load_model(MODEL, device='cpu'), folder, options)
    return folder


@contextmanager
def serving(site: Site) -> Iterator[PageServer]:
    """Serve a site meanwhile."""
    with PageServer(site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope='session')
def page_url(exported, runtime) -> Iterator[str]:
    """The page, without a face detector."""
    with serving(build_site([exported], runtime)) as server:
        yield server.url


@pytest.fixture(scope='session')
def detecting_url(exported, runtime) -> Iterator[str]:
    """The page, with a face detector."""
    detector = find_yunet()
    if detector is None:
        pytest.skip('no file of YuNet here')
    with serving(build_site([exported], runtime, detector)) as server:
        yield server.url


@pytest.fixture(scope='session')
def launch():
    """Start Chromium with further options; gives the browser."""
    api = pytest.importorskip('playwright.sync_api')
    names = ('chromium', 'chromium-browser', 'google-chrome')
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip('no Chromium here')
    with api.sync_playwright() as playwright:
        yield lambda *options: playwright.chromium.launch(
            executable_path=path, args=['--no-sandbox', *options]
        )


@pytest.fixture(scope='session')
def browser(launch):
    """A browser without a camera."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser):
    """Open the page; what goes wrong in it is an error."""
    contexts = []

    def open_in(url: str, wait: bool = True, **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT)
        page.problems = []
        page.on('pageerror', lambda error: page.problems.append(str(error)))
        page.on(
            'console',
            lambda message: (
                message.type in ('error', 'warning')
                and page.problems.append(message.text)
            ),
        )
        page.goto(url)
        if wait:
            wait_for(page, '^Ready')
        return page

    yield open_in
    problems = [
        line
        for context in contexts
        for page in context.pages
        for line in page.problems
    ]
    for context in contexts:
        context.close()
    assert problems == []


def wait_for(page, pattern: str) -> None:
    """Wait until the status says it."""
    from playwright.sync_api import expect

    status = page.locator('#status')
    expect(status).to_have_text(re.compile(pattern), timeout=TIMEOUT)


def draw_box(page, box) -> None:
    """Give the page a box by its numbers."""
    button = page.locator('#draw-box')
    if button.is_visible() and not page.locator('#box').is_visible():
        button.click()
    # From the outside in: no number turns the box inside out meanwhile.
    for place in (2, 3, 0, 1):
        field = page.locator(f'[data-place="{place}"]')
        field.fill(str(box[place]))
        field.press('Tab')


@pytest.fixture(scope='session')
def photo() -> tuple[np.ndarray, np.ndarray]:
    """A drawn face in a larger picture, and its box."""
    face = make_face(seed=11, index=5, size=320)
    image = np.full((480, 640, 3), 90, np.uint8)
    image[100:420, 170:490] = face.image
    points = face.keypoints + np.array([170, 100])
    box = np.concatenate([points.min(0), points.max(0)])
    return image, box.round(1)


def upload(page, image: np.ndarray, name: str = 'face.png') -> None:
    page.set_input_files(
        '#file',
        dict(
            name=name,
            mimeType='image/png',
            buffer=cv2.imencode('.png', image)[1].tobytes(),
        ),
    )


def saved(page, button: str) -> Path:
    with page.expect_download() as download:
        page.click(button)
    return download.value


def records(page) -> list[dict]:
    return json.loads(saved(page, '#save-points').path().read_text())


def predict_photo(page, photo) -> np.ndarray:
    image, box = photo
    upload(page, image)
    wait_for(page, 'Draw a box')
    draw_box(page, box)
    wait_for(page, '^1 face')
    (record,) = records(page)
    assert record['bbox'] == [box.tolist()]
    return np.array(record['keypoints'])
