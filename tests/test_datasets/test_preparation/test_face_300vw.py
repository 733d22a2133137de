"""300-VW: frames, videos, and the challenge's splits."""

import shutil

from mmpose_scgcn.datasets.preparation import (
    Options,
    prepare,
    read_300vw,
    read_pts_folder,
)
from mmpose_scgcn.datasets.preparation.face_300vw import NUM_VIDEOS
from mmpose_scgcn.datasets.preparation.split_300vw import TEST_VIDEOS
from mmpose_scgcn.datasets.preparation.splits import hold_out
from mmpose_scgcn.structures.conventions import (
    PARTNERS_300W,
    WFLW_AS_300W,
)

import cv2
import numpy as np
import pytest


def counts(source):
    return {split: len(faces) for split, faces in source.splits.items()}


def test_frames_and_the_official_test_videos(folder_300vw, drawn):
    source = read_300vw(folder_300vw)
    assert counts(source) == dict(trainval=12, test=4)
    assert source.partners == PARTNERS_300W
    for face in source.faces:
        video, _, name = face.file.split('/')
        index = ('001', '002', '007', '203').index(video) * 4
        index += int(name[:6]) - 1
        wanted = drawn[index].keypoints[list(WFLW_AS_300W)]
        np.testing.assert_allclose(face.keypoints, wanted, atol=1e-5)
        assert (source.folder / face.file).is_file()
        assert face.group == face.fields['identity'] == video
        category = dict(subset='category2') if video == '203' else {}
        assert face.fields == dict(identity=video, **category)
    assert '4 of 114 videos, 1 of them for the test' in source.notes[0]


def test_the_official_lists():
    videos = [set(videos) for videos in TEST_VIDEOS.values()]
    assert [len(part) for part in videos] == [31, 19, 14]
    assert len(set.union(*videos)) == 64 == NUM_VIDEOS - 50


@pytest.mark.parametrize(
    ('tests', 'wanted'),
    (
        ('none', set()),
        ('001,007', {'001', '007'}),
        ('list.txt', {'002'}),
    ),
)
def test_other_test_videos(folder_300vw, tmp_path, monkeypatch, tests, wanted):
    (tmp_path / 'list.txt').write_text('002\n')
    monkeypatch.chdir(tmp_path)
    source = read_300vw(folder_300vw, test_videos=tests)
    videos = {face.group for face in source.splits.get('test', [])}
    assert videos == wanted


@pytest.mark.parametrize('reader', (read_300vw, read_pts_folder))
@pytest.mark.parametrize('seed', range(4))
def test_frames_of_a_video_stay_on_one_side(folder_300vw, reader, seed):
    shutil.rmtree(folder_300vw / '203')
    parts = hold_out(reader(folder_300vw).splits['trainval'], 0.4, seed)
    videos = [{face.file.split('/')[0] for face in part} for part in parts]
    assert all(videos)
    assert not videos[0] & videos[1]


@pytest.mark.parametrize('reader', (read_300vw, read_pts_folder))
def test_one_video_alone(folder_300vw, reader, tmp_path):
    for share, wanted in ((0.3, 1), (0, 0)):
        source = reader(folder_300vw / '001')
        out = tmp_path / f'{share}'
        prepared = prepare(source, out, Options(val_share=share))
        assert len(prepared.splits['trainval']) == 4
        assert len(prepared.splits.get('val', [])) == wanted
        kinds = [problem.kind for problem in prepared.problems]
        assert kinds == ['all faces are of one video or person'] * wanted


def test_numbered_photographs_are_no_video(tmp_path):
    for part in ('some', 'more'):
        for number in range(2):
            path = tmp_path / part / f'{number}.pts'
            path.parent.mkdir(exist_ok=True)
            path.write_text('1 2\n3 4\n')
    faces = read_pts_folder(tmp_path).faces
    assert len({face.group for face in faces}) == 4


