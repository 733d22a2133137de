"""Units, weights and reductions that Wing and Soft Wing share."""

import warnings

from mmpose_scgcn.models import SoftWingLoss, WingLoss
from mmpose_scgcn.registry import MODELS

import pytest
import torch
from mmpose.models.losses import SoftWingLoss as MMPoseSoftWingLoss
from mmpose.models.losses import WingLoss as MMPoseWingLoss

LOSSES = [WingLoss, SoftWingLoss]
both = pytest.mark.parametrize('loss_class', LOSSES)


def naive_mean(loss, output, target, weight):
    """Sum of w * penalty over D * sum of w, one keypoint at a time."""
    total = count = 0.0
    for b in range(output.shape[0]):
        for k in range(output.shape[1]):
            for d in range(output.shape[2]):
                error = output[b, k, d] - target[b, k, d]
                total += weight[b, k] * loss.penalty(error)
                count += weight[b, k]
    return total / count


@pytest.mark.parametrize('name', ['WingLoss', 'SoftWingLoss'])
def test_registered(name):
    loss = MODELS.build(dict(type=f'mmpose_scgcn.{name}'))
    assert type(loss).__module__.startswith('mmpose_scgcn.')


@both
@pytest.mark.parametrize('spread', [0.3, 1.0, 40.0])
def test_sum_equals_mmpose(loss_class, spread):
    """With 0/1 weights and no input size, on errors of any size."""
    parent = {WingLoss: MMPoseWingLoss, SoftWingLoss: MMPoseSoftWingLoss}
    torch.manual_seed(0)
    output = spread * torch.randn(5, 7, 2, dtype=torch.float64)
    target = spread * torch.randn(5, 7, 2, dtype=torch.float64)
    weight = (torch.rand(5, 7, 1) > 0.3).double()
    ours = loss_class(use_target_weight=True, reduction='sum', loss_weight=3)
    theirs = parent[loss_class](use_target_weight=True, loss_weight=3)
    torch.testing.assert_close(
        ours(output, target, weight), theirs(output, target, weight)
    )
    torch.testing.assert_close(
        loss_class(reduction='sum')(output, target),
        parent[loss_class]()(output, target),
    )


@both
def test_mean_equals_a_naive_loop(loss_class, batch):
    output, target, weight = (x.double() for x in batch)
    weight[1, :3] = torch.tensor([0.25, 0.5, 1.5])
    loss = loss_class(use_target_weight=True)
    torch.testing.assert_close(
        loss(output, target, weight), naive_mean(loss, output, target, weight)
    )


@both
def test_fractional_weight_multiplies_the_loss_not_the_error(loss_class):
    """In MMPose an error of 10 at weight 0.5 does not cost half of 10."""
    output, target = torch.full((1, 1, 2), 10.0), torch.zeros(1, 1, 2)
    loss = loss_class(use_target_weight=True, reduction='sum')
    half = loss(output, target, torch.tensor([[0.5]]))
    whole = loss(output, target, torch.tensor([[1.0]]))
    torch.testing.assert_close(half, 0.5 * whole)


@both
@pytest.mark.parametrize('reduction', ['mean', 'sum'])
def test_weight_of_two_and_three_dimensions(loss_class, reduction):
    torch.manual_seed(0)
    # N = K = D: any wrong broadcast would go unnoticed.
    output, target = 9 * torch.randn(2, 2, 2), 9 * torch.randn(2, 2, 2)
    weight = torch.tensor([[1.0, 0.2], [0.0, 0.7]])
    loss = loss_class(use_target_weight=True, reduction=reduction)
    flat = loss(output, target, weight)
    torch.testing.assert_close(
        flat, loss(output, target, weight[..., None]), rtol=0, atol=0
    )
    total = (loss.penalty(output - target).sum(-1) * weight).sum()
    expected = total / (2 if reduction == 'sum' else 2 * weight.sum())
    torch.testing.assert_close(flat, expected)


