"""The page finds in a browser what Python finds, and asks nobody else."""

from mmpose_scgcn import load_model
from mmpose_scgcn.detection import YuNet
from mmpose_scgcn.runtime import load_exported
from mmpose_scgcn.structures.boxes import box_iou
from mmpose_scgcn.synthetic import make_face
from mmpose_scgcn.web import site

import cv2
import numpy as np
import pytest

from .conftest import (
    MODEL,
    draw_box,
    predict_photo,
    records,
    saved,
    upload,
    wait_for,
)

EXAMPLE = site.PAGE / 'example.jpg'


@pytest.mark.parametrize('mirror', [True, False])
def test_landmarks_are_those_of_pytorch(open_page, page_url, photo, mirror):
    page = open_page(page_url)
    page.select_option('#model', label=f'{MODEL}, float32')
    wait_for(page, f'^Ready: {MODEL}, float32')
    page.set_checked('#mirror', mirror)
    found = predict_photo(page, photo)
    model = load_model(MODEL, device='cpu')
    model.model.test_cfg['flip_test'] = mirror
    truth = model(photo[0], boxes=[photo[1]]).keypoints[0]
    assert np.abs(found - truth).max() < 0.05


def test_eight_bits_are_those_of_python(open_page, page_url, photo, exported):
    found = predict_photo(open_page(page_url), photo)
    model = load_exported(exported, precision='int8')
    truth = model(photo[0], boxes=[photo[1]]).keypoints[0]
    assert np.abs(found - truth).max() < 0.5


def test_a_second_pass_is_that_of_pytorch(open_page, page_url, photo):
    page = open_page(page_url)
    page.select_option('#model', label=f'{MODEL}, float32')
    wait_for(page, f'^Ready: {MODEL}, float32')
    page.check('#again')
    upload(page, photo[0])
    wait_for(page, 'Draw a box')
    draw_box(page, photo[1])
    wait_for(page, '^1 face')
    found = np.array(records(page)[0]['keypoints'])
    model = load_model(MODEL, device='cpu')
    truth = model(photo[0], boxes=[photo[1]], passes=2).keypoints[0]
    assert np.abs(found - truth).max() < 0.15


def test_a_face_at_the_edge_is_that_of_python(
    open_page, page_url, photo, exported
):
    image, box = photo
    image, box = image[:300, 260:], box - np.array([260, 0, 260, 0])
    found = predict_photo(open_page(page_url), (image, box.round(1)))
    model = load_exported(exported, precision='int8')
    truth = model(image, boxes=[box.round(1)]).keypoints[0]
    assert np.abs(found - truth).max() < 0.5


def test_found_boxes_are_those_of_python(open_page, detecting_url):
    page = open_page(detecting_url)
    page.click('#example')
    wait_for(page, '^2 faces')
    found = np.array([record['bbox'][0] for record in records(page)])
    truth, scores = YuNet()(cv2.imread(str(EXAMPLE)))
    assert len(truth) == 2
    assert box_iou(found, truth).max(axis=1).min() > 0.95
    said = [record['bbox_score'] for record in records(page)]
    np.testing.assert_allclose(said, scores, atol=0.02)


@pytest.fixture(scope='module')
def crowd() -> np.ndarray:
    """A photo of twelve drawn faces."""
    faces = [make_face(seed=11, index=n, size=160).image for n in range(12)]
    return np.vstack([np.hstack(faces[n : n + 4]) for n in (0, 4, 8)])


@pytest.mark.parametrize('again', [False, True])
def test_a_photo_may_have_many_faces(
    open_page, detecting_url, crowd, exported, again
):
    page = open_page(detecting_url)
    page.set_checked('#again', again)
    upload(page, crowd)
    wait_for(page, r'^\d+ faces')
    found = records(page)
    assert page.inner_text('#status') == f'{len(found)} faces.'
    boxes = np.array([record['bbox'][0] for record in found])
    expected, _ = YuNet()(crowd)
    nearest = box_iou(boxes, expected).argmax(axis=1)
    assert sorted(nearest) == list(range(12))  # each face once
    model = load_exported(exported, precision='int8')
    truth = model(crowd, boxes=boxes).keypoints
    points = np.array([record['keypoints'] for record in found])
    assert np.abs(points - truth).max() < 0.5


