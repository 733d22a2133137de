"""The tool that finds keypoints in what people have: photos, videos."""

import csv
import io
import json
import runpy
import signal
from pathlib import Path

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.apis.loading import keypoint_meta
from mmpose_scgcn.apis.results import ResultFiles
from mmpose_scgcn.apis.writers import VideoFile
from mmpose_scgcn.config_files import find_config, read_config
from mmpose_scgcn.synthetic.face import make_face

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64'


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
    """The tool, in this process."""
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


@pytest.fixture
def all_believed(monkeypatch):
    """What untrained weights predict is followed, whatever it is."""
    monkeypatch.setattr(
        'mmpose_scgcn.tracking.tracker.are_believable',
        lambda faces, *_: np.ones(len(faces), bool),
    )


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
    assert f'{other / "face0.png"}: its results are called face0_2' in told


def test_parts_make_what_one_process_makes(predict, photos):
    """Two files have the same name, and are in different parts."""
    other = photos / 'other'
    other.mkdir(exist_ok=True)
    cv2.imwrite(str(other / 'face0.png'), np.zeros((60, 60, 3), np.uint8))
    names = ('face0.png', 'other/face0.png', 'face1.png')
    inputs = [photos / name for name in names]
    common = ('--det-model', 'whole_image', '--pred-out-dir')

    def content(folder):
        return {
            path.name: json.loads(path.read_text())[0]['keypoints']
            for path in folder.iterdir()
        }

    whole, status, told = predict(*inputs, *common, 'p')
    assert status == 0, told
    parts = {}
    for shard, count in (('1/2', 2), ('2/2', 1), ('4/4', 0)):
        folder, status, told = predict(*inputs, '--shard', shard, *common, 'p')
        assert status == 0, told
        made = content(folder / 'p')
        assert len(made) == count
        parts |= made
    expected = content(whole / 'p')
    assert parts.keys() == expected.keys()
    for name, points in parts.items():  # of batches of other sizes
        np.testing.assert_allclose(points, expected[name], atol=1e-3)
    assert sorted(parts) == ['face0.json', 'face0_2.json', 'face1.json']


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
        ('{', 'expected JSON'),
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


def test_an_image_without_faces_is_done_like_others(predict, photos, tmp_path):
    file = tmp_path / 'boxes.json'
    both = {'face0.png': [], 'face1.png': [[40, 40, 120, 130]]}
    file.write_text(json.dumps(both))
    images = photos / 'face0.png', photos / 'face1.png'
    folder, status, told = predict(*images, '--boxes', file, '--csv', 't.csv')
    assert status == 0, told
    out = folder / 'predictions'
    assert json.loads((out / 'predictions/face0.json').read_text()) == []
    drawn = cv2.imread(str(out / 'visualizations/face0.png'))
    plain = cv2.imread(str(photos / 'face0.png'))
    np.testing.assert_array_equal(drawn, plain)
    with (folder / 't.csv').open(newline='') as file:
        (row,) = csv.DictReader(file)
    assert row['image'].endswith('face1.png')


@pytest.mark.parametrize(
    ('arguments', 'told'),
    [
        ('--boxes b.json --det-model haar', 'leave out --det-model'),
        ('--boxes b.json --max-faces 2', 'leave out --max-faces'),
        ('--box-kind yunet', 'give them as well'),
        ('--pred-out-dir p --draw-bbox', 'no pictures for --draw-bbox'),
        ('--max-faces 0', 'at least 1'),
        ('--radius -2', 'above 0'),
        ('--radius nan', 'above 0'),
        ('--thickness 0', 'at least 1'),
        ('--bbox-thr 60', 'from 0 to 1'),
        ('--passes two', 'at least 1'),
        ('--shard 0/4', "1/4 to 4/4, got '0/4'"),
        ('--shard 5/4', '1/4 to 4/4'),
        ('--shard 2', '1/4 to 4/4'),
    ],
)
def test_options_that_are_none_or_would_do_nothing(predict, arguments, told):
    folder, status, text = predict('photo.jpg', *arguments.split())
    assert status == 2
    assert told in text
    assert list(folder.iterdir()) == []


