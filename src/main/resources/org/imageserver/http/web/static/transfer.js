// The card that shows how far a transfer is: amount, rate, time left, and what it waits for.
import { duration, Meter, size } from './meter.js';

const element = (name) => document.getElementById(`transfer${name}`);

export class Transfer {
  #meter = new Meter();
  #card = element('');
  #bar = element('-progress');
  #total = 0;
  #bytes = 0;
  #ticking = 0;

  /** Shows the card; a total of 0 is one that nobody knows. */
  show(title, total) {
    this.#total = total;
    this.#meter.reset();
    element('-title').textContent = title;
    this.#card.hidden = false;
    element('-cancel').hidden = false;
    this.#retryIsShown(false);
    this.figures('', '', '');
    this.#stand();
    if (total === 0) {
      this.#bar.removeAttribute('value');
    } else {
      this.#bar.value = 0;
    }
  }

  hide() {
    this.#stand();
    this.#card.hidden = true;
  }

  /** Where nothing moves, the rate must be seen to fall. */
  #tick() {
    clearInterval(this.#ticking);
    this.#ticking = setInterval(() => this.#show(), 1000);
  }

  #stand() {
    clearInterval(this.#ticking);
  }

  /** What goes on, in words; said aloud only when it changes. */
  say(words) {
    const state = element('-state');
    if (state.textContent !== words) {
      state.textContent = words;
    }
  }

  figures(amount, rate, left) {
    element('-amount').textContent = amount;
    element('-rate').textContent = rate;
    element('-left').textContent = left;
  }

  onCancel(action) {
    element('-cancel').onclick = action;
  }

  onRetry(action) {
    element('-retry').onclick = action;
  }

  #retryIsShown(isShown) {
    element('-retry').hidden = !isShown;
  }

  sending() {
    this.#meter.reset();
    this.#retryIsShown(false);
    this.say('Sending.');
  }

  progress(bytes, total = this.#total) {
    this.#bytes = bytes;
    this.#total = total;
    this.#retryIsShown(false);
    this.#tick();
    this.#show();
  }

  #show() {
    const [bytes, total] = [this.#bytes, this.#total];
    this.#meter.note(bytes);
    const rate = this.#meter.rate;
    const left = this.#meter.left(total);
    if (total > 0) {
      this.#bar.value = (100 * bytes) / total;
    } else {
      this.#bar.removeAttribute('value');
    }
    this.figures(
      total > 0 ? `${size(bytes)} of ${size(total)} (${Math.floor((100 * bytes) / total)} %)` : size(bytes),
      rate === undefined ? '' : `${size(rate)}/s`,
      left === undefined ? '' : `${duration(left)} left`,
    );
  }

  verifying() {
    this.#stand();
    this.#retryIsShown(false);
    this.#bar.removeAttribute('value');
    element('-cancel').hidden = true;
    this.say('All bytes are there. The server checks the stream and brings it to the disk.');
    this.figures(size(this.#total), '', '');
  }

  waiting({ seconds, reason, isSignedOut }) {
    this.#stand();
    this.#meter.reset();
    this.#retryIsShown(true);
    this.say(isSignedOut
      ? 'Your session has ended. Sign in again in another window; the upload then goes on here.'
      : `${reason} What has been sent is kept; it goes on by itself.`);
    element('-rate').textContent = '';
    element('-left').textContent = `next try in ${seconds} s`;
  }
}
