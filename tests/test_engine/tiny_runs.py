"""Settings of real runs of MMEngine's runner on a few tiny images."""

K, COUNT = 6, 8
SIZE = (16, 16)
METAINFO = dict(
    dataset_name='six',
    paper_info={},
    keypoint_info={
        i: dict(name=f'k{i}', id=i, color=[0, 0, 0], type='', swap='')
        for i in range(K)
    },
    skeleton_info={},
    joint_weights=[1.0] * K,
    sigmas=[],
)
CODEC = dict(type='RegressionLabel', input_size=SIZE)
HEAD = dict(
    type='mmpose_scgcn.GraphRelationalHead',
    in_channels=4,
    in_featuremap_size=(4, 4),
    num_keypoints=K,
    top_k=2,
    embed_channels=4,
    hidden_channels=4,
    num_layers=1,
    loss=dict(
        type='mmpose_scgcn.StructureCoherentLoss',
        input_size=SIZE,
        use_target_weight=True,
    ),
    decoder=CODEC,
)
STOCK_HEAD = dict(
    type='RegressionHead',
    in_channels=4,
    num_joints=K,
    loss=dict(
        type='mmpose_scgcn.StructureCoherentLoss',
        relative=dict(type='mmpose_scgcn.RelativeLocationLoss', graph=None),
        input_size=SIZE,
        use_target_weight=True,
    ),
    decoder=CODEC,
)


def pipeline(padding=1.25, size=SIZE):
    return [
        dict(type='LoadImage'),
        dict(type='GetBBoxCenterScale', padding=padding),
        dict(type='TopdownAffine', input_size=size),
        dict(type='GenerateTarget', encoder=dict(CODEC, input_size=size)),
        dict(type='PackPoseInputs'),
    ]


def dataset(ann_file, transforms=None):
    return dict(
        type='CocoDataset',
        ann_file=ann_file,
        metainfo=METAINFO,
        data_prefix=dict(img=ann_file.rpartition('/')[0]),
        pipeline=pipeline() if transforms is None else transforms,
    )


def loader(data, train=True):
    return dict(
        batch_size=4,
        num_workers=0,
        sampler=dict(type='DefaultSampler', shuffle=train),
        dataset=data,
    )
