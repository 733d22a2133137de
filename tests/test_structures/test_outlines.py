from mmpose_scgcn.structures.outlines import outline

import pytest


@pytest.mark.parametrize(
    ('name', 'points', 'lines'),
    # as many lines as points in a closed row, one fewer in an open one
    [('300w', 68, 68 - 5), ('wflw', 98 - 2, 96 - 3)],
)
def test_every_keypoint_but_the_pupils_is_on_a_line(name, points, lines):
    links = outline(name)
    assert {end for link in links for end in link} == set(range(points))
    assert len(links) == lines == len(set(links))


def test_they_are_mirror_images():
    from mmpose_scgcn.apis.loading import keypoint_meta
    from mmpose_scgcn.config_files import read_config

    config = 'td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64'
    flip = keypoint_meta(read_config(config, {}))['flip_indices']
    links = {frozenset(link) for link in outline('300w')}
    mirrored = {frozenset(flip[end] for end in link) for link in links}
    assert links == mirrored


def test_a_set_that_is_not_known_has_none():
    assert outline('horses') == ()
