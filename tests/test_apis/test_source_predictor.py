"""Images, videos and cameras one after another."""

from pathlib import Path

from mmpose_scgcn.apis.source_predictor import BATCH, group_images
from mmpose_scgcn.apis.sources import Source


def test_images_that_follow_each_other_are_a_group():
    image, video = (
        Source('image', Path('a.jpg')),
        Source('video', Path('b.avi')),
    )
    groups = group_images([*[image] * (BATCH + 1), video, video, image])
    assert [(len(group), group[0].kind) for group in groups] == [
        (BATCH, 'image'),
        (1, 'image'),
        (1, 'video'),
        (1, 'video'),
        (1, 'image'),
    ]
    assert list(group_images([])) == []
