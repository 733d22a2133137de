"""Write the files beside this one with the label tools' own writers.

    pip install datumaro==1.13.12 label-studio-sdk==2.1.2 labelme==6.3.1
    python make_exports.py

CVAT writes its COCO keypoints with Datumaro. The faces are five points of a
grey picture; test_exports.py has their coordinates.
"""

import json
import shutil
import tempfile
from pathlib import Path

import cv2
import numpy as np
from datumaro.components.annotation import (
    AnnotationType,
    Bbox,
    LabelCategories,
    Points,
    PointsCategories,
)
from datumaro.components.dataset import Dataset
from datumaro.components.dataset_base import DatasetItem
from datumaro.components.media import Image
from label_studio_sdk.converter import Converter
from labelme._label_file import LabelFile

HERE = Path(__file__).parent
NAMES = ('left_eye', 'right_eye', 'nose', 'left_mouth', 'right_mouth')
SHAPE = np.array([[30.25, 40], [60.5, 41], [45, 55.5], [36, 70], [54, 71.75]])
SETUP = """<View><Image name="image" value="$image"/>
<RectangleLabels name="box" toName="image"><Label value="Face"/>
</RectangleLabels><KeyPointLabels name="points" toName="image">{}
</KeyPointLabels></View>"""


def cvat(folder):
    """Three faces: the second nose occluded, the third mouth absent."""
    labels, points = LabelCategories(), PointsCategories()
    labels.add('hat')
    labels.add('face')
    points.add(1, NAMES, [[1, 3], [2, 3], [4, 5]])
    items = []
    for number in range(3):
        flags = [2, 2, 1 if number == 1 else 2, 0 if number == 2 else 2, 2]
        given = dict(id=1, group=1, attributes=dict(occluded=False))
        face = (SHAPE + number).ravel().tolist()
        marks = [
            Points(face, visibility=flags, label=1, **given),
            Bbox(20, 25, 50, 60, label=1, **given),
        ]
        items.append(
            DatasetItem(
                id=f'day 1/Müller_{number}',
                subset='default',
                media=Image.from_numpy(np.full((96, 128, 3), 99, np.uint8)),
                annotations=marks,
            )
        )
    categories = {AnnotationType.label: labels, AnnotationType.points: points}
    Dataset.from_iterable(items, categories=categories).export(
        str(folder / 'cvat'), 'coco_person_keypoints', save_media=True
    )
    shutil.copy(
        folder / 'cvat/annotations/person_keypoints_default.json',
        HERE / 'cvat.json',
    )


def label_studio(folder):
    """Two faces with boxes; names are listed in another order."""
    order = (2, 0, 1, 3, 4)
    listed = ''.join(
        f'<Label value="{NAMES[i]}" model_index="{i}"/>' for i in order
    )
    size = dict(original_width=128, original_height=96)
    tasks = []
    for number in range(2):
        name = f'cb0618f{number}-face_{number}.png'
        place = folder / 'upload/4' / name
        place.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place), np.full((96, 128, 3), 99, np.uint8))
        box = dict(x=10, y=10, width=50, height=60, rotation=0)
        results = [
            dict(
                id=f'box{number}',
                type='rectanglelabels',
                from_name='box',
                to_name='image',
                value=dict(**box, rectanglelabels=['Face']),
                **size,
            )
        ]
        for name_of, (x, y) in zip(NAMES, SHAPE, strict=True):
            if number == 1 and name_of == 'left_mouth':
                continue
            value = dict(x=x / 1.28, y=y / 0.96, width=0.5)
            results.append(
                dict(
                    id=f'{number}{name_of}',
                    type='keypointlabels',
                    from_name='points',
                    to_name='image',
                    value=dict(**value, keypointlabels=[name_of]),
                    **size,
                )
            )
        tasks.append(
            dict(
                id=number + 1,
                data=dict(image=f'/data/upload/4/{name}'),
                annotations=[dict(id=1, result=results, completed_by=1)],
            )
        )
    (folder / 'tasks.json').write_text(json.dumps(tasks), 'utf-8')
    converter = Converter(
        SETUP.format(listed), str(folder), upload_dir=str(folder / 'upload')
    )
    converter.convert_to_coco(
        str(folder / 'tasks.json'), str(folder / 'out'), is_dir=False
    )
    shutil.copy(folder / 'out/result.json', HERE / 'label_studio.json')


def labelme(folder):
    """Two faces of one picture, the second without a nose."""
    shapes = []
    for face in range(2):
        for name, point in zip(NAMES, SHAPE + 30 * face, strict=True):
            if face == 1 and name == 'nose':
                continue
            flags = dict(occluded=face == 0 and name == 'left_eye')
            shapes.append(
                dict(
                    label=name,
                    points=[point.tolist()],
                    group_id=face,
                    description='',
                    shape_type='point',
                    flags=flags,
                    mask=None,
                )
            )
    shapes.append(
        dict(
            label='face',
            points=[[70.0, 85.5], [20.0, 25.0]],
            group_id=0,
            description='',
            shape_type='rectangle',
            flags=dict(occluded=False),
            mask=None,
        )
    )
    _, content = cv2.imencode('.png', np.full((128, 128, 3), 99, np.uint8))
    LabelFile().save(
        str(HERE / 'labelme.json'),
        shapes=shapes,
        image_path='..\\pictures\\Müller 1.jpg',
        image_height=128,
        image_width=128,
        image_data=content.tobytes(),
        flags=dict(checked=True),
    )


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as temporary:
        cvat(Path(temporary))
        label_studio(Path(temporary))
    labelme(None)
