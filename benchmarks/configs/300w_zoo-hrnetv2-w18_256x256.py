# MMPose's HRNetV2-W18 of 300W, on the files of tools/prepare_dataset.py.
_base_ = (
    'mmpose::face_2d_keypoint/topdown_heatmap/300w/'
    'td-hm_hrnetv2-w18_8xb64-60e_300w-256x256.py'
)
model = dict(backbone=dict(init_cfg=None))
train_dataloader = dict(
    dataset=dict(ann_file='face_landmarks_300w_train.json')
)
val_dataloader = dict(dataset=dict(ann_file='face_landmarks_300w_val.json'))
test_dataloader = dict(dataset=dict(ann_file='face_landmarks_300w_val.json'))