def test_boxes_are_for_images(predict, photos, boxes):
    _, status, told = predict(photos / 'film.avi', '--boxes', boxes)
    assert status == 1
    assert '--boxes are for images, and' in told and 'film.avi' in told


def test_boxes_of_no_image_at_all_are_not_detected(predict, photos, tmp_path):
    (tmp_path / 'none.json').write_text('{}')
    _, status, told = predict(
        photos / 'face0.png', '--boxes', tmp_path / 'none.json'
    )
    assert status == 1
    assert 'has none for this image' in told


def test_a_name_of_two_images_needs_their_paths(predict, photos, tmp_path):
    other = tmp_path / 'face0.png'
    other.write_bytes((photos / 'face0.png').read_bytes())
    file, own = tmp_path / 'boxes.json', [[40, 40, 120, 130]]
    file.write_text(json.dumps({'face0.png': own}))
    images = photos / 'face0.png', other
    _, status, told = predict(*images, '--boxes', file)
    assert status == 1 and "2 images are called 'face0.png'" in told
    file.write_text(json.dumps({'face0.png': own, str(other): own}))
    assert predict(*images, '--boxes', file)[1] == 0


@pytest.mark.parametrize('option', ['--vis-out-dir', '--csv'])
def test_inputs_are_not_replaced(predict, photos, tmp_path, option):
    photo = tmp_path / 'face0.png'
    photo.write_bytes((photos / 'face0.png').read_bytes())
    place = tmp_path if option == '--vis-out-dir' else photo
    _, status, told = predict(photo, option, place)
    assert status == 1
    assert str(place) in told
    assert photo.read_bytes() == (photos / 'face0.png').read_bytes()


def test_boxes_are_not_replaced_by_predictions(predict, photos, tmp_path):
    file = tmp_path / 'face0.json'
    file.write_text(json.dumps({'face0.png': [[40, 40, 120, 130]]}))
    words = ('--boxes', file, '--pred-out-dir', tmp_path)
    _, status, told = predict(photos / 'face0.png', *words)
    assert status == 1
    assert f'{file} is a file that predictions would replace' in told
    assert json.loads(file.read_text()) == {'face0.png': [[40, 40, 120, 130]]}


def test_other_lists_are_not_replaced_by_predictions(
    predict, photos, boxes, tmp_path
):
    file = tmp_path / 'face0.json'
    content = '[{"id": 1, "annotations": [], "data": {"img": "face0.png"}}]'
    file.write_text(content)
    words = (photos / 'face0.png', '--boxes', boxes, '--pred-out-dir')
    _, status, told = predict(*words, tmp_path)
    assert status == 1
    assert f'{file} is a file that predictions would replace' in told
    assert file.read_text() == content
    for earlier in ('[]', '', '[\n  {\n    "keypoints": []}]'):
        file.write_text(earlier)
        assert predict(*words, tmp_path)[1] == 0


def test_other_tables_are_not_replaced(predict, photos, boxes, tmp_path):
    table = tmp_path / 'labels.csv'
    table.write_text('image,x0,y0\nface0.png,1,2\n')
    words = (photos / 'face0.png', '--boxes', boxes, '--csv', table)
    _, status, told = predict(*words)
    assert status == 1
    assert 'labels.csv is there and no table of predictions' in told
    assert table.read_text() == 'image,x0,y0\nface0.png,1,2\n'
    table.write_text('')
    assert predict(*words)[1] == predict(*words)[1] == 0


@pytest.mark.parametrize('option', ['--out-dir', '--pred-out-dir', '--csv'])
def test_a_place_that_cannot_be_written_is_told_first(
    predict, photos, tmp_path, option
):
    (tmp_path / 'file').write_text('')
    _, status, told = predict(
        photos / 'broken.jpg', option, tmp_path / 'file/folder/t.csv'
    )
    assert status == 1
    assert 'file is a file, expected a folder' in told
    assert 'broken.jpg' not in told


