/** A browser's IntersectionObserver, played by the test, since jsdom lays nothing out. */
export class FakeIntersectionObserver implements IntersectionObserver {
  static all: FakeIntersectionObserver[] = [];

  readonly root = null;
  readonly rootMargin = "";
  readonly scrollMargin = "";
  readonly thresholds = [];
  readonly #tell: IntersectionObserverCallback;
  #watched: Element[] = [];

  constructor(tell: IntersectionObserverCallback) {
    this.#tell = tell;
    FakeIntersectionObserver.all.push(this);
  }

  /** Everything that is watched comes into view. */
  static showAll(): void {
    for (const observer of FakeIntersectionObserver.all) {
      observer.#show();
    }
  }

  observe(target: Element): void {
    this.#watched.push(target);
  }

  unobserve(target: Element): void {
    this.#watched = this.#watched.filter((each) => each !== target);
  }

  disconnect(): void {
    this.#watched = [];
  }

  takeRecords(): IntersectionObserverEntry[] {
    return [];
  }

  #show(): void {
    const entries = this.#watched.map((target) => {
      const box = target.getBoundingClientRect();
      return {
        target,
        isIntersecting: true,
        intersectionRatio: 1,
        boundingClientRect: box,
        intersectionRect: box,
        rootBounds: null,
        time: 0,
      };
    });
    if (entries.length > 0) {
      this.#tell(entries, this);
    }
  }
}
