/**
 * The packages that hold the addon, one for each platform: an operating system, a processor and, on Linux, a C library.
 */

export interface Platform {
  /** As `process.platform` says it. */
  readonly os: string;
  /** As `process.arch` says it. */
  readonly cpu: string;
  /** Linux has two C libraries, and an addon is built for one of them. */
  readonly libc: 'glibc' | 'musl' | undefined;
}

/** Platforms that addons are built for, as the ends of package names. */
export const PLATFORMS: readonly string[] = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-x64',
];

/** Such as `linux-x64-gnu`. */
export const platformName = ({ os, cpu, libc }: Platform): string =>
  `${os}-${cpu}${libc === undefined ? '' : libc === 'musl' ? '-musl' : '-gnu'}`;

/** The package that holds the addon built for a platform. */
export const platformPackage = (name: string): string => `@hadal/backend-native-${name}`;

/** The platforms of an operating system and a processor, with every C library; glibc, which most systems have, is first. */
export function platformsOf(os: string, cpu: string): string[] {
  const name = `${os}-${cpu}`;
  return PLATFORMS.filter((platform) => platform === name || platform.startsWith(`${name}-`));
}

/** The platform of this process. On Linux it is found by a report on the process, which takes milliseconds. */
export function thisPlatform(): Platform {
  const { platform: os, arch: cpu } = process;
  return { os, cpu, libc: os === 'linux' ? linuxLibrary() : undefined };
}

/** A process linked to glibc knows its version. */
function linuxLibrary(): 'glibc' | 'musl' {
  const report: unknown = process.report?.getReport();
  const header =
    typeof report === 'object' && report !== null && 'header' in report ? report.header : undefined;
  const isGlibc = typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header;
  return isGlibc ? 'glibc' : 'musl';
}
