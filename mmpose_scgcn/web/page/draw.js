// Faces drawn on a canvas, as mmpose_scgcn.visualization.drawing does it.

import { tightBox } from './boxes.js';

/** By which faces are told apart. */
const COLORS = ['#3cdc50', '#ffa03c', '#3caaff', '#e65adc', '#f0e646', '#50dcfa'];
/** Of the graph's edges, the weakest first. */
const SHADES = [
  ...['#0d0887', '#5302a3', '#8b0aa5', '#b83289'],
  ...['#db5c68', '#f48849', '#febd2a', '#f0f921'],
];
const RIM = '#1e1e1e';

/**
 * Draw faces.
 *
 * @param {CanvasRenderingContext2D} context Canvas px are picture px.
 * @param {object[]} faces Of Model.predict.
 * @param {object} meta Content of model.json.
 * @param {object} shown Which parts: `points`, `outline`, `graph`, `boxes`,
 *     `numbers`.
 */
export function drawFaces(context, faces, meta, shown) {
  context.save();
  // Pixel centres count from 0, canvases from the pixel's edge.
  context.translate(0.5, 0.5);
  context.lineCap = context.lineJoin = 'round';
  faces.forEach((face, number) => {
    const box = tightBox(face.keypoints);
    const side = Math.max(box[2] - box[0], box[3] - box[1], 1);
    const color = COLORS[number % COLORS.length];
    const line = Math.max(side / 250, 1);
    const links = meta.keypoints.skeleton || [];
    if (shown.graph) drawGraph(context, face, meta, line);
    if (shown.outline) {
      drawLines(context, face, links, RIM, line + 2);
      drawLines(context, face, links, color, line);
    }
    if (shown.boxes) drawBox(context, face.box, line);
    if (shown.points) {
      drawDiscs(context, face, Math.max(side / 110, 1.2), color);
    }
    if (shown.numbers) drawNumbers(context, face, Math.max(side / 45, 8));
  });
  context.restore();
}

/**
 * Draw the graph's directed edges, the weakest first: the more a keypoint
 * listens to a neighbour, the brighter is the line.
 */
function drawGraph(context, face, meta, width) {
  const levels = SHADES.map(() => []);
  const neighbours = meta.graph.neighbours;
  const weights = face.edges?.data;
  let most = 0;
  const visit = (use) =>
    neighbours.forEach((row, k) =>
      row.slice(1).forEach((other, slot) => {
        use(weights ? weights[k * row.length + slot + 1] : 1, k, other);
      }),
    );
  visit((weight) => (most = Math.max(most, weight)));
  visit((weight, k, other) => {
    const level = Math.round((weight / (most || 1)) * (SHADES.length - 1));
    levels[Math.min(Math.max(level, 0), SHADES.length - 1)].push([k, other]);
  });
  drawLines(context, face, levels.flat(), RIM, width + 1.5);
  levels.forEach((links, level) => {
    drawLines(context, face, links, SHADES[level], width);
  });
}

function drawLines(context, face, links, color, width) {
  context.beginPath();
  for (const [a, b] of links) {
    context.moveTo(...face.keypoints[a]);
    context.lineTo(...face.keypoints[b]);
  }
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

/** Dark rims are seen on skin and on black. */
function drawBox(context, box, width) {
  for (const [extra, style] of [[2, RIM], [0, '#ffffff']]) {
    context.lineWidth = width + extra;
    context.strokeStyle = style;
    context.strokeRect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
  }
}

function drawDiscs(context, face, radius, color) {
  for (const [extra, style] of [[0.75, RIM], [0, color]]) {
    context.beginPath();
    for (const [x, y] of face.keypoints) {
      context.moveTo(x + radius + extra, y);
      context.arc(x, y, radius + extra, 0, 2 * Math.PI);
    }
    context.fillStyle = style;
    context.fill();
  }
}

function drawNumbers(context, face, size) {
  context.font = `${size}px sans-serif`;
  context.lineWidth = size / 5;
  context.strokeStyle = RIM;
  context.fillStyle = '#ffffff';
  face.keypoints.forEach(([x, y], k) => {
    context.strokeText(String(k), x + 2, y - 2);
    context.fillText(String(k), x + 2, y - 2);
  });
}
