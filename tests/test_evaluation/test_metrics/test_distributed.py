"""Two real processes, with faces dealt out unevenly and repeated."""

import json
import os

from mmpose_scgcn.evaluation import FaceAlignmentMetric
from tests.two_processes import meet

import numpy as np
import pytest
import torch.distributed as dist

GT = np.array([[0.0, 0.0], [100.0, 0.0], [50.0, 60.0]])
FLAT = np.zeros((3, 2))
FACES = list(range(7))
# The second process has two of the first's faces, and its own come late: a
# cut by position after 7 would drop face 6 and count faces 0 and 1 twice.
DEALT = [[0, 1, 2, 3], [0, 1, 4, 5, 6]]


def make_sample(number, gt=GT):
    """A face of which each keypoint is predicted ``number`` px off."""
    return dict(
        id=number,
        gt_instances=dict(
            keypoints=gt[None],
            keypoints_visible=np.ones((1, 3)),
        ),
        pred_instances=dict(keypoints=gt[None] + [number, 0.0]),
    )


def evaluate(samples):
    metric = FaceAlignmentMetric(norm=((0,), (1,)))
    metric.process(None, samples)
    return metric.evaluate(len(FACES))


def evaluate_in_process(rank, folder):
    """Answer once with metrics and once, for a bad face, with an error."""
    # A machine of its own, which shares no folder with the other.
    (folder / str(rank)).mkdir()
    os.chdir(folder / str(rank))
    meet(rank, folder)
    metrics = evaluate([make_sample(number) for number in DEALT[rank]])
    with pytest.raises(ValueError, match='1 of 2') as raised:
        evaluate([make_sample(rank, gt=[FLAT, GT][rank])])
    answer = dict(metrics=metrics, error=str(raised.value))
    assert os.listdir() == []
    (folder / f'rank{rank}.json').write_text(json.dumps(answer))
    dist.destroy_process_group()


@pytest.fixture(scope='module')
def answers(tmp_path_factory, run_two):
    folder = tmp_path_factory.mktemp('two_processes')
    run_two(evaluate_in_process, folder)
    return [
        json.loads((folder / f'rank{rank}.json').read_text())
        for rank in range(2)
    ]


def test_both_processes_give_what_one_gives(answers):
    expected = evaluate([make_sample(number) for number in FACES])
    assert expected['NME'] == pytest.approx(0.03)
    assert [answer['metrics'] for answer in answers] == [expected] * 2


def test_an_error_reaches_both_processes(answers):
    assert all('ids 0' in answer['error'] for answer in answers)
