/**
 * The module of attention, or of its gradient: one head, a block of queries at a time, whose scores become weights before
 * the next block is begun (Milakov, Gimelshein 2018; Dao et al. 2022). Causal blocks end with the last key that they reach.
 */
import type { AttentionPayload } from '@hadal/core/attention';
import type { EmitOptions } from '../../emit/index';
import { type Callable, type Code, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { advance, define } from '../gemm/define';
import { emitMultiply, emitPack, PANEL_BYTES, PANEL_COLUMNS } from '../panels';
import { BYTES, type Word, wordAt } from './layout';
import { emitScaleRows, emitSlopes, emitWeigh } from './rows';

export interface AttentionKernels {
  /** One head; `own` is the workspace of the thread. */
  attend(words: number, own: number): void;
}

export function emitAttentionModule(
  { isGradient }: AttentionPayload,
  { relaxed }: EmitOptions,
): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const functions = {
    pack: emitPack(module),
    multiply: emitMultiply(module, relaxed),
    scaleRows: emitScaleRows(module),
    weigh: emitWeigh(module, relaxed),
    slopes: emitSlopes(module, relaxed),
  };
  const head = new Head(module, functions);
  if (isGradient) head.differentiate();
  else head.attend();
  return module;
}

type Functions = Readonly<Record<'pack' | 'multiply' | 'scaleRows' | 'weigh' | 'slopes', Callable>>;

/** Writes one value on the stack. */
type Push = () => void;

/** A left operand: where it is, and the bytes to its next row and its next element. */
interface Left {
  readonly at: Push;
  readonly row: Push;
  readonly step: Push;
}

/** The function of one head, while it is written. */
class Head {
  readonly #code: Code;
  readonly #words: Local;
  readonly #own: Local;
  readonly #functions: Functions;
  /** The first query of a block, its rows; the keys that it reaches, in bytes of whole panels as well. */
  readonly #first: Local;
  readonly #rows: Local;
  readonly #reached: Local;
  readonly #reachedBytes: Local;
  /** Keys that some query reaches, and the bytes of a row of scores. */
  readonly #keys: Local;
  readonly #scoresRow: Local;

