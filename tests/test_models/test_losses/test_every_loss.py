"""What every loss on coordinates promises, whatever it penalises."""

from mmpose_scgcn.registry import MODELS

import pytest
import torch

RELATIVE = 'mmpose_scgcn.RelativeLocationLoss'
STRUCTURE = 'mmpose_scgcn.StructureCoherentLoss'

#: For each loss its settings, and the input size of its constants.
LOSSES = {
    'L1': (dict(type='mmpose_scgcn.L1Loss'), 256),
    'L2': (dict(type='mmpose_scgcn.L2Loss'), 256),
    'smooth L1': (dict(type='mmpose_scgcn.SmoothL1Loss'), 64),
    'Wing': (dict(type='mmpose_scgcn.WingLoss'), 64),
    'Wing, sum': (dict(type='mmpose_scgcn.WingLoss', reduction='sum'), 64),
    'Soft Wing': (dict(type='mmpose_scgcn.SoftWingLoss'), 256),
    'Soft Wing, sum': (
        dict(type='mmpose_scgcn.SoftWingLoss', reduction='sum'),
        256,
    ),
    'relative': (dict(type=RELATIVE), 256),
    'relative, sum': (
        dict(
            type=RELATIVE,
            penalty=dict(type='mmpose_scgcn.SoftWingLoss', reduction='sum'),
        ),
        256,
    ),
    'relative, Wing': (
        dict(type=RELATIVE, penalty=dict(type='mmpose_scgcn.WingLoss')),
        64,
    ),
    'structure-coherent': (
        dict(type=STRUCTURE),
        256,
    ),
}


@pytest.fixture(params=LOSSES)
def name(request):
    return request.param


@pytest.fixture
def make_loss(name, ring):
    def make(**arguments):
        settings = {**LOSSES[name][0], **arguments}
        if settings['type'] == RELATIVE:
            settings['graph'] = ring
        if settings['type'] == STRUCTURE:
            settings['relative'] = dict(type=RELATIVE, graph=ring)
        return MODELS.build(settings)

    return make


@pytest.fixture
def weighted(make_loss):
    return make_loss(use_target_weight=True)


def test_a_config_line_builds_it(make_loss, name):
    kind = LOSSES[name][0]['type'].removeprefix('mmpose_scgcn.')
    loss = make_loss()
    assert type(loss).__name__ == kind
    assert type(loss).__module__.startswith('mmpose_scgcn.')


def test_weight_of_two_and_three_dimensions(weighted, batch):
    output, target, weight = batch
    flat = weighted(output, target, weight)
    torch.testing.assert_close(
        flat, weighted(output, target, weight[..., None]), rtol=0, atol=0
    )


@pytest.mark.parametrize('junk', [0.0, 1e30, torch.inf, torch.nan])
def test_weight_zero_removes_a_keypoint(weighted, batch, junk):
    output, target, weight = batch
    clean = output.clone().requires_grad_()
    expected = weighted(clean, target, weight)
    expected.backward()
    hidden = weight[..., None] == 0
    dirty = output.masked_fill(hidden, -junk).requires_grad_()
    actual = weighted(dirty, target.masked_fill(hidden, junk), weight)
    actual.backward()
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(dirty.grad, clean.grad)


@pytest.mark.parametrize('nothing', [-1.0, -torch.inf, torch.nan])
def test_weight_that_is_not_above_zero_is_zero(weighted, batch, nothing):
    output, target, weight = batch
    hidden = weight == 0
    assert hidden.any() and not hidden.all()
    value = weighted(output, target, weight.masked_fill(hidden, nothing))
    torch.testing.assert_close(value, weighted(output, target, weight))
    none = torch.full_like(weight, nothing)
    assert weighted(output, target, none).item() == 0


@pytest.mark.parametrize('reduction', ['mean', 'sum'])
@pytest.mark.parametrize('use_weight', [False, True])
def test_an_empty_batch_costs_nothing(make_loss, name, reduction, use_weight):
    settings = dict(use_target_weight=use_weight)
    if LOSSES[name][0]['type'] not in (RELATIVE, STRUCTURE):
        settings.update(reduction=reduction)
    output = torch.zeros(0, 6, 2, requires_grad=True)
    value = make_loss(**settings)(output, output.detach(), torch.ones(0, 6))
    value.backward()
    assert value.item() == 0 and output.grad.shape == (0, 6, 2)


def test_nothing_counts(weighted, batch):
    output, target, weight = batch
    output.requires_grad_()
    value = weighted(output, target, torch.zeros_like(weight))
    value.backward()
    assert value.item() == 0
    assert (output.grad == 0).all()


