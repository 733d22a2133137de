"""``benchmarks/extreme_batches.py`` on a few hundred batches."""

import json
import warnings
from dataclasses import replace

from mmpose_scgcn.models.losses import coordinate_loss

import extreme_batches
import pytest
import torch
from extreme_models import HEADS, LOSSES
from extreme_trials import Report, gradients


@pytest.fixture(autouse=True)
def _keep_the_filters_of_warnings():
    with warnings.catch_warnings():
        yield


def test_300_batches_are_finite_and_within_their_slopes():
    report = extreme_batches.run(range(300), all_heads=False)
    assert report.faults == []
    assert report.passes == {
        **dict.fromkeys(LOSSES, 300),
        **dict.fromkeys(HEADS, 30),
    }
    assert report.most_error > 9e5
    assert min(report.steepest.values()) > 0.05  # the limits are no idle ones


def test_the_committed_result_is_of_these_losses_and_heads():
    found = json.loads(extreme_batches.RESULT.read_text('utf-8'))
    assert found['batches'] == 10_000
    assert found['faults'] == []
    expected = dict.fromkeys([*LOSSES, *HEADS], 10_000)
    assert found['passes'] == expected


def test_reports_of_several_processes_are_added_up():
    whole = extreme_batches.run(range(8), all_heads=False)
    first, second = (
        extreme_batches.run(range(8)[i::2], False) for i in range(2)
    )
    first.add(second)
    assert first.passes == whole.passes
    assert first.most_error == whole.most_error
    assert first.steepest == whole.steepest
    assert first.halvings == whole.halvings


def test_a_gradient_beyond_the_slope_is_a_fault(monkeypatch):
    gentle = replace(LOSSES['L1'], slope=lambda loss: 0.3)
    monkeypatch.setitem(LOSSES, 'L1', gentle)
    faults = extreme_batches.run(range(10), all_heads=False).faults
    assert faults and all('L1: ' in f and 'of the slope' in f for f in faults)


def test_junk_that_gets_into_a_loss_is_a_fault(monkeypatch):
    def weigh(error, weight):
        """As MMPose does it: NaN times 0."""
        weight = weight.reshape(*error.shape[:2], 1).to(error.dtype)
        return error * (weight > 0), weight

    monkeypatch.setattr(coordinate_loss, 'weigh', weigh)
    faults = extreme_batches.run(range(12), all_heads=False).faults
    assert any('Wing: loss is not finite' in fault for fault in faults)
    assert any('gradients are not finite' in fault for fault in faults)


def test_gradients_are_scaled_for_float16_alone():
    """As by ``AmpOptimWrapper``: they come back as they are."""
    weight = torch.ones(2, dtype=torch.float16, requires_grad=True)
    loss = (weight.float() * 1e6).sum()
    report = Report()
    given = ([weight], torch.float16, 'here', report)
    (found,) = gradients(loss, *given)
    assert report.faults == [] and report.halvings == 4
    expected = torch.full((2,), 1e6).double()
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=0)
    gradients(loss, [weight], torch.bfloat16, 'there', report)
    assert report.faults == ['there: gradients are not finite']
