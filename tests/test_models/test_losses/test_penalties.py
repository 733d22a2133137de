"""Wing and Soft Wing as functions of one error."""

import math

from mmpose_scgcn.models.losses import soft_wing, wing

import pytest
import torch

# Wing with omega=10, epsilon=2: 10 ln(1 + x / 2), then x - C with
# C = 10 - 10 ln 6 = -7.917594692...
WING = [
    (0.0, 0.0),
    (1.0, 10 * math.log(1.5)),
    (-4.0, 10 * math.log(3)),
    (9.999, 10 * math.log(5.9995)),
    (10.0, 10 * math.log(6)),
    (12.0, 2 + 10 * math.log(6)),
    (-100.0, 90 + 10 * math.log(6)),
]
# Soft Wing with omega1=2, omega2=20, epsilon=0.5: x, then 20 ln(1 + 2 x) + B
# with B = 2 - 20 ln 5 = -30.188758248...
SOFT_WING = [
    (0.0, 0.0),
    (0.5, 0.5),
    (-1.999, 1.999),
    (2.0, 2.0),
    (3.0, 2 + 20 * math.log(7 / 5)),
    (-7.0, 2 + 20 * math.log(3)),
    (100.0, 2 + 20 * math.log(201 / 5)),
]

FUNCTIONS = {
    'wing': (lambda x: wing(x, 10.0, 2.0), 10.0),
    'soft_wing': (lambda x: soft_wing(x, 2.0, 20.0, 0.5), 2.0),
}


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(('error', 'expected'), WING)
def test_wing_closed_form(error, expected):
    torch.testing.assert_close(wing(double(error), 10, 2), double(expected))


@pytest.mark.parametrize(('error', 'expected'), SOFT_WING)
def test_soft_wing_closed_form(error, expected):
    torch.testing.assert_close(
        soft_wing(double(error), 2, 20, 0.5), double(expected)
    )


@pytest.mark.parametrize('name', FUNCTIONS)
def test_continuous_at_the_threshold(name):
    function, threshold = FUNCTIONS[name]
    below, above = function(double(threshold - 1e-9, threshold + 1e-9))
    torch.testing.assert_close(below, above, rtol=0, atol=2e-8)


@pytest.mark.parametrize('name', FUNCTIONS)
def test_even_and_increasing(name):
    function, _ = FUNCTIONS[name]
    error = torch.linspace(0, 300, 2001, dtype=torch.float64)
    torch.testing.assert_close(function(-error), function(error))
    assert (function(error).diff() > 0).all()


@pytest.mark.parametrize(
    ('name', 'error', 'slope'),
    [
        ('wing', 1e-12, 5.0),  # omega / epsilon
        ('wing', 9.999999, 10 / 12),
        ('wing', 10.000001, 1.0),
        ('soft_wing', 1e-12, 1.0),
        ('soft_wing', 1.999999, 1.0),
        ('soft_wing', 2.000001, 8.0),  # omega2 / (epsilon + omega1)
        ('soft_wing', 19.5, 1.0),
    ],
)
def test_slopes_that_the_docstrings_state(name, error, slope):
    error = double(error).requires_grad_()
    FUNCTIONS[name][0](error).sum().backward()
    torch.testing.assert_close(error.grad, double(slope), rtol=1e-5, atol=0)


@pytest.mark.parametrize('name', FUNCTIONS)
def test_gradcheck_away_from_kinks(name):
    function, threshold = FUNCTIONS[name]
    factor = double(-40, -1.1, -0.9, -0.1, 0.1, 0.5, 0.9, 1.1, 3, 20)
    error = (threshold * factor).requires_grad_()
    assert torch.autograd.gradcheck(function, error)


@pytest.mark.parametrize('name', FUNCTIONS)
@pytest.mark.parametrize('factor', [0.0, 1.0, -1.0])
def test_gradient_is_finite_on_the_kinks(name, factor):
    function, threshold = FUNCTIONS[name]
    error = double(threshold * factor).requires_grad_()
    function(error).sum().backward()
    assert error.grad.isfinite().all()


@pytest.mark.parametrize(('name', 'slope'), [('wing', 1), ('soft_wing', 8)])
def test_the_threshold_belongs_to_the_branch_above(name, slope):
    function, threshold = FUNCTIONS[name]
    error = double(threshold).requires_grad_()
    function(error).sum().backward()
    torch.testing.assert_close(error.grad, double(slope))


def test_soft_wing_with_a_huge_threshold_is_l1():
    error = torch.linspace(-300, 300, 101, dtype=torch.float64)
    torch.testing.assert_close(
        soft_wing(error, 1e6, 20, 0.5), error.abs(), rtol=0, atol=0
    )


def test_wing_with_a_huge_curvature_is_l1():
    """omega ln(1 + x / epsilon) -> x omega / epsilon."""
    error = torch.linspace(-5, 5, 101, dtype=torch.float64)
    torch.testing.assert_close(
        wing(error, 1e9, 1e9), error.abs(), rtol=1e-7, atol=0
    )


def test_wing_with_a_tiny_width_is_l1():
    error = torch.linspace(-5, 5, 101, dtype=torch.float64)
    torch.testing.assert_close(
        wing(error, 1e-9, 1.0), error.abs(), rtol=0, atol=1e-8
    )


@pytest.mark.parametrize('factor', [0.25, 4.0])
def test_scaling_all_constants_scales_the_penalty(factor):
    """How constants are converted to another input size."""
    error = torch.linspace(-90, 90, 101, dtype=torch.float64)
    torch.testing.assert_close(
        soft_wing(factor * error, *(factor * c for c in (2, 20, 0.5))),
        factor * soft_wing(error, 2, 20, 0.5),
    )
    torch.testing.assert_close(
        wing(factor * error, factor * 10, factor * 2),
        factor * wing(error, 10, 2),
    )
