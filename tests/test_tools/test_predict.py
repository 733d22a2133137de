"""The tool that finds keypoints in what people have: photos, videos."""

import csv
import io
import json
import runpy

from mmpose_scgcn.apis.loading import keypoint_meta
from mmpose_scgcn.launch import find_config, read_config
from mmpose_scgcn.synthetic.face import make_face

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-60e_300w-64x64'


@pytest.fixture(scope='module')
def checkpoint(root, tmp_path_factory):
    """Weights that nobody trained, with a graph."""
    from mmengine.registry import init_default_scope
    from mmpose.registry import MODELS

    torch.manual_seed(0)
    init_default_scope('mmpose')
    model = MODELS.build(Config.fromfile(find_config(CONFIG)).model)
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    shape = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], 1)
    neighbors = [[i, *((i + j) % 68 for j in (1, 2, 3))] for i in range(68)]
    model.head.graph.fill(
        dict(
            num_keypoints=68,
            top_k=3,
            neighbors=neighbors,
            mean_shape=shape.tolist(),
        )
    )
    path = tmp_path_factory.mktemp('weights') / 'untrained.pth'
    meta = dict(dataset_meta=keypoint_meta(read_config(CONFIG, {})))
    torch.save(dict(state_dict=model.state_dict(), meta=meta), path)
    return path


@pytest.fixture(scope='module')
def photos(tmp_path_factory):
    """A folder with two faces, a broken file and a video."""
    folder = tmp_path_factory.mktemp('photos')
    faces = [make_face(3, index, 160).image for index in range(2)]
    for index, face in enumerate(faces):
        cv2.imwrite(str(folder / f'face{index}.png'), face)
    (folder / 'broken.jpg').write_bytes(b'no picture at all')
    (folder / 'notes.txt').write_text('neither image nor video')
    writer = cv2.VideoWriter(
        str(folder / 'film.avi'),
        cv2.VideoWriter.fourcc(*'MJPG'),
        25,
        (160,) * 2,
    )
    for step in range(6):
        writer.write(np.roll(faces[0], step, axis=1))
    writer.release()
    return folder


@pytest.fixture(scope='module')
def boxes(photos):
    path = photos.parent / 'boxes.json'
    path.write_text(
        json.dumps(
            {
                'face0.png': [[40, 40, 120, 130]],
                'face1.png': [[40, 40, 120, 130], [0, 0, 80, 90]],
            }
        )
    )
    return path


@pytest.fixture(scope='module')
def main(root):
    """The tool's own entry, in this process."""
    return runpy.run_path(str(root / 'tools/predict.py'))['main']


@pytest.fixture(scope='module')
def predict(main, checkpoint, tmp_path_factory):
    """Run the tool in an empty folder; gives folder, status, and stderr."""

    def run(*arguments, model=CONFIG):
        folder = tmp_path_factory.mktemp('run')
        words = [*arguments, '--model', model, '--device', 'cpu']
        if model == CONFIG:
            words += ['--checkpoint', checkpoint]
        told = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.setattr('sys.argv', ['predict.py', *map(str, words)])
            patch.setattr('sys.stderr', told)
            try:
                main()
                status = 0
            except SystemExit as error:
                status = error.code
        text = told.getvalue()
        if isinstance(status, str):
            status, text = 1, text + status
        return folder, status, text

    return run


@pytest.fixture(scope='module')
def folder_run(predict, photos, boxes):
    images = [photos / name for name in ('face0.png', 'face1.png')]
    return predict(
        *images,
        photos / 'broken.jpg',
        '--boxes',
        boxes,
        '--csv',
        'all.csv',
        '--draw-graph',
        '--out-dir',
        'out',
    )


def test_a_broken_file_is_named_and_the_rest_is_done(folder_run):
    folder, status, told = folder_run
    assert status == 1
    assert 'broken.jpg is no image that can be read' in told
    assert '1 input could not be predicted' in told
    written = {p.relative_to(folder).as_posix() for p in folder.rglob('*.*')}
    assert written == {
        'all.csv',
        'out/predictions/face0.json',
        'out/predictions/face1.json',
        'out/visualizations/face0.png',
        'out/visualizations/face1.png',
    }


