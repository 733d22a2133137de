"""XML files as dlib's imglab writes them."""

from mmpose_scgcn.datasets.preparation.imglab import read_imglab

import cv2
import numpy as np
import pytest

HEAD = """<?xml version='1.0' encoding='ISO-8859-1'?>
<?xml-stylesheet type='text/xsl' href='image_metadata_stylesheet.xsl'?>
<dataset>
<name>imglab dataset</name>
<comment>Created by imglab tool.</comment>
<images>
"""
TAIL = '</images>\n</dataset>\n'


def box(*parts, more=''):
    """A box of an image, with parts as imglab indents them."""
    inside = ''.join(
        f"      <part name='{name}' x='{x}' y='{y}'/>\n"
        for name, x, y in parts
    )
    return (
        f"    <box top='30' left='20' width='56' height='60'{more}>\n"
        f'      <label>face</label>\n{inside}    </box>\n'
    )


def image(file, *boxes, more=''):
    inside = ''.join(boxes)
    return f"  <image file='{file}'{more}>\n{inside}  </image>\n"


PARTS = (('10', 30, 39), ('02', 42, 40), ('01', -3, 77.5))


@pytest.fixture
def write(tmp_path):
    def run(*images, name='faces.xml', encoding='utf-8'):
        path = tmp_path / name
        path.write_bytes((HEAD + ''.join(images) + TAIL).encode(encoding))
        return path

    return run


def kinds(source):
    return [(p.kind, p.serious) for p in source.problems]


def test_parts_are_keypoints_in_the_order_of_their_numbers(write):
    first = image('a/p0.jpg', box(*PARTS), more=" width='96' height='128'")
    source = read_imglab(write(first, image('p1.jpg', box(*PARTS[1:]))))
    one, two = source.splits['trainval']
    assert (one.file, two.file) == ('a/p0.jpg', 'p1.jpg')
    assert source.names == ('01', '02', '10')
    assert one.keypoints.tolist() == [[-3, 77.5], [42, 40], [30, 39]]
    assert one.flags.tolist() == [1, 1, 1]
    assert two.flags.tolist() == [1, 1, 0]
    assert one.box == (20, 30, 76, 90)
    assert one.where.endswith('faces.xml, line 8')
    assert source.declared == {'a/p0.jpg': (96, 128)}
    assert kinds(source) == [('numbers of keypoints that no face has', True)]


def test_a_number_far_from_the_others(write):
    """The numbers between them would fill the memory."""
    parts = (('0', 1, 2), ('1', 3, 4), (f'{10**12}', 5, 6))
    source = read_imglab(write(image('a.jpg', box(*parts))))
    assert kinds(source) == [('numbers of keypoints that no face has', True)]
    assert source.problems[0].text.startswith('2, 3, 4, 5, 6, 7, 8, 9, ... (')


def test_what_is_left_out_is_counted(write):
    source = read_imglab(
        write(
            image('a.jpg', box(*PARTS), box(more=" ignore='1'")),
            image('b.jpg', box(), box(*PARTS, more=" ignore='1'")),
            image('c.jpg'),
        ),
        keypoints='01,02',
    )
    assert [f.file for f in source.faces] == ['a.jpg']
    assert source.faces[0].keypoints.tolist() == [[-3, 77.5], [42, 40]]
    assert kinds(source) == [
        ('box to be ignored, left out', False),
        ('box without parts, left out', False),
        ('box to be ignored, left out', False),
        ('image without a box', False),
        ('keypoints that --keypoints does not name, left out', False),
    ]


def test_other_files_are_other_splits(write):
    numbers = (('0', 1, 2), ('1', 30, 40))
    source = read_imglab(
        write(image('a.jpg', box(*numbers))),
        val=write(image('b.jpg', box(*numbers)), name='b.xml'),
        test=write(image('c.jpg', box(*numbers)), name='c.xml'),
        origin=1,
    )
    files = {s: [f.file for f in faces] for s, faces in source.splits.items()}
    assert files == dict(train=['a.jpg'], val=['b.jpg'], test=['c.jpg'])
    assert source.names == ()
    assert source.faces[0].keypoints.tolist() == [[0, 1], [29, 39]]
    assert source.faces[0].box == (19, 29, 75, 89)


