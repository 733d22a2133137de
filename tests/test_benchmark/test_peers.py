"""The suite of dlib, MediaPipe and ours, where neither package is."""

import os
import sys

from mmpose_scgcn.apis.zoo import weights_file
from mmpose_scgcn.benchmark import load_results, load_suite
from mmpose_scgcn.benchmark.predictor import made_of
from mmpose_scgcn.benchmark.report import make_report
from mmpose_scgcn.benchmark.tables import row
from mmpose_scgcn.detection import has_haar
from mmpose_scgcn.evaluation.face_samples import FaceSample
from mmpose_scgcn.synthetic.face import make_face

import numpy as np
import pytest


@pytest.fixture(scope='module')
def suite(root):
    return load_suite(root / 'benchmarks/peers.py')


@pytest.fixture(scope='module')
def known(root):
    return load_results(root / 'benchmarks/results/peers.json')


@pytest.fixture
def peers():
    """Import a module of the suite."""
    names = 'dlib', 'mediapipe', 'ours', 'points', 'ridge'
    before = set(sys.modules)
    yield lambda name: __import__(f'peers_{name}')
    for name in {f'peers_{n}' for n in names} - before:
        sys.modules.pop(name, None)


def test_it_is_read_without_the_packages(run_python, root):
    code = (
        'from mmpose_scgcn.benchmark import load_suite\n'
        "for m in load_suite('benchmarks/peers.py').methods:\n"
        '    print(m.name, "|", m.absent)\n'
    )
    done = run_python('-c', code, hidden='dlib mediapipe', cwd=root)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        name, absent = line.split(' |')
        if 'exported' in name:
            continue
        package = name.split(' ')[0].strip(',').lower()
        theirs = package in ('dlib', 'mediapipe')
        command = 'pip install --no-deps -r requirements/peers.txt'
        assert absent == (f' no module {package}; {command}' * theirs or ' ')


