/** Answers leave in the order they were made, after the work that made them: who is answered may ask again at once. */
export class Outbox {
  readonly #letters: (() => void)[] = [];
  #isBusy = false;

  /** Does work; the answers posted meanwhile leave when the outermost work is done. */
  during(work: () => void): void {
    if (this.#isBusy) {
      work();
      return;
    }
    this.#isBusy = true;
    try {
      work();
      for (let send = this.#letters.shift(); send !== undefined; send = this.#letters.shift()) send();
    } finally {
      this.#isBusy = false;
    }
  }

  post(send: () => void): void {
    this.during(() => {
      this.#letters.push(send);
    });
  }
}