def test_nobody_else_is_asked(open_page, detecting_url, browser):
    page = open_page('about:blank', wait=False)
    asked = []
    page.on('request', lambda request: asked.append(request))
    page.goto(detecting_url)
    wait_for(page, '^Ready')
    page.click('#example')
    wait_for(page, '^2 faces')
    saved(page, '#save-picture')
    urls = [request.url for request in asked]
    own = [u for u in urls if u.startswith(('blob:' + detecting_url[:-1],))]
    rest = [u for u in urls if u not in own]
    assert len(rest) > 15
    assert all(url.startswith(detecting_url) for url in rest)
    assert {request.method for request in asked} == {'GET'}
    assert all(request.post_data is None for request in asked)


def test_the_policy_stops_a_request_elsewhere(open_page, page_url):
    page = open_page(page_url)
    outcome = page.evaluate(
        "() => fetch('http://127.0.0.1:9/').then(() => 'sent',"
        ' (error) => error.message)'
    )
    assert 'fetch' in outcome.lower()
    assert any('Content Security Policy' in p for p in page.problems)
    page.problems.clear()


def test_a_model_that_cannot_be_loaded_leaves_the_one_before(
    open_page, page_url, photo
):
    page = open_page(page_url)
    truth = predict_photo(page, photo)
    other = f'{MODEL}, float32'
    page.route('**/model.onnx', lambda route: route.abort())
    for _ in range(2):
        page.select_option('#model', label=other)
        wait_for(page, f'^{other} cannot be loaded: ')
        chosen = page.locator('#model option:checked').inner_text()
        assert chosen == f'{MODEL}, int8'
        np.testing.assert_array_equal(predict_photo(page, photo), truth)
    page.unroute('**/model.onnx')
    page.select_option('#model', label=other)
    wait_for(page, '^Draw a box|^1 face')
    assert 0 < np.abs(predict_photo(page, photo) - truth).max() < 0.5
    page.problems.clear()


def test_without_a_model_another_one_can_be_chosen(open_page, page_url, photo):
    page = open_page('about:blank', wait=False)
    page.route('**/model.int8.onnx', lambda route: route.abort())
    page.goto(page_url)
    wait_for(page, f'^{MODEL}, int8 cannot be loaded: ')
    for press in ('#example', '#camera'):
        page.evaluate("document.getElementById('status').textContent = ''")
        page.click(press)
        wait_for(page, '^No model is loaded')
    page.select_option('#model', label=f'{MODEL}, float32')
    wait_for(page, '^Ready')
    predict_photo(page, photo)
    page.problems.clear()


def test_the_saved_picture_is_the_drawn_one(open_page, page_url, photo):
    page = open_page(page_url)
    predict_photo(page, photo)
    download = saved(page, '#save-picture')
    assert download.suggested_filename == 'face.png'
    picture = cv2.imread(str(download.path()))
    assert picture.shape == photo[0].shape
    x1, y1, x2, y2 = photo[1].astype(int)
    changed = (picture != photo[0]).any(-1)
    assert 0.02 < changed[y1:y2, x1:x2].mean() < 0.7
    changed[y1 - 20 : y2 + 20, x1 - 20 : x2 + 20] = False
    assert not changed.any()
    for name in ('points', 'outline', 'graph'):
        page.uncheck(f'[name={name}]')
    picture = cv2.imread(str(saved(page, '#save-picture').path()))
    np.testing.assert_array_equal(picture, photo[0])


def test_a_box_is_drawn_with_the_mouse(open_page, page_url, photo):
    image, box = photo
    page = open_page(page_url)
    upload(page, image)
    wait_for(page, 'Draw a box')
    edge = page.locator('#picture').bounding_box()
    scale = edge['width'] / image.shape[1]
    x1, y1, x2, y2 = np.array(box) * scale
    page.mouse.move(edge['x'] + x1, edge['y'] + y1)
    page.mouse.down()
    page.mouse.move(edge['x'] + x2, edge['y'] + y2, steps=4)
    page.mouse.up()
    wait_for(page, '^1 face')
    found = records(page)[0]['bbox'][0]
    np.testing.assert_allclose(found, box, atol=1.5 / scale)


# Keeps all that the status says until it says that it is ready.
KEEP_STATUS = """() => {
  const said = [];
  window.said = new Promise((done) => {
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) said.push(addedNodes[0].data);
      if (said.some((words) => words.startsWith('Ready'))) done(said);
    }).observe(document.getElementById('status'), { childList: true });
  });
}"""


