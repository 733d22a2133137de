// The box that the user draws: by mouse, finger, keys or numbers.

import { moved } from './boxes.js';

const LEAST = 4; // px, a smaller box is a slip of the finger
const SLIP = 3; // px of the screen, a shorter way is a click

export class BoxEditor {
  /**
   * @param {HTMLElement} stage Holds the picture; what is drawn on.
   * @param {HTMLElement} element The box; its four <i> are the corners.
   * @param {HTMLInputElement[]} numbers x1, y1, x2, y2.
   * @param {Function} changed Called when the user has changed the box.
   */
  constructor(stage, element, numbers, changed) {
    this.stage = stage;
    this.element = element;
    this.numbers = numbers;
    this.changed = changed;
    this.size = [1, 1];
    this.box = null;
    this.given = false; // whether it is about a face, as far as we know
    this.active = false;
    stage.addEventListener('pointerdown', (event) => this.press(event));
    element.addEventListener('keydown', (event) => this.key(event));
    for (const input of numbers) {
      input.addEventListener('change', () => this.readNumbers());
    }
  }

  /** Show or hide the box; `size` is that of the picture. */
  setActive(active, size) {
    this.active = active;
    this.size = size;
    this.stage.classList.toggle('drawing', active);
    this.show();
  }

  /** Set the box of a face, or none. */
  set(box) {
    this.box = box;
    this.given = box !== null;
    this.show();
  }

  /** A box in the middle, to begin with. */
  setMiddle() {
    const [width, height] = this.size;
    const half = Math.min(width, height) / 4;
    const [x, y] = [width / 2, height / 2];
    this.set([x - half, y - half, x + half, y + half]);
    this.given = false;
  }

  /** The user says that the box is right. */
  give() {
    this.given = true;
    this.changed();
  }

  show() {
    const shown = this.active && this.box !== null;
    this.element.hidden = !shown;
    if (!shown) return;
    const [width, height] = this.size;
    // The edge of the first pixel is half a pixel before its centre.
    const percent = (value, side) => `${(100 * value) / side}%`;
    const { style } = this.element;
    style.left = percent(this.box[0] + 0.5, width);
    style.top = percent(this.box[1] + 0.5, height);
    style.width = percent(this.box[2] - this.box[0], width);
    style.height = percent(this.box[3] - this.box[1], height);
    this.numbers.forEach((input, place) => {
      input.value = String(Math.round(this.box[place] * 10) / 10);
    });
  }

  /** Where a pointer is, picture px. */
  place(event) {
    const edge = this.stage.getBoundingClientRect();
    return [
      ((event.clientX - edge.left) / edge.width) * this.size[0] - 0.5,
      ((event.clientY - edge.top) / edge.height) * this.size[1] - 0.5,
    ];
  }

  /** Draw a new box, move this one, or pull at a corner. */
  press(event) {
    if (!this.active || event.button !== 0) return;
    const [x, y] = this.place(event);
    const before = this.box;
    const corner = event.target.dataset?.corner;
    let change = (u, v) => [x, y, u, v];
    if (corner !== undefined) {
      const [left, top] = [corner % 2 === 0, corner < 2];
      const [a, b] = [before[left ? 2 : 0], before[top ? 3 : 1]];
      change = (u, v) => [a, b, u, v];
    } else if (event.target === this.element && this.given) {
      change = (u, v) => moved(before, u - x, v - y);
    }
    this.drag(event, before, change);
  }

  drag(event, before, change) {
    event.preventDefault();
    this.element.focus({ preventScroll: true });
    this.stage.setPointerCapture(event.pointerId);
    const { given } = this;
    let isDrawn = false;
    const follow = (e) => {
      isDrawn ||= distance(event, e) >= SLIP;
      if (isDrawn) this.set(inOrder(change(...this.place(e))));
    };
    const end = (e) => {
      this.stage.removeEventListener('pointermove', follow);
      this.stage.removeEventListener('pointerup', end);
      this.stage.removeEventListener('pointercancel', end);
      if (!isDrawn) return;
      if (e.type === 'pointerup' && isLargeEnough(this.box)) this.give();
      else this.putBack(before, given);
    };
    this.stage.addEventListener('pointermove', follow);
    this.stage.addEventListener('pointerup', end);
    this.stage.addEventListener('pointercancel', end);
  }

  /** Take back what was drawn by a slip. */
  putBack(box, given) {
    this.set(box);
    this.given = given;
  }

  /**
   * Arrow keys: move by a hundredth of the picture, or with Shift resize.
   * Enter: take the box as it is.
   */
  key(event) {
    if (event.key === 'Enter') this.give();
    const ways = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const step = Math.max(...this.size) / 100;
    const [x, y] = way.map((part) => part * step);
    const [x1, y1, x2, y2] = this.box;
    const box = event.shiftKey
      ? [x1 - x / 2, y1 - y / 2, x2 + x / 2, y2 + y / 2]
      : moved(this.box, x, y);
    if (!isLargeEnough(box)) return;
    this.set(box);
    this.give();
  }

  readNumbers() {
    const values = this.numbers.map((input) => input.valueAsNumber);
    if (values.every(Number.isFinite) && isLargeEnough(values)) {
      this.set(values);
      this.give();
    }
  }
}

/** Of two events, px of the screen. */
function distance(a, b) {
  return Math.hypot(b.clientX - a.clientX, b.clientY - a.clientY);
}

function inOrder([x1, y1, x2, y2]) {
  return [
    Math.min(x1, x2),
    Math.min(y1, y2),
    Math.max(x1, x2),
    Math.max(y1, y2),
  ];
}

function isLargeEnough(box) {
  return (
    box !== null && box[2] - box[0] >= LEAST && box[3] - box[1] >= LEAST
  );
}
