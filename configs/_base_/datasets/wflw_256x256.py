# WFLW as MMPose's zoo has it: its files and boxes, augmented as 300W.
_base_ = ['300w_256x256.py']

data_root = 'data/wflw/'

train_dataloader = dict(
    dataset=dict(
        type='WFLWDataset',
        data_root=data_root,
        ann_file='annotations/face_landmarks_wflw_train.json',
    )
)
val_dataloader = dict(
    dataset=dict(
        type='WFLWDataset',
        data_root=data_root,
        ann_file='annotations/face_landmarks_wflw_test.json',
    )
)
# MMPose selects and tests on the same faces; so does this protocol.
test_dataloader = val_dataloader
