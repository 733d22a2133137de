"""``benchmarks/extreme_batches.py`` on a few hundred batches."""

import importlib.util
import json
import warnings
from dataclasses import replace

from mmpose_scgcn.models.losses import coordinate_loss

import pytest
import torch


@pytest.fixture
def script(root):
    path = root / 'benchmarks/extreme_batches.py'
    spec = importlib.util.spec_from_file_location('extreme_batches', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        yield module


def test_300_batches_are_finite_and_within_their_slopes(script):
    report = script.run(range(300), all_heads=False)
    assert report.faults == []
    assert report.passes == {
        **dict.fromkeys(script.LOSSES, 300),
        **dict.fromkeys(script.HEADS, 30),
    }
    assert report.most_error > 9e5
    assert min(report.steepest.values()) > 0.05  # the limits are no idle ones


def test_the_committed_result_is_of_these_losses_and_heads(script):
    found = json.loads(script.RESULT.read_text('utf-8'))
    assert found['batches'] == 10_000
    assert found['faults'] == []
    expected = dict.fromkeys([*script.LOSSES, *script.HEADS], 10_000)
    assert found['passes'] == expected


def test_reports_of_several_processes_are_added_up(script):
    whole = script.run(range(8), all_heads=False)
    first, second = (script.run(range(8)[i::2], False) for i in range(2))
    first.add(second)
    assert first.passes == whole.passes
    assert first.most_error == whole.most_error
    assert first.steepest == whole.steepest
    assert first.halvings == whole.halvings


def test_a_gradient_beyond_the_slope_is_a_fault(script):
    gentle = replace(script.LOSSES['L1'], slope=lambda loss: 0.3)
    script.LOSSES['L1'] = gentle
    faults = script.run(range(10), all_heads=False).faults
    assert faults and all('L1: ' in f and 'of the slope' in f for f in faults)


def test_junk_that_gets_into_a_loss_is_a_fault(script, monkeypatch):
    def weigh(error, weight):
        """As MMPose does it: NaN times 0."""
        weight = weight.reshape(*error.shape[:2], 1).to(error.dtype)
        return error * (weight > 0), weight

    monkeypatch.setattr(coordinate_loss, 'weigh', weigh)
    faults = script.run(range(12), all_heads=False).faults
    assert any('Wing: loss is not finite' in fault for fault in faults)
    assert any('gradients are not finite' in fault for fault in faults)


def test_gradients_are_scaled_for_float16_alone(script):
    """As by ``AmpOptimWrapper``: they come back as they are."""
    weight = torch.ones(2, dtype=torch.float16, requires_grad=True)
    loss = (weight.float() * 1e6).sum()
    report = script.Report()
    given = ([weight], torch.float16, 'here', report)
    (found,) = script.gradients(loss, *given)
    assert report.faults == [] and report.halvings == 4
    expected = torch.full((2,), 1e6).double()
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=0)
    script.gradients(loss, [weight], torch.bfloat16, 'there', report)
    assert report.faults == ['there: gradients are not finite']
