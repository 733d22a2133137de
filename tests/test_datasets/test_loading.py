"""Which transform reads images."""

from mmpose_scgcn.config_files import find_config, shipped_configs
from mmpose_scgcn.datasets.loading import is_plain, with_our_reader

import pytest
from mmengine.config import Config

SHIPPED = sorted(
    path.stem for path in shipped_configs().glob('face_2d_keypoint/**/*.py')
)


def test_ours_takes_the_place_of_mmposes():
    pipeline = [dict(type='LoadImage', to_float32=True), dict(type='Pack')]
    assert with_our_reader(pipeline) == [
        dict(type='mmpose_scgcn.LoadFaceImage', to_float32=True),
        dict(type='Pack'),
    ]
    assert pipeline[0]['type'] == 'LoadImage'


def test_what_reads_otherwise_on_purpose_stays():
    for options in (
        dict(color_type='grayscale'),
        dict(imdecode_backend='pillow'),
        dict(ignore_empty=True),
    ):
        assert not is_plain(dict(type='LoadImage', **options))
    assert is_plain(dict(type='mmpose.LoadImage'))


@pytest.mark.parametrize('name', SHIPPED)
def test_our_configs_read_with_ours(name):
    cfg = Config.fromfile(find_config(name))
    for split in ('train', 'val', 'test'):
        loader = cfg.get(f'{split}_dataloader')
        if loader:
            first = loader.dataset.pipeline[0]
            assert first.type == 'mmpose_scgcn.LoadFaceImage'