def test_unusual_names(predict, photos, tmp_path):
    names = ['[bold] %d:ü.png', 'n' * 251 + '.png', 'bad\udcff.png']
    for name in names:
        (tmp_path / name).write_bytes((photos / 'face0.png').read_bytes())
    (tmp_path / 'broken[x].JPG').write_bytes(b'no picture')
    folder, status, told = predict(
        *(tmp_path, '--det-model', 'whole_image', '--csv', 't.csv')
    )
    assert status == 1
    written = {p.name for p in folder.glob('predictions/*/*')}
    assert {'[bold] %d:ü.png', '[bold] %d:ü.json'} <= written
    # 'nnn.json' is longer than a name can be, by one letter.
    assert told.count('File name too long') == 2
    assert 'broken[x].JPG is no image' in told
    assert '2 faces in 2 of 4 files' in told
    assert len((folder / 't.csv').read_text('utf-8').splitlines()) == 3


def test_a_video_of_an_unusual_name_between_images(
    predict, photos, tmp_path, all_believed
):
    film = tmp_path / '1:2 %03d.AVI'
    film.write_bytes((photos / 'film.avi').read_bytes())
    folder, status, told = predict(
        *(photos / 'face0.png', film, photos / 'face1.png'),
        *('--det-model', 'whole_image', '--min-score', 0, '--draw-graph'),
        *('--csv', 't.csv', '--passes', 2),
    )
    assert status == 0, told
    assert len(list(folder.glob('predictions/visualizations/*'))) == 3
    with (folder / 't.csv').open(newline='') as file:
        frames = [row['frame'] for row in csv.DictReader(file)]
    assert frames[0] == frames[-1] == '' and frames[1] == '0'


