"""Drawn faces as label tools write them: through the tools, to a model."""

import json
from pathlib import Path

from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import pytest
from mmpose.datasets.datasets.utils import parse_pose_metainfo

#: Keypoints of the drawn faces, and partners of those with a side.
POINTS = dict(
    left_brow=33,
    right_brow=46,
    left_eye_outer=60,
    left_eye_inner=64,
    right_eye_inner=68,
    right_eye_outer=72,
    nose=57,
    left_mouth=76,
    right_mouth=82,
    chin=16,
)
NAMES = tuple(POINTS)
PARTNERS = [1, 0, 5, 4, 3, 2, 6, 8, 7, 9]
COUNT, SIZE = 16, 96


@pytest.fixture(scope='module')
def drawn():
    """Pictures and keypoints (K, 2)."""
    faces = [make_face(0, index, SIZE) for index in range(COUNT)]
    keep = list(POINTS.values())
    return [(f.image, f.keypoints[keep].round(2).tolist()) for f in faces]


def write_pictures(folder, drawn):
    folder.mkdir(parents=True)
    for number, (image, _) in enumerate(drawn):
        assert cv2.imwrite(str(folder / f'face_{number}.png'), image)


def absent(number, index):
    """The chin of every fourth face is not annotated."""
    return number % 4 == 0 and NAMES[index] == 'chin'


def as_coco(folder, drawn):
    """As CVAT exports a task with skeletons."""
    write_pictures(folder / 'images/default', drawn)
    images, annotations = [], []
    for number, (_, points) in enumerate(drawn):
        file = f'face_{number}.png'
        images.append(
            dict(id=number + 1, width=SIZE, height=SIZE, file_name=file)
        )
        keypoints = [
            value
            for index, (x, y) in enumerate(points)
            for value in (x, y, 0 if absent(number, index) else 2)
        ]
        annotations.append(
            dict(
                id=1,
                image_id=number + 1,
                category_id=2,
                bbox=[8.0, 8.0, 80.0, 80.0],
                iscrowd=0,
                keypoints=keypoints,
            )
        )
    categories = [
        dict(id=1, name='hat', keypoints=[], skeleton=[]),
        dict(id=2, name='face', keypoints=NAMES, skeleton=[[3, 4]]),
    ]
    content = dict(
        images=images, categories=categories, annotations=annotations
    )
    path = folder / 'annotations/person_keypoints_default.json'
    path.parent.mkdir()
    path.write_text(json.dumps(content))
    return folder, ()


def as_labelme(folder, drawn):
    """A file beside each picture."""
    write_pictures(folder, drawn)
    for number, (_, points) in enumerate(drawn):
        shapes = [
            dict(
                label=NAMES[index],
                points=[point],
                group_id=None,
                shape_type='point',
                flags={},
            )
            for index, point in enumerate(points)
            if not absent(number, index)
        ]
        content = dict(
            version='5.4.1',
            flags={},
            shapes=shapes[::-1],
            imagePath=f'face_{number}.png',
            imageData=None,
            imageHeight=SIZE,
            imageWidth=SIZE,
        )
        path = folder / f'face_{number}.json'
        path.write_text(json.dumps(content))
    return folder, ('--keypoints', ','.join(NAMES))


def as_imglab(folder, drawn):
    """Numbers for names, in the order that they were clicked in."""
    write_pictures(folder / 'faces', drawn)
    text = (
        "<?xml version='1.0' encoding='ISO-8859-1'?>\n<?xml-stylesheet "
        "type='text/xsl' href='image_metadata_stylesheet.xsl'?>\n<dataset>\n"
        '<name>imglab dataset</name>\n<images>\n'
    )
    for number, (_, points) in enumerate(drawn):
        parts = [
            f"      <part name='{index:02d}' x='{x}' y='{y}'/>\n"
            for index, (x, y) in enumerate(points)
            if not absent(number, index)
        ]
        text += (
            f"  <image file='faces/face_{number}.png'>\n    <box top='8' "
            f"left='8' width='80' height='80'>\n{''.join(parts[::-1])}"
            '    </box>\n  </image>\n'
        )
    path = folder / 'faces.xml'
    path.write_text(f'{text}</images>\n</dataset>\n')
    return path, ()


WRITERS = dict(coco=as_coco, labelme=as_labelme, imglab=as_imglab)


@pytest.fixture
def run_tool(run_python, root, tmp_path):
    def run(name, *arguments):
        script = root / f'tools/{name}.py'
        done = run_python(script, *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.mark.parametrize('kind', WRITERS)
def test_an_epoch_on_an_export(kind, drawn, run_tool, tmp_path):
    source, options = WRITERS[kind](tmp_path / 'export', drawn)
    told = run_tool(
        *('prepare_dataset', kind, source, 'out', '--name', 'mine'),
        *('--val-share', '0.25', '--config', 'my.py', '--strict', *options),
    )
    assert '0-1,2-5,3-4,7-8' in told.stdout
    check_written(tmp_path / 'out', kind, drawn)
    run_tool(
        *('train', 'my.py', '--seed', '0', '--work-dir', 'work'),
        *(
            '--cfg-options',
            'train_cfg.max_epochs=1',
            'train_cfg.val_interval=1',
        ),
        *(f'{s}_dataloader.num_workers=0' for s in ('train', 'val')),
        *(
            f'{s}_dataloader.persistent_workers=False'
            for s in ('train', 'val')
        ),
        'train_dataloader.batch_size=4',
    )
    assert len(list((tmp_path / 'work').glob('best_NME_epoch_1.pth'))) == 1


def check_written(out: Path, kind, drawn):
    """Every keypoint is where it was drawn, and named as it was."""
    text = (out / 'face_landmarks_mine_trainval.json').read_text()
    content = json.loads(text)
    files = {image['id']: image['file_name'] for image in content['images']}
    assert len(content['annotations']) == COUNT
    for face in content['annotations']:
        file = files[face['image_id']]
        image = cv2.imread(str(out / 'images' / file))
        number = int(Path(file).stem.rpartition('_')[2])
        np.testing.assert_array_equal(image, drawn[number][0])
        found = np.reshape(face['keypoints'], (-1, 3))
        for index, wanted in enumerate(drawn[number][1]):
            seen = 2 if kind == 'coco' else 1
            expected = [0, 0, 0] if absent(number, index) else [*wanted, seen]
            np.testing.assert_allclose(found[index], expected)
    info = parse_pose_metainfo(dict(from_file=str(out / 'metainfo.py')))
    assert info['flip_indices'] == PARTNERS
    if kind != 'imglab':
        assert tuple(info['keypoint_id2name'].values()) == NAMES
    assert info['skeleton_links'] == ([(2, 3)] if kind == 'coco' else [])
    assert (out / 'problems.txt').read_text() == 'none\n'
