# AFLW at CPU scale, augmented as 300W there.
_base_ = ['300w_64x64.py']

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

# Divided by the longer side of the set's own face box.
val_evaluator = dict(norm='box_size')
test_evaluator = dict(norm='box_size')
