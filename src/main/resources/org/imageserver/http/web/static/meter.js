// How fast something is and how long it will take, over the last seconds; and numbers as people read them.
const WINDOW_MILLIS = 8000;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export class Meter {
  #samples = [];

  /** Begins anew: what came before a break says nothing about now. */
  reset() {
    this.#samples = [];
  }

  /** Notes that so many bytes are there now. */
  note(bytes, now = performance.now()) {
    this.#samples.push({ bytes, now });
    while (this.#samples.length > 2 && now - this.#samples[0].now > WINDOW_MILLIS) {
      this.#samples.shift();
    }
  }

  /** Bytes a second; undefined as long as it cannot be told. */
  get rate() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    const seconds = first ? (last.now - first.now) / 1000 : 0;
    return seconds < 0.5 ? undefined : Math.max(0, (last.bytes - first.bytes) / seconds);
  }

  /** Seconds until all of it is there; undefined as long as it cannot be told, or nothing moves. */
  left(total) {
    const rate = this.rate;
    return rate && total > 0 ? (total - this.#samples.at(-1).bytes) / rate : undefined;
  }
}

/** Three digits that count: "1.25 GiB", "120 MiB". */
export function size(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** "40 s", "3 min 5 s", "2 h 10 min". */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
