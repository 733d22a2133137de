"""From a model and a few annotated faces to a model of other keypoints."""

import json
import re
from types import SimpleNamespace

from mmpose_scgcn import load_model
from mmpose_scgcn.apis import read_image
from mmpose_scgcn.datasets.preparation import metainfo_source
from mmpose_scgcn.synthetic import make_dataset

import numpy as np
import pytest
from mmengine.config import Config

#: Of the 98: outer eye corners, tip of the nose, corners of the mouth.
FIVE = [60, 72, 54, 76, 82]
PREDICT = """
import sys
from mmpose_scgcn import load_model
model = load_model(sys.argv[1], device='cpu')
faces = model(sys.argv[2], boxes=[[24, 24, 72, 76]])
print(faces.keypoints.tolist())
"""


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """Drawn faces, and five points of them, three of which lie lower."""
    folder = tmp_path_factory.mktemp('adapt') / 'faces'
    make_dataset(folder, train=24, val=0, test=4, size=96, seed=11)
    for split in ('train', 'test'):
        source = folder / f'face_landmarks_wflw_{split}.json'
        content = json.loads(source.read_text())
        for annotation in content['annotations']:
            points = np.reshape(annotation['keypoints'], (-1, 3))[FIVE]
            points[2:, 1] += 0.15 * (points[1, 0] - points[0, 0])
            low, high = points[:, :2].min(0), points[:, :2].max(0)
            annotation['keypoints'] = points.ravel().tolist()
            annotation['whole_face'] = annotation['bbox']
            annotation['bbox'] = [*low.tolist(), *(high - low).tolist()]
            annotation['num_keypoints'] = len(FIVE)
            del annotation['center'], annotation['scale']
        content['categories'][0]['keypoints'] = []
        (folder / f'five_{split}.json').write_text(json.dumps(content))
    described = metainfo_source('five', [1, 0, 2, 4, 3], [-1, 1, 0, -1, 1])
    (folder / 'metainfo.py').write_text(described)
    return folder


@pytest.fixture(scope='module')
def adapted(folder, root, run_python):
    """The tool's files for five keypoints, and what it printed."""
    file = folder / 'out/five.pth'
    words = ['face98-synthetic', folder / 'five_train.json', '--out', file]
    tool = root / 'tools/adapt_labels.py'
    done = run_python(tool, *words, '--norm', '0-1', cwd=folder)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(
        file=file, config=file.with_suffix('.py'), told=done.stdout
    )


@pytest.fixture(scope='module')
def model(adapted):
    return load_model(adapted.file, device='cpu')


def test_it_tells_the_errors(adapted):
    assert '24 faces used' in adapted.told
    found = re.search(
        r'NME, % of distance of \(0, 1\):\n'
        r'  as predicted, the nearest of its 98 +(\S+)\n'
        r'  an offset for each keypoint +(\S+)  cross-validated\n'
        r'  adapted +(\S+)  cross-validated, lambda \S+\n',
        adapted.told,
    )
    before, offset, after = map(float, found.groups())
    assert after <= offset + 0.2
    assert offset < 0.7 * before


def test_the_model_finds_the_five_keypoints(model, folder):
    base = load_model('face98-synthetic', device='cpu')
    content = json.loads((folder / 'five_test.json').read_text())
    errors, before = [], []
    for face, image in zip(
        content['annotations'], content['images'], strict=True
    ):
        x, y, w, h = face['whole_face']
        file, box = (
            folder / 'images' / image['file_name'],
            [x, y, x + w, y + h],
        )
        found = model(file, boxes=[box])
        assert found.keypoints.shape == (1, 5, 2)
        assert found.scores.shape == (1, 5)
        truth = np.reshape(face['keypoints'], (5, 3))[:, :2]
        errors.append(np.linalg.norm(found.keypoints[0] - truth, axis=1))
        plain = base(file, boxes=[box]).keypoints[0, FIVE]
        before.append(np.linalg.norm(plain - truth, axis=1))
    assert np.mean(errors) < 0.7 * np.mean(before)


