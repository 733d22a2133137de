"""The page's arithmetic is that of Python, piece by piece."""

import json
from functools import partial

from mmpose_scgcn.detection import BoxMapping, suppress
from mmpose_scgcn.runtime.crops import Cropper
from mmpose_scgcn.runtime.decoding import Decoder
from mmpose_scgcn.structures import Faces
from mmpose_scgcn.tracking import OneEuroFilter
from mmpose_scgcn.tracking.track import are_believable
from mmpose_scgcn.web import Site
from mmpose_scgcn.web.site import PAGE

import numpy as np
import pytest

from .conftest import serving

RNG = np.random.default_rng(0)


@pytest.fixture(scope='module')
def run(browser):
    """Call a function of one of the page's modules, with JSON."""
    site = Site({f'/{file.name}': file for file in PAGE.iterdir()})
    with serving(site) as server:
        page = browser.new_page()
        page.goto(f'{server.url}icon.svg')
        yield partial(call, page)
        page.close()


def call(page, module: str, body: str, **values):
    given = json.loads(json.dumps(values, default=np.ndarray.tolist))
    code = f'async (a) => {{ const m = await import("/{module}.js"); '
    return page.evaluate(f'{code}{body} }}', given)


def settings(
    size=(64, 64), udp=False, standardize=False, channels='RGB', **more
) -> dict:
    return dict(
        input=dict(
            width=size[0],
            height=size[1],
            channels=channels,
            mean=[123.675, 116.28, 103.53],
            std=[58.395, 57.12, 57.375],
            standardize=standardize,
        ),
        box=dict(padding=1.25, udp=udp),
        **more,
    )


CUT = """
  const frame = m.cropFrame(a.box, a.meta);
  const part = m.cropRegion(frame, a.size[0], a.size[1]);
  const pixels = new ImageData(
    new Uint8ClampedArray(a.pixels), a.size[0], a.size[1]);
  const canvas = new OffscreenCanvas(a.size[0], a.size[1]);
  const context = canvas.getContext('2d', { alpha: false });
  context.putImageData(pixels, 0, 0);
  const crop = m.warpCrop(
    context.getImageData(...part), part[0], part[1], frame);
  const { width, height } = a.meta.input;
  const out = new Float32Array(2 * 3 * width * height);
  m.writeInput(crop, a.meta.input, out, 0);
  m.mirrorInput(out, a.meta.input, 0, 1);
  const points = m.toPicture(a.points, frame);
  return { values: Array.from(out), points };
"""


