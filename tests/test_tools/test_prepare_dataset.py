"""``tools/prepare_dataset.py`` in a process of its own."""

import json

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmpose.datasets.datasets.utils import parse_pose_metainfo

# Points of a symmetric face: brows, eyes, nose, mouth.
SHAPE = np.array(
    [[30, 30], [66, 30], [32, 40], [64, 40], [48, 55], [36, 70], [60, 70]]
)
CONFIG = ('csv', 'faces.csv', 'out', '--config')
YTF68 = 'td-reg_cnn6-scgcn_1xb32-60e_ytf68-64x64'


@pytest.fixture
def tool(run_python, root, tmp_path):
    def run(*arguments):
        script = root / 'tools' / 'prepare_dataset.py'
        return run_python(script, *arguments, cwd=tmp_path)

    return run


@pytest.fixture
def table(tmp_path):
    rows = 'name,' + ','.join(f'x{i},y{i}' for i in range(7)) + '\n'
    rng = np.random.default_rng(0)
    for person in range(10):
        for frame in range(2):
            name = f'p{person}_{frame}.png'
            cv2.imwrite(str(tmp_path / name), np.zeros((96, 96, 3), np.uint8))
            shape = SHAPE + rng.normal(0, 0.5, SHAPE.shape)
            rows += ','.join([name, *map(str, shape.ravel())]) + '\n'
    path = tmp_path / 'faces.csv'
    path.write_text(rows)
    return path


def test_a_table_becomes_a_data_set(tool, table, tmp_path):
    result = tool(
        *('csv', table, 'data/mine', '--name', 'mine'),
        *('--group-pattern', r'(p\d+)_', '--val-share', '0.3'),
    )
    assert result.returncode == 0, result.stderr
    assert 'flip pairs, inferred: 0-1,2-3,5-6' in result.stdout
    counts = {
        split: len(
            json.loads(
                (
                    tmp_path / f'data/mine/face_landmarks_mine_{split}.json'
                ).read_text()
            )['annotations']
        )
        for split in ('trainval', 'train', 'val')
    }
    assert counts == dict(trainval=20, train=14, val=6)
    for split, count in counts.items():
        assert f'{split:14s} {count:6d} faces' in result.stdout
    info = parse_pose_metainfo(
        dict(from_file=str(tmp_path / 'data/mine/metainfo.py'))
    )
    assert info['flip_indices'] == [1, 0, 3, 2, 4, 6, 5]


def name_columns(table, names):
    """Give the keypoints names in the header."""
    header = 'name,' + ','.join(f'{name}_x,{name}_y' for name in names)
    rows = table.read_text().splitlines()[1:]
    table.write_text('\n'.join([header, *rows]))


def test_names_that_contradict_the_shapes_are_told(tool, table):
    sides = ('left_brow', 'left_eye', 'right_brow', 'right_eye')
    name_columns(table, (*sides, 'nose', 'left_lip', 'right_lip'))
    result = tool('csv', table, 'data/mine')
    assert result.returncode == 0, result.stderr
    assert 'flip pairs, inferred: 0-1,2-3,5-6' in result.stdout
    message = 'names of the keypoints say other flip pairs: 0-2,1-3,5-6'
    assert message in result.stderr


def test_names_tell_the_flip_pairs_where_shapes_do_not(tool, table, tmp_path):
    names = ('brow_l', 'brow_r', 'eye_l', 'eye_r', 'nose', 'lip_l', 'lip_r')
    name_columns(table, names)
    rows = [line.split(',') for line in table.read_text().splitlines()]
    for row in rows[1:]:
        row[3:5] = '90', '20'  # far from where the other brow's image is
    table.write_text('\n'.join(map(','.join, rows)))
    result = tool('csv', table, 'data/mine')
    assert result.returncode == 0, result.stderr
    assert 'flip pairs, by the names: 0-1,2-3,5-6' in result.stdout
    info = parse_pose_metainfo(
        dict(from_file=str(tmp_path / 'data/mine/metainfo.py'))
    )
    assert info['flip_indices'] == [1, 0, 3, 2, 4, 6, 5]


