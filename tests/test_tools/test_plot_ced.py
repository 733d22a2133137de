"""``tools/plot_ced.py``, most of it in this process."""

from mmpose_scgcn.evaluation import FaceAlignmentMetric
from mmpose_scgcn.evaluation.functional.face_results import (
    write_face_results,
)

import cv2
import numpy as np
import pytest


@pytest.fixture
def tool(run_main):
    return lambda *arguments: run_main('plot_ced', *arguments)


def write(path, nme, **columns):
    nme = np.asarray(nme, dtype=float)
    count = len(nme)
    write_face_results(
        path,
        dict(
            id=range(count),
            img_path=['a.jpg'] * count,
            nme=nme,
            normalizer=np.ones(count),
            num_visible=np.full(count, 68),
            fault=np.where(np.isnan(nme), 'nothing visible', ''),
            **columns,
        ),
    )


@pytest.fixture
def results(tmp_path):
    subset = np.array([True, False, True, False])
    write(
        tmp_path / 'ours.csv', [0.02, 0.04, 0.06, 0.2], **{'subset:a': subset}
    )
    write(tmp_path / 'theirs.csv', [0.05, np.inf, np.nan])


def test_a_picture_and_the_figures(run_python, root, results, tmp_path):
    result = run_python(
        root / 'tools/plot_ced.py',
        *('ours.csv', 'theirs.csv', '--out', 'plots/ced.png'),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert (
        'ours (4 faces): NME 8.00, FR@0.10 25.00, AUC@0.10 45.00 %'
        in result.stdout
    )
    assert (
        'theirs (2 faces): NME inf, FR@0.10 50.00, AUC@0.10 25.00 %'
        in result.stdout
    )
    assert '1 of 3 faces could not be scored' in result.stderr
    picture = cv2.imread(str(tmp_path / 'plots/ced.png'))
    assert picture.std() > 10
    assert sorted(p.name for p in (tmp_path / 'plots').iterdir()) == [
        'ced.png'
    ]


def test_a_subset_names_and_other_thresholds(tool, results):
    result = tool(
        *('ours.csv', '--out', 'ced.pdf', '--subset', 'a', '--names', 'best'),
        *('--fr-threshold', '0.05', '0.08', '--auc-threshold', '0.08'),
    )
    assert result.returncode == 0, result.stderr
    assert (
        'best (2 faces): NME 4.00, FR@0.05 50.00, FR@0.08 0.00, '
        'AUC@0.08 50.00 %'
    ) in result.stdout


def test_names_that_clash_get_their_folders(tool, results, tmp_path):
    (tmp_path / 'b').mkdir()
    write(tmp_path / 'b/ours.csv', [0.01])
    result = tool('ours.csv', 'b/ours.csv')
    assert 'b/ours (1 faces): NME 1.00' in result.stdout


@pytest.mark.parametrize(
    ('arguments', 'message'),
    (
        (['nothing.csv'], 'nothing.csv'),
        (['wrong.csv'], 'wrong.csv is no per-face results file'),
        (['ours.csv', '--subset', 'b'], "one of the subsets ['a'], got 'b'"),
        (['ours.csv', '--names', 'a', 'b'], 'expected 1 names'),
        (['ours.csv', '--out', 'ced.xyz'], 'expected a picture'),
        (['empty.csv'], 'expected errors of faces'),
        (['ours.csv', '--fr-threshold', '-1'], 'must be positive'),
        (['ours.csv', 'ours.csv'], 'expected different names'),
        (['ours.csv', '--max-error', '0'], 'a number above 0'),
    ),
)
def test_bad_input_is_one_clear_line(
    tool, results, tmp_path, arguments, message
):
    (tmp_path / 'wrong.csv').write_text('a,b\n1,2\n')
    write(tmp_path / 'empty.csv', [])
    result = tool(*arguments)
    assert result.returncode != 0
    assert message in result.stderr
    assert 'Traceback' not in result.stderr
    assert not list(tmp_path.glob('ced*'))


def test_the_figures_are_the_metrics(tool, tmp_path):
    """The same faces, as MMPose feeds the metric."""
    rng = np.random.default_rng(0)
    metric = FaceAlignmentMetric(
        norm=((0,), (1,)), out_file=str(tmp_path / 'faces.csv')
    )
    metric.dataset_meta = dict(dataset_name='mine')
    for number in range(50):
        truth = rng.uniform(0, 100, (1, 5, 2))
        error = rng.normal(0, 4, truth.shape)
        sample = dict(
            id=number,
            img_path='a.jpg',
            gt_instances=dict(
                keypoints=truth,
                keypoints_visible=np.ones((1, 5)),
                bboxes=np.array([[0, 0, 100, 100.0]]),
            ),
            pred_instances=dict(keypoints=truth + error),
        )
        metric.process({}, [sample])
    figures = metric.evaluate(50)
    result = tool('faces.csv', '--fr-threshold', '0.08', '0.10')
    names = ('NME', 'FR@0.08', 'FR@0.10', 'AUC@0.10')
    texts = [f'{name} {100 * figures[name]:.2f}' for name in names]
    assert f'(50 faces): {", ".join(texts)} %' in result.stdout