@both
@pytest.mark.parametrize('reduction', ['mean', 'sum'])
@pytest.mark.parametrize('junk', [0.0, 1e30, torch.inf, torch.nan])
def test_weight_zero_removes_a_keypoint(loss_class, batch, reduction, junk):
    output, target, weight = batch
    loss = loss_class(use_target_weight=True, reduction=reduction)
    clean = output.clone().requires_grad_()
    expected = loss(clean, target, weight)
    expected.backward()
    target = target.masked_fill(weight[..., None] == 0, junk)
    dirty = output.clone().requires_grad_()
    actual = loss(dirty, target, weight)
    actual.backward()
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(dirty.grad, clean.grad)


@both
def test_weight_zero_removes_a_prediction_that_is_nan(loss_class, batch):
    output, target, weight = batch
    output = output.masked_fill(weight[..., None] == 0, torch.nan)
    output.requires_grad_()
    loss_class(use_target_weight=True)(output, target, weight).backward()
    assert output.grad.isfinite().all()


@both
@pytest.mark.parametrize('reduction', ['mean', 'sum'])
def test_nothing_counts(loss_class, batch, reduction):
    output, target, weight = batch
    output.requires_grad_()
    loss = loss_class(use_target_weight=True, reduction=reduction)
    value = loss(output, target, torch.zeros_like(weight))
    value.backward()
    assert value.item() == 0
    assert (output.grad == 0).all()


@both
def test_gradient_is_finite_at_zero_error(loss_class):
    output = torch.ones(2, 3, 2, requires_grad=True)
    loss_class(input_size=(64, 64))(output, torch.ones(2, 3, 2)).backward()
    assert output.grad.isfinite().all()


@both
def test_weight_is_ignored_unless_asked_for(loss_class, batch):
    output, target, weight = batch
    loss = loss_class()
    torch.testing.assert_close(
        loss(output, target, weight), loss(output, target)
    )


@both
def test_x_counts_in_widths_and_y_in_heights(loss_class):
    loss = loss_class(input_size=(200, 100), reduction='sum')
    output = torch.tensor([[[0.015, 0.0]], [[0.0, 0.04]]])  # 3 px, 4 px
    expected = loss.penalty(torch.tensor([3.0, 4.0])).sum() / 2
    torch.testing.assert_close(
        loss(output, torch.zeros_like(output)), expected
    )


@both
def test_input_size_equals_divided_constants(loss_class, batch):
    """The form that works on MMPose's own classes, for square inputs."""
    output, target, weight = (x.double() for x in batch)
    names = {
        WingLoss: dict(omega=10, epsilon=2),
        SoftWingLoss: dict(omega1=2, omega2=20, epsilon=0.5),
    }[loss_class]
    pixels = loss_class(input_size=(256, 256), use_target_weight=True, **names)
    divided = loss_class(
        use_target_weight=True,
        loss_weight=256,
        **{name: value / 256 for name, value in names.items()},
    )
    inputs = (output / 256, target / 256, weight)
    torch.testing.assert_close(pixels(*inputs), divided(*inputs))


@both
def test_normalised_with_size_equals_pixels_without(loss_class, batch):
    output, target, _ = (x.double() for x in batch)
    size = torch.tensor([320, 240])
    torch.testing.assert_close(
        loss_class(input_size=(320, 240))(output / size, target / size),
        loss_class()(output, target),
    )


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
    ],
)
def test_unreachable_threshold_warns(loss_class, arguments, threshold):
    message = rf'at an error of {threshold} px.*\(48, 64\) px exceeds 64 px'
    with pytest.warns(UserWarning, match=message):
        loss_class(input_size=(48, 64), **arguments)


@pytest.mark.parametrize('input_size', [None, (64, 48), (3, 2.5)])
def test_reachable_or_unknown_threshold_does_not_warn(input_size):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        SoftWingLoss(input_size=input_size)
        WingLoss(omega=1.0, epsilon=0.2, input_size=input_size)


