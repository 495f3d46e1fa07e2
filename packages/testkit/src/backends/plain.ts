/**
 * The simplest backend there is: memory laid open to core, which executes every kernel. The good one that the saboteur
 * breaks, and a second opinion beside the interpreter, since it goes through scheduling and lowering.
 */
import { type Buf, HostBackend } from '@hadal/core/backend';

export class PlainBackend extends HostBackend {
  override readonly name: string = 'plain';
  readonly #memory = new WeakMap<Buf, Uint8Array>();

  override alloc(bytes: number): Buf {
    const buf = { bytes };
    this.#memory.set(buf, new Uint8Array(bytes));
    return buf;
  }

  override free(buf: Buf): void {
    this.#memory.delete(buf);
  }

  override copyIn(buf: Buf, at: number, source: Uint8Array): void {
    this.view(buf, at, source.length).set(source);
  }

  override copyOut(buf: Buf, at: number, target: Uint8Array): void {
    target.set(this.view(buf, at, target.length));
  }

  protected override view(buf: Buf, at: number, bytes: number): Uint8Array {
    const memory = this.#memory.get(buf);
    if (memory === undefined)
      throw new ReferenceError('this buffer was freed, or belongs to another backend');
    if (at < 0 || at + bytes > memory.length) {
      throw new RangeError(`bytes ${at} to ${at + bytes} of a buffer of ${memory.length}`);
    }
    return memory.subarray(at, at + bytes);
  }
}
