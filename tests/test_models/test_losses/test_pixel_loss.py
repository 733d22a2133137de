"""Constants are px of an input of a stated size, and count at any size."""

import math
import warnings

from mmpose_scgcn.models import (
    RelativeLocationLoss,
    SmoothL1Loss,
    SoftWingLoss,
    StructureCoherentLoss,
    WingLoss,
)

import pytest
import torch

#: The published constants, and the longer side of their input, px.
PUBLISHED = {
    WingLoss: (dict(omega=10.0, epsilon=2.0), 64),
    SoftWingLoss: (dict(omega1=2.0, omega2=20.0, epsilon=0.5), 256),
    SmoothL1Loss: (dict(beta=1.0), 64),
}
every = pytest.mark.parametrize('loss_class', PUBLISHED)
both_types = pytest.mark.parametrize('dtype', [torch.float32, torch.float64])


def wing(error, omega, epsilon):
    """Eq. (5) of "Wing Loss for Robust Facial Landmark Localisation"."""
    size, c = error.abs(), omega - omega * math.log1p(omega / epsilon)
    return torch.where(
        size < omega, omega * torch.log1p(size / epsilon), size - c
    )


def soft_wing(error, omega1, omega2, epsilon):
    """The loss of "Structure-Coherent Deep Feature Learning"."""
    size, b = error.abs(), omega1 - omega2 * math.log1p(omega1 / epsilon)
    return torch.where(
        size < omega1, size, omega2 * torch.log1p(size / epsilon) + b
    )


def smooth_l1(error, beta):
    size = error.abs()
    return torch.where(
        size < beta, 0.5 * size * size / beta, size - 0.5 * beta
    )


FORMULAS = {WingLoss: wing, SoftWingLoss: soft_wing, SmoothL1Loss: smooth_l1}


def scaled(loss_class, factor):
    constants, _ = PUBLISHED[loss_class]
    return {name: factor * value for name, value in constants.items()}


@pytest.fixture
def fractions(batch):
    """Coordinates in [0, 1], whose errors in px are exact at powers of 2."""
    output, target, weight = batch
    return (output / 256).double(), (target / 256).double(), weight.double()


def value_and_gradient(loss, output, *rest):
    output = output.clone().requires_grad_()
    value = loss(output, *rest)
    value.backward()
    return value.detach(), output.grad


