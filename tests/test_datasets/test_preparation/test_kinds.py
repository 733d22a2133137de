import argparse
import inspect

from mmpose_scgcn.datasets.preparation import KINDS, add_options
from mmpose_scgcn.datasets.preparation.kinds import OPTIONS

import pytest


@pytest.mark.parametrize('name', KINDS)
def test_the_options_are_arguments_of_the_reader(name):
    kind = KINDS[name]
    arguments = inspect.signature(kind.read).parameters
    assert set(kind.options) <= set(arguments)
    parser = argparse.ArgumentParser()
    add_options(parser, kind)
    args = parser.parse_args([])
    for option in kind.options:
        default = arguments[option].default
        assert getattr(args, option) == default, option
    assert args.box == ('given' if name in ('cofw', 'aflw') else 'landmarks')


def test_every_option_is_one_of_a_kind():
    assert {o for kind in KINDS.values() for o in kind.options} == set(OPTIONS)
