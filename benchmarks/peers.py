# dlib and MediaPipe beside our models, on the same faces: with their own
# detectors, and with boxes as good as ours.
#
# make install VENV=.venv_peers
# .venv_peers/bin/pip install --no-deps -r requirements/peers.txt
# .venv/bin/python tools/export.py face68 work_dirs/exported/face68 --int8
# .venv/bin/python tools/export.py face68-64px \
#     work_dirs/exported/face68-64px --int8
# .venv_peers/bin/python tools/benchmark.py benchmarks/peers.py
#
# A row is run again when its weights or its package changed.
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

from face_tests import tests_300w
from peers_dlib import Dlib, DlibInTrueBoxes
from peers_mediapipe import MAPS, FaceMesh, FaceMeshInTrueCrops
from peers_ours import Exported, Ours
from peers_points import Adapted, Best, Picked

title = 'dlib, MediaPipe and our models on the same faces'
config = 'configs/300w_cnn6_64x64.py'  # keypoints that count from 0
norm = 'inter_ocular'

tests = {name: tests_300w()[name] for name in ('val', '300w_common', 'ytf68')}
#: The pixel that the config takes off the keypoints is put on again.
_as_filed = dict(
    insert=[dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=-1)]
)
for _name in ('300w_common', 'ytf68'):
    tests[f'{_name}_as_filed'] = {**tests[_name], **_as_filed}
summary = {
    '300W: NME': ('300w_common', 'NME'),
    'FR@0.08': ('300w_common', 'FR@0.08'),
    'FR@0.10': ('300w_common', 'FR@0.10'),
    'AUC@0.10': ('300w_common', 'AUC@0.10'),
    'as filed: NME': ('300w_common_as_filed', 'NME'),
    'YTF68: NME': ('ytf68', 'NME'),
    'YTF68: FR@0.08': ('ytf68', 'FR@0.08'),
    'YTF68: FR@0.10': ('ytf68', 'FR@0.10'),
    'YTF68: AUC@0.10': ('ytf68', 'AUC@0.10'),
    'YTF68, as filed: NME': ('ytf68_as_filed', 'NME'),
}

_crops = {
    f'margin {margin}, raised by {share}': FaceMeshInTrueCrops(margin, share)
    for margin in (1.45, 1.55, 1.65)
    for share in (0.0, 0.06)
}


#: In a name, what is known of dlib's training.
_seen = 'dlib (trained on 300W)'
_peers = {
    f'{_seen}, own detector': Dlib(),
    f'{_seen}, true boxes': DlibInTrueBoxes(),
    f'{_seen}, true boxes, image doubled': DlibInTrueBoxes(enlarge=2),
}
for _map, _numbers in MAPS.items():
    _picked = {name: Picked(crop, _numbers) for name, crop in _crops.items()}
    _peers |= {
        f'MediaPipe, {_map} map, own detector': Picked(FaceMesh(), _numbers),
        f'MediaPipe, {_map} map, true crops': Best(_picked),
    }
_adapted = {name: Adapted(crop) for name, crop in _crops.items()}
_peers |= {
    'MediaPipe, ridge, own detector': Adapted(FaceMesh()),
    'MediaPipe, ridge, true crops': Best(_adapted),
}
_boxes = {'landmark boxes': None, 'YuNet': 'yunet', 'Haar': 'haar'}
_ours = {
    f'face68, {place}': Ours('face68', detector)
    for place, detector in _boxes.items()
}
_ours |= {
    f'face68-64px, {place}': Ours('face68-64px', _boxes[place])
    for place in ('landmark boxes', 'YuNet')
}
_ours |= {
    f'{name}, exported, 8 bits, YuNet': Exported(name, 'yunet')
    for name in ('face68', 'face68-64px')
}
_synthetic = {
    place: Ours('face98-synthetic', detector)
    for place, detector in _boxes.items()
}
_ours |= {
    f'face98-synthetic, {place}': Picked(model, WFLW_AS_300W)
    for place, model in _synthetic.items()
}
_ours |= {
    f'face98-synthetic, ridge, {place}': Adapted(_synthetic[place])
    for place in ('landmark boxes', 'YuNet')
}

methods = {
    name: dict(kind='regression', predictor=predictor)
    for name, predictor in _peers.items()
} | {
    name: dict(kind='graph', predictor=predictor, ours=True)
    for name, predictor in _ours.items()
}
#: Nothing that is near another one.
_curves = (
    *(f'{_seen}, own detector', f'{_seen}, true boxes, image doubled'),
    *('MediaPipe, yan map, own detector', 'MediaPipe, ridge, own detector'),
    *('face68, landmark boxes', 'face68, YuNet'),
    'face98-synthetic, ridge, landmark boxes',
)
for _name, _method in methods.items():
    _method['curve'] = _name in _curves
