/** Which release of the package this is, for errors about two copies of it. */

/** Put in by the build; sources that run as they are have no version. */
declare const HADAL_VERSION: string | undefined;

/** The version of this package. */
export const version: string = typeof HADAL_VERSION === 'string' ? HADAL_VERSION : 'unbuilt';
