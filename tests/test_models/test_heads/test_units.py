"""Constants in pixels against labels in fractions."""

import warnings

import pytest
import torch

SIZE = (64, 48)
SOFT_WING = dict(
    type='mmpose_scgcn.SoftWingLoss', input_size=SIZE, use_target_weight=True
)


@pytest.mark.parametrize('side', [64, 128, 160, 256])
def test_the_default_loss_is_the_published_one_at_any_size(
    make_head, feats, samples, side
):
    """As the configs of that size spelled it out, to the last bit."""
    decoder = dict(type='RegressionLabel', input_size=(side, side))
    for sample in samples:
        sample.set_metainfo(dict(input_size=(side, side)))
    scale = side / 256
    penalty = dict(
        type='mmpose_scgcn.SoftWingLoss',
        omega1=2.0 * scale,
        omega2=20.0 * scale,
        epsilon=0.5 * scale,
    )
    spelled_out = dict(
        type='mmpose_scgcn.StructureCoherentLoss',
        input_size=(side, side),
        use_target_weight=True,
        absolute=penalty,
        relative=dict(
            type='mmpose_scgcn.RelativeLocationLoss', penalty=penalty
        ),
    )
    losses = []
    for loss in (None, spelled_out):
        torch.manual_seed(0)
        head = make_head(randomise=True, loss=loss, decoder=decoder)
        losses.append(head.loss(feats, samples))
    torch.testing.assert_close(*losses, rtol=0, atol=0)


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
        dict(loss=None),
        dict(loss=SOFT_WING),
        dict(loss=dict(type='mmpose.L1Loss')),
        dict(loss=dict(type='mmpose.SmoothL1Loss')),
        dict(loss=dict(type='mmpose_scgcn.SoftWingLoss'), decoder=None),
    ],
    ids=['spelled out', 'default', 'sized', 'L1', 'SmoothL1', 'no decoder'],
)
def test_does_not_warn_otherwise(make_head, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        make_head(**arguments)


def test_the_default_loss_takes_the_decoders_size(make_head):
    loss = make_head(loss=None).loss_module
    assert loss.absolute.input_size == loss.relative.input_size == SIZE


def test_a_loss_for_another_input_size_is_warned_of(make_head):
    loss = dict(SOFT_WING, input_size=(32, 24))
    with pytest.warns(UserWarning, match=r'\(32, 24\), but the decoder'):
        make_head(loss=loss)
