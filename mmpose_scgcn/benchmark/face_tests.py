"""Test sets that suites on 300W share."""

COVERED = (10, 20, 30, 40)
#: For ``summary`` of a suite.
SUMMARY_300W = {
    'NME': ('300w_common', 'NME'),
    'median': ('300w_common', 'median'),
    'FR@0.08': ('300w_common', 'FR@0.08'),
    'FR@0.10': ('300w_common', 'FR@0.10'),
    '30 % covered: NME': ('300w_common_occluded_30', 'NME'),
    'YTF68: NME': ('ytf68', 'NME'),
    'YTF68: FR@0.10': ('ytf68', 'FR@0.10'),
}


def tests_300w() -> dict[str, dict]:
    """Give ``tests`` of a suite of 68 points.

    Returns:
        dict[str, dict]: ``val``, for selection; ``300w_common``, with its two
        sources; ``ytf68``; and ``300w_common_occluded_10`` to ``_40``, the
        common set with that percentage of each face covered.
    """
    common = dict(ann_file='face_landmarks_300w_test_common.json')
    sources = {
        name: dict(field='subset', values=[f'{name}_testset'])
        for name in ('helen', 'lfpw')
    }
    tests = {
        'val': dict(ann_file='face_landmarks_300w_val.json'),
        '300w_common': dict(subsets=sources, **common),
        'ytf68': dict(
            data_root='data/ytf68/', ann_file='face_landmarks_ytf68_test.json'
        ),
    }
    for percent in COVERED:
        cover = dict(type='mmpose_scgcn.PerturbFace', occlusion=percent / 100)
        tests[_covered(percent)] = dict(insert=[cover], **common)
    return tests


def occlusion_axis() -> dict:
    """Give the entry of ``axes`` for the covered ones of these tests."""
    tests = {str(percent): _covered(percent) for percent in COVERED}
    return dict(
        label='covered part of the face, %',
        tests={'0': '300w_common', **tests},
    )


def _covered(percent: int) -> str:
    """Name a test of covered faces."""
    return f'300w_common_occluded_{percent}'
