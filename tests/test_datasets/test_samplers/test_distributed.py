"""Two real processes: equal shards of one list, and one seed."""

import json

from mmpose_scgcn.datasets.samplers import PoseBalancedSampler
from tests.two_processes import meet

import numpy as np
import pytest
import torch.distributed as dist

BASE = np.array([[-1.0, -1], [1, -1], [0, 0], [-0.8, 1], [0.8, 1]])
COUNT = 24


class Faces:
    """Few faces look aside; on the second rank they are other ones."""

    def __init__(self, rank):
        turns = np.linspace(-1, 1, COUNT) ** 3
        self.turns = np.roll(turns, 5 * rank)

    def __len__(self):
        return COUNT

    def get_data_info(self, index):
        shape = BASE.copy()
        shape[2, 0] += 0.5 * self.turns[index]
        return dict(keypoints=shape[None])


def sample_in_process(rank, folder):
    """Two epochs with a seed and one without."""
    meet(rank, folder)
    np.random.seed(rank)
    answer = {}
    for seed in (5, None):
        sampler = PoseBalancedSampler(Faces(rank), num_bins=4, seed=seed)
        sampler.set_epoch(1)
        answer[str(seed)] = list(sampler)
        answer['seed'] = sampler.seed
    (folder / f'rank{rank}.json').write_text(json.dumps(answer))
    dist.destroy_process_group()


@pytest.fixture(scope='module')
def answers(tmp_path_factory, run_two):
    folder = tmp_path_factory.mktemp('two_processes')
    run_two(sample_in_process, folder)
    return [
        json.loads((folder / f'rank{rank}.json').read_text())
        for rank in range(2)
    ]


def interleave(answers, key):
    first, second = (answer[key] for answer in answers)
    assert len(first) == len(second)
    return [
        index for pair in zip(first, second, strict=True) for index in pair
    ]


def test_shards_are_equal_and_make_up_the_list_of_one_process(answers):
    alone = PoseBalancedSampler(Faces(0), num_bins=4, seed=5)
    alone.set_epoch(1)
    expected = list(alone)
    expected += expected[: len(expected) % 2]
    assert interleave(answers, '5') == expected


def test_without_a_seed_the_ranks_agree_on_one(answers):
    assert answers[0]['seed'] == answers[1]['seed']
    alone = PoseBalancedSampler(Faces(0), num_bins=4, seed=answers[0]['seed'])
    alone.set_epoch(1)
    assert interleave(answers, 'None')[: len(alone)] == list(alone)
