"""Text and JSON are UTF-8 whatever the locale of the machine is."""

import ast
import json

from mmpose_scgcn.files import read_json, read_text

import pytest

ASCII = dict(LC_ALL='C', PYTHONCOERCECLOCALE='0', PYTHONUTF8='0')


def test_every_file_is_opened_with_an_encoding(root):
    missing = []
    for folder in ('mmpose_scgcn', 'tools', 'benchmarks'):
        for path in (root / folder).rglob('*.py'):
            tree = ast.parse(path.read_text(encoding='utf-8'))
            missing += [
                f'{path.relative_to(root)}:{node.lineno}'
                for node in ast.walk(tree)
                if isinstance(node, ast.Call) and opens_text(node)
            ]
    assert not missing


def opens_text(call: ast.Call) -> bool:
    """Tell a call that reads or writes text in the locale's encoding."""
    if any(word.arg == 'encoding' for word in call.keywords):
        return False
    if isinstance(call.func, ast.Attribute):
        allowed = dict(read_text=0, write_text=1)
        if call.func.attr in allowed:
            return len(call.args) == allowed[call.func.attr]
        return call.func.attr == 'open' and any(map(is_text_mode, call.args))
    is_open = isinstance(call.func, ast.Name) and call.func.id == 'open'
    return is_open and (len(call.args) < 2 or is_text_mode(call.args[1]))


def is_text_mode(node: ast.expr) -> bool:
    value = getattr(node, 'value', None)
    return isinstance(value, str) and value.strip('t+') in ('r', 'w', 'a', 'x')


@pytest.mark.parametrize(
    'encoding', ('utf-8', 'utf-8-sig', 'utf-16', 'utf-32')
)
def test_json_of_any_unicode(tmp_path, encoding):
    path = tmp_path / 'a.json'
    path.write_bytes('{"name": "Müller"}'.encode(encoding))
    assert read_json(path) == {'name': 'Müller'}


def test_another_encoding_is_named(tmp_path):
    path = tmp_path / 'a.json'
    path.write_bytes('{"name": "Müller"}'.encode('cp1252'))
    message = r'a\.json: expected text in utf-8, but byte 12 is 0xfc'
    with pytest.raises(ValueError, match=message):
        read_json(path)
    assert read_text(path, 'cp1252') == '{"name": "Müller"}'
    path.write_bytes(b'\xff\xfe\x00')
    with pytest.raises(ValueError, match=r'a\.json: expected text in utf-16'):
        read_text(path)


@pytest.fixture
def ann_file(tmp_path):
    """A COCO file of faces with names that are not ASCII."""
    faces = [
        dict(
            id=i,
            image_id=i,
            category_id=1,
            keypoints=[
                *(10 + i, 10 + i % 3, 1),
                *(50 - i, 12 + i % 2, 1),
                *(30 + i * i % 5, 40 + i, 1),
                *(20 + i % 4, 60 - i * i % 7, 1),
            ],
            bbox=[10, 10, 40, 30 + i],
        )
        for i in range(1, 7)
    ]
    content = dict(
        images=[dict(id=i, file_name=f'Müller_{i}.jpg') for i in range(1, 7)],
        annotations=faces,
        categories=[
            dict(id=1, name='Gesicht', keypoints=['ä', 'ö', 'ü', 'ß'])
        ],
    )
    path = tmp_path / 'faces.json'
    text = json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding='utf-8-sig')
    return path


def test_a_graph_in_an_ascii_locale(run_python, root, ann_file):
    out = ann_file.with_name('graph.py')
    tool = root / 'tools/build_graph.py'
    words = (tool, '--ann-file', ann_file, '--out', out)
    result = run_python(*words, cold=True, **ASCII)
    assert result.returncode == 0, result.stderr
    assert 'neighbors' in out.read_text(encoding='utf-8')


def test_names_of_files_in_an_ascii_locale(run_python, root, tmp_path):
    rows = 'name,x0,y0,x1,y1\nMüller.jpg,1,2,30,40\n'
    (tmp_path / 'faces.csv').write_text(rows, encoding='utf-8')
    result = run_python(
        *(root / 'tools/prepare_dataset.py', 'csv', 'faces.csv', 'out'),
        *('--flip-pairs', 'none'),
        cwd=tmp_path,
        cold=True,
        **ASCII,
    )
    assert result.returncode == 1
    assert 'M\\xfcller.jpg' in result.stderr
    assert 'PYTHONUTF8=1' in result.stderr