def test_a_video_that_breaks_off_is_kept_and_told(predict, photos, tmp_path):
    content = (photos / 'film.avi').read_bytes()
    (tmp_path / 'half.avi').write_bytes(content[: len(content) // 2])
    folder, status, told = predict(
        *(tmp_path / 'half.avi', '--det-model', 'whole_image'),
        *('--min-score', 0),
    )
    assert status == 1
    assert 'of 6 frames could be read; what was read is kept' in told
    assert 'in part: ' in told and 'left out: ' not in told
    assert ' in 1 file' in told
    assert (folder / 'predictions/visualizations/half.mp4').is_file()


def test_a_video_that_cannot_be_written_costs_no_keypoints(
    predict, photos, monkeypatch, all_believed
):
    def write_nothing(file, frame):
        file._count += 1
        file._writer = None

    monkeypatch.setattr(VideoFile, 'add', write_nothing)
    folder, status, told = predict(
        *(photos / 'film.avi', '--det-model', 'whole_image'),
        *('--min-score', 0, '--csv', 't.csv'),
    )
    assert status == 1
    assert 'in part: ' in told
    assert 'only 0 of 6 frames could be written' in told
    assert len((folder / 't.csv').read_text().splitlines()) == 7
    files = {path.name for path in folder.rglob('*') if path.is_file()}
    assert files == {'t.csv', 'film.json'}


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_keeps_the_rows_of_what_is_done(
    predict, photos, monkeypatch, number
):
    add_row = ResultFiles.add_row

    def interrupt(results, path, faces):
        add_row(results, path, faces)
        signal.raise_signal(number)

    monkeypatch.setattr(ResultFiles, 'add_row', interrupt)
    at_first = signal.signal(signal.SIGINT, signal.default_int_handler)
    folder, status, _ = predict(
        photos, '--det-model', 'whole_image', '--csv', 't.csv'
    )
    signal.signal(signal.SIGINT, at_first)
    assert status == 128 + number
    records = list((folder / 'predictions/predictions').iterdir())
    with (folder / 't.csv').open(newline='') as file:
        rows = list(csv.DictReader(file))
    assert [Path(row['image']).stem for row in rows] == [
        path.stem for path in records
    ]
    assert len(rows) == 1


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_half_written(
    predict, photos, monkeypatch, number
):
    done = []

    def interrupt(file, frame):
        done.append(frame)
        if len(done) == 2:
            signal.raise_signal(number)

    monkeypatch.setattr(VideoFile, 'add', interrupt)
    # A shell starts what runs in its background with SIGINT ignored.
    at_first = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.getsignal(signal.SIGTERM)
    folder, status, _ = predict(
        *(photos / 'film.avi', '--det-model', 'whole_image'),
        *('--min-score', 0, '--csv', 't.csv'),
    )
    signal.signal(signal.SIGINT, at_first)
    assert status == 128 + number
    assert [path for path in folder.rglob('*') if path.is_file()] == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_interrupting_a_camera_keeps_what_was_recorded(
    predict, photos, monkeypatch, all_believed
):
    add, open_camera = VideoFile.add, cv2.VideoCapture

    def interrupt(file, frame):
        add(file, frame)
        if file._count == 2:
            signal.raise_signal(signal.SIGINT)

    def capture(name):
        return open_camera(str(photos / 'film.avi') if name == 3 else name)

    at_first = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(VideoFile, 'add', interrupt)
    monkeypatch.setattr(cv2, 'VideoCapture', capture)
    folder, status, told = predict(
        *('webcam:3', '--det-model', 'whole_image', '--min-score', 0),
        *('--csv', 't.csv'),
    )
    signal.signal(signal.SIGINT, at_first)
    assert status == 0, told
    out = folder / 'predictions'
    assert (
        len(json.loads((out / 'predictions/webcam_3.json').read_text())) == 2
    )
    assert (out / 'visualizations/webcam_3.mp4').is_file()
    assert len((folder / 't.csv').read_text().splitlines()) == 3


def test_settings_that_fit_no_file_are_told_once(
    predict, photos, boxes, monkeypatch
):
    """Before anything is predicted."""
    monkeypatch.setattr(FaceModel, 'graph', None)
    for options, told_of in (
        (('--boxes', boxes, '--box-kind', 'foo'), 'box_kind: '),
        (('--det-model', 'whole_image', '--draw-graph'), 'has no graph'),
        (('--det-model', 'whole_image', '--det-size', 9), 'not for whole_im'),
    ):
        images = [photos / f'face{number}.png' for number in range(2)]
        folder, status, told = predict(*images, *options)
        assert status == 1
        assert told.count(told_of) == 1, told
        assert list(folder.rglob('*.json')) == []


def test_what_is_in_doubt_is_not_called_unpredicted(predict, tmp_path):
    dark = np.full((60, 80), 4000, np.uint16)
    cv2.imwrite(str(tmp_path / 'dark.png'), dark)
    (tmp_path / 'empty.png').write_bytes(b'')
    folder, status, told = predict(tmp_path, '--det-model', 'whole_image')
    assert status == 1
    assert (folder / 'predictions/predictions/dark.json').is_file()
    assert f'doubtful: {tmp_path / "dark.png"}: an image of 16 bits' in told
    first, second = told[told.index('predict: ') :].split('1 input should be')
    assert '1 input could not be predicted:\n' in first
    assert 'empty.png is empty' in first
    assert 'dark.png' in second


def test_a_device_that_is_not_there(main, checkpoint, photos, monkeypatch):
    words = [photos / 'face0.png', '--model', CONFIG, '--device', 'cuda:77']
    words += ['--checkpoint', checkpoint, '--det-model', 'whole_image']
    monkeypatch.setattr('sys.argv', ['predict.py', *map(str, words)])
    with pytest.raises(SystemExit, match="device 'cuda:77' cannot be used"):
        main()


def test_a_mapping_that_is_none_is_named(predict, photos, tmp_path):
    (tmp_path / 'map.json').write_text('{')
    _, status, told = predict(
        *(photos / 'face0.png', '--det-model', 'whole_image'),
        *('--det-mapping', tmp_path / 'map.json'),
    )
    assert status == 1
    assert 'map.json holds no box measurements' in told
