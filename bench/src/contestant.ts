/**
 * One program under measurement: a process of its own, so that no contestant's heap, threads or engine flags touch
 * another's.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

export interface ContestantSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What one round took, and what it computed. */
export interface Round {
  readonly seconds: number;
  readonly values: readonly number[];
  /** What the process holds in memory afterwards. */
  readonly residentBytes: number;
}

type Answer = { ready: true } | Round | { failed: string };

/** A contestant could not do the work; the message is its own. */
export class ContestantError extends Error {}

export class ContestantProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  constructor({ command, args, env }: ContestantSpec) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env } });
    this.#child.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** @throws {ContestantError} when it cannot do this problem */
  async prepare(problemFile: string): Promise<void> {
    await this.#ask({ prepare: problemFile });
  }

  /** @throws {ContestantError} when it fails on the way */
  async round(count: number): Promise<Round> {
    const answer = await this.#ask({ round: count });
    if (!('seconds' in answer)) throw new ContestantError('it answered without a time');
    return answer;
  }

  /** The line of its error output that says most. */
  #lastError(): string {
    const lines = this.#errors.trim().split('\n');
    return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
  }

  close(): void {
    this.#lines.close();
    this.#child.kill();
  }

  async #ask(request: object): Promise<Exclude<Answer, { failed: string }>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new ContestantError(`it ended early: ${this.#lastError()}`);
      if (!value.startsWith('{')) continue;
      const answer: Answer = JSON.parse(value);
      if ('failed' in answer) throw new ContestantError(answer.failed);
      return answer;
    }
  }
}
