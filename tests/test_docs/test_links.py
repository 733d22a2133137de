"""Links between the pages lead somewhere, and tables are whole."""

import re
import subprocess

import pytest

LINK = re.compile(r'\]\(([^)\s]+)\)')


def pages(root):
    """Every page of the repository."""
    done = subprocess.run(
        ['git', 'ls-files', '-co', '--exclude-standard', '*.md'],
        cwd=root,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip('not a git repository')
    return [root / name for name in done.stdout.split()]


def anchors(page):
    """Names of a page's headings, as GitHub makes them."""
    text = re.sub(
        r'^```.*?^```', '', page.read_text('utf-8'), flags=re.S | re.M
    )
    for title in re.findall(r'^#+ (.*)$', text, re.M):
        plain = re.sub(r'[^\w\- ]', '', title.lower())
        yield plain.strip().replace(' ', '-')


def broken_links(page):
    """Links of a page that lead nowhere."""
    text = re.sub(r'```.*?```', '', page.read_text('utf-8'), flags=re.S)
    for link in LINK.findall(text):
        if re.match(r'\w+:', link):
            continue
        path, _, anchor = link.partition('#')
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (
            anchor and anchor not in set(anchors(target))
        ):
            yield link


def test_every_link_leads_somewhere(root):
    broken = {page.name: list(broken_links(page)) for page in pages(root)}
    assert {name: links for name, links in broken.items() if links} == {}
    assert len(broken) > 20


def test_a_broken_link_is_seen(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('# A page\n[a](#a-page) [b](#b) [c](c.md) [d](page.md)')
    assert list(broken_links(page)) == ['#b', 'c.md']


def test_every_page_is_in_the_index(root):
    index = (root / 'docs/README.md').read_text('utf-8')
    for page in (root / 'docs').glob('*.md'):
        if page.name != 'README.md':
            assert f']({page.name})' in index, page.name


def test_rows_of_a_table_have_as_many_cells_as_its_head(root):
    for page in pages(root):
        cells = None
        for line in page.read_text('utf-8').splitlines():
            if not line.startswith('|'):
                cells = None
                continue
            count = len(re.findall(r'(?<!\\)\|', line))
            assert cells in (None, count), f'{page.name}: {line}'
            cells = count


def test_every_config_is_in_a_table(root):
    configs = root / 'configs'
    pages = [configs / 'README.md']
    pages.append(configs / 'face_2d_keypoint/wing_loss/README.md')
    listed = [
        (page.parent / link).resolve()
        for page in pages
        for link in re.findall(r'\]\(([^)#]+\.py)\)', page.read_text('utf-8'))
    ]
    there = [p.resolve() for p in configs.glob('face_2d_keypoint/**/*.py')]
    assert sorted(listed) == sorted(there)
