"""Constants in pixels against labels in fractions."""

import warnings

import pytest

SIZE = (64, 48)
SOFT_WING = dict(
    type='mmpose_scgcn.SoftWingLoss', input_size=SIZE, use_target_weight=True
)


def test_the_default_loss_is_the_published_one_at_256_px(make_head):
    head = make_head(
        loss=None, decoder=dict(type='RegressionLabel', input_size=(256, 256))
    )
    absolute, relative = head.loss_module.children()
    for term in (absolute, relative):
        assert term.input_size == (256, 256)
        assert term.use_target_weight
    for penalty in (absolute, relative.penalty):
        constants = (penalty.omega1, penalty.omega2, penalty.epsilon)
        assert constants == (2.0, 20.0, 0.5)


def test_the_default_loss_warns_at_another_size(make_head):
    with pytest.warns(
        UserWarning, match=r'of a 256 px input, and this input is \(64, 48\)'
    ):
        make_head(loss=None)


@pytest.mark.parametrize(
    'loss',
    [
        dict(type='mmpose_scgcn.SoftWingLoss'),
        dict(type='mmpose_scgcn.WingLoss'),
        dict(type='mmpose_scgcn.RelativeLocationLoss'),
        # The very fault: no error in [0, 1] leaves the linear branch.
        dict(type='mmpose.SoftWingLoss'),
        dict(type='mmpose.WingLoss'),
    ],
    ids=lambda loss: loss['type'],
)
@pytest.mark.parametrize(
    'decoder', ['RegressionLabel', 'IntegralRegressionLabel']
)
def test_warns_where_pixel_constants_meet_normalised_labels(
    make_head, loss, decoder
):
    config = dict(type=decoder, input_size=SIZE)
    if decoder == 'IntegralRegressionLabel':
        config |= dict(heatmap_size=(16, 12), sigma=2.0)
    name = loss['type'].split('.')[1]
    with pytest.warns(UserWarning, match=f'{decoder} normalises.*{name}'):
        make_head(loss=loss, decoder=config)


@pytest.mark.parametrize(
    'arguments',
    [
        {},
        dict(loss=SOFT_WING),
        dict(loss=dict(type='mmpose.L1Loss')),
        dict(loss=dict(type='mmpose.SmoothL1Loss')),
        dict(loss=dict(type='mmpose_scgcn.SoftWingLoss'), decoder=None),
    ],
    ids=['default', 'sized', 'L1', 'SmoothL1', 'no decoder'],
)
def test_does_not_warn_otherwise(make_head, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        make_head(**arguments)


def test_the_default_loss_takes_the_decoders_size(make_head):
    loss = make_head().loss_module
    assert loss.absolute.input_size == loss.relative.input_size == SIZE


def test_a_loss_for_another_input_size_is_warned_of(make_head):
    loss = dict(SOFT_WING, input_size=(32, 24))
    with pytest.warns(UserWarning, match=r'\(32, 24\), but the decoder'):
        make_head(loss=loss)
