/** What a page and the worker that leads its threads tell each other. They are taken in the order in which they are sent. */
import type { TapeText } from '../threads/tape';

export type ToLeader =
  /** The memory where it is shared; else the leader makes one of as many bytes. */
  | {
      readonly kind: 'start';
      readonly memory: WebAssembly.Memory | undefined;
      readonly bytes: number;
      readonly spins: number;
    }
  | { readonly kind: 'modules'; readonly modules: readonly WebAssembly.Module[] }
  | { readonly kind: 'grow'; readonly bytes: number }
  | { readonly kind: 'write'; readonly address: number; readonly bytes: Uint8Array }
  /** A tape to be worked through, with the others where it is worth waking them; and how many modules it needs. */
  | {
      readonly kind: 'tape';
      readonly text: TapeText;
      readonly isWorth: boolean;
      readonly modules: number;
    }
  /** What went wrong in the page, to be answered in its place. */
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'read'; readonly id: number; readonly address: number; readonly bytes: number };

export type FromLeader =
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly kind: 'failed'; readonly reason: string };