def test_an_exported_network_that_is_missing_or_old(
    peers, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    model = peers('ours').Exported('face68')
    command = 'python tools/export.py face68 work_dirs/exported/face68 --int8'
    assert model.absent.endswith(f'; {command}')
    assert list(made_of(model)) == [
        weights_file('face68').name,
        'onnxruntime',
    ]
    model.network.parent.mkdir(parents=True)
    model.network.touch()
    assert model.absent == ''
    os.utime(model.network, (1, 1))
    assert model.absent.endswith(f'; {command}')


def test_the_command_installs_what_is_missing(root, suite):
    text = (root / 'requirements/peers.txt').read_text('utf-8')
    for method in suite.methods:
        for package in method.predictor.modules.values():
            assert f'\n{package}==' in text


def test_the_results_are_of_the_weights_in_the_package(suite, known):
    """After a new training the command runs these rows again."""
    names = ('face68', 'face68-64px', 'face98-synthetic')
    rows = [m for m in suite.methods if m.name.startswith(names)]
    assert len(rows) == 12
    for method in rows:
        (run,) = known.of(method.name)
        name = max((n for n in names if method.name.startswith(n)), key=len)
        weights = weights_file(name).name
        assert run.made_of[weights] == made_of(method.predictor)[weights]
        more = {'model.int8.onnx', 'onnxruntime'}
        exported = 'exported' in method.name
        assert set(run.made_of) - {weights} == (more if exported else set())


def test_every_row_has_a_result_and_a_time(root, suite, known):
    for method in suite.methods:
        (run,) = known.of(method.name)
        assert set(run.tests) == set(suite.tests)
        assert run.commit != 'unknown' and 'dirty' not in run.commit
        assert run.made_of
        assert known.costs[method.name].latency_ms > 0
    report = root / 'benchmarks/results/peers.md'
    assert report.read_text('utf-8') == make_report(suite, known)


#: Columns of the page's tables: heading -> test set and figure.
COLUMNS = {
    '300W: NME': ('300w_common', 'NME'),
    'FR@0.08': ('300w_common', 'FR@0.08'),
    'FR@0.10': ('300w_common', 'FR@0.10'),
    'YTF68: NME': ('ytf68', 'NME'),
    'YTF68: FR@0.08': ('ytf68', 'FR@0.08'),
    'YTF68: FR@0.10': ('ytf68', 'FR@0.10'),
}
FILED = {
    '300W': ('300w_common', 'NME'),
    '300W, as filed': ('300w_common_as_filed', 'NME'),
    'YTF68': ('ytf68', 'NME'),
    'YTF68, as filed': ('ytf68_as_filed', 'NME'),
}
SHOWN_FILED = (
    'dlib (trained on 300W), true boxes, image doubled',
    'MediaPipe, ridge, true crops',
    'face68, landmark boxes',
)


def page_rows(suite, known):
    """Write the rows of the page's tables."""
    for method in suite.methods:
        (run,) = known.of(method.name)
        missed = [run.tests[t].missed for t in ('300w_common', 'ytf68')]
        milliseconds = known.costs[method.name].latency_ms
        yield row(
            [
                method.name,
                *(figure(run, *what) for what in COLUMNS.values()),
                ' and '.join(map(str, missed)) if any(missed) else '0',
                f'{milliseconds:.1f}',
            ]
        )
    for name in SHOWN_FILED:
        (run,) = known.of(name)
        yield row([name, *(figure(run, *what) for what in FILED.values())])


def figure(run, test, name):
    return f'{100 * run.tests[test].figures[name]:.2f}'


def test_the_page_has_the_figures_of_the_results(root, suite, known):
    page = (root / 'docs/peers.md').read_text('utf-8')
    lines = page.splitlines()
    for head in (
        ['', *COLUMNS, 'missed', 'ms a face'],
        ['', *FILED],
    ):
        assert row(head) in lines
    expected = list(page_rows(suite, known))
    differ = [line for line in expected if line not in lines]
    assert not differ, 'expected in docs/peers.md:\n' + '\n'.join(differ)


def random_faces(rng, num, points):
    """Shapes (N, K, 2) that vary about a mean, of any place, size, angle."""
    shapes = rng.normal(size=(points, 2))
    shapes = shapes + 0.1 * rng.normal(size=(num, points, 2))
    cos, sin = np.cos(angles := rng.uniform(-1, 1, num)), np.sin(angles)
    turns = np.array([[cos, -sin], [sin, cos]]).transpose(2, 1, 0)
    sizes = rng.uniform(50, 150, (num, 1, 1))
    return shapes @ turns * sizes + rng.uniform(0, 300, (num, 1, 2))


def away(fit, points, wanted, **arguments):
    """Fit to two thirds; the mean distance of the last third, px."""
    parts = [points[:200], wanted[:200], points[200:250], wanted[200:250]]
    found = fit(*parts, **arguments)(points[250:])
    assert found.shape == wanted[250:].shape
    return np.linalg.norm(found - wanted[250:], axis=-1).mean()


def test_the_ridge_finds_a_linear_map(peers):
    """Weighted means of the points turn and grow with them."""
    rng = np.random.default_rng(0)
    points = random_faces(rng, 300, 6)
    weights = rng.normal(size=(4, 6))
    weights += (1 - weights.sum(1, keepdims=True)) / 6
    wanted = np.einsum('mk,nkd->nmd', weights, points)
    assert away(peers('ridge').fit_ridge, points, wanted) < 0.1


def test_a_frame_turns_or_does_not(peers):
    """Upright boxes as large as the face do not turn with it."""
    points = random_faces(np.random.default_rng(0), 300, 6)
    center = points.mean(1, keepdims=True)
    size = np.sqrt(((points - center) ** 2).sum((1, 2), keepdims=True))
    wanted = center + size * [[-1, -1], [1, 1.5]]
    fit = peers('ridge').fit_ridge
    assert away(fit, points, wanted, turn=False) < 1e-6
    assert away(fit, points, wanted) > 10


def test_noise_asks_for_a_larger_weight(peers):
    """And the map that is chosen is the best of all on the other faces."""
    rng = np.random.default_rng(1)
    points = random_faces(rng, 120, 30)
    fit = peers('ridge').fit_ridge
    clean = fit(points[:80], points[:80], points[80:], points[80:])
    noise = 20 * rng.normal(size=points.shape)
    noisy = fit(
        points[:80],
        (points + noise)[:80],
        points[80:],
        points[80:],
    )
    assert noisy.weight > clean.weight


def test_points_are_picked_singly_or_as_a_mean(peers):
    class Line(peers('points').Predictor):
        def __call__(self, image, face):
            return np.arange(10.0)[:, None] * [1, 10]

    picked = peers('points').Picked(Line(), [3, (0, 5)])
    assert picked(None, None).tolist() == [[3, 30], [2.5, 25]]


def test_maps_name_points_of_the_mesh(peers):
    for numbers in peers('mediapipe').MAPS.values():
        flat = np.hstack([np.ravel(n) for n in numbers])
        assert len(numbers) == 68 and flat.min() >= 0 and flat.max() < 468
        # The outer and inner eye corners are the same in all lists but one.
        assert [numbers[k] for k in (39, 42, 45)] == [133, 362, 263]


def test_the_square_of_the_mesh_has_level_eyes(peers):
    rng = np.random.default_rng(2)
    gt = rng.uniform(50, 150, (68, 2))
    crop = peers('mediapipe').FaceMeshInTrueCrops(margin=1.5, raise_by=0.1)
    matrix = crop._matrix(gt)
    inside = gt @ matrix[:, :2].T + matrix[:, 2]
    right, left = inside[36:42].mean(0), inside[42:48].mean(0)
    assert left[1] == pytest.approx(right[1]) and left[0] > right[0]
    size = (inside.max(0) - inside.min(0)).max()
    assert size == pytest.approx(192 / 1.5)
    middle = (inside.max(0) + inside.min(0)) / 2
    assert middle == pytest.approx([95.5, 95.5 + 0.1 * 192])


@pytest.mark.parametrize('detector', [None, 'haar', 'yunet'])
def test_ours_predict_in_the_box(peers, detector):
    drawn = make_face(2024, 7, 200)
    gt = drawn.keypoints
    box = np.hstack([gt.min(0), gt.max(0)])
    face = FaceSample(
        *(0, '', ''), np.full_like(gt, np.nan), gt, gt[:, 0] > 0, box
    )
    if detector == 'haar' and not has_haar():
        pytest.skip('this OpenCV has no Haar cascades')
    model = peers('ours').Ours('face98-synthetic', detector)
    model.load(None)
    found = model(drawn.image, face)
    assert found.shape == (98, 2)
    eyes = np.linalg.norm(gt[60] - gt[72])
    assert np.linalg.norm(found - gt, axis=1).mean() / eyes < 0.15
    if detector:  # elsewhere there is no face
        blank = np.full_like(drawn.image, 128)
        assert model(blank, face) is None
