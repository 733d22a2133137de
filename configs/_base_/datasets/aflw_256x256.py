# AFLW as tools/prepare_dataset.py writes it; boxes and augmentation of
# MMPose's zoo. Selection is on `val`, held out of the training faces; the
# published protocol trains on all of them (--cfg-options):
#   train_dataloader.dataset.ann_file=face_landmarks_aflw_trainval.json
# The error is divided by the longer side of the set's own face box.
_base_ = ['300w_256x256.py']

dataset_type = 'AFLWDataset'
data_root = 'data/aflw/'

train_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='face_landmarks_aflw_train.json',
    )
)
val_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='face_landmarks_aflw_val.json',
    )
)
test_dataloader = dict(
    dataset=dict(
        type=dataset_type,
        data_root=data_root,
        ann_file='face_landmarks_aflw_test.json',
    )
)

val_evaluator = dict(norm='box_size')
# The data set class drops the attributes: they are joined by annotation id.
test_evaluator = dict(
    norm='box_size',
    subsets=dict(frontal=dict(attribute='frontal')),
    ann_file=data_root + 'face_landmarks_aflw_test.json',
)