  constructor(module: ModuleBuilder, functions: Functions) {
    const { code, parameters } = define(module, 2, { exportAs: 'attend' });
    this.#code = code;
    [this.#words, this.#own] = parameters;
    this.#functions = functions;
    this.#first = code.local('i32');
    this.#rows = code.local('i32');
    this.#reached = code.local('i32');
    this.#reachedBytes = code.local('i32');
    this.#keys = code.local('i32');
    this.#scoresRow = code.local('i32');
  }

  attend(): void {
    const { word, local } = this;
    this.#reach(this.#keys, word('queries'));
    this.#panelBytes(local(this.#keys), this.#scoresRow);
    this.#pack('packedKeys', word('key'), 'depth', 'keyColumn', local(this.#keys), 'keyRow');
    this.#pack('packedWeighted', word('value'), this.#keys, 'valueRow', word('width'), 'valueColumn');
    this.#eachBlock(() => {
      this.#weigh();
      this.#multiply(
        this.#scoresByRow('scores'),
        local(this.#reached),
        'packedWeighted',
        local(this.#keys),
        word('width'),
        'results',
        { rows: local(this.#rows) },
      );
      this.#scaleRows(
        this.#advanced('output', this.#bytes(word('width'))),
        this.#bytes(word('width')),
        { at: this.place('results'), row: this.#panelRow(word('width')), step: this.number(BYTES) },
        word('width'),
        this.place('factors'),
        BYTES,
      );
    });
  }

  differentiate(): void {
    const { word, local, number } = this;
    const [keys, reached] = [local(this.#keys), local(this.#reached)];
    this.#reach(this.#keys, word('queries'));
    this.#panelBytes(keys, this.#scoresRow);
    this.#pack('packedKeys', word('key'), 'depth', 'keyColumn', keys, 'keyRow');
    this.#pack('packedValues', word('value'), 'width', 'valueColumn', keys, 'valueRow');
    this.#pack('packedWeighted', word('key'), this.#keys, 'keyRow', word('depth'), 'keyColumn');
    this.#clear('keySums', 'depth');
    this.#clear('valueSums', 'width');
    const cotangent: Left = {
      at: this.#advanced('cotangent', word('cotangentRow')),
      row: word('cotangentRow'),
      step: word('cotangentColumn'),
    };
    const rows = { rows: local(this.#rows) };
    /** Scores with keys as rows, for what all queries of the block add to each key. */
    const byKey = (place: Word): Left => ({
      at: this.place(place),
      row: number(BYTES),
      step: local(this.#scoresRow),
    });
    this.#eachBlock(() => {
      this.#weigh();
      this.#multiply(cotangent, word('width'), 'packedValues', word('width'), reached, 'slopes', rows);
      this.#call('slopes', [
        this.place('scores'),
        this.place('slopes'),
        local(this.#scoresRow),
        local(this.#rows),
        local(this.#reachedBytes),
        this.place('factors'),
      ]);
      this.#pack(
        'packedCotangents',
        cotangent.at,
        this.#rows,
        'cotangentRow',
        word('width'),
        'cotangentColumn',
      );
      const adding = { rows: reached, isAdding: true };
      this.#multiply(
        byKey('scores'),
        local(this.#rows),
        'packedCotangents',
        local(this.#rows),
        word('width'),
        'valueSums',
        adding,
      );
      this.#call('pack', [
        this.place('packedQueries'),
        this.place('scaledQueries'),
        local(this.#rows),
        this.#bytes(word('depth')),
        word('depth'),
        number(BYTES),
      ]);
      this.#multiply(
        byKey('slopes'),
        local(this.#rows),
        'packedQueries',
        local(this.#rows),
        word('depth'),
        'keySums',
        adding,
      );
      this.#multiply(
        this.#scoresByRow('slopes'),
        reached,
        'packedWeighted',
        keys,
        word('depth'),
        'results',
        rows,
      );
      this.#scaleRows(
        this.#advanced('output', this.#bytes(word('depth'))),
        this.#bytes(word('depth')),
        { at: this.place('results'), row: this.#panelRow(word('depth')), step: number(BYTES) },
        word('depth'),
        this.#address('scale'),
        0,
      );
    });
    this.#finish('forKey', 'keySums', 'depth');
    this.#finish('forValue', 'valueSums', 'width');
  }

  /** A word; a place in the thread's workspace; a local; a number. */
  readonly word =
    (word: Word): Push =>
    () => {
      this.#code.get(this.#words).memory(MemoryOp.i32_load, wordAt(word));
    };
  readonly place =
    (word: Word): Push =>
    () => {
      this.word(word)();
      this.#code.get(this.#own).op(Op.i32_add);
    };
  readonly local =
    (local: Local): Push =>
    () => {
      this.#code.get(local);
    };
  readonly number =
    (value: number): Push =>
    () => {
      this.#code.i32(value);
    };

  /** The address of a word. */
  #address(word: Word): Push {
    return () => {
      this.#code.get(this.#words).i32(wordAt(word)).op(Op.i32_add);
    };
  }

  /** Bytes of so many elements, and of a row of panels of so many columns. */
  #bytes(count: Push): Push {
    return () => {
      count();
      this.#code.i32(BYTES).op(Op.i32_mul);
    };
  }

  #panelRow(columns: Push): Push {
    return () => {
      this.#panels(columns)();
      this.#code.i32(PANEL_BYTES).op(Op.i32_mul);
    };
  }

  #panels(columns: Push): Push {
    return () => {
      columns();
      this.#code
        .i32(PANEL_COLUMNS - 1)
        .op(Op.i32_add)
        .i32(PANEL_COLUMNS)
        .op(Op.i32_div_u);
    };
  }

  #panelBytes(columns: Push, into: Local): void {
    this.#panelRow(columns)();
    this.#code.set(into);
  }

