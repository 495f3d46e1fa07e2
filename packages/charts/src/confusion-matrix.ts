/**
 * Which classes are taken for which, as a table: rows are what samples are, columns what they were taken for. It is real
 * text, so that it can be read aloud, selected and copied.
 */
import { ArgumentError, type HostArray, ShapeError } from '@hadal/core';
import { type Chart, type ChartOptions, requirePage } from './figure';
import { ensureStyles } from './theme';

export interface ConfusionMatrixOptions extends Pick<ChartOptions, 'title'> {
  /** Name of class 0, of class 1, and so on (default: the numbers). */
  readonly classNames?: readonly string[];
}

const WHERE = 'confusionMatrixChart';

/** Counts by class and predicted class, as `ConfusionMatrix.matrix()` of `@hadal/layers` gives them. */
export type MatrixCounts = HostArray | readonly (readonly number[])[];

/** @throws {ShapeError} when the counts are not square */
function rowsOf(counts: MatrixCounts): readonly (readonly number[])[] {
  if (!('data' in counts)) {
    const wrong = counts.find((row) => row.length !== counts.length);
    if (wrong === undefined && counts.length > 0) return counts;
    throw new ShapeError(
      WHERE,
      `${counts.length} rows have ${wrong?.length ?? 0} counts; expected a square.`,
    );
  }
  const [classes = 0, across] = counts.shape;
  if (counts.shape.length !== 2 || classes !== across || classes === 0)
    throw new ShapeError(
      WHERE,
      `counts of shape [${counts.shape.join(', ')}] were given; expected [classes, classes].`,
    );
  return Array.from({ length: classes }, (_, row) => [
    ...counts.data.slice(row * classes, (row + 1) * classes),
  ]);
}

/** A table of counts, which can be replaced. */
export class ConfusionMatrixChart implements Chart {
  readonly element: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #title: string;
  readonly #classNames: readonly string[] | undefined;

  constructor(container: Element, counts: MatrixCounts, { title, classNames }: ConfusionMatrixOptions) {
    requirePage(WHERE, container, undefined);
    const document = container.ownerDocument;
    ensureStyles(document);
    this.#title = title;
    this.#classNames = classNames;
    this.element = document.createElement('div');
    this.element.className = 'hadal-scroll';
    this.#table = document.createElement('table');
    this.#table.className = 'hadal-matrix';
    this.element.append(this.#table);
    this.update(counts);
    container.append(this.element);
  }

  /**
   * Shows other counts.
   *
   * @throws {ShapeError} when they are not square
   * @throws {ArgumentError} when there are more or fewer class names
   */
  update(counts: MatrixCounts): void {
    const rows = rowsOf(counts);
    const names = this.#classNames ?? rows.map((_, index) => String(index));
    if (names.length !== rows.length)
      throw new ArgumentError(WHERE, `${names.length} class names were given for ${rows.length} classes.`);
    this.#table.replaceChildren();
    this.#table.createCaption().textContent = this.#title;
    const head = this.#table.createTHead().insertRow();
    this.#heading(head, 'is ↓ taken for →');
    for (const name of names) this.#heading(head, name, 'col');
    const body = this.#table.createTBody();
    for (const [is, row] of rows.entries()) this.#fill(body.insertRow(), is, row, names);
  }

  remove(): void {
    this.element.remove();
  }

  #fill(line: HTMLTableRowElement, is: number, row: readonly number[], names: readonly string[]): void {
    const total = row.reduce((sum, count) => sum + count, 0);
    this.#heading(line, names[is] ?? '', 'row');
    for (const [taken, count] of row.entries()) {
      const cell = line.insertCell();
      const share = total === 0 ? 0 : Math.round((100 * count) / total);
      cell.textContent = String(count);
      cell.title = `${names[is]} taken for ${names[taken]}: ${count} of ${total}, ${share} %`;
      cell.dataset.side = taken === is ? 'right' : 'wrong';
      cell.style.setProperty('--share', `${share}%`);
    }
  }

  #heading(row: HTMLTableRowElement, text: string, scope?: 'col' | 'row'): void {
    const heading = row.ownerDocument.createElement('th');
    heading.textContent = text;
    if (scope !== undefined) heading.scope = scope;
    row.append(heading);
  }
}

/**
 * Puts a confusion matrix into a page. The fuller a cell, the larger the share of its row; blue is right, orange is wrong.
 *
 * @param container is given the table as its last child
 * @param counts    by class and predicted class
 * @throws {ShapeError} when the counts are not square
 * @throws {ArgumentError} where there is no page, or there are more or fewer class names
 * @example
 * const confusion = new ConfusionMatrix(10);
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: [confusion] });
 * await model.evaluate(test.batch(256));
 * confusionMatrixChart(document.body, await confusion.matrix(), { title: 'Test images', classNames });
 */
export const confusionMatrixChart = (
  container: Element,
  counts: MatrixCounts,
  options: ConfusionMatrixOptions,
): ConfusionMatrixChart => new ConfusionMatrixChart(container, counts, options);
