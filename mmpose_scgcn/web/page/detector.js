// YuNet, a face detector, run by ONNX Runtime in this browser. Its file reads
// pictures of one size alone, so that larger ones are shrunk and smaller ones
// get black margins to the right and below.

import { mapBox, suppress } from './boxes.js';
import { openSession } from './model.js';

const STRIDES = [8, 16, 32];
const LEAST_OVERLAP = 0.3; // of two boxes on the same face, as in OpenCV

export class Detector {
  /**
   * @param {object} ort onnxruntime-web.
   * @param {object} session Of ort.
   * @param {object} settings `mapping` of its boxes, least `score`, `side` of
   *     the picture that it reads.
   */
  constructor(ort, session, settings) {
    this.ort = ort;
    this.session = session;
    this.settings = settings;
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = settings.side;
    this.context = canvas.getContext('2d', {
      alpha: false,
      willReadFrequently: true,
    });
  }

  /** Fetch the detector; `settings` is the entry of /models.json. */
  static async load(ort, settings) {
    const session = await openSession(ort, settings.network);
    return new Detector(ort, session, settings);
  }

  /**
   * Find faces, the surest first.
   *
   * @param {HTMLCanvasElement} picture The picture.
   * @returns {Promise<{box: number[], score: number}[]>} Boxes about the
   *     keypoints, picture px.
   */
  async find(picture) {
    const { side, score, mapping } = this.settings;
    const longer = Math.max(picture.width, picture.height);
    const factor = Math.max(longer / side, 1);
    const outputs = await this.session.run({
      input: this.makeInput(picture, factor),
    });
    const rows = STRIDES.flatMap((stride) =>
      readStride(outputs, stride, side / stride, score),
    );
    return suppress(rows, LEAST_OVERLAP).map((row) => ({
      box: mapBox(
        row.box.map((value) => value * factor),
        mapping,
      ),
      score: row.score,
    }));
  }

  /** BGR, 0 to 255. */
  makeInput(picture, factor) {
    const { side } = this.settings;
    const size = [picture.width, picture.height];
    const [width, height] = size.map((s) => Math.max(Math.round(s / factor), 1));
    this.context.fillRect(0, 0, side, side);
    this.context.imageSmoothingQuality = 'high';
    this.context.drawImage(picture, 0, 0, width, height);
    const { data } = this.context.getImageData(0, 0, side, side);
    const values = new Float32Array(3 * side * side);
    for (let i = 0; i < side * side; i++) {
      for (let c = 0; c < 3; c++) {
        values[c * side * side + i] = data[4 * i + 2 - c];
      }
    }
    return new this.ort.Tensor('float32', values, [1, 3, side, side]);
  }
}

/** The boxes of one stride, px of the detector's input. */
function readStride(outputs, stride, columns, least) {
  const faces = outputs[`cls_${stride}`].data;
  const objects = outputs[`obj_${stride}`].data;
  const sides = outputs[`bbox_${stride}`].data;
  const rows = [];
  for (let i = 0; i < faces.length; i++) {
    const score = Math.sqrt(clamp(faces[i]) * clamp(objects[i]));
    if (!(score >= least)) continue;
    const x = ((i % columns) + sides[4 * i]) * stride;
    const y = (Math.floor(i / columns) + sides[4 * i + 1]) * stride;
    const width = Math.exp(sides[4 * i + 2]) * stride;
    const height = Math.exp(sides[4 * i + 3]) * stride;
    rows.push({
      box: [x - width / 2, y - height / 2, x + width / 2, y + height / 2],
      score,
    });
  }
  return rows;
}

function clamp(value) {
  return Math.min(Math.max(value, 0), 1);
}