def test_weight_is_ignored_unless_asked_for(make_loss, batch):
    output, target, weight = batch
    loss = make_loss()
    torch.testing.assert_close(
        loss(output, target, weight), loss(output, target)
    )


def test_gradient_is_finite_at_zero_error(make_loss):
    output = torch.ones(2, 6, 2, requires_grad=True)
    loss = make_loss(input_size=(64, 64))
    loss(output, torch.ones(2, 6, 2)).backward()
    assert output.grad.isfinite().all()


def test_gradcheck(weighted, batch):
    output, target, weight = (x.double() for x in batch)
    output.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x: weighted(x, target, weight), output, eps=1e-7
    )


def test_normalised_with_size_equals_pixels_without(make_loss, name, batch):
    """At the input size of the constants; x counts in widths, y in heights."""
    output, target, weight = (x.double() for x in batch)
    size = LOSSES[name][1], LOSSES[name][1] * 3 // 4
    pixels = torch.tensor(size)
    normalised = make_loss(input_size=size, use_target_weight=True)
    torch.testing.assert_close(
        normalised(output / pixels, target / pixels, weight),
        make_loss(use_target_weight=True)(output, target, weight),
    )


@pytest.mark.parametrize('dtype', [torch.half, torch.bfloat16])
def test_half_precision_equals_float32_on_the_same_numbers(make_loss, dtype):
    torch.manual_seed(0)
    output, target = (torch.rand(4, 6, 2).to(dtype) for _ in range(2))
    weight = torch.rand(4, 6).to(dtype)
    loss = make_loss(input_size=(1024, 1024), use_target_weight=True)
    value = loss.to(dtype)(output, target, weight)
    assert value.dtype == torch.float32
    torch.testing.assert_close(
        value, loss(output.float(), target.float(), weight.float())
    )


def test_autocast_changes_nothing(weighted, batch):
    """The mean of the neighbours must not be taken in bfloat16."""
    with torch.autocast('cpu', torch.bfloat16):
        value = weighted(*batch)
    torch.testing.assert_close(value, weighted(*batch), rtol=0, atol=0)


def test_double_stays_double(weighted, batch):
    value = weighted(*(x.double() for x in batch))
    assert value.dtype == torch.float64


def test_labels_of_another_precision_leave_that_of_the_output(
    make_loss, batch
):
    output, target, _ = batch
    assert make_loss()(output, target.double()).dtype == torch.float32


def test_compiles_without_graph_breaks(make_loss, batch):
    loss = make_loss(input_size=(256, 256), use_target_weight=True)
    compiled = torch.compile(loss, fullgraph=True, backend='eager')
    torch.testing.assert_close(compiled(*batch), loss(*batch))


def test_no_host_synchronisation(make_loss, batch, no_host_sync):
    output, target, weight = batch
    output.requires_grad_()
    loss = make_loss(input_size=(256, 256), use_target_weight=True)
    with no_host_sync():
        loss(output, target, weight).backward()


def test_inputs_that_do_not_fit(weighted):
    points = torch.zeros(4, 6, 2)
    with pytest.raises(ValueError, match=r'\(4, 6, 2\) and \(4, 5, 2\)'):
        weighted(points, torch.zeros(4, 5, 2), torch.ones(4, 6))
    with pytest.raises(ValueError, match=r'\(B, K, D\), got \(4, 12\)'):
        weighted(points.flatten(1), points.flatten(1), torch.ones(4, 6))
    with pytest.raises(ValueError, match=r'\(4, 6\) or .*, got \(4, 6, 2\)'):
        weighted(points, points, torch.ones(4, 6, 2))
    with pytest.raises(ValueError, match=r'got \(6, 4\)'):
        weighted(points, points, torch.ones(6, 4))
    message = r'Loss\(use_target_weight=True\) needs target_weight .* got None'
    with pytest.raises(ValueError, match=message):
        weighted(points, points)


@pytest.mark.parametrize('dims', [1, 3])
def test_a_size_of_two_needs_two_coordinates(make_loss, dims):
    """A third coordinate must not be dropped on the way to pixels."""
    points = torch.zeros(4, 6, dims)
    make_loss()(points, points)
    with pytest.raises(ValueError, match=f'input_size.* D = 2.* got {dims}'):
        make_loss(input_size=(64, 64))(points, points)


@pytest.mark.filterwarnings('ignore:.* its form changes:UserWarning')
def test_an_input_of_one_pixel(make_loss):
    make_loss(input_size=(1, 1))


@pytest.mark.parametrize('size', [(64,), (0, 64), (64, 64, 3), 64])
def test_bad_input_size(make_loss, size):
    with pytest.raises(ValueError, match='input_size: expected'):
        make_loss(input_size=size)
