/** Work of one connection, one piece after another: in EMQX each connection is one process. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs the work when all that came before is done. A piece that fails does not stop the next. */
  run<Value>(work: () => Promise<Value> | Value): Promise<Value> {
    const result = this.#last.then(work);
    this.#last = result.then(ignore, ignore);
    return result;
  }

  /** Resolves when all work so far is done. */
  get idle(): Promise<void> {
    return this.#last.then(ignore);
  }
}

function ignore(): void {}
