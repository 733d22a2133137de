# The graph proposes, heatmaps of 32 x 32 refine (`GraphRefinementHead`), with
# random occlusion.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-60e_300w-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

penalty = dict(type='mmpose_scgcn.L1Loss')

model = dict(
    backbone=dict(out_indices=(0, 1, 2, 3)),
    head=dict(
        type='mmpose_scgcn.GraphRefinementHead',
        in_channels=(32, 64, 128, 256),
        in_featuremap_size=(32, 32),
        num_keypoints=68,
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
            absolute=penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=penalty
            ),
        ),
        decoder=_base_.codec,
    ),
)

train_pipeline = [
    *_base_.train_pipeline[:-2],
    dict(type='mmpose_scgcn.RandomOcclusion', prob=0.25),
    *_base_.train_pipeline[-2:],
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
