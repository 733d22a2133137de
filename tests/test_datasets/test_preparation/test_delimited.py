"""Tables as programs write them: separators, quotes, ends of lines."""

from pathlib import Path

from mmpose_scgcn.datasets.preparation.delimited import split_rows
from mmpose_scgcn.structures.limits import MOST_KEYPOINTS

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


def error_of(text):
    with pytest.raises(ValueError) as error:
        split_rows(text, PATH)
    return str(error.value)


def test_what_is_said_where_nothing_parts_the_cells():
    assert error_of(f'\n  \n{"a " * 50}\nb\n') == (
        't.csv: expected cells parted by commas, semicolons or tabs, got '
        f'{("a " * 20)!r}'
    )


def test_what_is_said_of_rows_that_are_too_long():
    most = 10 * MOST_KEYPOINTS
    assert error_of(f'a,1,2\nb{",1" * most}\n') == (
        f't.csv, line 2: expected at most {most} cells in a row, and about '
        f'as many in all rows, got {most + 1} ({(most + 4) / 2:.0f} on '
        'average)'
    )
    split_rows(f'b{",1" * (most - 1)}\n', PATH)


def test_one_row_far_longer_than_many_others():
    long = 'b' + ',1' * 2000
    split_rows('a,1,2\n' * 400 + long, PATH)
    assert 'expected at most' in error_of('a,1,2\n' * 600 + long)


def test_what_is_said_of_marks_of_thousands():
    assert error_of('a; 1,648 \nb; 987 \nc; 12,000\n') == (
        't.csv: expected plain numbers, got 1,648 beside 987 in one column: '
        "a ',' that parts thousands has to be taken out (and 0s be written "
        'where it parts decimals)'
    )


def test_numbers_of_thousands_in_other_columns_do_no_harm():
    assert cells('a;1,648;987\n') == [['a', '1.648', '987']]
    assert cells('a;10,648;x\nb;9876;y\n')[0] == ['a', '10.648', 'x']


def test_quotes_that_do_not_end_are_told():
    assert error_of('a,1\nb,"' + 'x' * 200_000).startswith(
        't.csv, line 2: expected cells of a table, but field larger than '
    )


@pytest.mark.parametrize(
    ('text', 'found'),
    (
        ('SEP=|\t\na|1|2\n', [['a', '1', '2']]),
        ('\n\na;1,5;2,5\n', [['a', '1.5', '2.5']]),
        ('a\tb,1\t2\n', [['a', 'b,1', '2']]),
        ('a,1,2, \nb,3,4,\n', [['a', '1', '2'], ['b', '3', '4']]),
        ('a,1,2,5\nb,3,4,\n', [['a', '1', '2', '5'], ['b', '3', '4', '']]),
        ('a,1,2\nb,3,4,,\n', [['a', '1', '2'], ['b', '3', '4', '', '']]),
        ('aXb.jpg,1\n', [['aXb.jpg', '1']]),
        ('\n', []),
    ),
)
def test_cells_of_other_forms(text, found):
    assert cells(text) == found