@pytest.mark.parametrize(
    ('place', 'ways'),
    [
        ((3, 3), []),
        ((3, 3), [(1, 1)]),
        ((3, 3), [(60, 2), (60, 0)]),  # it ends as a line
        ((320, 240), [(1, 0)]),
        ((200, 120), [(1, 1)]),  # a corner
    ],
)
def test_a_slip_does_not_take_the_suggested_box(
    open_page, page_url, photo, place, ways
):
    page = open_page(page_url)
    upload(page, photo[0])
    wait_for(page, 'Draw a box')
    page.evaluate(KEEP_STATUS)
    edge = page.locator('#picture').bounding_box()
    scale = edge['width'] / photo[0].shape[1]
    x, y = edge['x'] + scale * place[0], edge['y'] + scale * place[1]
    page.mouse.move(x, y)
    page.mouse.down()
    for across, down in ways:
        page.mouse.move(x + across, y + down)
    page.mouse.up()
    # The photo is looked at again, with the box if one has been given.
    page.select_option('#model', label=f'{MODEL}, float32')
    said = page.evaluate('() => window.said')
    assert [words for words in said if 'face.' in words] == []
    wait_for(page, '^Draw a box')
    page.focus('#box')
    page.keyboard.press('Enter')
    wait_for(page, '^1 face')
    np.testing.assert_allclose(
        records(page)[0]['bbox'][0], [200, 120, 440, 360], atol=0.01
    )


def test_the_keyboard_is_enough(open_page, page_url, photo):
    page = open_page(page_url)
    upload(page, photo[0])
    wait_for(page, 'Draw a box')
    page.focus('#box')
    for key in ('ArrowRight', 'ArrowDown', 'Shift+ArrowUp', 'Enter'):
        page.keyboard.press(key)
    wait_for(page, '^1 face')
    # 640 x 480: a box of 240 px in the middle, steps of 6.4 px.
    expected = [206.4, 129.6, 446.4, 363.2]
    np.testing.assert_allclose(
        records(page)[0]['bbox'][0], expected, atol=0.01
    )


def test_every_control_is_reached_and_named(open_page, page_url):
    page = open_page(page_url)
    named = page.locator('main').aria_snapshot()
    for name in ('Choose a photo', 'Open the camera', 'Model', 'Landmarks'):
        assert name in named
    seen = set()
    for _ in range(16):
        page.keyboard.press('Tab')
        seen.add(page.evaluate('() => document.activeElement.id'))
    assert {'file', 'camera', 'example', 'model', 'mirror'} <= seen


def test_a_file_that_is_no_image_is_named(open_page, page_url):
    page = open_page(page_url)
    page.set_input_files(
        '#file',
        dict(name='notes.txt', mimeType='text/plain', buffer=b'words'),
    )
    wait_for(page, r'^notes\.txt is no image')
    page.problems.clear()


@pytest.mark.parametrize('width', [320, 390, 800, 1280])
def test_nothing_sticks_out_of_the_window(open_page, page_url, photo, width):
    page = open_page(page_url, viewport=dict(width=width, height=800))
    for _ in range(2):
        widest = page.evaluate('() => document.documentElement.scrollWidth')
        assert widest <= width
        predict_photo(page, photo)


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_text_can_be_read(open_page, page_url, scheme):
    page = open_page(page_url, color_scheme=scheme)
    for name in ('h1', '#status', '.quiet', '.primary', '#camera'):
        text, ground = page.locator(name).first.evaluate(COLORS)
        assert contrast(text, ground) > 4.5, name


# The colour of an element's text, and of what is behind it.
COLORS = """(element) => {
  const numbers = (color) => color.match(/[0-9.]+/g).map(Number);
  let behind = element;
  let ground = numbers(getComputedStyle(behind).backgroundColor);
  while (ground.length === 4 && ground[3] === 0) {
    behind = behind.parentElement;
    ground = numbers(getComputedStyle(behind).backgroundColor);
  }
  return [numbers(getComputedStyle(element).color), ground];
}"""


def contrast(first, second) -> float:
    """The contrast ratio of WCAG 2 between two colours."""

    def light(color) -> float:
        part = np.array(color[:3]) / 255
        part = np.where(
            part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4
        )
        return float(part @ [0.2126, 0.7152, 0.0722])

    dark, bright = sorted((light(first), light(second)))
    return (bright + 0.05) / (dark + 0.05)
