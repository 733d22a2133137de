// The One-Euro filter: little jitter at rest, little lag in motion. The same
// as mmpose_scgcn.tracking.OneEuroFilter, which says where it comes from.

const MIN_CUTOFF = 1; // Hz, at rest
const BETA = 45; // Hz per face size per second
const SPEED_CUTOFF = 1; // Hz

export class OneEuroFilter {
  constructor() {
    this.values = null;
  }

  /**
   * Smooth the next keypoints of a face.
   *
   * @param {number[][]} values K pairs, px.
   * @param {number} time Seconds, later than at the last call.
   * @param {number} scale Size of the face, px.
   */
  next(values, time, scale) {
    const elapsed = time - this.time;
    this.time = time;
    if (this.values === null || !(elapsed > 0)) {
      this.values = values;
      this.speeds = values.map(() => [0, 0]);
      return values;
    }
    const known = share(SPEED_CUTOFF, elapsed);
    this.values = values.map((point, k) => {
      const last = this.values[k];
      const step = [point[0] - last[0], point[1] - last[1]];
      this.speeds[k] = this.speeds[k].map(
        (speed, i) => speed + known * (step[i] / elapsed - speed),
      );
      const speed = Math.hypot(...this.speeds[k]) / scale;
      const part = share(MIN_CUTOFF + BETA * speed, elapsed);
      return last.map((value, i) => value + part * step[i]);
    });
    return this.values;
  }
}

/** How much of a step a low-pass filter takes over. */
function share(cutoff, elapsed) {
  return 1 / (1 + 1 / (2 * Math.PI * cutoff * elapsed));
}