def test_its_keypoints_are_those_of_the_annotations(model):
    assert model.num_keypoints == 5
    assert model.keypoint_names == [f'kpt-{n}' for n in range(5)]
    partners = model.model.dataset_meta['flip_indices']
    assert list(partners) == [1, 0, 2, 4, 3]


def test_the_file_says_what_it_is(model, folder):
    assert model.settings['name'] == 'five'
    facts = model.settings['adapter']
    assert (facts['model'], facts['faces']) == ('face98-synthetic', 24)
    assert 'Apache-2.0' in model.licence
    assert str(folder / 'five_train.json') in model.licence


def test_another_process_predicts_the_same(adapted, model, folder, run_python):
    image = folder / 'images/000000.jpg'
    script = folder / 'predict.py'
    script.write_text(PREDICT)
    done = run_python(script, adapted.file, image)
    assert done.returncode == 0, done.stderr
    own = model(image, boxes=[[24, 24, 72, 76]]).keypoints
    np.testing.assert_array_equal(json.loads(done.stdout), own.tolist())


def test_a_second_pass_crops_about_the_models_own_keypoints(model, folder):
    image = read_image(folder / 'images/000000.jpg')
    base = load_model('face98-synthetic', device='cpu')
    box = [[20, 20, 76, 76]]
    found, own = model(image, boxes=box), base(image, boxes=box)
    np.testing.assert_allclose(
        found.landmark_boxes, own.landmark_boxes, atol=1e-3
    )
    again, expected = (m(image, boxes=box, passes=2) for m in (model, base))
    np.testing.assert_allclose(again.boxes, expected.boxes, atol=1e-3)


def test_a_video_is_tracked_by_the_models_own_boxes(model, folder):
    from mmpose_scgcn.tracking import FaceTracker

    image = read_image(folder / 'images/000000.jpg')
    tracker = FaceTracker(
        lambda image, boxes: model(image, boxes=boxes),
        lambda image: (np.array([[20.0, 20, 76, 76]]), np.ones(1)),
        min_score=0,
    )
    for frame in range(4):
        faces = tracker.update(image, frame / 25)
    assert faces.ids.tolist() == [0]
    assert faces.keypoints.shape == (1, 5, 2)


def test_its_config_reads_images_as_everything_else(adapted):
    """The model that was adapted reads with MMPose's transform."""
    pipeline = Config.fromfile(adapted.config).test_dataloader.dataset.pipeline
    assert pipeline[0].type == 'mmpose_scgcn.LoadFaceImage'
    assert 'LoadImage' not in [t.type for t in pipeline]


