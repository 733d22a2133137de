"""Whether a checkpoint fits a model."""

from pickle import UnpicklingError

from mmpose_scgcn.models.fit import check_checkpoint
from mmpose_scgcn.models.layers import DynamicAdjacency

import pytest
import torch
from torch import nn


@pytest.fixture
def model():
    return nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))


def test_a_checkpoint_that_fits(model, tmp_path):
    state = {f'module.{k}': v for k, v in model.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'a.pth')
    check_checkpoint(model, str(tmp_path / 'a.pth'))


def test_a_checkpoint_of_another_model_is_refused(model, tmp_path):
    other = nn.Sequential(nn.Linear(3, 4))
    torch.save(dict(state_dict=other.state_dict()), tmp_path / 'a.pth')
    said = (
        r'a.pth does not fit the config: 4 of 4 weights differ, such as '
        r'0.weight: expected \(2, 3\), got \(4, 3\); .*1.weight: expected '
        r'\(1, 2\), got nothing'
    )
    with pytest.raises(ValueError, match=said):
        check_checkpoint(model, str(tmp_path / 'a.pth'))


def test_a_checkpoint_with_more_units_of_the_adjacency_fits(tmp_path):
    """They grew with the square of K once."""
    wide, narrow = (nn.Sequential(DynamicAdjacency(9, 3, 4)) for _ in 'ab')
    for layer, size in (
        (wide[0].squeeze, (40, 36)),
        (wide[0].weigh, (36, 40)),
    ):
        layer.weight.data = torch.randn(size)
    wide[0].squeeze.bias.data = torch.randn(40)
    file = str(tmp_path / 'a.pth')
    torch.save(dict(state_dict=wide.state_dict()), file)
    check_checkpoint(narrow, file)
    narrow.load_state_dict(torch.load(file)['state_dict'])


def test_weights_alone_are_not_resumed(model, tmp_path):
    torch.save(dict(state_dict=model.state_dict()), tmp_path / 'a.pth')
    with pytest.raises(ValueError, match=r'weights only.*load_from'):
        check_checkpoint(model, str(tmp_path / 'a.pth'), resume=True)


@pytest.mark.parametrize('content', [b'', b'weights', b'PK\x03\x04 cut off'])
def test_a_file_that_is_no_checkpoint_is_named(model, tmp_path, content):
    (tmp_path / 'bad.pth').write_bytes(content)
    with pytest.raises((ValueError, UnpicklingError), match=r'bad\.pth'):
        check_checkpoint(model, str(tmp_path / 'bad.pth'))


def test_a_tensor_is_no_checkpoint(model, tmp_path):
    torch.save(torch.ones(2), tmp_path / 'tensor.pth')
    with pytest.raises(ValueError, match=r'expected a dict.*got Tensor'):
        check_checkpoint(model, str(tmp_path / 'tensor.pth'))


def test_an_address_that_does_not_answer_is_told(model):
    # Nobody listens there.
    with pytest.raises(ValueError, match=r'1/a\.pth could not be fetched: '):
        check_checkpoint(model, 'http://127.0.0.1:1/a.pth')