@pytest.mark.parametrize(
    ('encoding', 'option'),
    (('latin-1', None), ('utf-8', None), ('utf-8', 'utf-8')),
)
def test_imglab_declares_latin_1_whatever_it_writes(
    write, tmp_path, encoding, option
):
    cv2.imwrite(str(tmp_path / 'Müller.jpg'), np.zeros((96, 96, 3), np.uint8))
    path = write(image('Müller.jpg', box(*PARTS)), encoding=encoding)
    source = read_imglab(path, encoding=option)
    assert source.faces[0].file == 'Müller.jpg'


def test_windows_names_and_another_folder(write, tmp_path):
    picture = tmp_path / 'pictures/sub/a.jpg'
    picture.parent.mkdir(parents=True)
    cv2.imwrite(str(picture), np.zeros((96, 96, 3), np.uint8))
    path = write(image('D:\\faces\\sub\\a.jpg', box(*PARTS)))
    source = read_imglab(path, images=tmp_path / 'pictures')
    assert source.faces[0].file == 'sub/a.jpg'
    with pytest.raises(FileNotFoundError, match='expected a folder of images'):
        read_imglab(path, images=tmp_path / 'none')


def test_entities_are_not_resolved(tmp_path):
    (tmp_path / 'secret.txt').write_text('secret.jpg')
    body = HEAD.partition('<dataset>')
    for declared in (
        '<!DOCTYPE d [<!ENTITY x SYSTEM "secret.txt">]>',
        '<!DOCTYPE d [<!ENTITY x "aaa"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE d SYSTEM "secret.txt">',
    ):
        path = tmp_path / 'faces.xml'
        inside = image('&x;', box(*PARTS))
        path.write_text(
            f'{body[0]}{declared}{"".join(body[1:])}{inside}{TAIL}'
        )
        with pytest.raises(ValueError, match=r'faces\.xml, line 3: .*entity'):
            read_imglab(path)


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        (HEAD, r'line 7: expected XML as imglab writes it, but no element'),
        (HEAD + '<image>' + TAIL, 'line 7: expected an image with a file'),
        ('{"a": 1}', 'line 1: expected XML as imglab writes it'),
        ('', 'expected XML as imglab writes it'),
        ('<annotations/>', 'line 1: .* got a file of CVAT: export it'),
        ('<annotation/>', 'got a file of Pascal VOC'),
        ('<html/>', 'got <html>'),
        (HEAD + TAIL, 'expected faces with keypoints, found none'),
        (
            HEAD + image('a.jpg', box(*PARTS, PARTS[1])) + TAIL,
            'line 13: expected a part with a name that its box has once, got',
        ),
        (
            HEAD + image('a.jpg', box(('1', 'x', 2))) + TAIL,
            "line 10: expected a number as x, got 'x'",
        ),
        (
            HEAD + image('a.jpg', box(('1', 'inf', 2))) + TAIL,
            "expected a number as x, got 'inf'",
        ),
        (
            HEAD + image('a.jpg', '<box top="1"/>') + TAIL,
            "expected a number as left, got ''",
        ),
        (HEAD + box(*PARTS) + TAIL, 'expected a box inside of an image'),
        (
            HEAD + image('a', "<part name='1' x='1' y='1'/>") + TAIL,
            'expected a part inside of a box',
        ),
    ),
)
def test_files_that_are_refused(tmp_path, text, message):
    path = tmp_path / 'faces.xml'
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        read_imglab(path)
    if 'found none' not in message:
        assert 'faces.xml' in str(error.value)


def test_another_encoding_than_the_declared_one(write):
    """UTF-8 is what XML without a declaration is."""
    path = write(image('Müller.jpg', box(*PARTS)))
    text = path.read_text('utf-8').partition('\n')[2]
    path.write_bytes(text.encode('cp1252'))
    with pytest.raises(ValueError, match=r'line 6: .*say --encoding'):
        read_imglab(path)
    source = read_imglab(path, encoding='cp1252')
    assert source.faces[0].file == 'Müller.jpg'


def test_no_file(tmp_path):
    for path in (tmp_path, tmp_path / 'none.xml'):
        with pytest.raises(FileNotFoundError, match='expected an XML file'):
            read_imglab(path)
