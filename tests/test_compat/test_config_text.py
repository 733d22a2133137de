"""The text of a config is formatted once, and stays what it was."""

from mmpose_scgcn.compat import config_text

import mmengine.config.config as module
import pytest
import yapf.yapflib.yapf_api as yapf
from mmengine.config import Config

STYLE = dict(
    based_on_style='pep8',
    blank_line_before_nested_class_or_def=True,
    split_before_expression_after_opening_paren=True,
)


def test_the_text_is_that_of_yapf():
    cfg = Config(dict(model=dict(type='A', widths=list(range(40))), lr=0.1))
    rough = Config(cfg.to_dict(), format_python_code=False).pretty_text
    fine, _ = yapf.FormatCode(rough, style_config=STYLE)
    assert cfg.pretty_text == fine != rough


@pytest.fixture(params=['MMEngine', 'its fork'])
def formatter(request, monkeypatch):
    """A function that replaces yapf's, where the engine looks for it."""
    fork = not hasattr(module, 'FormatCode')
    if request.param == 'its fork':
        if not fork:  # it imports the function in pretty_text
            monkeypatch.delattr(module, 'FormatCode')
            monkeypatch.setattr(Config, 'pretty_text', property(format_late))
        return lambda function: monkeypatch.setattr(
            yapf, 'FormatCode', function
        )
    if fork:
        pytest.skip('onedl-mmengine is installed')
    return lambda function: monkeypatch.setattr(module, 'FormatCode', function)


def format_late(cfg):
    from yapf.yapflib.yapf_api import FormatCode

    rough = ''.join(f'{key} = {value!r}\n' for key, value in cfg.items())
    return FormatCode(rough, style_config=STYLE)[0]


def test_a_text_is_formatted_once(formatter):
    seen = []
    original = yapf.FormatCode

    def format_code(text, **style):
        seen.append(text)
        return original(text, **style)

    formatter(format_code)
    config_text.enable()
    config_text.enable()
    cfg = Config(dict(number=1))
    assert [cfg.pretty_text for _ in range(3)] == ['number = 1\n'] * 3
    assert len(seen) == 1
    cfg.number = 2
    assert cfg.pretty_text == 'number = 2\n'
    assert len(seen) == 2


def test_another_call_of_yapf_is_left_alone(monkeypatch, tmp_path):
    """A style in a file may change, and lines are no style."""
    monkeypatch.setattr(yapf, 'FormatCode', config_text._Once(yapf.FormatCode))
    style = tmp_path / 'style'
    texts = []
    for indent in (2, 4):
        style.write_text(f'[style]\nindent_width = {indent}\n')
        text = 'if a:\n      b\n'
        texts.append(yapf.FormatCode(text, style_config=str(style))[0])
    assert texts == ['if a:\n  b\n', 'if a:\n    b\n']
    assert yapf.FormatCode('a=1\nb=2\n', 'name', lines=[(1, 1)])[0] == (
        'a = 1\nb=2\n'
    )
