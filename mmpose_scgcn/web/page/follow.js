// Faces from frame to frame: the box of a face comes from its keypoints in
// the frame before, moved on as the face moved. The rules are those of
// mmpose_scgcn.tracking.

import { OneEuroFilter } from './smooth.js';
import { area, intersection, moved, overlap } from './boxes.js';

const MIN_OVERLAP = 0.25; // less: it jumped, shrank or grew
const MERGE_OVERLAP = 0.6; // more: two tracks on one face
const MIN_VISIBLE = 0.5; // less of its box in the picture: it has left
const MIN_SIDE = 4; // px; smaller: the box has collapsed
const MIN_SCORE = 0.42; // as in predict

export class Follower {
  constructor() {
    this.reset();
  }

  /** Forget all faces. */
  reset() {
    this.tracks = [];
  }

  /** Where the faces should be by now; `time` in ms. */
  boxes(time) {
    return this.tracks.map(({ box, motion, time: before }) =>
      moved(box, motion[0] * (time - before), motion[1] * (time - before)),
    );
  }

  /** Boxes that are on no face that is followed already. */
  unknown(boxes) {
    return boxes.filter((box) =>
      this.tracks.every((track) => overlap(track.box, box) < MIN_OVERLAP),
    );
  }

  /**
   * Take the faces of a frame; those that cannot be faces are dropped.
   *
   * @param {object[]} faces Of Model.predict: first those of `boxes()`, then
   *     new ones.
   * @param {number} time Of the frame, ms.
   * @param {number[]} size Width and height of the picture.
   * @param {boolean} smooth Whether keypoints are smoothed over time; boxes
   *     follow the raw ones.
   * @returns {object[]} The faces that are left.
   */
  take(faces, time, size, smooth) {
    const known = this.tracks;
    this.tracks = [];
    const kept = [];
    faces.forEach((face, n) => {
      const box = face.tight;
      if (!isBelievable(face, box, size) || this.isTaken(box)) return;
      const before = known[n];
      const motion = before
        ? velocity(before.box, box, time - before.time)
        : [0, 0];
      const filter = before?.filter ?? new OneEuroFilter();
      this.tracks.push({ box, motion, time, filter });
      const scale = Math.hypot(box[2] - box[0], box[3] - box[1]);
      const even = filter.next(face.keypoints, time / 1000, scale);
      kept.push(smooth ? { ...face, keypoints: even } : face);
    });
    return kept;
  }

  isTaken(box) {
    return this.tracks.some((t) => overlap(t.box, box) > MERGE_OVERLAP);
  }
}

/** Whether a prediction can be a face; `box` is tight about the network's keypoints. */
export function isBelievable(face, box, [width, height]) {
  const scores = face.scores.reduce((sum, s) => sum + s, 0);
  const sides = Math.min(box[2] - box[0], box[3] - box[1]);
  const inside = area(intersection(box, [0, 0, width, height]));
  return (
    scores / face.scores.length >= MIN_SCORE &&
    sides >= MIN_SIDE &&
    overlap(box, face.box) >= MIN_OVERLAP &&
    inside / area(box) >= MIN_VISIBLE
  );
}

/** Of a box's centre, px per ms. */
function velocity(before, now, elapsed) {
  if (!(elapsed > 0)) return [0, 0];
  const x = now[0] + now[2] - before[0] - before[2];
  const y = now[1] + now[3] - before[1] - before[3];
  return [x / 2 / elapsed, y / 2 / elapsed];
}
