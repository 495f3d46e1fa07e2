/**
 * What the worker does that leads the threads of a page, as the host's thread does elsewhere: a page's own thread may not
 * wait, and is not to be kept from what it shows.
 */
import type { Layout } from '../threads/layout';
import type { makeThread, Thread } from '../threads/thread';
import type { makeFunctions, WorkerPort } from '../threads/workers';
import type { FromLeader, ToLeader } from './messages';

/** The program of the worker; its text is used, so that it may name nothing outside of it. */
export function lead(
  port: WorkerPort<ToLeader>,
  make: typeof makeThread,
  layout: Layout,
  made: ReturnType<typeof makeFunctions>,
): void {
  const pageBytes = 65536;
  const mostPages = 65536;
  let memory = new WebAssembly.Memory({ initial: 0 });
  let words = new Int32Array();
  let thread: Thread | undefined;
  let spins = 0;

  // Methods for the reason that `makeThread` gives.
  const leader = {
    tell(message: FromLeader, transfer: ArrayBuffer[] = []): void {
      port.postMessage(message, transfer);
    },

    /** Sees memory anew, which loses its buffer when it grows and is not shared. */
    look(): void {
      words = new Int32Array(memory.buffer);
      thread = make(layout, memory, 0, spins, made.functions);
    },

    /** Works through a tape, and waits until nobody reads it any more. */
    work({ text, isWorth, modules }: Extract<ToLeader, { readonly kind: 'tape' }>): void {
      words.set(text.code, text.codeAt);
      words.set(text.constants, text.constantsAt);
      words[layout.modules] = modules;
      Atomics.store(words, layout.phase, text.first);
      if (isWorth) {
        Atomics.add(words, layout.sequence, 1);
        if (Atomics.load(words, layout.idle) > 0) Atomics.notify(words, layout.sequence);
      }
      thread?.join();
      for (let readers = Atomics.load(words, layout.active); readers !== 0; ) {
        Atomics.wait(words, layout.active, readers);
        readers = Atomics.load(words, layout.active);
      }
      if (Atomics.exchange(words, layout.failures, 0) === 0) return;
      const start = layout.reason + 1;
      const characters = words.slice(start, start + (words[layout.reason] ?? 0));
      throw new Error(String.fromCharCode(...characters));
    },

    take(message: ToLeader): void {
      switch (message.kind) {
        case 'start':
          memory =
            message.memory ??
            new WebAssembly.Memory({
              initial: Math.ceil(message.bytes / pageBytes),
              maximum: mostPages,
            });
          spins = message.spins;
          leader.look();
          return;
        case 'modules':
          made.add(message.modules, memory);
          return;
        case 'grow':
          memory.grow(Math.ceil((message.bytes - memory.buffer.byteLength) / pageBytes));
          leader.look();
          return;
        case 'write':
          new Uint8Array(memory.buffer).set(message.bytes, message.address);
          return;
        case 'tape':
          leader.work(message);
          return;
        case 'fail':
          leader.tell({ kind: 'failed', reason: message.reason });
          return;
        case 'read': {
          const { id, address, bytes } = message;
          // A range that memory never reached is answered as well: what failed before was told.
          const copy = new Uint8Array(memory.buffer).slice(address, address + bytes);
          leader.tell({ kind: 'read', id, bytes: copy }, [copy.buffer]);
        }
      }
    },

    receive(message: ToLeader): void {
      try {
        leader.take(message);
      } catch (error) {
        leader.tell({ kind: 'failed', reason: String(error) });
      }
    },
  };
  port.onmessage = ({ data }) => leader.receive(data);
  leader.tell({ kind: 'ready' });
}
