"""An exported model needs NumPy, OpenCV and ONNX Runtime, nothing else."""

import csv
import json

from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest

#: All that a torch-free environment has not.
HIDDEN = 'torch mmengine mmcv mmpose scipy PIL matplotlib rich yaml jinja2'

PROGRAM = """
import sys

class Refuse:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split('.')[0] in {hidden!r}:
            raise ImportError(name + ' was imported')

sys.meta_path.insert(0, Refuse)
import cv2
from mmpose_scgcn import list_models, load_model
from mmpose_scgcn.apis import read_image

model = load_model(sys.argv[1])
faces = model(read_image(sys.argv[2]), boxes=[[40, 40, 160, 160]], passes=2)
faces.draw(boxes=True, links=True, indices=True)
assert len(faces) == 1 and list_models()
print(*sorted({hidden!r} & {{name.split('.')[0] for name in sys.modules}}))
"""


@pytest.fixture(scope='module')
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp('photos')
    faces = [make_face(3, index, 200).image for index in range(2)]
    cv2.imwrite(str(folder / 'one.png'), faces[0])
    cv2.imwrite(str(folder / 'two.jpg'), faces[1])
    cv2.imwrite(str(folder / 'three.webp'), faces[1])
    writer = cv2.VideoWriter(
        str(folder / 'film.avi'),
        cv2.VideoWriter.fourcc(*'MJPG'),
        25,
        (200, 200),
    )
    for step in range(4):
        writer.write(np.roll(faces[0], step, axis=1))
    writer.release()
    return folder


def read_results(folder):
    return {
        path.name: json.loads(path.read_text())
        for path in sorted((folder / 'predictions').iterdir())
    }


def test_nothing_else_is_imported(run_python, exported, photos):
    # Pillow may be used where it is installed.
    code = PROGRAM.format(hidden=set(HIDDEN.split()) - {'PIL'})
    done = run_python('-c', code, exported[0], photos / 'one.png', cold=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


@pytest.mark.parametrize('precision', ['float32', 'int8'])
def test_the_tool_predicts_without_them(
    run_python, exported, photos, tmp_path, precision, detector_here
):
    done = run_python(
        *('-m', 'mmpose_scgcn', 'predict', photos),
        *('--det-model', detector_here),
        *('--model', exported[0], '--precision', precision),
        *('--out-dir', tmp_path / 'out', '--csv', tmp_path / 'faces.csv'),
        *('--draw-links', '--draw-graph', '--passes', '2'),
        hidden=HIDDEN,
        cold=True,
    )
    assert done.returncode == 0, done.stderr
    assert 'files; written to' in done.stderr
    results = read_results(tmp_path / 'out')
    assert set(results) == {
        f'{n}.json' for n in ('one', 'two', 'three', 'film')
    }
    assert [len(frame['instances']) for frame in results['film.json']] == [
        1
    ] * 4
    text = (tmp_path / 'faces.csv').read_text('utf-8')
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == 1 + 3 + 4
    drawn = {p.name for p in (tmp_path / 'out/visualizations').iterdir()}
    assert drawn == {'one.png', 'two.jpg', 'three.png', 'film.mp4'}


def test_the_results_are_those_of_pytorch(
    run_python, exported, photos, tmp_path, detector_here
):
    found = {}
    for name, options in dict(
        exported=dict(hidden=HIDDEN, cold=True), pytorch={}
    ).items():
        model = exported[0] if name == 'exported' else 'face98-synthetic'
        out = tmp_path / name
        done = run_python(
            *('-m', 'mmpose_scgcn', 'predict', photos, '--model', model),
            *('--det-model', detector_here),
            *('--pred-out-dir', out / 'predictions'),
            **options,
        )
        assert done.returncode == 0, done.stderr
        found[name] = read_results(out)
    for name, wanted in found['pytorch'].items():
        if name == 'film.json':  # boxes follow the keypoints
            wanted = [f['instances'][0] for f in wanted]
            got = [f['instances'][0] for f in found['exported'][name]]
        else:
            got = found['exported'][name]
        most = 0.1 if name == 'film.json' else 0.01
        for one, other in zip(got, wanted, strict=True):
            for key in ('keypoints', 'keypoint_scores', 'bbox'):
                np.testing.assert_allclose(one[key], other[key], atol=most)


def test_a_model_of_pytorch_says_what_it_needs(run_python):
    code = 'import mmpose_scgcn; mmpose_scgcn.load_model("face68")'
    done = run_python('-c', code, hidden='torch mmpose', cold=True)
    assert 'needs torch, mmpose' in done.stderr.splitlines()[-1]


def test_an_exported_model_says_what_it_needs(run_python, exported):
    code = (
        f'import mmpose_scgcn; mmpose_scgcn.load_model({str(exported[0])!r})'
    )
    done = run_python('-c', code, hidden='onnxruntime', cold=True)
    assert 'pip install onnxruntime' in done.stderr.splitlines()[-1]


def test_other_images_ask_for_pillow(run_python, tmp_path):
    (tmp_path / 'a.gif').write_bytes(b'GIF89a' + bytes(40))
    code = 'from mmpose_scgcn.apis import read_image; read_image("a.gif")'
    done = run_python('-c', code, hidden='PIL', cold=True, cwd=tmp_path)
    last = done.stderr.splitlines()[-1]
    assert 'a.gif is no JPEG' in last and 'pip install pillow' in last


@pytest.mark.parametrize('orientation', range(1, 9))
def test_a_photo_is_turned_as_with_pillow(run_python, tmp_path, orientation):
    from mmpose_scgcn.apis import read_image

    from PIL import Image

    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:8], pixels[:, :8] = (200, 30, 30), (30, 200, 30)
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = tmp_path / 'photo.jpg'
    Image.fromarray(pixels).save(file, exif=exif, quality=95)
    code = (
        'import numpy as np; from mmpose_scgcn.apis import read_image; '
        'np.save("photo.npy", read_image("photo.jpg"))'
    )
    done = run_python('-c', code, hidden='PIL', cold=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(
        np.load(tmp_path / 'photo.npy'), read_image(file)
    )
