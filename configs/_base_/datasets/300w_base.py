# 300W as tools/prepare_dataset.py writes it. Selection is on `val`, held out
# of the training faces; `test_common` is only ever tested on. For published
# protocols, with --cfg-options:
#   train_dataloader.dataset.ann_file=face_landmarks_300w_trainval.json
#   test_dataloader.dataset.ann_file=face_landmarks_300w_test_full.json
#   test_evaluator.ann_file=data/300w/face_landmarks_300w_test_full.json
#   test_evaluator.subsets=300w
#
# The files named after an input size add codec and pipelines. (A file called
# 300w.py would be taken for MMPose's description of the keypoints.)
dataset_type = 'Face300WDataset'
data_mode = 'topdown'
data_root = 'data/300w/'

dataset = dict(
    type=dataset_type,
    data_root=data_root,
    data_mode=data_mode,
    data_prefix=dict(img='images/'),
)
train_dataloader = dict(
    batch_size=32,
    num_workers=1,
    persistent_workers=True,
    drop_last=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(**dataset, ann_file='face_landmarks_300w_train.json'),
)
val_dataloader = dict(
    batch_size=64,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        **dataset, ann_file='face_landmarks_300w_val.json', test_mode=True
    ),
)
test_dataloader = dict(
    batch_size=64,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
    dataset=dict(
        **dataset,
        ann_file='face_landmarks_300w_test_common.json',
        test_mode=True,
    ),
)

val_evaluator = dict(
    type='mmpose_scgcn.FaceAlignmentMetric', norm='inter_ocular'
)
test_evaluator = val_evaluator
