// A network of an exported folder, run by ONNX Runtime in this browser.

import { cropFrame, cropRegion, warpCrop, writeInput } from './crop.js';
import { readCrop, readMirrored, toPicture } from './decode.js';
import { tightBox } from './boxes.js';

export class Model {
  /**
   * @param {object} ort onnxruntime-web.
   * @param {object} session Of ort.
   * @param {object} meta Content of model.json.
   */
  constructor(ort, session, meta) {
    this.ort = ort;
    this.session = session;
    this.meta = meta;
  }

  /**
   * Fetch a network and make it ready.
   *
   * @param {object} ort onnxruntime-web.
   * @param {object} choice An entry of /models.json.
   * @returns {Promise<Model>}
   */
  static async load(ort, choice) {
    const answer = await fetch(choice.meta);
    if (!answer.ok) throw new Error(`${choice.meta}: ${answer.status}`);
    const meta = await answer.json();
    const session = await ort.InferenceSession.create(choice.network, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: 'all',
    });
    return new Model(ort, session, meta);
  }

  /** Free the network's memory. */
  async close() {
    await this.session.release();
  }

  /**
   * Find the keypoints of faces.
   *
   * @param {CanvasRenderingContext2D} picture What holds the picture.
   * @param {number[][]} boxes Of the faces, tight about the keypoints.
   * @param {object} options `mirror`: also predict the mirror image of each
   *     crop and average (MMPose's flip test); `passes`: with 2, crop again
   *     about the first keypoints.
   * @returns {Promise<{faces: object[], times: object}>} For each box
   *     `keypoints` (K pairs, picture px), `scores`, `box`; milliseconds of
   *     `crop` and `network`.
   */
  async predict(picture, boxes, { mirror = false, passes = 1 } = {}) {
    const times = { crop: 0, network: 0 };
    let faces = [];
    for (let pass = 0; pass < passes && boxes.length; pass++) {
      faces = await this.predictOnce(picture, boxes, mirror, times);
      boxes = faces.map((face) => tightBox(face.keypoints));
    }
    return { faces, times };
  }

  async predictOnce(picture, boxes, mirror, times) {
    const start = performance.now();
    const frames = boxes.map((box) => cropFrame(box, this.meta));
    const input = this.makeInput(picture, frames, mirror);
    const cut = performance.now();
    const outputs = await this.session.run({ image: input });
    times.crop += cut - start;
    times.network += performance.now() - cut;
    return boxes.map((box, n) => {
      const { points, scores } = mirror
        ? readMirrored(outputs, n, boxes.length + n, this.meta)
        : readCrop(outputs, n, this.meta);
      return {
        keypoints: toPicture(points, frames[n]),
        scores: Array.from(scores),
        box,
      };
    });
  }

  /** The crops, then their mirror images, as one tensor. */
  makeInput(picture, frames, mirror) {
    const { width, height } = this.meta.input;
    const count = frames.length * (mirror ? 2 : 1);
    const values = new Float32Array(count * 3 * height * width);
    frames.forEach((frame, n) => {
      const { canvas } = picture;
      const region = cropRegion(frame, canvas.width, canvas.height);
      const pixels = picture.getImageData(...region);
      const crop = warpCrop(pixels, region[0], region[1], frame);
      writeInput(crop, this.meta.input, values, n, false);
      if (mirror) {
        writeInput(crop, this.meta.input, values, frames.length + n, true);
      }
    });
    const shape = [count, 3, height, width];
    return new this.ort.Tensor('float32', values, shape);
  }
}
