/** The parts of the page that its program fills and listens to. */

/** @throws {Error} when the page has no such element */
function find<T extends Element>(id: string, kind: abstract new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} #${id}.`);
}

export const page = {
  images: find('images', HTMLInputElement),
  epochs: find('epochs', HTMLInputElement),
  train: find('train', HTMLButtonElement),
  pause: find('pause', HTMLButtonElement),
  fresh: find('fresh', HTMLButtonElement),
  place: find('place', HTMLSelectElement),
  save: find('save', HTMLButtonElement),
  load: find('load', HTMLButtonElement),
  file: find('file', HTMLInputElement),
  status: find('status', HTMLElement),
  device: find('device', HTMLElement),
  accuracy: find('accuracy', HTMLElement),
  speed: find('speed', HTMLElement),
  longest: find('longest', HTMLElement),
  charts: find('charts', HTMLElement),
  matrix: find('matrix', HTMLElement),
  explanations: find('explanations', HTMLElement),
};

/** Says what is going on, or what went wrong. */
export function say(text: string, hasFailed = false): void {
  page.status.textContent = text;
  page.status.classList.toggle('failed', hasFailed);
}
