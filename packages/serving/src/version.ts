/** The version of this package, which the server metadata names. */
export const VERSION = '0.1.0';
