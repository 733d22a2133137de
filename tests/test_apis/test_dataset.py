"""Predicting a data set, against the runner's own test."""

import pickle

from mmpose_scgcn.apis import build_model, predict_dataset
from mmpose_scgcn.launch import build_runner
from mmpose_scgcn.models.fit import check_checkpoint

import numpy as np
import pytest
from mmengine.config import Config
from mmpose.registry import DATASETS

pytestmark = pytest.mark.filterwarnings(
    'ignore:Use the existing "bbox_center"',
)


@pytest.fixture
def cfg(untrained, tmp_path):
    cfg = Config.fromfile(untrained.config)
    cfg.work_dir = str(tmp_path)
    # MMEngine keeps one of a name for the whole process.
    cfg.experiment_name = cfg.visualizer.name = tmp_path.name
    cfg.load_from = untrained.checkpoint
    return cfg


def test_records_are_what_the_runner_tests(cfg, untrained):
    model = build_model(cfg, untrained.checkpoint, device='cpu')
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    indices = [9, 2, 5, 0, 11]
    found = predict_dataset(model, dataset, indices, batch_size=2)
    cfg.test_evaluator = dict(
        type='mmengine.DumpResults', out_file_path=f'{cfg.work_dir}/all.pkl'
    )
    runner = build_runner(cfg)
    check_checkpoint(runner.model, untrained.checkpoint)
    runner.test()
    with open(f'{cfg.work_dir}/all.pkl', 'rb') as file:
        wanted = pickle.load(file)
    assert len(wanted) == len(dataset) == 16
    for record, index in zip(found, indices, strict=True):
        sample = wanted[index]
        instances = sample['pred_instances']
        np.testing.assert_allclose(
            record.pred, instances['keypoints'][0], atol=1e-3
        )
        np.testing.assert_allclose(
            record.scores, instances['keypoint_scores'][0], atol=1e-5
        )
        assert record.img_path == sample['img_path']
        assert (record.scores < 1).all()


def test_every_batch_is_told(cfg, untrained):
    model = build_model(cfg, untrained.checkpoint, device='cpu')
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    seen = []

    def track(starts):
        seen.extend(starts)
        return iter(starts)

    found = predict_dataset(model, dataset, np.arange(5), 2, track)
    assert seen == [0, 2, 4]
    assert len(found) == 5
    assert predict_dataset(model, dataset, []) == []
