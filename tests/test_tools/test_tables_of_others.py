"""Tables as programs write them, through ``tools/prepare_dataset.py``.

Each is read with the right values, or refused in one line and nothing is
written.
"""

import json

import cv2
import numpy as np
import pytest

SHAPE = np.array(
    [[30, 30], [66, 30], [32, 40], [64, 40], [48, 55], [36, 70], [60, 70]]
)
NAMES = tuple(f'p{number}.png' for number in range(12))
PARTS = (
    *('left_eye_center', 'right_eye_center', 'left_eye_inner_corner'),
    *('right_eye_inner_corner', 'nose_tip', 'mouth_left_corner'),
    'mouth_right_corner',
)
KAGGLE = [f'{part}_{axis}' for part in PARTS for axis in 'xy']
PLAIN = [f'{axis}{i}' for i in range(7) for axis in 'xy']
OPENFACE = [
    *('frame', 'face_id', 'timestamp', 'confidence', 'success'),
    *(f'gaze_{i}_{axis}' for i in range(2) for axis in 'xyz'),
    *('gaze_angle_x', 'gaze_angle_y'),
    *(f'eye_lmk_{axis}_{i}' for axis in 'xyXYZ' for i in range(56)),
    *(f'pose_{kind}{axis}' for kind in 'TR' for axis in 'xyz'),
    *(f'{axis}_{i}' for axis in 'xyXYZ' for i in range(7)),
    *('p_scale', 'p_rx', 'p_ry', 'p_rz', 'p_tx', 'p_ty', 'p_0', 'p_33'),
    *('AU01_r', 'AU45_c'),
]


@pytest.fixture(scope='module')
def faces():
    rng = np.random.default_rng(0)
    return (SHAPE + rng.normal(0, 0.5, (len(NAMES), 7, 2))).round(2)


def flat(points):
    return points.ravel().tolist()


def write(header, rows, separator=','):
    lines = [*([header] if header else []), *rows]
    return '\n'.join(separator.join(map(str, line)) for line in lines)


def named(faces, header, change=flat, separator=','):
    rows = [
        [name, *change(face)] for name, face in zip(NAMES, faces, strict=True)
    ]
    return write(['name', *header], rows, separator)


def openface(faces):
    """All columns of OpenFace, which are 0.5 but for the keypoints."""
    rows = []
    for name, face in zip(NAMES, faces, strict=True):
        value = {f'x_{i}': x for i, x in enumerate(face[:, 0])}
        value |= {f'y_{i}': y for i, y in enumerate(face[:, 1])}
        rows.append([*(value.get(c, 0.5) for c in OPENFACE), name])
    return write([*OPENFACE, 'file'], rows, ', ')


def with_depth(face):
    return np.insert(face, 2, -0.02, axis=1).ravel().tolist()


READ = dict(
    openface=openface,
    kaggle=lambda f: named(f, KAGGLE),
    mediapipe=lambda f: named(
        f, [f'{a}{i}' for i in range(7) for a in 'xyz'], with_depth
    ),
    pandas=lambda f: write(
        ['Unnamed: 0', 'image', *PLAIN],
        [[i, NAMES[i], *flat(f[i])] for i in range(len(NAMES))],
    ),
    units=lambda f: named(f, [f'{c} [px]' for c in PLAIN]),
    capitals=lambda f: named(f, PLAIN).replace('name,', 'NAME,').upper(),
    from_1=lambda f: named(
        f, [f'{a}{i}' for a in 'xy' for i in range(1, 8)], lambda p: flat(p.T)
    ),
    excel=lambda f: (
        'sep=;\n'
        + named(f, PLAIN, separator=';')
        .replace('.', ',')
        .replace(',png', '.png')
    ),
    quoted=lambda f: (
        '"' + named(f, PLAIN, separator='", "').replace('\n', '"\n"') + '"'
    ),
    trailing=lambda f: named(f, PLAIN).replace('\n', ',\n') + ',',
    carriage=lambda f: named(f, PLAIN).replace('\n', '\r'),
    elsewhere=lambda f: named(f, PLAIN).replace('\np', '\nC:\\my pics\\p'),
)


