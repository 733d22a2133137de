// The page: what its buttons do, from a picture to marked faces.

import * as ort from './runtime/ort.wasm.bundle.min.mjs';
import { BoxEditor } from './boxedit.js';
import { Camera } from './camera.js';
import { Detector } from './detector.js';
import { drawFaces } from './draw.js';
import { Follower } from './follow.js';
import { Model } from './model.js';
import { savePicture, savePoints } from './save.js';
import { Speed } from './speed.js';

const DETECT_EVERY = 30; // frames
const MOST_FACES = 8; // in a frame of the camera

const get = (id) => document.getElementById(id);
const shownCanvas = get('picture');
const shown = shownCanvas.getContext('2d', { alpha: false });
// The picture without what is drawn on it.
const source = document
  .createElement('canvas')
  .getContext('2d', { alpha: false, willReadFrequently: true });

const state = {
  models: [],
  number: -1, // of the model among them
  model: null,
  detector: null,
  name: 'landmarks', // of saved files
  faces: [],
  own: false, // whether the box is the user's
  frame: 0,
  job: Promise.resolve(), // networks run one after another
};
const speed = new Speed();
const follower = new Follower();
const camera = new Camera(onFrame, () => {
  showCameraState();
  say('The camera is gone.');
});
const editor = new BoxEditor(
  get('stage'),
  get('box'),
  [...document.querySelectorAll('[data-place]')],
  onBoxChanged,
);

function say(text, failed = false) {
  get('status').textContent = text;
  get('status').classList.toggle('failed', failed);
}

/** Run after all that was begun before, and tell what goes wrong. */
function inTurn(work) {
  state.job = state.job.then(work).catch((error) => {
    console.error(error);
    say(error.message || String(error), true);
  });
  return state.job;
}

// Start and models

async function start() {
  const threads = Number(new URLSearchParams(location.search).get('threads'));
  ort.env.wasm.numThreads = threads || 1;
  ort.env.wasm.wasmPaths = {
    wasm: new URL('runtime/ort-wasm-simd-threaded.wasm', location).href,
  };
  const answer = await fetch('models.json');
  const { models, detector } = await answer.json();
  state.models = models;
  models.forEach(({ label }, n) => get('model').add(new Option(label, n)));
  await loadModel(0);
  if (detector) state.detector = await Detector.load(ort, detector);
  setOwn(!state.detector);
  say('Ready. Choose a photo, or open the camera.');
}

/** Load a model; where it cannot be loaded, the one before stays. */
async function loadModel(number) {
  say('Loading the model …');
  const before = state.model;
  try {
    state.model = await Model.load(ort, state.models[number]);
    state.number = number;
  } catch (error) {
    const { label } = state.models[number];
    throw new Error(`${label} cannot be loaded: ${error.message || error}`);
  } finally {
    get('model').selectedIndex = state.number;
  }
  await before?.close();
  const { licence, flip_test: flip } = state.model.meta;
  get('mirror').checked = flip.enabled;
  get('licence').textContent = licence ? `Licence: ${licence}` : '';
}

function loadedModel() {
  if (!state.model) throw new Error('No model is loaded. Choose one first.');
  return state.model;
}

// Pictures

/** Take a new picture's size. */
function resize(width, height) {
  for (const canvas of [source.canvas, shownCanvas]) {
    canvas.width = width;
    canvas.height = height;
  }
  get('drop').hidden = true;
  get('stage').hidden = false;
  editor.set(null);
  editor.setActive(state.own, [width, height]);
  follower.reset();
  state.faces = [];
}

/** Read and predict an image file. */
async function openPhoto(blob, name) {
  loadedModel();
  camera.close();
  showCameraState();
  let image;
  try {
    // Pixels as the file has them, as OpenCV reads them.
    image = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  } catch {
    throw new Error(`${name} is no image that this browser can read`);
  }
  resize(image.width, image.height);
  source.drawImage(image, 0, 0);
  image.close();
  state.name = name.replace(/\.[^.]*$/, '') || 'landmarks';
  setOwn(!state.detector);
  await predictPhoto();
}

async function predictPhoto() {
  const found = await photoBoxes();
  if (!found.length) {
    setOwn(true);
    state.faces = [];
    redraw();
    const none = state.detector ? 'No face was found. ' : '';
    say(`${none}Draw a box about the face, from the eyebrows to the chin.`);
    return;
  }
  const boxes = found.map(({ box }) => box);
  const { faces, times } = await loadedModel().predict(source, boxes, {
    mirror: get('mirror').checked,
    passes: get('again').checked ? 2 : 1,
  });
  state.faces = faces.map((face, n) => ({ ...face, boxScore: found[n].score }));
  const drawing = redraw();
  speed.reset();
  speed.add(performance.now(), { ...times, drawing });
  get('speed').textContent = speed.toString();
  say(`${faces.length} ${faces.length === 1 ? 'face' : 'faces'}.`);
}

/** The user's box, or those of the detector. */
async function photoBoxes() {
  if (state.own) return editor.given ? [{ box: editor.box, score: 1 }] : [];
  say('Looking for faces …');
  return state.detector.find(source.canvas);
}