def assert_same_bits(one, other):
    for a, b in zip(one, other, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


@every
@both_types
@pytest.mark.parametrize('side', [16, 32, 64, 128, 256, 512, 1024])
def test_constants_scaled_by_hand_are_the_same_bits(
    loss_class, dtype, side, fractions
):
    """What configs did before: explicit constants, px of the input."""
    inputs = [x.to(dtype) for x in fractions]
    shared = dict(input_size=(side, side * 3 // 4), use_target_weight=True)
    _, reference = PUBLISHED[loss_class]
    by_hand = scaled(loss_class, side / reference)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        old = loss_class(**by_hand, **shared)
    assert_same_bits(
        value_and_gradient(loss_class(**shared), *inputs),
        value_and_gradient(old, *inputs),
    )


@every
@both_types
@pytest.mark.parametrize('side', [32, 64, 128, 256, 512])
def test_it_counts_in_pixels_of_the_reference(
    loss_class, dtype, side, fractions
):
    """Times the ratio of the two sizes, to the last bit at powers of 2."""
    output, target, _ = (x.to(dtype) for x in fractions)
    constants, reference = PUBLISHED[loss_class]
    scale = side / reference
    error = (output - target).requires_grad_()
    # The mean as the loss takes it: a sum over the number of coordinates.
    in_reference = FORMULAS[loss_class](error * side / scale, **constants)
    expected = (scale * in_reference).sum() / error.numel()
    expected.backward()
    value, gradient = value_and_gradient(
        loss_class(input_size=(side, side)), output, target
    )
    assert_same_bits((value, gradient), (expected.detach(), error.grad))


@both_types
def test_soft_wing_at_64_px_is_a_quarter_of_that_at_256(dtype, fractions):
    inputs = [x.to(dtype) for x in fractions]
    shared = dict(use_target_weight=True)
    by_hand = SoftWingLoss(0.5, 5.0, 0.125, input_size=(64, 64), **shared)
    published = SoftWingLoss(
        2.0, 20.0, 0.5, input_size=(256, 256), loss_weight=0.25, **shared
    )
    now = SoftWingLoss(input_size=(64, 64), **shared)
    expected = value_and_gradient(by_hand, *inputs)
    assert_same_bits(value_and_gradient(published, *inputs), expected)
    assert_same_bits(value_and_gradient(now, *inputs), expected)


@both_types
def test_wing_at_128_px_is_twice_that_at_64(dtype, fractions):
    inputs = [x.to(dtype) for x in fractions]
    shared = dict(use_target_weight=True)
    by_hand = WingLoss(20.0, 4.0, input_size=(128, 128), **shared)
    published = WingLoss(
        10.0, 2.0, input_size=(64, 64), loss_weight=2.0, **shared
    )
    now = WingLoss(input_size=(128, 128), **shared)
    expected = value_and_gradient(by_hand, *inputs)
    assert_same_bits(value_and_gradient(published, *inputs), expected)
    assert_same_bits(value_and_gradient(now, *inputs), expected)


@every
def test_constants_without_a_reference_are_pixels_of_the_input(
    loss_class, fractions
):
    """The published ones too: only what is left out follows the input."""
    constants, _ = PUBLISHED[loss_class]
    output, target, _ = fractions
    loss = loss_class(**constants, input_size=(128, 128))
    expected = FORMULAS[loss_class](128 * (output - target), **constants)
    torch.testing.assert_close(loss(output, target), expected.mean())
    published = loss_class(input_size=(128, 128))
    assert not torch.isclose(published(output, target), expected.mean())


@pytest.mark.parametrize(
    'given', [dict(omega1=1.0), dict(omega2=9.0), dict(epsilon=0.2)]
)
def test_one_constant_without_a_reference_is_enough(given, fractions):
    """As before: the others are the published numbers, px of the input."""
    output, target, _ = fractions
    constants = {**PUBLISHED[SoftWingLoss][0], **given}
    loss = SoftWingLoss(**given, input_size=(64, 64))
    expected = soft_wing(64 * (output - target), **constants)
    torch.testing.assert_close(loss(output, target), expected.mean())


@every
@pytest.mark.parametrize('given', [False, True])
def test_a_reference_is_what_constants_belong_to(loss_class, given, fractions):
    constants, _ = PUBLISHED[loss_class]
    output, target, _ = fractions
    loss = loss_class(
        **(constants if given else {}),
        reference_size=32,
        input_size=(128, 96),
    )
    pixels = (output - target) * torch.tensor([128, 96])
    expected = FORMULAS[loss_class](pixels, **scaled(loss_class, 4.0))
    torch.testing.assert_close(loss(output, target), expected.mean())


@every
@pytest.mark.parametrize('reference', [None, 64])
def test_without_an_input_size_units_are_left_alone(
    loss_class, reference, batch
):
    constants, _ = PUBLISHED[loss_class]
    output, target, _ = batch
    loss = loss_class(reference_size=reference)
    torch.testing.assert_close(
        loss(output, target),
        FORMULAS[loss_class](output - target, **constants).mean(),
    )


@pytest.mark.parametrize('side', [64, 128, 160])
@pytest.mark.parametrize('loss_class', [SoftWingLoss, WingLoss])
def test_inside_a_relative_loss_it_goes_by_that_one_s_input(
    loss_class, side, ring, fractions
):
    name = f'mmpose_scgcn.{loss_class.__name__}'
    factor = side / PUBLISHED[loss_class][1]
    shared = dict(input_size=(side, side), use_target_weight=True)
    now = RelativeLocationLoss(ring, dict(type=name), **shared)
    by_hand = RelativeLocationLoss(
        ring, dict(type=name, **scaled(loss_class, factor)), **shared
    )
    as_it_stands = RelativeLocationLoss(
        ring, dict(type=name, **PUBLISHED[loss_class][0]), **shared
    )
    expected = value_and_gradient(by_hand, *fractions)
    assert_same_bits(value_and_gradient(now, *fractions), expected)
    if factor != 1:
        assert as_it_stands(*fractions) != expected[0]


@both_types
@pytest.mark.parametrize('side', [64, 128, 160, 256])
def test_the_structure_coherent_loss_needs_no_constants(
    side, dtype, ring, fractions
):
    inputs = [x.to(dtype) for x in fractions]
    penalty = dict(
        type='mmpose_scgcn.SoftWingLoss', **scaled(SoftWingLoss, side / 256)
    )
    relative = dict(type='mmpose_scgcn.RelativeLocationLoss', graph=ring)
    shared = dict(input_size=(side, side), use_target_weight=True)
    now = StructureCoherentLoss(relative=relative, **shared)
    by_hand = StructureCoherentLoss(
        penalty, dict(relative, penalty=penalty), **shared
    )
    for term in now.terms(*inputs):
        assert_same_bits(
            value_and_gradient(lambda *x, t=term: now.terms(*x)[t], *inputs),
            value_and_gradient(
                lambda *x, t=term: by_hand.terms(*x)[t], *inputs
            ),
        )


@every
def test_input_size_equals_divided_constants(loss_class, fractions):
    """The form that works on MMPose's own classes, for square inputs."""
    _, reference = PUBLISHED[loss_class]
    pixels = loss_class(input_size=(reference, reference))
    divided = loss_class(
        **scaled(loss_class, 1 / reference), loss_weight=reference
    )
    output, target, _ = fractions
    torch.testing.assert_close(pixels(output, target), divided(output, target))


def test_soft_wing_on_mmpose_labels_is_not_l1():
    """The fault that ``input_size`` mends."""
    output, target = torch.full((1, 1, 2), 0.1), torch.zeros(1, 1, 2)
    torch.testing.assert_close(
        SoftWingLoss()(output, target), torch.tensor(0.1)
    )
    # 25.6 px on a 256 px input: 20 ln(1 + 51.2) + B
    torch.testing.assert_close(
        SoftWingLoss(input_size=(256, 256))(output, target),
        20 * torch.tensor(52.2 / 5).log() + 2,
    )


@pytest.mark.parametrize(
    ('loss_class', 'arguments', 'threshold'),
    [
        (WingLoss, dict(omega=64.0), 64),
        (SoftWingLoss, dict(omega1=100.0), 100),
        (SoftWingLoss, dict(omega1=25.0, reference_size=16), 100),
        (SmoothL1Loss, dict(beta=70.0), 70),
    ],
)
def test_unreachable_threshold_warns(loss_class, arguments, threshold):
    message = rf'at an error of {threshold} px.*\(48, 64\) px exceeds 64 px'
    with pytest.warns(UserWarning, match=message):
        loss_class(input_size=(48, 64), **arguments)


def test_the_warning_says_what_to_look_at():
    with pytest.warns(UserWarning) as warned:
        WingLoss(omega=64.0, input_size=(48, 64))
    assert str(warned[0].message) == (
        'WingLoss: its form changes at an error of 64 px, but no error '
        'within a crop of (48, 64) px exceeds 64 px, so only the branch '
        'below the threshold is ever used; check the unit of the constants, '
        'reference_size and input_size=(w, h)'
    )


def test_the_warning_names_the_line_that_builds_the_loss():
    with pytest.warns(UserWarning) as warned:
        WingLoss(omega=64.0, input_size=(48, 64))
    assert warned[0].filename == __file__


@pytest.mark.parametrize('input_size', [None, (64, 48), (3, 2.5)])
def test_reachable_or_unknown_threshold_does_not_warn(input_size):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        SoftWingLoss(input_size=input_size)
        WingLoss(input_size=input_size)
        WingLoss(omega=1.0, epsilon=0.2, input_size=input_size)


@every
@pytest.mark.parametrize('value', [0, -1, float('nan')])
def test_constants_and_sizes_are_positive(loss_class, value):
    for name in (*PUBLISHED[loss_class][0], 'reference_size'):
        with pytest.raises(ValueError, match=f'{name}: expected a positive'):
            loss_class(**{name: value})


def test_a_log_shows_the_constants_and_their_input():
    """All settings, and nothing that PyTorch keeps in every module."""
    assert repr(WingLoss(input_size=(128, 128))) == (
        "WingLoss(constants={'omega': 10.0, 'epsilon': 2.0}, "
        'reference_size=64, input_size=(128, 128), use_target_weight=False, '
        'loss_weight=1.0, reduction=mean)'
    )