def test_its_config_is_tested(adapted, run_python, root, folder):
    tool = root / 'tools/test.py'
    options = [
        '--cfg-options',
        f'test_dataloader.dataset.ann_file={folder / "five_test.json"}',
    ]
    done = run_python(tool, adapted.config, adapted.file, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    percent = done.stdout.split('in percent: NME ')[1].split(' %')[0]
    assert 0 < float(percent) < 15


def test_it_is_published(adapted, run_python, root, folder):
    words = [adapted.config, adapted.file, '--name', 'five-points']
    words += ['--licence', 'mine', '--out-dir', folder / 'published']
    done = run_python(root / 'tools/publish_model.py', *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    (file,) = (folder / 'published').glob('five-points-*.pth')
    assert load_model(file, device='cpu').num_keypoints == 5


def test_edges_of_an_adapted_model_are_refused(model, folder):
    with pytest.raises(ValueError, match='five has no graph'):
        model(
            folder / 'images/000000.jpg', [[20, 20, 76, 76]], with_edges=True
        )


@pytest.fixture
def run(run_main, folder, tmp_path):
    """Run the tool on a file of annotations."""

    def run(*words, model='face98-synthetic', out=tmp_path / 'out.pth'):
        return run_main('adapt_labels', model, *words, '--out', out)

    return run


def test_an_adapted_model_is_not_adapted_again(run, adapted, folder):
    done = run(folder / 'five_train.json', model=adapted.file)
    assert done.returncode == 1
    assert 'five has an adapter already; give the model' in done.stderr


def test_a_file_that_is_there_is_not_replaced(run, adapted, folder):
    before = adapted.file.read_bytes()
    done = run(folder / 'five_train.json', out=adapted.file)
    assert done.returncode == 2
    assert 'five.pth is there already' in done.stderr
    assert adapted.file.read_bytes() == before


@pytest.fixture
def spoil(folder):
    """Write the annotations with one thing changed, beside the pictures."""

    def spoil(change):
        content = json.loads((folder / 'five_train.json').read_text())
        for annotation in content['annotations']:  # found at once
            annotation['bbox'] = annotation.pop('whole_face')
        change(content['annotations'])
        path = folder / 'spoilt.json'
        path.write_text(json.dumps(content))
        return path

    return spoil


def shift(step):
    def change(annotations):
        for annotation in annotations:
            points = np.reshape(annotation['keypoints'], (-1, 3))
            points[:, :2] += step
            annotation['keypoints'] = points.ravel().tolist()

    return change


def shuffle(annotations):
    rng = np.random.default_rng(0)
    for annotation in annotations:
        points = np.reshape(annotation['keypoints'], (-1, 3))
        rng.shuffle(points)
        annotation['keypoints'] = points.ravel().tolist()


def hide(annotations):
    for annotation in annotations[4:]:
        annotation['keypoints'][2] = 0


@pytest.mark.parametrize(
    ('change', 'told'),
    [
        (lambda a: a.__delitem__(slice(8, None)), 'needs 10 faces or more'),
        (shift(500.0), 'most keypoints lie outside of the picture'),
        (
            hide,
            'each keypoint has to be annotated in 5 faces or more; keypoint 0 '
            'is in 4',
        ),
        (lambda a: a.clear(), 'no annotation with a visible keypoint'),
    ],
)
def test_faces_that_are_no_use(run, spoil, tmp_path, change, told):
    done = run(spoil(change))
    assert done.returncode == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_keypoints_in_any_order_are_told(run, spoil):
    done = run(spoil(shuffle), '--flip-pairs', 'none')
    assert done.returncode == 0, done.stderr
    assert 'annotations and pictures do not belong together' in done.stderr


def test_pixels_counted_from_one_are_told(run, spoil):
    done = run(spoil(shift(3.0)))
    assert done.returncode == 0, done.stderr
    assert 'px to the right of the adapted keypoints' in done.stderr
    assert 'say --origin 1' in done.stderr


def test_few_faces_are_told_and_left_out_ones_named(run, spoil, folder):
    def change(annotations):
        del annotations[15:]
        annotations[3]['keypoints'] = [0] * 15

    done = run(spoil(change))
    assert done.returncode == 0, done.stderr
    assert 'left out: 1, no annotated keypoint: 3' in done.stdout
    assert '14 faces are few' in done.stderr


def test_no_pictures(run, folder, tmp_path):
    (tmp_path / 'empty').mkdir()
    done = run(folder / 'five_train.json', '--images', tmp_path / 'empty')
    assert done.returncode == 1
    assert 'none of 24 faces can be used; the first' in done.stderr
    assert 'no picture of this name' in done.stderr


def test_a_name_that_promises_a_hash_is_refused(run, folder, tmp_path):
    """Loading the model would say that the file is damaged."""
    out = tmp_path / 'mine-20250101.pth'
    done = run(folder / 'five_train.json', out=out)
    assert done.returncode == 2
    assert 'promises a hash of the file: mine-20250101.pth' in done.stderr


def test_options_without_effect_are_refused(run, folder):
    done = run(folder / 'five_train.json', '--split', 'val')
    assert '--split has no meaning for a COCO file' in done.stderr
    done = run('face98.py', '--origin', '1')
    assert '--origin has no meaning for a config' in done.stderr
    done = run(folder / 'five_train.json', '--group-pattern', 'x')
    assert (
        "(group) in parentheses in the group pattern, got 'x'" in done.stderr
    )
    both = ('--metainfo', 'a.py', '--flip-pairs', '0-1')
    done = run(folder / 'five_train.json', *both)
    assert '--flip-pairs has no meaning beside --metainfo' in done.stderr
    done = run('FIVE.JSON', '--split', 'val')
    assert '--split has no meaning for a COCO file' in done.stderr


def test_a_group_that_does_not_take_part(run, folder, tmp_path):
    file = folder / 'five_train.json'
    done = run(file, '--group-pattern', '(x)?0', model='no-such-model')
    assert done.returncode == 1
    assert (
        "adapt_labels: the group pattern '(x)?0' should find a (group) in "
        "every image name; in '000000.jpg' it finds none"
    ) in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_keypoint(run, folder, tmp_path):
    content = json.loads((folder / 'five_train.json').read_text())
    for annotation in content['annotations']:
        annotation['bbox'] = annotation.pop('whole_face')
        annotation['keypoints'] = annotation['keypoints'][6:9]
        annotation['num_keypoints'] = 1
    path = folder / 'one.json'
    path.write_text(json.dumps(content))
    out = tmp_path / 'one.pth'
    done = run(path, '--flip-pairs', 'none', out=out)
    assert done.returncode == 0, done.stderr
    image = folder / 'images/000000.jpg'
    faces = load_model(out, device='cpu')(image, boxes=[[24, 24, 72, 76]])
    assert faces.keypoints.shape == (1, 1, 2)


def test_its_config_is_checked(run_main, adapted):
    """It has no training set, and its graph comes with the checkpoint."""
    done = run_main('check_dataset', adapted.config)
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'the checkpoint has to bring one, and samples' in done.stdout
    assert done.stdout.endswith('nothing is wrong\n')


def test_a_description_of_other_keypoints(run, folder, tmp_path):
    file = tmp_path / 'four.py'
    file.write_text(metainfo_source('four', [1, 0, 2, 3], [0, 1, 2, 3]))
    done = run(folder / 'five_train.json', '--metainfo', file)
    assert done.returncode == 1
    assert 'the annotations have 5 keypoints, and their desc' in done.stderr
    assert 'has 4' in done.stderr


def test_the_faces_of_a_config(run, write_config, tmp_path):
    write_config(tmp_path)
    out = tmp_path / 'same.pth'
    options = ['--split', 'train', '--cfg-options', 'randomness.seed=1']
    done = run(tmp_path / 'tiny.py', *options, out=out)
    assert done.returncode == 0, done.stderr
    assert 'tiny.py: 16 faces used' in done.stdout
    assert 'as predicted  ' in done.stdout
    assert load_model(out, device='cpu').num_keypoints == 98


def test_an_adapter_that_does_not_help_is_told(run, folder):
    content = json.loads(
        (folder / 'face_landmarks_wflw_train.json').read_text()
    )
    model = load_model('face98-synthetic', device='cpu')
    rng = np.random.default_rng(0)
    for face, image in zip(
        content['annotations'], content['images'], strict=True
    ):
        x, y, w, h = face['bbox']
        file = folder / 'images' / image['file_name']
        found = model(file, boxes=[[x, y, x + w, y + h]]).keypoints[0]
        noisy = found + rng.normal(size=(98, 2))
        face['keypoints'] = np.c_[noisy, np.full(98, 2)].ravel().tolist()
    path = folder / 'own.json'
    path.write_text(json.dumps(content))
    done = run(path, '--flip-pairs', 'none')
    assert done.returncode == 0, done.stderr
    assert 'the model as it is has a smaller error' in done.stderr