def test_every_second_frame(folder_300vw):
    source = read_300vw(folder_300vw, every=3)
    names = [face.file for face in source.faces if face.group == '001']
    assert names == ['001/image/000001.jpg', '001/image/000004.jpg']
    assert counts(source) == dict(trainval=6, test=2)
    with pytest.raises(ValueError, match='--every of at least 1, got 0'):
        read_300vw(folder_300vw, every=0)


def to_video(folder, count=4):
    """Put the frames of a folder into its video."""
    images = sorted((folder / 'image').iterdir())[:count]
    code = cv2.VideoWriter_fourcc(*'MJPG')
    video = cv2.VideoWriter(str(folder / 'vid.avi'), code, 25, (96, 96))
    assert video.isOpened()
    for image in images:
        video.write(cv2.imread(str(image)))
    video.release()
    shutil.rmtree(folder / 'image')


def test_frames_are_read_from_the_video(folder_300vw, drawn):
    """000001.pts is of the first frame, and so on, whatever is skipped."""
    to_video(folder_300vw / '001')
    to_video(folder_300vw / '203')
    source = read_300vw(folder_300vw, every=2)
    assert source.images is None
    assert 'frames of videos are written as PNG' in source.notes
    for face in source.faces:
        video, name = face.file.split('/')
        index = ('001', '002', '007', '203').index(video) * 4
        image = source.embedded[face.file]()
        wanted = [
            np.abs(image.astype(float) - other.image).mean() for other in drawn
        ]
        assert np.argmin(wanted) == index + int(name[:6]) - 1
        assert min(wanted) < 8  # they were JPEG, some twice


def test_frames_of_videos_are_written(folder_300vw, tmp_path):
    """Only those that are used; a frame that is not there is a problem."""
    to_video(folder_300vw / '001', count=2)
    source = read_300vw(folder_300vw, every=2)
    prepared = prepare(source, tmp_path / 'out', Options(val_share=0.4))
    names = ('001/000001', '002/000001', '002/000003', '007/000001')
    names += ('007/000003', '203/000001', '203/000003')
    written = sorted((tmp_path / 'out/images').rglob('*.png'))
    assert [str(p)[-14:-4] for p in written] == sorted(names)
    image = cv2.imread(str(tmp_path / 'out/images/002/000003.png'))
    frame = cv2.imread(str(folder_300vw / '002/image/000003.jpg'))
    np.testing.assert_array_equal(image, frame)
    (problem,) = prepared.problems
    assert problem.kind == 'unreadable image, faces left out'
    assert problem.text.startswith('001/000003.png: ')
    assert problem.text.endswith('frame 3, the video ends after 2')


def test_a_video_that_ends_too_early(folder_300vw):
    to_video(folder_300vw / '001', count=3)
    source = read_300vw(folder_300vw)
    source.embedded['001/000003.png']()
    with pytest.raises(OSError, match=r'frame 4, the video ends after 3'):
        source.embedded['001/000004.png']()
    (folder_300vw / '001/vid.avi').write_text('no video')
    with pytest.raises(OSError, match='no video that OpenCV can read'):
        source.embedded['001/000001.png']()


def test_other_folders_are_told(folder_300vw):
    with pytest.raises(FileNotFoundError, match=r'001/annot/000001\.pts'):
        read_300vw(folder_300vw / '001/image')
    path = folder_300vw / '001/annot/000001.pts'
    path.rename(path.with_name('first.pts'))
    with pytest.raises(ValueError, match=r'first\.pts: expected the number'):
        read_300vw(folder_300vw)
    path.with_name('first.pts').rename(path)
    path.write_text('1 2\n3 4\n')
    with pytest.raises(ValueError, match='--points 68 takes'):
        read_300vw(folder_300vw)
    source = read_300vw(folder_300vw, num_points=68)
    assert counts(source) == dict(trainval=11, test=4)
    for other in path.parent.iterdir():
        other.write_text('1 2\n3 4\n')
    source = read_300vw(folder_300vw, num_points=68)
    assert counts(source) == dict(trainval=8, test=4)
    assert len(source.problems) == 4
