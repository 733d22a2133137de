"""The camera: a face is followed from frame to frame."""

import json
import runpy

from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest

from .conftest import TIMEOUT, wait_for


@pytest.fixture(scope='module')
def bench(root):
    return runpy.run_path(str(root / 'benchmarks/live_page.py'))


@pytest.fixture(scope='module')
def camera(launch, bench, tmp_path_factory):
    """A browser whose camera shows a drawn face that goes in a circle."""
    video = tmp_path_factory.mktemp('video') / 'face.y4m'
    bench['write_video'](video, bench['draw_frames']())
    browser = launch(*bench['camera_options'](video))
    yield browser
    browser.close()


@pytest.fixture
def open_camera(camera):
    pages = []

    def open_in(url):
        page = camera.new_page()
        pages.append(page)
        page.set_default_timeout(TIMEOUT)
        page.problems = []
        page.on('pageerror', lambda error: page.problems.append(str(error)))
        page.goto(url)
        wait_for(page, '^Ready')
        return page

    yield open_in
    for page in pages:
        page.close()
    assert [line for page in pages for line in page.problems] == []


@pytest.fixture
def shape() -> np.ndarray:
    """(98, 2) of the face that the camera shows, about its centre."""
    points = make_face(seed=11, index=5, size=240).keypoints
    return points - points.mean(0)


def sample(page) -> np.ndarray:
    with page.expect_download() as download:
        page.click('#save-points')
    (record,) = json.loads(download.value.path().read_text())
    return np.array(record['keypoints'])


def check(page, shape) -> None:
    """Look at the face several times: its shape stays, its place changes."""
    centers = []
    for _ in range(5):
        page.wait_for_timeout(370)
        points = sample(page)
        centers.append(points.mean(0))
        error = np.linalg.norm(points - points.mean(0) - shape, axis=1)
        assert error.mean() < 0.05 * np.ptp(shape)
    assert np.ptp(centers, axis=0).max() > 8


def test_a_detected_face_is_followed(open_camera, detecting_url, bench, shape):
    page = open_camera(detecting_url)
    found = bench['watch'](page, seconds=3)
    check(page, shape)
    assert found['rate'] > 0
    assert {'camera', 'faces', 'crop', 'network', 'drawing'} <= set(found)
    page.click('#camera')
    wait_for(page, 'closed')


def test_the_users_box_is_followed(open_camera, page_url, shape):
    page = open_camera(page_url)
    page.click('#camera')
    wait_for(page, 'Put your face')
    page.locator('#speed', has_text='frames a second').wait_for()
    check(page, shape)
    assert page.locator('#box').is_hidden()  # the face's own box is used


def test_threads_find_the_same(open_camera, detecting_url, shape):
    page = open_camera(f'{detecting_url}?threads=2')
    assert page.evaluate('() => crossOriginIsolated')
    page.click('#camera')
    page.locator('#speed', has_text='frames a second').wait_for()
    check(page, shape)


# A camera that shows grey, and a face in the middle once it is turned.
CAMERA = """({ pixels, side }) => {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  const face = new ImageData(Uint8ClampedArray.from(pixels), side, side);
  const [short, long] = [240, 320];
  Object.assign(canvas, { width: long, height: short });
  window.turn = () =>
    Object.assign(canvas, { width: short, height: long });
  setInterval(() => {
    const { width, height } = canvas;
    context.fillStyle = '#5a5a5a';
    context.fillRect(0, 0, width, height);
    if (width > height) return;
    context.putImageData(face, (width - side) / 2, (height - side) / 2);
  }, 30);
  const stream = canvas.captureStream(30);
  navigator.mediaDevices.getUserMedia = async () => stream;
}"""


def test_a_phone_that_is_turned_gets_a_new_box(open_page, page_url):
    side = 120
    face = make_face(seed=11, index=5, size=side)
    pixels = cv2.cvtColor(face.image, cv2.COLOR_BGR2RGBA).ravel().tolist()
    page = open_page(page_url)
    page.evaluate(CAMERA, dict(pixels=pixels, side=side))
    page.click('#camera')
    page.locator('#speed', has_text='frames a second').wait_for()
    numbers = page.locator('[data-place]')
    places = '(fields) => fields.map((field) => field.value)'
    assert numbers.evaluate_all(places) == ['100', '60', '220', '180']
    assert page.locator('#save').is_hidden()  # no face is in sight
    page.evaluate('() => window.turn()')
    page.locator('#save').wait_for()
    assert numbers.evaluate_all(places) == ['60', '100', '180', '220']
    truth = face.keypoints + np.array([60, 100])
    error = np.linalg.norm(sample(page) - truth, axis=1)
    assert error.mean() < 0.05 * np.ptp(truth)


def test_a_refused_camera_is_said(browser, page_url):
    page = browser.new_context().new_page()
    page.goto(page_url)
    wait_for(page, '^Ready')
    page.click('#camera')
    wait_for(page, 'The camera cannot be opened')
    page.context.close()
