"""Every head and estimator computes the same after its export."""

import runpy

import pytest
import torch

SLOW = ('ResNet-50', 'HRNetV2-W18')

#: Exported by test_other_models.py with whole predictions.
ELSEWHERE = (
    *('certainty', 'ResNet-34', 'FullyConnected', 'TwoStage', 'Adapted'),
    *('RegressionHead', 'RTMCC'),
)


@pytest.fixture(scope='module')
def heads(root):
    return runpy.run_path(str(root / 'benchmarks/export_heads.py'))


def pytest_generate_tests(metafunc):
    if 'name' not in metafunc.fixturenames:
        return
    script = metafunc.config.rootpath / 'benchmarks/export_heads.py'
    cases = [
        (name, exporter)
        for name in runpy.run_path(str(script))['CASES']
        for exporter in ('dynamo', 'legacy')
        if not any(part in name for part in SLOW)
        and (exporter == 'legacy' or not any(p in name for p in ELSEWHERE))
    ]
    metafunc.parametrize(('name', 'exporter'), cases)


def test_a_file_runs_at_any_batch_as_pytorch(heads, name, exporter):
    # Three batches, of which the exporter saw one.
    assert len(heads['BATCHES']) == 3
    assert max(heads['measure'](name, exporter)) < 1e-3


def test_two_stages_are_compared_on_a_crop_of_their_own(heads):
    model = heads['build'](
        heads['CASES']['TwoStageEstimator, CNN-6 and CNN-7']()
    )
    crop = model.find_crops(model.predict_coarse(torch.randn(2, 3, 160, 160)))
    assert (crop.size < 100).all()  # not the whole input
