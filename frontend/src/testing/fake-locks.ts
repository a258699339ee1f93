type Granted = (lock: Lock | null) => unknown;

/** A browser's locks: one holder of a name at a time, the others in line. */
export class FakeLocks {
  readonly #lines = new Map<string, Promise<unknown>>();

  request = (async (name: string, options: LockOptions, granted: Granted) => {
    const before = this.#lines.get(name) ?? Promise.resolve();
    const turn = before.then(() => {
      options.signal?.throwIfAborted();
      return granted(null);
    });
    this.#lines.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }) as LockManager["request"];
}
