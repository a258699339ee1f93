type Granted = (lock: Lock | null) => unknown;

/** A browser's locks: one holder at a time, the others in line. */
export class FakeLocks {
  #line: Promise<unknown> = Promise.resolve();

  request = (async (_name: string, options: LockOptions, granted: Granted) => {
    const turn = this.#line.then(() => {
      options.signal?.throwIfAborted();
      return granted(null);
    });
    this.#line = turn.catch(() => undefined);
    return turn;
  }) as LockManager["request"];
}
