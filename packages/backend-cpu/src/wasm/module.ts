/**
 * A WebAssembly module: functions over one imported memory (`env.memory`), encoded to bytes at run time.
 */
import { ByteWriter } from './bytes';
import { type Callable, Code, VALUE_TYPE_CODES, type ValueType } from './code';

const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const FUNCTION_TYPE = 0x60;
const EXPORT_FUNCTION = 0x00;
const IMPORT_FUNCTION = 0x00;
const IMPORT_MEMORY = 0x02;
/** A memory with a maximum, for one thread or for several. */
const LIMITED = 0x01;
const LIMITED_SHARED = 0x03;
/** Pages of 64 KiB that a 32-bit memory can have at most. */
export const MAXIMUM_PAGES = 65536;

export interface FunctionOptions {
  readonly parameters?: readonly ValueType[];
  readonly results?: readonly ValueType[];
  /** The name under which the module exports the function; not exported when left out. */
  readonly exportAs?: string;
}

interface DefinedFunction {
  readonly options: FunctionOptions;
  readonly code: Code;
}

/**
 * Builds one module.
 *
 * @example
 * const module = new ModuleBuilder();
 * const { code } = module.function({ parameters: ['i32'], results: ['i32'], exportAs: 'next' });
 * code.get(code.parameter(0)).i32(1).op(Op.i32_add);
 * const { next } = new WebAssembly.Instance(new WebAssembly.Module(module.encode())).exports;
 */
export class ModuleBuilder {
  readonly #imported: (FunctionOptions & { readonly name: string })[] = [];
  readonly #functions: DefinedFunction[] = [];
  #memory = false;

  /** Declares the import `env.memory` (a memory of any size up to 4 GiB). */
  importMemory(): this {
    this.#memory = true;
    return this;
  }

  /** Declares the import `env.<name>`; to be called before any function is declared. */
  importFunction(name: string, options: FunctionOptions): Callable {
    return { index: this.#imported.push({ ...options, name }) - 1 };
  }

  /** Declares a function and returns its body builder; it can be called by earlier and later functions. */
  function(options: FunctionOptions): Callable & { readonly code: Code } {
    const code = new Code(options.parameters ?? []);
    this.#functions.push({ options, code });
    return { index: this.#imported.length + this.#functions.length - 1, code };
  }

  /** The module's bytes. @param isShared whether the memory that it imports is shared between threads */
  encode(isShared = false): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter();
    out.bytes(MAGIC_AND_VERSION);
    const section = (id: number, count: number, fill: (content: ByteWriter) => void): void => {
      if (count === 0) return;
      const content = new ByteWriter();
      content.unsigned(count);
      fill(content);
      out.byte(id);
      out.sized(content.written);
    };
    const types = [...this.#imported, ...this.#functions.map(({ options }) => options)];
    section(SECTION.type, types.length, (content) => {
      for (const options of types) {
        content.byte(FUNCTION_TYPE);
        for (const list of [options.parameters ?? [], options.results ?? []]) {
          content.unsigned(list.length);
          for (const type of list) content.byte(VALUE_TYPE_CODES[type]);
        }
      }
    });
    section(SECTION.import, this.#imported.length + (this.#memory ? 1 : 0), (content) => {
      this.#imported.forEach(({ name }, index) => {
        content.name('env');
        content.name(name);
        content.byte(IMPORT_FUNCTION);
        content.unsigned(index);
      });
      if (!this.#memory) return;
      content.name('env');
      content.name('memory');
      content.byte(IMPORT_MEMORY);
      content.byte(isShared ? LIMITED_SHARED : LIMITED);
      content.unsigned(0);
      content.unsigned(MAXIMUM_PAGES);
    });
    section(SECTION.function, this.#functions.length, (content) => {
      for (let index = this.#imported.length; index < types.length; index++) content.unsigned(index);
    });
    const exported = this.#functions.flatMap(({ options }, index) =>
      options.exportAs === undefined
        ? []
        : [{ name: options.exportAs, index: this.#imported.length + index }],
    );
    section(SECTION.export, exported.length, (content) => {
      for (const { name, index } of exported) {
        content.name(name);
        content.byte(EXPORT_FUNCTION);
        content.unsigned(index);
      }
    });
    section(SECTION.code, this.#functions.length, (content) => {
      for (const { code } of this.#functions) code.encode(content);
    });
    return Uint8Array.from(out.written);
  }
}