  /** A matrix from the first row of the block on. */
  #advanced(word: Word, row: Push): Push {
    return () => {
      this.word(word)();
      this.#code.get(this.#first);
      row();
      this.#code.op(Op.i32_mul).op(Op.i32_add);
    };
  }

  #scoresByRow(place: Word): Left {
    return { at: this.place(place), row: this.local(this.#scoresRow), step: this.number(BYTES) };
  }

  #call(name: keyof Functions, values: readonly Push[]): void {
    for (const push of values) push();
    this.#code.call(this.#functions[name]);
  }

  /** Keys that the queries before `end` may attend to. */
  #reach(into: Local, end: Push): void {
    const code = this.#code;
    this.word('keys')();
    code.set(into);
    this.word('isCausal')();
    code.if(() =>
      code.scratch(['i32'], (last) => {
        end();
        code.tee(last).get(into).get(last).get(into).op(Op.i32_lt_s).op(Op.select).set(into);
      }),
    );
  }

  #pack(
    target: Word,
    source: Push,
    inner: Word | Local,
    innerBytes: Word,
    columns: Push,
    columnBytes: Word,
  ): void {
    const count = typeof inner === 'string' ? this.word(inner) : this.local(inner);
    this.#call('pack', [
      this.place(target),
      source,
      count,
      this.word(innerBytes),
      columns,
      this.word(columnBytes),
    ]);
  }

  /** `left` times the first `inner` of `packedInner` rows of a packed matrix. Rows of results are those of panels, or of scores. */
  #multiply(
    left: Left,
    inner: Push,
    packed: Word,
    packedInner: Push,
    columns: Push,
    to: Word,
    { rows, isAdding = false }: { readonly rows: Push; readonly isAdding?: boolean },
  ): void {
    const isScores = to === 'scores' || to === 'slopes';
    this.#call('multiply', [
      left.at,
      left.row,
      left.step,
      inner,
      this.place(packed),
      () => {
        packedInner();
        this.#code.i32(PANEL_BYTES).op(Op.i32_mul);
      },
      this.#panels(columns),
      this.place(to),
      isScores ? this.local(this.#scoresRow) : this.#panelRow(columns),
      this.number(isAdding ? 1 : 0),
      rows,
    ]);
  }

  #scaleRows(
    target: Push,
    targetRow: Push,
    source: Left,
    columns: Push,
    factors: Push,
    factorStep: number,
    rows: Push = this.local(this.#rows),
  ): void {
    this.#call('scaleRows', [
      target,
      targetRow,
      source.at,
      source.row,
      source.step,
      rows,
      columns,
      factors,
      this.number(factorStep),
    ]);
  }

  #eachBlock(body: () => void): void {
    const code = this.#code;
    code.scratch(['i32', 'i32'], (queries, size) => {
      this.word('queries')();
      code.set(queries);
      code.i32(0).set(this.#first);
      code.block((leave) => {
        code.loop((repeat) => {
          code.get(queries).get(this.#first).op(Op.i32_sub).tee(this.#rows);
          code.i32(0).op(Op.i32_le_s).brIf(leave);
          this.word('blockRows')();
          code.tee(size).get(this.#rows).get(size).get(this.#rows).op(Op.i32_lt_s).op(Op.select);
          code.set(this.#rows);
          this.#reach(this.#reached, () => code.get(this.#first).get(this.#rows).op(Op.i32_add));
          this.#panelBytes(this.local(this.#reached), this.#reachedBytes);
          body();
          advance(code, this.#first, this.#rows);
          code.br(repeat);
        });
      });
    });
  }

  /** The scores of a block, as exponentials. */
  #weigh(): void {
    const { word, local } = this;
    const depth = this.#bytes(word('depth'));
    this.#scaleRows(
      this.place('scaledQueries'),
      depth,
      {
        at: this.#advanced('query', word('queryRow')),
        row: word('queryRow'),
        step: word('queryColumn'),
      },
      word('depth'),
      this.#address('scale'),
      0,
    );
    this.#multiply(
      { at: this.place('scaledQueries'), row: depth, step: this.number(BYTES) },
      word('depth'),
      'packedKeys',
      word('depth'),
      local(this.#reached),
      'scores',
      { rows: local(this.#rows) },
    );
    this.#call('weigh', [
      local(this.#words),
      this.place('scores'),
      local(this.#scoresRow),
      local(this.#rows),
      local(this.#first),
      local(this.#reached),
      local(this.#reachedBytes),
      this.place('factors'),
    ]);
  }

  /** Sets the sums of all keys to 0. */
  #clear(place: Word, columns: Word): void {
    const code = this.#code;
    code.scratch(['i32', 'i32'], (at, end) => {
      this.place(place)();
      code.tee(at).get(this.#keys);
      this.#panelRow(this.word(columns))();
      code.op(Op.i32_mul).op(Op.i32_add).set(end);
      code.while(at, end, PANEL_BYTES, () => {
        for (const offset of [0, PANEL_BYTES / 2]) code.get(at).f32x4(0).memory(MemoryOp.v128_store, offset);
      });
    });
  }

  /** Sums to where they belong; keys that no query reaches have none. */
  #finish(target: Word, sums: Word, columns: Word): void {
    const code = this.#code;
    const row = this.#bytes(this.word(columns));
    this.#scaleRows(
      this.word(target),
      row,
      { at: this.place(sums), row: this.#panelRow(this.word(columns)), step: this.number(BYTES) },
      this.word(columns),
      this.#address('one'),
      0,
      this.local(this.#keys),
    );
    const end = (keys: Push): void => {
      this.word(target)();
      keys();
      row();
      code.op(Op.i32_mul).op(Op.i32_add);
    };
    code.scratch(['i32', 'i32'], (at, last) => {
      end(this.local(this.#keys));
      code.set(at);
      end(this.word('keys'));
      code.set(last);
      code.while(at, last, BYTES, () => code.get(at).f32(0).memory(MemoryOp.f32_store));
    });
  }
}
