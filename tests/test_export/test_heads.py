"""Every head and estimator computes the same after its export."""

import runpy

import pytest

SLOW = ('ResNet-50', 'HRNetV2-W18')


@pytest.fixture(scope='module')
def heads(root):
    return runpy.run_path(str(root / 'benchmarks/export_heads.py'))


def names(root):
    script = runpy.run_path(str(root / 'benchmarks/export_heads.py'))
    return [n for n in script['CASES'] if not any(part in n for part in SLOW)]


def pytest_generate_tests(metafunc):
    if 'name' in metafunc.fixturenames:
        metafunc.parametrize('name', names(metafunc.config.rootpath))


@pytest.mark.parametrize('exporter', ['dynamo', 'legacy'])
def test_a_file_runs_at_any_batch_as_pytorch(heads, name, exporter):
    # Three batches, of which the exporter saw one.
    assert len(heads['BATCHES']) == 3
    assert max(heads['measure'](name, exporter)) < 1e-3


def test_two_stages_are_compared_on_a_crop_of_their_own(heads):
    model = heads['build'](
        heads['CASES']['TwoStageEstimator, CNN-6 and CNN-7']()
    )
    import torch

    crop = model.find_crops(model.predict_coarse(torch.randn(2, 3, 160, 160)))
    assert (crop.size < 100).all()  # not the whole input
