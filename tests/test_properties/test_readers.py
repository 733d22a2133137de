"""What was written to a file is read back, or the file is refused."""

import tempfile
from pathlib import Path

from mmpose_scgcn.datasets.preparation.pts import read_pts
from mmpose_scgcn.datasets.preparation.table import read_table
from tests.test_properties.strategies import SEEDS

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

#: Coordinates as programs write them, and any that 20 decimals can hold.
NUMBERS = st.one_of(
    st.integers(-50, 5000).map(float),
    st.floats(-50, 5000).map(lambda x: round(x, 3)),
    st.floats(-1e9, 1e9).map(lambda x: x if abs(x) > 1e-3 else 0.0),
)
FORMS = ['{!r}', '{:.17e}', '{:+.17g}', '{:.20f}']
ENDS = ['\n', '\r\n', '\r']
ENCODINGS = ['utf-8', 'utf-8-sig', 'utf-16']


def points_of(least=1, most=6):
    """Points (K, 2)."""
    return st.integers(least, most).flatmap(
        lambda count: hnp.arrays(np.float64, (count, 2), elements=NUMBERS)
    )


def read(reader, content, suffix, **options):
    """Write bytes to a file and read it; None if it is refused in words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f'face{suffix}')
        path.write_bytes(content)
        try:
            return reader(path, **options)
        except ValueError as error:
            assert f'face{suffix}' in str(error)
            return None


@st.composite
def pts_files(draw):
    """The text of a ``.pts`` file, and its points (K, 2)."""
    points = draw(points_of())
    form, end = draw(st.sampled_from(FORMS)), draw(st.sampled_from(ENDS))
    part = draw(st.sampled_from([' ', '\t', ', ', ',', '   ']))
    lines = [part.join(map(form.format, point)) for point in points.tolist()]
    if draw(st.booleans()):
        note = draw(st.sampled_from(['# 7 8', ' // left 1', '%']))
        lines[0] += f' {note}'
    header = draw(st.sampled_from(['none', 'braces', 'count', 'both']))
    if header in ('braces', 'both'):
        lines = ['{', *lines, '}']
    if header in ('count', 'both'):
        word = draw(st.sampled_from(['n_points: {}', 'NPOINTS = {}']))
        lines = ['version: 1', word.format(len(points)), *lines]
    return end.join(lines) + draw(st.sampled_from(['', end])), points, header


@given(
    file=pts_files(),
    encoding=st.sampled_from(ENCODINGS),
    origin=st.integers(0, 1),
)
def test_points_are_read_as_they_were_written(file, encoding, origin):
    text, points, _ = file
    found = read(read_pts, text.encode(encoding), '.pts', origin=origin)
    np.testing.assert_array_equal(found, points - origin)


@given(file=pts_files(), share=st.floats(0, 1))
def test_a_file_of_points_that_is_cut_off_is_refused(file, share):
    """With a header and braces; without, nothing tells that it was longer."""
    text, points, header = file
    near_the_end = range(max(len(text) - 25, 0), len(text) + 1)
    for size in (int(share * len(text)), *near_the_end):
        found = read(read_pts, text[:size].encode(), '.pts', origin=0)
        if found is None:
            continue
        if header == 'both':
            np.testing.assert_array_equal(found, points)
        else:
            whole = len(found) - 1
            np.testing.assert_array_equal(found[:whole], points[:whole])


@given(file=pts_files(), place=st.floats(0, 1), junk=st.characters())
def test_junk_in_a_file_of_points_moves_none_silently(file, place, junk):
    """A character that no number has; what it is in is refused or harmless."""
    text, points, _ = file
    at = int(place * len(text))
    spoilt = (text[:at] + junk + text[at:]).encode(errors='surrogatepass')
    if junk in '0123456789+-.,eE#%/{} ' or junk.isspace():
        return
    if junk.isdigit() or not junk.isprintable():
        return
    found = read(read_pts, spoilt, '.pts', origin=0)
    if found is not None:
        np.testing.assert_array_equal(found, points)


NAMES = st.text(
    st.characters(
        categories=['Lu', 'Ll', 'Lo', 'Nd'], include_characters="_-'() .,;"
    ),
    min_size=1,
    max_size=12,
).map(lambda name: name.strip() or 'a')


def quoted(cell, separator):
    """A cell as csv has it, if it needs quotes."""
    if separator in cell or '"' in cell or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell


@st.composite
def tables(draw):
    """The text of a table with a header, names, points and what is known."""
    rows, count = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    points = draw(hnp.arrays(np.float64, (rows, count, 2), elements=NUMBERS))
    rng = np.random.default_rng(draw(SEEDS))
    known = rng.random((rows, count)) < draw(st.sampled_from([1.0, 0.7]))
    files = draw(
        st.lists(NAMES, min_size=rows, max_size=rows).map(
            lambda names: [f'{name}.jpg' for name in names]
        )
    )
    separator = draw(st.sampled_from([',', ';', '\t']))
    comma = separator != ',' and draw(st.booleans())
    missing = draw(st.sampled_from(['', 'nan', 'NA', 'null']))
    form = draw(st.sampled_from(['{!r}', '{:.17e}', '{:.20f}']))
    first = draw(st.integers(0, 1))
    style = draw(st.sampled_from(['x{}', 'x_{}', 'p{}_x', 'eye {} X']))

    def name(axis, number):
        axis = axis.upper() if 'X' in style else axis
        return style.replace('x', axis).replace('X', axis).format(number)

    def text(number):
        number = form.format(number)
        return (
            number.replace('.', ',') if comma and 'e' not in form else number
        )

    columns = {'image': files}
    for k in range(count):
        for axis, values in zip('xy', points[:, k].T.tolist(), strict=True):
            columns[name(axis, k + first)] = [
                text(v) if seen else missing
                for v, seen in zip(values, known[:, k], strict=True)
            ]
    order = draw(st.permutations(list(columns)))
    lines = [order, *zip(*(columns[c] for c in order), strict=True)]
    end = draw(st.sampled_from(['\n', '\r\n']))
    content = end.join(
        separator.join(quoted(cell, separator) for cell in line)
        for line in lines
    )
    return content + draw(st.sampled_from(['', end])), files, points, known


def check_faces(faces, files, points, known):
    """Compare faces with what was written."""
    assert [face.file for face in faces] == files
    for face, shape, seen in zip(faces, points, known, strict=True):
        np.testing.assert_array_equal(face.flags > 0, seen)
        np.testing.assert_array_equal(face.keypoints[seen], shape[seen])


def faces_of(path, **options):
    return read_table(path, **options)[0]


@given(table=tables(), encoding=st.sampled_from(ENCODINGS))
def test_a_table_is_read_as_it_was_written_or_refused(table, encoding):
    content, *expected = table
    found = read(faces_of, content.encode(encoding), '.csv')
    if found is not None:
        check_faces(found, *expected)


@given(table=tables(), share=st.floats(0, 1))
def test_a_table_that_is_cut_off_loses_its_end_alone(table, share):
    content, files, points, known = table
    cut = content[: int(share * len(content))]
    found = read(faces_of, cut.encode(), '.csv')
    if found:
        whole = len(found) - 1
        check_faces(found[:-1], files[:whole], points[:whole], known[:whole])


@given(data=st.data())
def test_a_table_without_a_header_is_read_as_it_was_written(data):
    rows, count = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    shape = (rows, count, 2)
    pixels = st.integers(10, 800) | st.floats(10, 800)
    points = data.draw(
        hnp.arrays(np.float64, shape, elements=pixels.map(float))
    )
    files = [f'{i}.png' for i in range(rows)]
    separator = data.draw(st.sampled_from([',', ';', '\t']))
    lines = (
        separator.join([name, *map(repr, face.ravel().tolist())])
        for name, face in zip(files, points, strict=True)
    )
    found = read(faces_of, '\n'.join(lines).encode(), '.csv')
    if found is not None:
        check_faces(found, files, points, np.ones(shape[:2], dtype=bool))


#: Words of which names of keypoints are made, some of which mean other things.
WORDS = [
    *('eye', 'nose', 'mouth', 'brow', 'jaw', 'left', 'right', 'top'),
    *('bottom', 'center', 'inner', 'outer', 'face', 'box', 'w', 'h', 'width'),
    *('image', 'id', 'name', 'v', 'c', 'score', 'min', 'max', 'y', 'pose'),
    *('pred', 'true', 'occluded', 'scale', 'x1', 'p', 'x', '0', '1', '2'),
]


@given(
    names=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map('_'.join),
        min_size=1,
        max_size=5,
        unique=True,
    ),
    form=st.sampled_from(['{}_{}', '{}.{}', '{1}_{0}']),
    split=st.booleans(),
)
def test_no_column_of_any_name_is_lost_or_paired_wrongly(names, form, split):
    """Each is of a keypoint or of the box, or it is said that it is not."""
    heads = [form.format(name, axis) for name in names for axis in 'xy']
    assume(len(set(heads)) == len(heads))
    if split:  # all x before all y
        heads = heads[::2] + heads[1::2]
    cells = [100.0 + 3 * i for i in range(len(heads))]
    content = '\n'.join(
        ','.join(map(str, line))
        for line in (['image', *heads], ['a.jpg', *cells])
    )
    found = read(read_table, content.encode(), '.csv')
    if found is None:
        return
    (face,), told, _ = found
    pairs = [
        (heads[x - 1], heads[y - 1])
        for x, y in zip(told.x, told.y, strict=True)
    ]
    partners = {tuple(form.format(n, a) for a in 'xy') for n in names}
    assert set(pairs) <= partners
    assert len(set(pairs)) == len(pairs) == len(face.keypoints)
    places = [[cells[heads.index(h)] for h in pair] for pair in pairs]
    np.testing.assert_array_equal(face.keypoints, places)
    read_as = {head for pair in pairs for head in pair}
    read_as |= {heads[i - 1] for i in told.box.values()}
    said = '\n'.join(told.notes)
    assert [h for h in heads if h not in read_as and h not in said] == []
