/**
 * Tells whoever does one run that nobody wants its result any more. An AbortSignal would do, at a kilobyte and 4 % of a probe's time: Node makes
 * a hidden class and two maps for each, and V8 keeps every one through its quick collections.
 */
export class RunSignal {
  #isAborted = false;
  /** Called once, with the abort. A run is done by one after the other: each sets its own, and takes it away when it is done. */
  onAbort: (() => void) | undefined;

  get isAborted(): boolean {
    return this.#isAborted;
  }

  /** Nothing happens the second time. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.onAbort?.();
  }
}
