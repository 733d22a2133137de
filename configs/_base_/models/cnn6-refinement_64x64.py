# A small backbone for a CPU and the refinement head: 64 px in, heatmaps of
# 32 x 32. The config adds keypoints and decoder.
_base_ = ['cnn6_64x64.py']

_penalty = dict(type='mmpose_scgcn.L1Loss')
_input_size = (64, 64)

model = dict(
    backbone=dict(out_indices=(0, 1, 2, 3)),
    head=dict(
        type='mmpose_scgcn.GraphRefinementHead',
        in_channels=(32, 64, 128, 256),
        in_featuremap_size=(32, 32),
        separable=True,
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=_input_size,
            use_target_weight=True,
            absolute=_penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=_penalty
            ),
        ),
    ),
)