@pytest.mark.parametrize(
    'options',
    [
        dict(),
        dict(udp=True),
        dict(standardize=True),
        dict(channels='BGR'),
        dict(size=(48, 64)),
        dict(size=(64, 48), udp=True),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    'box',
    [
        [20.5, 15.25, 90.75, 80.0],
        [-60.0, -20.0, 90.0, 70.0],  # over the edge
        [60.0, 40.0, 72.0, 55.0],  # smaller than the crop
        [400.0, 400.0, 500.0, 500.0],  # beside the picture
    ],
    ids=str,
)
def test_a_crop_has_the_pixels_of_opencv(run, options, box):
    # Smooth, so that a place that is rounded otherwise changes little.
    y, x = np.mgrid[:80, :100]
    image = np.stack(
        [127 + 120 * np.sin(x / 12 + c) * np.cos(y / 10) for c in range(3)], -1
    ).astype(np.uint8)
    meta = settings(**options)
    pixels = np.dstack([image[..., ::-1], np.full((80, 100), 255)])
    points = RNG.uniform(0, 100, (5, 2))
    found = run(
        'crop',
        CUT,
        box=box,
        meta=meta,
        size=[100, 80],
        pixels=pixels.ravel().astype(int),
        points=points.ravel(),
    )
    cropper = Cropper(meta)
    crop = cropper.place(np.array(box))
    truth = cropper.cut(image, crop)
    values = np.reshape(found['values'], (2, *truth.shape))
    # At most a few of 255 grey levels, which are 1 / 57 each.
    assert np.abs(values[0] - truth).max() < 0.1
    assert np.abs(values[0] - truth).mean() < 0.01
    np.testing.assert_array_equal(values[1], values[0][..., ::-1])
    there = cropper.to_image(points[None], [crop])[0]
    np.testing.assert_allclose(found['points'], there, atol=1e-3)


DECODE = """
  const outputs = {};
  for (const [name, { data, dims }] of Object.entries(a.outputs)) {
    outputs[name] = { data: new Float32Array(data), dims };
  }
  let rows = m.rowsOf(outputs, 0);
  if (a.mirror) {
    rows = m.average(rows, m.rowsOf(outputs, 1), a.meta.flip_test);
  }
  const { points, scores } = m.read(rows, a.meta.decoder);
  return [Array.from(points), Array.from(scores)];
"""


@pytest.mark.parametrize('mirror', [False, True])
@pytest.mark.parametrize('kind', ['regression', 'scores', 'simcc', 'nothing'])
def test_outputs_are_read_as_in_python(run, kind, mirror):
    simcc = kind in ('simcc', 'nothing')
    outputs = {'keypoints': RNG.uniform(0, 128, (2, 4, 2))}
    if kind == 'scores':
        outputs['scores'] = RNG.uniform(0, 1, (2, 4))
    if simcc:
        low = -1 if kind == 'simcc' else -2
        outputs = {
            'simcc_x': RNG.uniform(low, low + 2, (2, 4, 256)),
            'simcc_y': RNG.uniform(low, low + 2, (2, 4, 192)),
        }
    outputs = {k: v.astype(np.float32) for k, v in outputs.items()}
    meta = settings(
        decoder=dict(type='simcc', split_ratio=2.0)
        if simcc
        else dict(type='regression'),
        flip_test=dict(enabled=True, indices=[1, 0, 2, 3], mirror_x=127),
    )
    points, scores = run(
        'decode',
        DECODE,
        meta=meta,
        mirror=mirror,
        outputs={
            name: dict(data=value.ravel(), dims=value.shape)
            for name, value in outputs.items()
        },
    )
    decoder = Decoder(meta)
    plain, mirrored = (
        {name: value[n : n + 1] for name, value in outputs.items()}
        for n in (0, 1)
    )
    rows = decoder.average(plain, mirrored) if mirror else plain
    truth, sure = decoder.read(rows)
    np.testing.assert_allclose(points, truth.ravel(), atol=1e-4)
    np.testing.assert_allclose(scores, sure.ravel(), atol=1e-6)


def test_keypoints_are_smoothed_as_in_python(run):
    values = RNG.normal(0, 3, (12, 5, 2)).cumsum(0)
    times = np.cumsum(RNG.uniform(0.02, 0.08, 12))
    found = run(
        'smooth',
        'const f = new m.OneEuroFilter(); return a.values.map('
        '(v, i) => f.next(v, a.times[i], 40));',
        values=values,
        times=times,
    )
    smooth = OneEuroFilter()
    truth = [
        smooth(v, time_s=t, scale=40)
        for v, t in zip(values, times, strict=True)
    ]
    np.testing.assert_allclose(found, truth, atol=1e-9)


@pytest.mark.parametrize(
    ('shift', 'score', 'scale'),
    [
        (0, 1, 1),
        (80, 1, 1),
        (0, 0.4, 1),
        (0, 1, 0.02),
        (0, 1, 3),
        (-120, 1, 1),
    ],
)
def test_a_face_is_believed_as_in_python(run, shift, score, scale):
    corners = np.array([[60.0, 60], [160, 60], [110, 150]])
    box = np.array([60.0, 60, 160, 150])
    if shift < 0:  # where it was looked for, but out of the picture
        box = box + [shift, shift] * 2
    points = (corners - 105) * scale + 105 + shift
    scores = np.full(3, score, np.float32)
    faces = Faces(points[None], scores[None], box[None], np.ones(1))
    (truth,) = are_believable(faces, box[None], (320, 240), 0.42)
    low, high = points.min(0), points.max(0)
    found = run(
        'follow',
        'return m.isBelievable(a.face, a.tight, [320, 240]);',
        face=dict(box=box, scores=scores),
        tight=[*low, *high],
    )
    assert found == bool(truth)


def test_boxes_are_mapped_and_chosen_as_in_python(run):
    low = RNG.uniform(0, 30, (12, 2))
    boxes = np.hstack([low, low + RNG.uniform(20, 60, (12, 2))])
    scores = RNG.permutation(12) / 12
    mapping = BoxMapping(0.02, 0.13, 1.02, 0.76)
    kept, mapped = run(
        'boxes',
        'const rows = a.boxes.map((box, n) => '
        '({ box, score: a.scores[n], n })); return ['
        'm.suppress(rows, 0.3).map((row) => row.n), '
        'a.boxes.map((box) => m.mapBox(box, a.mapping))];',
        boxes=boxes,
        scores=scores,
        mapping=vars(mapping),
    )
    assert kept == suppress(boxes, scores, 0.3).tolist()
    assert 1 < len(kept) < 12
    np.testing.assert_allclose(mapped, mapping(boxes), rtol=1e-5)


FOLLOW = """
  const follower = new m.Follower();
  const places = [];
  for (let n = 0; n < 4; n++) {
    const face = (x) => ({
      keypoints: [[x, 20], [x + 50, 20], [x + 25, 70]],
      scores: [1, 1, 1], box: [x, 20, x + 50, 70],
      tight: [x, 20, x + 50, 70] });
    follower.take([face(10 + 5 * n), face(200)], 40 * n, [320, 240], false);
    places.push(follower.boxes(40 * (n + 1)));
  }
  const fresh = follower.unknown([[26, 22, 76, 72], [100, 100, 150, 150]]);
  follower.take([], 200, [320, 240], false);
  return { places, fresh, left: follower.boxes(240).length };
"""


def test_faces_are_expected_where_they_move_to(run):
    found = run('follow', FOLLOW)
    # The first time it is not known how a face moves.
    moving = [places[0][0] for places in found['places']]
    np.testing.assert_allclose(moving, [10, 20, 25, 30])
    assert all(places[1][0] == 200 for places in found['places'])
    assert found['fresh'] == [[100, 100, 150, 150]]
    assert found['left'] == 0
