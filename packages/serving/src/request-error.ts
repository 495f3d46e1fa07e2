/**
 * An error that is the client's to fix (or to wait out), with the HTTP status it is answered with. Only messages of
 * this class leave the server; whatever else goes wrong is logged and answered in general words.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  /**
   * @param status  the HTTP status of the answer
   * @param message what was given and what was expected, in one line and without anything private to the server
   */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** How much of a text that the client sent is repeated in a message to it. */
const QUOTED_CHARACTERS = 60;

/** A value from a request, short enough to be repeated in a message. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= QUOTED_CHARACTERS ? text : `${text.slice(0, QUOTED_CHARACTERS)}…`;
}
