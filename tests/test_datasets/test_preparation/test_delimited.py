"""Tables as programs write them: separators, quotes, ends of lines."""

from pathlib import Path

from mmpose_scgcn.datasets.preparation.delimited import split_rows

import pytest

PATH = Path('t.csv')
CELLS = [['name', 'x0', 'y0'], ['a.jpg', '1', '2.5']]


def cells(text):
    return [row.cells for row in split_rows(text, PATH)]


@pytest.mark.parametrize(
    'text',
    (
        'name,x0,y0\na.jpg,1,2.5\n',
        'name,x0,y0\ra.jpg,1,2.5\r',
        'name,x0,y0\r\n\r\na.jpg,1,2.5\n,,\n',
        '"name", "x0", "y0"\n"a.jpg", "1", "2.5"\n',
        'sep=;\nname;x0;y0\na.jpg;1;2,5\n',
        'sep=|\r\nname|x0|y0\r\na.jpg|1|2.5\r\n',
        # Separators at the end of all lines, of the rows, of the header.
        'name,x0,y0,\na.jpg,1,2.5,\n',
        'name,x0,y0\na.jpg,1,2.5,\n',
        'name,x0,y0,\na.jpg,1,2.5\n',
    ),
)
def test_cells_of_every_form(text):
    assert cells(text) == CELLS


@pytest.mark.parametrize(
    'name', ('a;b.jpg', 'a\tb.jpg', 'a,b.jpg', 'a\nb.jpg')
)
def test_a_name_with_a_separator_in_it(name):
    """Also in the first line, which tells the separator."""
    assert cells(f'"{name}",1,2\n') == [[name, '1', '2']]
    assert cells(f'"{name}";1,5;2\n') == [[name, '1.5', '2']]


def test_rows_are_numbered_as_in_the_file():
    rows = split_rows('sep=,\nname,x0,y0\n\na.jpg,1,2\n', PATH)
    assert [row.number for row in rows] == [2, 4]


def test_missing_values_at_the_end_stay():
    assert cells('a.jpg,1,2,,\n') == [['a.jpg', '1', '2', '', '']]
    assert cells('a.jpg,,\nb.jpg,1,2\n')[0] == ['a.jpg', '', '']


@pytest.mark.parametrize(
    'text',
    (
        'name;x0\na;1,648\nb;987\n',
        'name;x0\na;1.648\nb;987\n',
        'name,x0\na,"1,648"\nb,987\n',
    ),
)
def test_marks_of_thousands_are_refused(text):
    with pytest.raises(ValueError, match=r't\.csv: .* 1.648 beside 987'):
        split_rows(text, PATH)


def test_decimals_are_no_thousands():
    assert cells('a;1,648\nb;98,7\nc;987\n')[0] == ['a', '1.648']
    assert cells('a;1,648\nb;99\n')[0] == ['a', '1.648']


@pytest.mark.parametrize(
    ('text', 'message'),
    (
        ('a.jpg 1 2\n', 'by commas, semicolons or tabs'),
        ('a.jpg,"' + 'x' * 200_000, 'line 1: .*does a quote'),
    ),
)
def test_what_is_no_table(text, message):
    with pytest.raises(ValueError, match=rf't\.csv.*{message}'):
        split_rows(text, PATH)


def test_decimal_commas_are_those_of_numbers():
    found = cells('sep=;\na,5;-1,5;+2,5;X1,5;1,x;1,2,3\n')
    assert found == [['a,5', '-1.5', '+2.5', 'X1,5', '1,x', '1,2,3']]
