/** Progress in a page: an element that shows what a terminal would show. */
import type { ProgressStream } from './progress-bar';

/** What text can be put into; a `<pre>` keeps the lines apart. */
export interface TextElement {
  /** What the page shows. */
  textContent: string | null;
}

/** A return to the beginning of the line, and what clears the rest of it. */
const RETURN = '\r';
const CLEAR = '\u001b[K';

/**
 * A stream for `ProgressBar` that writes into an element, whose last line is overwritten as on a terminal.
 *
 * @param element empty, or with text to go on after
 * @param columns most characters of a live line (default 100)
 * @example
 * const bar = new ProgressBar({ stream: pageStream(document.querySelector('pre')!) });
 * await model.fit(x, y, { epochs: 5, verbose: 0, callbacks: [bar] });
 */
export function pageStream(
  element: TextElement,
  { columns = 100 }: { readonly columns?: number } = {},
): ProgressStream {
  let done = element.textContent ?? '';
  let line = '';
  return {
    isTTY: true,
    columns,
    write: (text) => {
      for (const part of text.replaceAll(CLEAR, '').split(/(\r|\n)/)) {
        if (part === '\n') {
          done += `${line}\n`;
          line = '';
        } else if (part === RETURN) line = '';
        else line += part;
      }
      element.textContent = done + line;
    },
  };
}