def test_json_is_what_mmposes_inferencer_writes(
    folder_run, photos, checkpoint, tmp_path
):
    from mmpose_scgcn import FaceInferencer

    infer = FaceInferencer(
        str(find_config(CONFIG)), str(checkpoint), device='cpu'
    )
    own = [[40, 40, 120, 130], [0, 0, 80, 90]]
    list(
        infer(
            str(photos / 'face1.png'), bboxes=own, pred_out_dir=str(tmp_path)
        )
    )
    theirs = json.loads((tmp_path / 'face1.json').read_text())
    folder, *_ = folder_run
    ours = json.loads((folder / 'out/predictions/face1.json').read_text())
    assert len(ours) == len(theirs) == 2
    for one, other in zip(ours, theirs, strict=True):
        assert one.keys() == other.keys()
        for key in one:
            np.testing.assert_allclose(one[key], other[key], atol=1e-3)


def test_the_table_has_the_same_numbers(folder_run):
    folder, *_ = folder_run
    with (folder / 'all.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert [row['face'] for row in rows] == ['0', '0', '1']
    records = json.loads((folder / 'out/predictions/face1.json').read_text())
    for row, record in zip(rows[1:], records, strict=True):
        for index, (x, y) in enumerate(record['keypoints']):
            assert float(row[f'kpt{index}_x']) == pytest.approx(x, abs=1e-4)
            assert float(row[f'kpt{index}_y']) == pytest.approx(y, abs=1e-4)
        assert float(row['box_score']) == 1


def test_pictures_show_keypoints(folder_run, photos):
    folder, *_ = folder_run
    drawn = cv2.imread(str(folder / 'out/visualizations/face0.png'))
    plain = cv2.imread(str(photos / 'face0.png'))
    assert drawn.shape == plain.shape
    assert (drawn != plain).any(-1).mean() > 0.01


def test_a_video_has_a_record_for_each_frame(predict, photos):
    folder, status, told = predict(
        photos / 'film.avi',
        '--det-model',
        'whole_image',
        '--detect-every',
        2,
        model='face98-synthetic',
    )
    assert status == 0, told
    out = folder / 'predictions'
    records = json.loads((out / 'predictions/film.json').read_text())
    assert [record['frame_id'] for record in records] == list(range(6))
    ids = {i['track_id'] for r in records for i in r['instances']}
    assert ids == {0}
    video = cv2.VideoCapture(str(out / 'visualizations/film.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 6


def test_files_of_one_name_do_not_replace_each_other(predict, photos):
    other = photos / 'other'
    other.mkdir(exist_ok=True)
    cv2.imwrite(str(other / 'face0.png'), np.zeros((60, 60, 3), np.uint8))
    folder, status, told = predict(
        photos / 'face0.png',
        other / 'face0.png',
        '--det-model',
        'whole_image',
        '--pred-out-dir',
        'p',
    )
    assert status == 0, told
    assert sorted(p.name for p in (folder / 'p').iterdir()) == [
        'face0.json',
        'face0_2.json',
    ]


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        (['nothing.jpg'], 'nothing.jpg: no such file or folder'),
        (['*.tiff'], '*.tiff: no file fits this pattern'),
        (['.'], '.: the folder has no images and no videos'),
    ],
)
def test_inputs_that_name_nothing(predict, arguments, told):
    folder, status, text = predict(*arguments)
    assert status == 1
    assert told in text
    assert list(folder.iterdir()) == []


def test_an_unknown_model_is_told_with_those_that_there_are(predict, photos):
    _, status, told = predict(photos / 'face0.png', model='face86')
    assert status == 1
    assert 'face86' in told and 'face68' in told


@pytest.mark.parametrize(
    ('content', 'told'),
    [
        ('{', 'is no JSON'),
        ('[1, 2]', 'expected in'),
        ('{"face0.png": [[5, 5, 1, 9]]}', 'x1 < x2'),
        ('{"face1.png": []}', 'has none for this image'),
    ],
)
def test_boxes_that_are_none(predict, photos, tmp_path, content, told):
    file = tmp_path / 'boxes.json'
    file.write_text(content)
    _, status, text = predict(photos / 'face0.png', '--boxes', file)
    assert status == 1
    assert told in text