@pytest.fixture
def pictures(tmp_path):
    for name in NAMES:
        cv2.imwrite(str(tmp_path / name), np.zeros((96, 96, 3), np.uint8))
    return tmp_path


@pytest.mark.parametrize('kind', READ)
def test_read_with_the_right_values(run_main, pictures, faces, kind):
    (pictures / 't.csv').write_bytes(READ[kind](faces).encode())
    done = run_main('prepare_dataset', 'csv', 't.csv', 'out', '--strict')
    assert done.returncode == 0, done.stderr
    path = pictures / 'out/face_landmarks_faces_trainval.json'
    content = json.loads(path.read_text(encoding='utf-8'))
    files = [image['file_name'] for image in content['images']]
    assert [file.lower() for file in files] == list(NAMES)
    for face, entry in zip(faces, content['annotations'], strict=True):
        found = np.reshape(entry['keypoints'], (7, 3))
        np.testing.assert_allclose(found[:, :2], face, atol=1e-6)
        assert (found[:, 2] == 1).all()


PIXELS = ' '.join(['238'] * 9216)
REFUSED = {
    'yolo': (
        lambda f: '\n'.join('0 0.5 0.5 0.3 0.3 0.4 0.4' for _ in f),
        'cells parted by commas',
    ),
    'wflw': (
        lambda f: '\n'.join(' '.join(map(str, flat(p))) + ' a.png' for p in f),
        'cells parted by commas',
    ),
    'kaggle, with pixels': (
        lambda f: write([*KAGGLE, 'Image'], [[*flat(p), PIXELS] for p in f]),
        'row 2: expected the name of an image, got its pixels',
    ),
    'openface, without names': (
        lambda f: '\n'.join(
            line.rpartition(',')[0] for line in openface(f).split('\n')
        ),
        'one column with the names of the images',
    ),
    'one axis is shorter': (
        lambda f: named(f, PLAIN[:-1], lambda p: flat(p)[:-1]),
        'expected an x and a y of every keypoint, got x6 alone',
    ),
    'a name twice': (
        lambda f: named(f, [*PLAIN[:-2], 'x0', 'y0']),
        'x0 and x0 name the same',
    ),
    'long': (
        lambda f: write(
            ['name', 'landmark', 'x', 'y'],
            [[NAMES[0], i, *p] for i, p in enumerate(f[0])],
        ),
        'cannot tell what the columns landmark hold',
    ),
    'two rows of names': (
        lambda f: (
            write(['name', *('x', 'y') * 7], []) + '\n' + named(f, PLAIN)
        ),
        "row 2: expected a number, got 'x0'",
    ),
    'depths, without a header': (
        lambda f: named(f[:, :6], [], with_depth).partition('\n')[2],
        'column 4, 7, 10, 13, 16 has values of -2 to 2 only',
    ),
    'unlimited': (
        lambda f: named(f, PLAIN, lambda p: [*flat(p)[:-1], '1e400']),
        'row 2: expected finite numbers',
    ),
    'metres': (
        lambda f: named((f - 48) / 1000, PLAIN),
        'got normalised or metric coordinates',
    ),
    'mirrored upwards': (
        lambda f: named(f * [1, -1], PLAIN),
        'outside of their image',
    ),
}


@pytest.mark.parametrize('kind', REFUSED)
def test_refused_in_one_line(run_main, pictures, faces, kind):
    text, message = REFUSED[kind]
    (pictures / 't.csv').write_text(text(faces), encoding='utf-8')
    before = sorted(pictures.iterdir())
    done = run_main('prepare_dataset', 'csv', 't.csv', 'out')
    assert done.returncode == 1
    (line,) = [li for li in done.stderr.splitlines() if li.startswith('error')]
    assert message in line
    assert 'Traceback' not in done.stderr
    assert sorted(pictures.iterdir()) == before