def test_the_config_says_what_was_prepared(tool, table, tmp_path):
    result = tool(*CONFIG, 'mine/my.py', '--norm', '2-3', '--name', 'seven')
    assert result.returncode == 0, result.stderr
    assert 'config for it: mine/my.py' in result.stdout
    cfg = Config.fromfile(tmp_path / 'mine/my.py')
    assert cfg.data_root == f'{tmp_path}/out/'
    assert cfg.num_keypoints == cfg.model.head.num_keypoints == 7
    assert cfg.val_evaluator.norm == (2, 3)
    # A table alone: a part is held out for validation, none for a test.
    assert cfg.val_dataloader.dataset.ann_file == (
        'face_landmarks_seven_val.json'
    )
    assert cfg.test_dataloader is None
    assert cfg.model.test_cfg.flip_test
    result = tool(
        *(*CONFIG, 'mine/my.py', '--overwrite', '--flip-pairs', 'none'),
        *('--name', 'seven'),
    )
    assert result.returncode == 0, result.stderr
    cfg = Config.fromfile(tmp_path / 'mine/my.py')
    assert not cfg.model.test_cfg.flip_test


def test_problems_are_printed_by_kind_and_strict_stops(tool, table, tmp_path):
    for person in range(4):
        (tmp_path / f'p{person}_0.png').unlink()
    result = tool('csv', table, 'out', '--strict')
    assert result.returncode == 1
    assert 'missing image, faces left out: 4\n' in result.stderr
    assert '  p0_0.png\n' in result.stderr
    assert '  and 1 more\n' in result.stderr
    assert 'error: 4 serious problems; nothing was written' in result.stderr
    assert not (tmp_path / 'out').exists()
    result = tool('csv', table, 'out')
    assert result.returncode == 0, result.stderr
    problems = (tmp_path / 'out/problems.txt').read_text().splitlines()
    assert len(problems) == 4


def test_real_files_of_the_official_layouts(tool, scgcn_data, tmp_path):
    for kind, count in {'300w': 6, 'wflw': 5}.items():
        source = scgcn_data / f'raw_samples/{kind}'
        result = tool(kind, source, kind)
        assert result.returncode == 0, result.stderr
        assert f'{count} faces, {count} images' in result.stdout
        assert 'another number of faces than the official' in result.stderr


@pytest.mark.parametrize(
    ('arguments', 'message'),
    (
        (('wflw', '.', 'out'), 'expected lists such as'),
        (('aflw', 'nowhere', 'out'), 'AFLWinfo_release.mat'),
        (('csv', 'nothing.csv', 'out'), 'nothing.csv'),
        (('csv', 'faces.csv', 'out', '--flip-pairs', '0-9'), 'below 7'),
        (
            ('csv', 'faces.csv', 'out', '--val-share', '2'),
            'from 0 to below 1, got',
        ),
        (('csv', 'faces.csv', 'out', '--group-pattern', 'x'), 'row 2'),
        (('csv', 'faces.csv', 'faces.csv'), 'is a file, expected a folder'),
        (('csv', 'faces.csv', 'p0_0.png/out'), 'p0_0.png is a file, expected'),
        (('csv', 'faces.csv', 'circle'), 'circle: expected a folder, got li'),
        (('csv', '.', 'out'), '.: expected a file, got a folder'),
        (('csv', 'circle', 'out'), 'circle'),
        (('csv', 'faces.csv', 'out', '--group-pattern', '('), "got '('"),
        (('csv', 'faces.csv', 'out', '--workers', '0'), 'of at least 1, got'),
        (('csv', 'faces.csv', 'out', '--seed', '-1'), 'of at least 0, got'),
        (('csv', 'faces.csv', 'out', '--box', 'tight'), 'invalid choice'),
        ((*CONFIG, 'my.py', '--base', 'nothing'), 'nor the name of a config'),
        ((*CONFIG, 'my.py', '--norm', '0-7'), 'below 7 to divide errors'),
        ((*CONFIG, 'my.py', '--norm', 'eyes'), '36-45 to divide errors by'),
        ((*CONFIG, 'my.py', '--base', YTF68), 'expected a val_dataloader'),
        ((*CONFIG, 'my.txt'), '--config must end in .py, got my.txt'),
        (('csv', 'faces.csv', 'out', '--norm', '0-1'), '--norm is for --conf'),
        (('csv', 'faces.csv', 'out', '--val-share', '1.5'), 'below 1, got'),
        (('csv', 'faces.csv', 'out', '--val-share', 'nan'), 'below 1, got'),
        ((*CONFIG, 'there.py'), 'there.py is there already'),
        ((*CONFIG, 'p0_0.png/my.py'), 'p0_0.png is a file, expected a folder'),
        (('csv', 'faces.csv', 'out', '--name', '../x'), "got '../x'"),
    ),
)
def test_bad_input_is_one_clear_line(
    tool, table, tmp_path, arguments, message
):
    (tmp_path / 'circle').symlink_to('circle')
    (tmp_path / 'there.py').touch()
    before = sorted(tmp_path.iterdir())
    result = tool(*arguments)
    assert result.returncode != 0
    assert message in result.stderr
    assert 'Traceback' not in result.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_shapes_without_symmetry_ask_for_pairs(tool, table, tmp_path):
    names = [f'p{person}_0.png' for person in range(10)]
    lopsided = '10,10,14,40,80,13,70,75'
    table.write_text('\n'.join(f'{name},{lopsided}' for name in names))
    result = tool('csv', table, 'out')
    assert result.returncode == 1
    assert 'give --flip-pairs' in result.stderr
    assert tool('csv', table, 'out', '--flip-pairs', 'none').returncode == 0


