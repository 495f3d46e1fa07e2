/**
 * Starts other programs: with their output passed through, or kept for a report.
 */
import { spawn } from 'node:child_process';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]        working directory (default: the current one)
 * @property {Record<string, string | undefined>} [env] variables added to this process' own
 * @property {boolean} [quiet]     keep the output for the caller instead of passing it through
 * @property {number} [timeoutMs]  after this long the program is killed and its exit code is 124
 *
 * @typedef {object} RunResult
 * @property {number} code   exit code; 124 after a time-out, 127 when it could not be started
 * @property {string} output standard output and error together, when `quiet`
 * @property {string} stdout standard output alone, when `quiet`
 */

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 */
export function run(command, args, { cwd, env, quiet = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    let stdout = '';
    let timedOut = false;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, timeoutMs)
      : undefined;
    /** @param {number} code @param {string} [note] */
    const finish = (code, note = '') => {
      clearTimeout(timer);
      resolve({ code, output: output + note, stdout });
    };
    child.on('error', (error) => finish(127, `${command} could not be started: ${error.message}\n`));
    child.on('close', (code) => {
      if (timedOut) finish(124, `\n${command} was stopped after ${timeoutMs} ms.\n`);
      else finish(code ?? 1);
    });
  });
}

/**
 * @param {string} text
 * @param {number} [lines]
 * @returns {string} the last lines of a program's output, for a report
 */
export function tail(text, lines = 30) {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
