import json

import numpy as np
import pytest
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample


@pytest.fixture
def make_sample():
    """A predicted face as MMPose's top-down estimators return it."""

    def make(face_id, gt, pred, visible=None, box=(0, 0, 30, 40), **meta):
        gt, pred = (np.asarray(x, dtype=np.float32) for x in (gt, pred))
        if visible is None:
            visible = np.ones(len(gt), dtype=np.float32)
        sample = PoseDataSample(
            metainfo=dict(id=face_id, img_path='a.jpg', **meta)
        )
        sample.gt_instances = InstanceData(
            keypoints=gt[None],
            keypoints_visible=np.asarray(visible, dtype=np.float32)[None],
            bboxes=np.array([box], dtype=np.float32),
        )
        sample.pred_instances = InstanceData(
            keypoints=pred[None],
            keypoint_scores=np.ones((1, len(pred)), dtype=np.float32),
        )
        return sample.to_dict()

    return make


@pytest.fixture
def write_annotations(tmp_path):
    """Write annotations into a COCO file and give its path."""

    def write(annotations):
        path = tmp_path / 'annotations.json'
        path.write_text(json.dumps(dict(annotations=annotations)))
        return str(path)

    return write
