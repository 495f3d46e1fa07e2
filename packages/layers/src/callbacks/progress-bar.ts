/**
 * The progress bar: on a terminal one live line per epoch with loss, metrics, rate and time left; elsewhere one plain
 * line per epoch. It reads the metrics only as often as it redraws.
 */
import type { Logs } from '../training/logs';
import { type BatchProgress, Callback, type RunPlan } from './callback';

/** Where progress is written; `process.stdout` is one. */
export interface ProgressStream {
  /** Takes text on, as `process.stdout` does. */
  write(text: string): unknown;
  /** Whether lines can be overwritten. */
  readonly isTTY?: boolean;
  /** Characters of a line, where it is known. */
  readonly columns?: number;
}

export interface ProgressBarOptions {
  /** Default: standard output, or the console where there is none. */
  readonly stream?: ProgressStream;
  /** Whether the bar is live where lines can be overwritten (default true); elsewhere there is a line per epoch. */
  readonly live?: boolean;
  /** Milliseconds between redraws (default 100). */
  readonly intervalMs?: number;
  /** Clock in milliseconds, for tests. */
  readonly now?: () => number;
}

const BAR_WIDTH = 24;

/** Standard output, or lines to the console. */
export function defaultStream(): ProgressStream {
  const stdout = globalThis.process?.stdout;
  if (stdout !== undefined) return stdout;
  return { write: (text) => console.log(text.replace(/\n$/, '')) };
}

/** `1:02:03`, `2:03`, `12s` or `350ms`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 1) return `${Math.round(seconds * 1000)}ms`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours > 0) return `${hours}:${String(minutes).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  return minutes > 0 ? `${minutes}:${String(rest).padStart(2, '0')}` : `${rest}s`;
}

const formatRate = (perSecond: number): string =>
  Number.isFinite(perSecond)
    ? `${perSecond >= 100 ? Math.round(perSecond).toLocaleString('en-US') : perSecond.toFixed(1)} samples/s`
    : '';

/** `loss 0.4213 · accuracy 0.8612`. */
export const formatLogs = (logs: Logs): string =>
  Object.entries(logs)
    .map(
      ([name, value]) =>
        `${name} ${Math.abs(value) >= 1e-3 || value === 0 ? value.toFixed(4) : value.toExponential(3)}`,
    )
    .join(' · ');

/** Shows how training goes. `fit` adds one by itself unless `verbose` is 0. */
export class ProgressBar extends Callback {
  readonly #stream: ProgressStream;
  readonly #live: boolean;
  readonly #intervalMs: number;
  readonly #now: () => number;
  #epochs = 0;
  #startedMs = 0;
  #drawnMs = 0;
  #samples = 0;
  #training = false;
  #open = false;

  constructor(options: ProgressBarOptions = {}) {
    super();
    this.#stream = options.stream ?? defaultStream();
    this.#live = options.live !== false && this.#stream.isTTY === true;
    this.#intervalMs = options.intervalMs ?? 100;
    this.#now = options.now ?? (() => performance.now());
  }

  override onTrainBegin({ epochs }: RunPlan): void {
    this.#epochs = epochs;
    this.#training = true;
  }

  override onEpochBegin(epoch: number): void {
    if (this.#live) this.#stream.write(`Epoch ${epoch + 1}/${this.#epochs}\n`);
    this.#begin();
  }

  override async onTrainBatchEnd(progress: BatchProgress): Promise<void> {
    this.#samples = progress.samples;
    await this.#draw(progress);
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const seconds = (this.#now() - this.#startedMs) / 1000;
    const figures = [formatDuration(seconds), formatRate(this.#samples / seconds), formatLogs(logs)]
      .filter((part) => part !== '')
      .join(' · ');
    this.#finish(
      this.#live ? `${'━'.repeat(BAR_WIDTH)} ${figures}` : `Epoch ${epoch + 1}/${this.#epochs} · ${figures}`,
    );
  }

  override onTrainEnd(): void {
    // A run that was stopped leaves its last line behind.
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
    this.#training = false;
  }

  override onTestBegin(): void {
    if (!this.#training) this.#begin();
  }

  override async onTestBatchEnd(progress: BatchProgress): Promise<void> {
    if (this.#training) return;
    this.#samples = progress.samples;
    await this.#draw(progress);
  }

  override onTestEnd(logs: Logs): void {
    if (this.#training) return;
    const seconds = (this.#now() - this.#startedMs) / 1000;
    const figures = `${formatDuration(seconds)} · ${formatRate(this.#samples / seconds)} · ${formatLogs(logs)}`;
    this.#finish(this.#live ? `${'━'.repeat(BAR_WIDTH)} ${figures}` : `Evaluation · ${figures}`);
  }

  #begin(): void {
    this.#startedMs = this.#now();
    this.#drawnMs = this.#startedMs;
    this.#samples = 0;
  }

  async #draw({ batch, batches, samples, logs }: BatchProgress): Promise<void> {
    const now = this.#now();
    if (!this.#live || now - this.#drawnMs < this.#intervalMs) return;
    const figures = formatLogs(await logs());
    // The clock is read again: waiting for the figures waited for the device too.
    this.#drawnMs = this.#now();
    const seconds = (this.#drawnMs - this.#startedMs) / 1000;
    const done = batch + 1;
    const part = batches === undefined ? undefined : Math.min(1, done / batches);
    const bar =
      part === undefined ? '' : `${'━'.repeat(Math.floor(part * BAR_WIDTH))}`.padEnd(BAR_WIDTH, '─');
    const left = part === undefined ? '' : `ETA ${formatDuration((seconds / part) * (1 - part))}`;
    const position = batches === undefined ? `${done}` : `${done}/${batches}`;
    this.#overwrite(
      [bar, position, [left, formatRate(samples / seconds), figures].filter(Boolean).join(' · ')].join(' '),
    );
  }

  #overwrite(line: string): void {
    const columns = this.#stream.columns ?? 120;
    this.#stream.write(`\r${line.slice(0, columns - 1)}\u001b[K`);
    this.#open = true;
  }

  #finish(line: string): void {
    this.#stream.write(this.#live ? `\r${line}\u001b[K\n` : `${line}\n`);
    this.#open = false;
  }
}
