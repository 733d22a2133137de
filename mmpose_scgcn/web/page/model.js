// A network of an exported folder, run by ONNX Runtime in this browser.

import { tightBox } from './boxes.js';
import {
  cropFrame,
  cropRegion,
  mirrorInput,
  toPicture,
  warpCrop,
  writeInput,
} from './crop.js';
import { average, read, rowsOf } from './decode.js';

const BATCH = 8; // faces that the network gets at once: memory is short

/** Fetch a network and make it ready. */
export async function openSession(ort, address) {
  return ort.InferenceSession.create(address, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
}

export class Model {
  /**
   * @param {object} ort onnxruntime-web.
   * @param {object} meta Content of model.json.
   * @param {object} network A session of ort.
   * @param {object} adapter A session of ort, for models that were adapted to
   *     other annotations; else null.
   */
  constructor(ort, meta, network, adapter) {
    this.ort = ort;
    this.meta = meta;
    this.network = network;
    this.adapter = adapter;
  }

  /**
   * Fetch a model.
   *
   * @param {object} ort onnxruntime-web.
   * @param {object} choice An entry of /models.json.
   * @returns {Promise<Model>}
   */
  static async load(ort, { folder, file }) {
    const answer = await fetch(`${folder}/model.json`);
    if (!answer.ok) throw new Error(`${folder}/model.json: ${answer.status}`);
    const meta = await answer.json();
    const network = await openSession(ort, `${folder}/${file}`);
    const adapter = meta.files.adapter
      ? await openSession(ort, `${folder}/${meta.files.adapter.file}`)
      : null;
    return new Model(ort, meta, network, adapter);
  }

  /** Free the networks' memory. */
  async close() {
    await this.network.release();
    await this.adapter?.release();
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
   *     `keypoints` (K pairs, picture px), `scores`, `box`; `tight`, the box
   *     to look in next; `edges`, weights of the graph's edges, if there is a
   *     graph. Milliseconds of `crop` and `network`.
   */
  async predict(picture, boxes, { mirror = false, passes = 1 } = {}) {
    const times = { crop: 0, network: 0 };
    let faces = [];
    for (let pass = 0; pass < passes; pass++) {
      faces = await this.predictBatches(picture, boxes, mirror, times);
      boxes = faces.map(({ tight }) => tight);
    }
    return { faces, times };
  }

  async predictBatches(picture, boxes, mirror, times) {
    const faces = [];
    for (let n = 0; n < boxes.length; n += BATCH) {
      const batch = boxes.slice(n, n + BATCH);
      faces.push(...(await this.predictOnce(picture, batch, mirror, times)));
    }
    return faces;
  }

  async predictOnce(picture, boxes, mirror, times) {
    const start = performance.now();
    const frames = boxes.map((box) => cropFrame(box, this.meta));
    const input = this.makeInput(picture, frames, mirror);
    const cut = performance.now();
    const outputs = await this.network.run({ image: input });
    const faces = [];
    for (const [n, box] of boxes.entries()) {
      let rows = rowsOf(outputs, n);
      if (mirror) {
        const mirrored = rowsOf(outputs, boxes.length + n);
        rows = average(rows, mirrored, this.meta.flip_test);
      }
      const face = this.adapter
        ? await this.adapt(rows, frames[n])
        : this.readFace(rows, frames[n]);
      faces.push({ ...face, box, edges: rows.edges });
    }
    times.crop += cut - start;
    times.network += performance.now() - cut;
    return faces;
  }

  readFace(rows, frame) {
    const { points, scores } = read(rows, this.meta.decoder);
    const keypoints = toPicture(points, frame);
    const tight = tightBox(keypoints);
    return { keypoints, scores: Array.from(scores), tight };
  }

  /** Make the keypoints of other annotations of the network's own. */
  async adapt(rows, frame) {
    const { points, scores } = read(rows, this.meta.decoder, 'source_');
    const own = toPicture(points, frame);
    const tensor = (values, shape) =>
      new this.ort.Tensor('float32', Float32Array.from(values), shape);
    const found = await this.adapter.run({
      source_keypoints: tensor(own.flat(), [1, own.length, 2]),
      source_scores: tensor(scores, [1, own.length]),
    });
    const keypoints = [];
    const { data } = found.keypoints;
    for (let k = 0; k < data.length; k += 2) {
      keypoints.push([data[k], data[k + 1]]);
    }
    const tight = tightBox(own);
    return { keypoints, scores: Array.from(found.scores.data), tight };
  }

  /** The crops, then their mirror images, as one tensor. */
  makeInput(picture, frames, mirror) {
    const { input } = this.meta;
    const { width, height } = picture.canvas;
    const count = frames.length * (mirror ? 2 : 1);
    const values = new Float32Array(count * 3 * input.height * input.width);
    frames.forEach((frame, n) => {
      const region = cropRegion(frame, width, height);
      const pixels = picture.getImageData(...region);
      const crop = warpCrop(pixels, region[0], region[1], frame);
      writeInput(crop, input, values, n);
      if (mirror) mirrorInput(values, input, n, frames.length + n);
    });
    const shape = [count, 3, input.height, input.width];
    return new this.ort.Tensor('float32', values, shape);
  }
}
