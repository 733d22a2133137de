from mmpose_scgcn.models import (
    RelativeLocationLoss,
    SoftWingLoss,
    StructureCoherentLoss,
)
from mmpose_scgcn.registry import MODELS

import pytest
import torch


@pytest.fixture
def relative(ring):
    return dict(type='mmpose_scgcn.RelativeLocationLoss', graph=ring)


def test_is_the_sum_of_its_terms(batch, ring, relative):
    output, target, weight = batch
    inputs = (output / 256, target / 256, weight)
    loss = MODELS.build(
        dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            relative=dict(**relative, loss_weight=0.5),
            input_size=(256, 256),
            use_target_weight=True,
        )
    )
    shared = dict(input_size=(256, 256), use_target_weight=True)
    terms = loss.terms(*inputs)
    assert list(terms) == ['loss_kpt', 'loss_relative']
    torch.testing.assert_close(
        terms['loss_kpt'], SoftWingLoss(**shared)(*inputs)
    )
    torch.testing.assert_close(
        terms['loss_relative'],
        RelativeLocationLoss(ring, loss_weight=0.5, **shared)(*inputs),
    )
    torch.testing.assert_close(loss(*inputs), sum(terms.values()))


def test_terms_keep_what_they_set(relative):
    loss = StructureCoherentLoss(
        absolute=dict(
            type='mmpose_scgcn.WingLoss',
            input_size=(64, 48),
            use_target_weight=False,
        ),
        relative=dict(**relative, input_size=(128, 96)),
        input_size=(256, 256),
        use_target_weight=True,
    )
    assert loss.absolute.input_size == (64, 48)
    assert loss.relative.input_size == (128, 96)
    assert loss.absolute.use_target_weight is False
    assert loss.relative.use_target_weight is True


def test_nothing_shared_leaves_the_defaults(relative):
    loss = StructureCoherentLoss(relative=relative)
    assert loss.absolute.input_size is None
    assert loss.absolute.use_target_weight is False


def test_a_loss_of_mmpose_gets_weights_but_no_size(batch, relative):
    output, target, weight = (x.double() for x in batch)
    loss = StructureCoherentLoss(
        absolute=dict(type='mmpose.L1Loss'),
        relative=relative,
        input_size=(256, 256),
        use_target_weight=True,
    )
    weight = weight[..., None]
    torch.testing.assert_close(
        loss.terms(output, target, weight)['loss_kpt'],
        ((output - target).abs() * weight).mean(),
    )


def test_types_given_as_classes(ring):
    """As in MMEngine's pure Python configs."""
    loss = StructureCoherentLoss(
        absolute=dict(type=SoftWingLoss),
        relative=dict(
            type=RelativeLocationLoss,
            graph=ring,
            penalty=dict(type=SoftWingLoss),
        ),
        input_size=(64, 64),
    )
    assert loss.absolute.input_size == loss.relative.input_size == (64, 64)


def test_configs_are_not_changed(relative):
    absolute = dict(type='mmpose_scgcn.SoftWingLoss')
    before = (dict(absolute), dict(relative))
    StructureCoherentLoss(absolute, relative, (64, 64), True)
    assert (absolute, relative) == before


def test_a_term_without_a_type_is_refused(relative):
    with pytest.raises(KeyError, match='type'):
        StructureCoherentLoss(dict(), relative, input_size=(64, 64))
