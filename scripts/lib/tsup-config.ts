/**
 * The one build recipe of every package: ESM and type declarations for exactly the files its `exports` map names.
 *
 * Entries are derived from the map, so that a subpath is declared in one place. Code shared by several entries goes
 * into common chunks: a class must exist once, whichever entry it is imported through.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type PluginBuild, transformSync } from 'esbuild';
import { defineConfig, type Options } from 'tsup';
import { exportedFiles, sourceOf } from './package-exports.mjs';

/**
 * A module that is only imported dynamically, built as a file without shared chunks: it carries copies of what it uses.
 * Bundlers of applications otherwise move everything that it shares with the rest into chunks of their own, which
 * compress worse. What has state, and classes that are told apart by identity, must not be copied.
 */
const APART = 'on-demand';

/** Where such a file of core finds what it may not copy. */
const SHARED = 'shared';

const resolveApart = {
  name: 'resolve-apart',
  setup(build: PluginBuild) {
    build.onResolve({ filter: /\/on-demand$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${APART}.js`, external: true } : undefined,
    );
  },
};

/** @param modules below `src`, whose exports are also those of `src/shared.ts` */
const resolveShared = (packageDir: string, modules: readonly string[]) => ({
  name: 'resolve-shared',
  setup(build: PluginBuild) {
    const paths = new Set(modules.map((module) => join(packageDir, 'src', module)));
    build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
      paths.has(resolve(resolveDir, path)) ? { path: `./${SHARED}.js`, external: true } : undefined,
    );
  },
});

/** The entry of core that has what programs need that only predict. */
const RUNTIME = '@hadal/core/runtime';
const RUNTIME_SOURCE = join(import.meta.dirname, '../../packages/core/src/runtime.ts');

/** Lists of names that are imported from core, or from its entry for backends, or exported again. */
const CORE_NAMES = /^(import|export) \{([^}]*)\} from '(@hadal\/core(?:\/backend)?)';/gm;

/** The names in braces of an import or export. */
const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));

/**
 * Takes what the run-time entry of core has from there, which is loaded in a fraction of the time: packages are written as
 * if there were one core. A file that needs more loads both, and finds the same classes in them.
 */
function fromRuntime(text: string): string {
  const exported = [...readFileSync(RUNTIME_SOURCE, 'utf8').matchAll(/^export \{([^}]*)\}/gm)];
  const known = new Set(exported.flatMap(([, list = '']) => namesIn(list)));
  return text.replace(CORE_NAMES, (_, keyword: string, list: string, entry: string) => {
    const names = namesIn(list);
    const [inRuntime, beyond] = [true, false].map((is) =>
      names.filter((name) => known.has(name.replace(/ as .*/, '')) === is),
    );
    const from = (some: readonly string[] | undefined, path: string): string =>
      some === undefined || some.length === 0 ? '' : `${keyword} { ${some.join(', ')} } from '${path}';`;
    return from(inRuntime, RUNTIME) + from(beyond, entry);
  });
}

/** The modules that a source imports and needs at run time. */
const importedBy = (source: string): string[] =>
  [...readFileSync(source, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]* from '(\.[^']*)';/gm)].map(
    ([, path = '']) => resolve(dirname(source), path),
  );

/**
 * Reads sources for an early start. What the early entry of a package imports becomes one chunk: chunks are cut by which
 * entries reach what, and here every entry reaches all of it. A process spends about a millisecond on each file it loads.
 *
 * @param early   that entry
 * @param entries the others, but for those that are of `src/shared.ts` too
 */
const forEarlyStart = (early: string | undefined, entries: readonly string[]) => ({
  name: 'for-early-start',
  setup(build: PluginBuild) {
    const others = new Set(entries.filter((entry) => entry !== early));
    const reached = early === undefined ? [] : importedBy(early).map((path) => `import '${path}';\n`);
    // These imports run nothing, and esbuild says so.
    build.initialOptions.logOverride = { 'ignored-bare-import': 'silent' };
    build.onLoad({ filter: /\/packages\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
      contents: fromRuntime(readFileSync(path, 'utf8')) + (others.has(path) ? reached.join('') : ''),
      loader: 'ts',
    }));
  },
});

/** Comments of members of classes and objects, which esbuild does not drop; `// src/…` is its own and says where code is from. */
const MEMBER_COMMENTS = /^ *(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/|\/\/ (?!src\/).*)\n/gm;

/**
 * Leaves comments out of what is published: declarations have them. With their formulas gone, the text is ASCII, which
 * engines decode, keep and parse in half the memory.
 */
const dropComments = {
  name: 'drop-comments',
  renderChunk(code: string) {
    const left = code.replace(MEMBER_COMMENTS, '');
    const tokens = (text: string): string => transformSync(text, { minifyWhitespace: true }).code;
    if (tokens(left) !== tokens(code)) throw new Error('What looked like a comment is part of a string.');
    return { code: left };
  },
};

/** Entries of core that other packages carry a copy of: functions on plain data. */
const COPIED = [
  /^@hadal\/core\/(products|kernel)\//,
  /^@hadal\/core\/(attention|products|indexed|recurrent|slices)$/,
];

/**
 * The whole of a package and all that it needs as one minified module, for pages without a bundler. What is optional stays
 * outside: an import map says where it is.
 */
const singleFile = (packageDir: string, name: string, common: Options): Options => ({
  ...common,
  entry: { [`${name}.min`]: join(packageDir, 'src/single-file.ts') },
  platform: 'browser',
  noExternal: [/./],
  external: [/^node:/, /^@hadal\/(dataset-|backend-native)/],
  splitting: false,
  minify: true,
  plugins: [],
});

/** Where declarations find global names that TypeScript does not bring: in dependencies that only declare such. */
function globalTypes({
  dependencies = {},
}: {
  readonly dependencies?: Readonly<Record<string, string>>;
}): string {
  const declaring = Object.keys(dependencies).filter((name) => /^@types\/|\/types$/.test(name));
  return declaring.map((name) => `/// <reference types="${name}" />`).join('\n');
}

/**
 * @param packageDir absolute folder of the package
 * @param options.early  the entry for processes that are to predict soon after they start
 * @param options.apart  whether `src/on-demand.ts` is built as a file without shared chunks
 * @param options.shared modules below `src` that this file may not copy
 * @param options.single whether `src/single-file.ts` is built as one file with all that it needs
 * @returns its tsup configuration
 */
export function packageConfig(
  packageDir: string,
  {
    early,
    apart = false,
    shared = [],
    single = false,
  }: {
    readonly early?: string;
    readonly apart?: boolean;
    readonly shared?: readonly string[];
    readonly single?: boolean;
  } = {},
): ReturnType<typeof defineConfig> {
  const manifest = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
  const entry: Record<string, string> = {};
  for (const file of exportedFiles(manifest)) {
    entry[file.slice('./dist/'.length, -'.js'.length)] = sourceOf(packageDir, file);
  }
  const common = {
    format: 'esm' as const,
    target: 'es2022',
    platform: 'neutral' as const,
    external: [/^node:/, ...Object.keys(manifest.optionalDependencies ?? {})],
    treeshake: false,
    plugins: [dropComments],
    define: { HADAL_VERSION: JSON.stringify(manifest.version) },
    sourcemap: false,
    tsconfig: existsSync(join(packageDir, 'tsconfig.json')) ? 'tsconfig.json' : undefined,
  } satisfies Options;
  const main: Options = {
    ...common,
    entry: shared.length > 0 ? { ...entry, [SHARED]: join(packageDir, `src/${SHARED}.ts`) } : entry,
    splitting: true,
    // The other build writes there at the same time.
    clean: apart || single ? ['*', `!${APART}.js`, '!*.min.js'] : true,
    esbuildPlugins: [
      forEarlyStart(
        early && join(packageDir, `src/${early}.ts`),
        Object.keys(entry).flatMap((name) => (shared.includes(name) ? [] : (entry[name] ?? []))),
      ),
      ...(apart ? [resolveApart] : []),
    ],
    noExternal: COPIED,
    dts: {
      banner: globalTypes(manifest),
      // Types of other packages come from what they publish, not from their sources.
      compilerOptions: { paths: {}, composite: false, incremental: false },
    },
  };
  const onDemand: Options = {
    ...common,
    entry: { [APART]: join(packageDir, 'src/on-demand.ts') },
    splitting: false,
    noExternal: COPIED,
    esbuildPlugins: [forEarlyStart(undefined, []), resolveApart, resolveShared(packageDir, shared)],
  };
  return defineConfig([
    main,
    ...(apart ? [onDemand] : []),
    ...(single ? [singleFile(packageDir, basename(manifest.name), common)] : []),
  ]);
}