/** Draw the picture and the faces; gives the milliseconds. */
function redraw() {
  const start = performance.now();
  shown.drawImage(source.canvas, 0, 0);
  const parts = {};
  for (const box of document.querySelectorAll('input[name]')) {
    parts[box.name] = box.checked;
  }
  drawFaces(shown, state.faces, state.model.meta, parts);
  get('save').hidden = !state.faces.length;
  return performance.now() - start;
}

// The user's box

function setOwn(own) {
  state.own = own;
  get('draw-box').setAttribute('aria-pressed', String(own));
  get('draw-box').hidden = !state.detector;
  get('box-numbers').hidden = !own;
  const { width, height } = source.canvas;
  editor.setActive(own, [width, height]);
  if (own && !editor.box && !get('stage').hidden) {
    const known = state.faces[0]?.box;
    if (known) editor.set(known);
    else editor.setMiddle();
  }
}

function onBoxChanged() {
  follower.reset();
  if (!camera.isOpen && !get('stage').hidden) inTurn(predictPhoto);
}

// The camera

async function toggleCamera() {
  if (camera.isOpen) {
    camera.close();
    say('The camera is closed.');
  } else {
    loadedModel();
    say('Opening the camera …');
    try {
      await camera.open();
    } catch (error) {
      throw new Error(`The camera cannot be opened: ${error.message}`);
    }
    speed.reset();
    state.name = 'camera';
    state.frame = 0;
    resize(camera.video.videoWidth, camera.video.videoHeight);
    setOwn(!state.detector);
    say(
      state.detector
        ? 'The camera is open.'
        : 'Put your face into the box, or draw the box about it.',
    );
  }
  showCameraState();
}

function showCameraState() {
  const button = get('camera');
  button.setAttribute('aria-pressed', String(camera.isOpen));
  button.textContent = camera.isOpen ? 'Close the camera' : 'Open the camera';
}

function onFrame(video, time) {
  return inTurn(() => predictFrame(video, time));
}

async function predictFrame(video, time) {
  if (!camera.isOpen) return; // closed while this frame waited
  const start = performance.now();
  const { width, height } = source.canvas;
  if (video.videoWidth !== width || video.videoHeight !== height) {
    resize(video.videoWidth, video.videoHeight); // the phone was turned
    setOwn(state.own);
    return;
  }
  source.drawImage(video, 0, 0);
  const grabbed = performance.now();
  const boxes = await frameBoxes(time);
  const found = performance.now();
  const { faces, times } = await loadedModel().predict(source, boxes);
  const size = [width, height];
  state.faces = follower.take(faces, time, size, get('smooth').checked);
  showOwnBox();
  const drawing = redraw();
  speed.add(performance.now(), {
    camera: grabbed - start,
    faces: found - grabbed,
    ...times,
    drawing,
  });
  get('speed').textContent = speed.toString();
}

/** The boxes of the faces that are followed, then those of new ones. */
async function frameBoxes(time) {
  const boxes = follower.boxes(time);
  const due = state.frame++ % DETECT_EVERY === 0 || !boxes.length;
  if (state.own) return boxes.length ? boxes : [editor.box];
  if (!due) return boxes;
  const found = await state.detector.find(source.canvas);
  const fresh = follower.unknown(found.map(({ box }) => box));
  return [...boxes, ...fresh].slice(0, MOST_FACES);
}

/** The user's box is where a face is looked for; it hides once one is found. */
function showOwnBox() {
  if (state.own) get('box').hidden = state.faces.length > 0;
}

// Buttons

function takeFile(file) {
  if (file) inTurn(() => openPhoto(file, file.name));
}

async function openExample() {
  const answer = await fetch('example.jpg');
  await openPhoto(await answer.blob(), 'example.jpg');
}

get('file').addEventListener('change', ({ target }) => {
  takeFile(target.files[0]);
  target.value = '';
});
get('example').addEventListener('click', () => inTurn(openExample));
get('camera').addEventListener('click', () => inTurn(toggleCamera));
get('model').addEventListener('change', ({ target }) => {
  const number = target.selectedIndex;
  inTurn(async () => {
    await loadModel(number);
    follower.reset();
    speed.reset();
    state.faces = [];
    say(`Ready: ${state.models[number].label}.`);
    if (!camera.isOpen && !get('stage').hidden) await predictPhoto();
  });
});
get('draw-box').addEventListener('click', () =>
  inTurn(async () => {
    setOwn(!state.own);
    follower.reset();
    if (!camera.isOpen && !get('stage').hidden) await predictPhoto();
  }),
);
for (const id of ['mirror', 'again']) {
  get(id).addEventListener('change', () => {
    if (!camera.isOpen && state.faces.length) inTurn(predictPhoto);
  });
}
for (const box of document.querySelectorAll('input[name]')) {
  box.addEventListener('change', () => {
    if (!get('stage').hidden) redraw();
  });
}
get('save-picture').addEventListener('click', () =>
  inTurn(() => savePicture(shownCanvas, state.name)),
);
get('save-points').addEventListener('click', () =>
  savePoints(state.faces, state.name),
);

// Photos that are dropped anywhere on the page.
addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('dropping');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  takeFile(event.dataTransfer.files[0]);
});

inTurn(start);
