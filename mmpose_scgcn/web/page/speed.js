// How long the parts of a frame take, and frames a second.

const WINDOW = 30; // frames

export class Speed {
  constructor() {
    this.reset();
  }

  reset() {
    this.frames = [];
  }

  /** Add a frame: when it was done, and milliseconds by part. */
  add(time, parts) {
    this.frames.push({ time, parts });
    if (this.frames.length > WINDOW) this.frames.shift();
  }

  /** Frames a second over the last frames; NaN before the second one. */
  get rate() {
    const { frames } = this;
    const last = frames[frames.length - 1];
    return (1000 * (frames.length - 1)) / (last.time - frames[0].time);
  }

  /** Mean milliseconds of a part over the last frames. */
  mean(part) {
    const sum = this.frames.reduce((total, f) => total + f.parts[part], 0);
    return sum / this.frames.length;
  }

  /** In words. */
  toString() {
    const rate = this.rate;
    const parts = Object.keys(this.frames[0].parts)
      .map((part) => `${part} ${this.mean(part).toFixed(1)} ms`)
      .join(', ');
    return rate ? `${rate.toFixed(1)} frames a second: ${parts}` : parts;
  }
}
