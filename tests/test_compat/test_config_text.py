"""The text of a config is formatted once, and stays what it was."""

from mmpose_scgcn.compat import config_text

import mmengine.config.config as module
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


def test_a_text_is_formatted_once(monkeypatch):
    seen = []

    def format_code(text, **style):
        seen.append(text)
        return yapf.FormatCode(text, **style)

    monkeypatch.setattr(module, 'FormatCode', format_code)
    config_text.enable()
    config_text.enable()
    cfg = Config(dict(number=1))
    assert [cfg.pretty_text for _ in range(3)] == ['number = 1\n'] * 3
    assert len(seen) == 1
    cfg.number = 2
    assert cfg.pretty_text == 'number = 2\n'
    assert len(seen) == 2
