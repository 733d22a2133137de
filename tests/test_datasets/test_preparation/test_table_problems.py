"""What the rows of a table make doubtful."""

from mmpose_scgcn.datasets.preparation import read_tables

import pytest


def read(tmp_path, text, **options):
    path = tmp_path / 't.csv'
    path.write_text(text, encoding='utf-8')
    return read_tables(path, **options)


def kinds(source):
    return [(problem.kind, problem.serious) for problem in source.problems]


V = 'v of 0 beside coordinates, and no v of 2', True


@pytest.mark.parametrize(
    ('rows', 'found'),
    (
        ('a,1,2,1,3,4,0', [V]),
        ('a,1,2,1,0,0,0', []),
        ('a,1,2,1,,,0', []),
        ('a,1,2,2,3,4,0', []),
        ('a,1,2,1,3,4,1', []),
    ),
)
def test_v_that_may_mean_hidden(tmp_path, rows, found):
    head = 'name,x0,y0,v0,x1,y1,v1\n'
    source = read(tmp_path, head + rows)
    assert kinds(source) == found
    hidden = read(tmp_path, head + rows, columns='visible=v{i}')
    assert V not in kinds(hidden)


def test_numbers_that_are_left_out(tmp_path):
    source = read(tmp_path, 'name,x1,y1,x2,y2,x4,y4\na,1,2,3,4,5,6\n')
    assert kinds(source) == [('numbers of keypoints that no column has', True)]
    assert '3; keypoints are numbered anew' in source.problems[0].text
    source = read(tmp_path, 'name,x1,y1,x2,y2\na,1,2,3,4\n')
    assert kinds(source) == []


def test_a_number_far_from_the_others(tmp_path):
    """The numbers between them would fill the memory."""
    far = 10**12
    head = f'name,x0,y0,x1,y1,x{far},y{far}\n'
    source = read(tmp_path, head + 'a,1,2,3,4,5,6\n')
    assert kinds(source) == [('numbers of keypoints that no column has', True)]
    assert ': 2, 3, 4, 5, 6, 7, 8, 9, ...; key' in source.problems[0].text


@pytest.mark.parametrize(
    ('head', 'cells', 'size'),
    (
        ('image_width,image_height', '640,480', (640, 480)),
        ('imgW,imgH', '640,480', (640, 480)),
        ('width,height,xmin,ymin,xmax,ymax', '640,480,1,2,3,4', (640, 480)),
        ('image_width,image_height', ',', None),
        ('width,height', '640,480', None),  # of the image, or the face?
        ('x,y,w,h', '1,2,3,4', None),
    ),
)
def test_sizes_of_images(tmp_path, head, cells, size):
    """An image of another size has its keypoints elsewhere."""
    source = read(tmp_path, f'name,{head},x0,y0\na.jpg,{cells},1,2\n')
    assert source.declared.get('a.jpg') == size