@both
@pytest.mark.parametrize('dtype', [torch.half, torch.bfloat16])
def test_half_precision_equals_float32_on_the_same_numbers(loss_class, dtype):
    torch.manual_seed(0)
    output, target = (torch.rand(4, 98, 2).to(dtype) for _ in range(2))
    weight = torch.rand(4, 98).to(dtype)
    loss = loss_class(
        input_size=(1024, 1024), use_target_weight=True, reduction='sum'
    )
    value = loss(output, target, weight)
    assert value.dtype == torch.float32
    torch.testing.assert_close(
        value, loss(output.float(), target.float(), weight.float())
    )


@both
def test_autocast_changes_nothing(loss_class, batch):
    loss = loss_class(use_target_weight=True)
    with torch.autocast('cpu', torch.bfloat16):
        value = loss(*batch)
    torch.testing.assert_close(value, loss(*batch), rtol=0, atol=0)


@both
def test_double_stays_double(loss_class, batch):
    output, target, _ = batch
    value = loss_class()(output.double(), target.double())
    assert value.dtype == torch.float64


@both
def test_compiles_without_graph_breaks(loss_class, batch):
    loss = loss_class(input_size=(256, 256), use_target_weight=True)
    compiled = torch.compile(loss, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(*batch), loss(*batch))


@both
def test_no_host_synchronisation(loss_class, batch, no_host_sync):
    output, target, weight = batch
    output.requires_grad_()
    loss = loss_class(input_size=(256, 256), use_target_weight=True)
    with no_host_sync():
        loss(output, target, weight).backward()


@both
def test_gradcheck(loss_class, batch):
    output, target, weight = (x.double() for x in batch)
    loss = loss_class(use_target_weight=True)
    output.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: loss(x, target, weight), output, eps=1e-7
    )


@both
def test_inputs_that_do_not_fit(loss_class):
    loss = loss_class(use_target_weight=True)
    points = torch.zeros(4, 6, 2)
    with pytest.raises(ValueError, match=r'\(4, 6, 2\) and \(4, 5, 2\)'):
        loss(points, torch.zeros(4, 5, 2), torch.ones(4, 6))
    with pytest.raises(ValueError, match=r'\(B, K, D\), got \(4, 12\)'):
        loss(points.flatten(1), points.flatten(1), torch.ones(4, 6))
    with pytest.raises(ValueError, match=r'\(4, 6\) or .*, got \(4, 6, 2\)'):
        loss(points, points, torch.ones(4, 6, 2))
    with pytest.raises(ValueError, match=r'needs target_weight .* got None'):
        loss(points, points)


@both
@pytest.mark.parametrize('dims', [1, 3])
def test_a_size_of_two_needs_two_coordinates(loss_class, dims):
    """A third coordinate must not be dropped on the way to pixels."""
    points = torch.zeros(4, 6, dims)
    loss_class()(points, points)
    with pytest.raises(ValueError, match=f'input_size.* D = 2.* got {dims}'):
        loss_class(input_size=(64, 64))(points, points)


@pytest.mark.parametrize('value', [0, -1, float('nan')])
def test_constants_are_positive(value):
    for name in ('omega1', 'omega2', 'epsilon'):
        with pytest.raises(ValueError, match=f'{name}: expected a positive'):
            SoftWingLoss(**{name: value})
    for name in ('omega', 'epsilon'):
        with pytest.raises(ValueError, match=f'{name}: expected a positive'):
            WingLoss(**{name: value})


@both
@pytest.mark.parametrize('size', [(64,), (0, 64), (64, 64, 3), 64])
def test_bad_input_size(loss_class, size):
    with pytest.raises(ValueError, match='input_size: expected'):
        loss_class(input_size=size)


@both
def test_bad_reduction(loss_class):
    with pytest.raises(ValueError, match="'mean' or 'sum', got 'none'"):
        loss_class(reduction='none')