def test_tables_that_do_not_fit_together(tool, table, tmp_path):
    (tmp_path / 'test.csv').write_text('p0_0.png,1,2,3,4\n')
    result = tool('csv', table, 'out', '--test', 'test.csv')
    assert result.returncode == 1
    assert 'test.csv, row 1: expected 7 keypoints' in result.stderr
    assert not (tmp_path / 'out').exists()


def test_the_reading_is_said_and_shown(tool, table, tmp_path):
    text = table.read_text(encoding='utf-8').splitlines()
    text = [f'{text[0]},scale', *(f'{line},1.5' for line in text[1:])]
    table.write_text('\n'.join(text), encoding='utf-8')
    result = tool('csv', table, 'out')
    assert result.returncode == 0, result.stderr
    assert 'image from name; 7 keypoints, x from x0, x1, x2' in result.stdout
    assert "not used, HRNet's scale and centre: scale" in result.stdout
    assert 'first face: p0_0.png' in result.stdout
    assert 'row 2): 7 keypoints; 0 at (30' in result.stdout
    picture = cv2.imread(str(tmp_path / 'out/preview.png'))
    assert picture.shape[1] == 3 * 420
    # Keypoints are drawn in green, boxes in white.
    assert (picture == (80, 230, 90)).all(axis=-1).sum() > 6 * 7 * 5


def test_columns_missing_values_and_encoding_are_options(tool, tmp_path):
    header = 'bild;' + ';'.join(f'px{i};py{i}' for i in range(7))
    rows = [header]
    for number in range(10):
        name = f'ä{number}.png'
        cv2.imwrite(str(tmp_path / name), np.zeros((96, 96, 3), np.uint8))
        shape = SHAPE + number / 8
        shape[5] = (7, 7) if number == 3 else shape[5]
        cells = [f'{v:.3f}'.replace('.', ',') for v in shape.ravel()]
        rows.append(';'.join([name, *cells]))
    (tmp_path / 't.csv').write_text('\n'.join(rows), encoding='cp1252')
    options = ['--columns', 'file=bild,x=px{i},y=py{i}', '--missing', '7']
    result = tool('csv', 't.csv', 'out', *options)
    assert result.returncode == 1
    assert 't.csv: expected text in utf-8, but byte ' in result.stderr
    assert 'say --encoding' in result.stderr
    result = tool('csv', 't.csv', 'out', *options, '--encoding', 'cp1252')
    assert result.returncode == 0, result.stderr
    path = tmp_path / 'out/face_landmarks_faces_trainval.json'
    content = json.loads(path.read_text(encoding='utf-8'))
    assert content['images'][3]['file_name'] == 'ä3.png'
    counts = [a['num_keypoints'] for a in content['annotations']]
    assert counts == [7, 7, 7, 6, 7, 7, 7, 7, 7, 7]


def test_a_keypoint_that_no_face_has(tool, table, tmp_path):
    lines = table.read_text(encoding='utf-8').splitlines()
    rows = [line.split(',') for line in lines[1:]]
    rows = [[*row[:5], '', '', *row[7:]] for row in rows]
    text = '\n'.join([lines[0], *map(','.join, rows)])
    table.write_text(text, encoding='utf-8')
    result = tool('csv', table, 'out')
    assert result.returncode == 1
    assert 'no face has the keypoints 2: leave' in result.stderr


def test_fractions_are_refused_or_converted(tool, table, tmp_path):
    lines = table.read_text(encoding='utf-8').splitlines()
    rows = [line.split(',') for line in lines[1:]]
    rows = [[r[0], *(f'{float(v) / 96:.5f}' for v in r[1:])] for r in rows]
    text = '\n'.join([lines[0], *map(','.join, rows)])
    table.write_text(text, encoding='utf-8')
    result = tool('csv', table, 'out')
    assert result.returncode == 1
    assert 'these look like fractions of the image' in result.stderr
    assert not (tmp_path / 'out').exists()
    result = tool('csv', table, 'out', '--units', 'fractions', '--strict')
    assert result.returncode == 0, result.stderr
    assert 'flip pairs, inferred: 0-1,2-3,5-6' in result.stdout
    assert 'median 41' in result.stdout
