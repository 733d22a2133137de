# Procedural faces with the 98 WFLW points, read as 300W is:
# python tools/make_synthetic_faces.py data/synthetic_faces
_base_ = ['300w_base.py']

dataset_type = 'WFLWDataset'
data_root = 'data/synthetic_faces/'

dataset = dict(type=dataset_type, data_root=data_root)
train_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_train.json')
)
val_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_val.json')
)
test_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_test.json')
)
