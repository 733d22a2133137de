"""CONTRIBUTING.md says where each part of the package is."""

import re


def test_each_part_of_the_package_is_named(root):
    text = (root / 'CONTRIBUTING.md').read_text('utf-8')
    text = text.partition('## Where things are')[2].partition('\n## ')[0]
    named = set(re.findall(r'`([\w.]+)/?`', text))
    package = root / 'mmpose_scgcn'
    parts = {path.parent.name for path in package.glob('*/__init__.py')}
    parts |= {path.name for path in package.glob('*.py')}
    assert not parts - named - {'__init__.py', '__main__.py', 'version.py'}
