/** Which cases of the conformance suite run in a page: the suite runs as a whole in Node. */
import type { ConformanceCase } from '@hadal/testkit';

/** Where kernels are ready at once, some cases of every group show that it works in a page. */
const CASES_PER_GROUP = 4;

/** The first cases of every group. */
export function someOfEveryGroup(cases: readonly ConformanceCase[]): ConformanceCase[] {
  const taken = new Map<string, number>();
  return cases.filter(({ group }) => {
    const count = (taken.get(group) ?? 0) + 1;
    taken.set(group, count);
    return count <= CASES_PER_GROUP;
  });
}

/** Groups by the kernels that they come to. A driver takes long to compile each, so that there are no others. */
const GROUPS_OF_KINDS: Readonly<Record<string, readonly string[]>> = {
  'element-wise': ['add', 'div', 'exp', 'log1p', 'sin', 'erf', 'pow', 'where', 'cast', 'bitcast'],
  'NaN and infinities': ['isNaN', 'isInf', 'maximum', 'minimum', 'sign', 'fmax', 'nanToNum', 'equal'],
  'rules of integers': ['floorDiv', 'mod', 'leftShift', 'rightShift', 'bitwiseXor', 'popcount'],
  reductions: ['sum', 'mean', 'max', 'argMax', 'prod', 'logSumExp', 'cov'],
  rows: ['softmax', 'layerNorm', 'rmsNorm', 'sparseSoftmaxCrossEntropy'],
  views: ['transpose', 'slice', 'pad', 'flip', 'tile', 'concat', 'split', 'reshape'],
  'gathers and scatters': ['gather', 'take', 'gatherNd', 'scatterAdd', 'scatterMax', 'setAt'],
  'scans and sorts': ['cumSum', 'cumProd', 'cumMax', 'sort', 'topK', 'scan'],
  products: ['matmul', 'dot', 'einsum', 'outer', 'scaledDotProductAttention'],
  convolutions: ['conv1d', 'conv2d', 'conv2dTranspose', 'depthwiseConv2d', 'maxPool2d', 'avgPool2d'],
  'recurrent steps': ['lstm', 'gru'],
  'random numbers': ['random', 'randomUniform', 'randomNormal'],
  'programs, state and training': ['fusion', 'variables', 'compile', 'numbers', 'training'],
};

/** Cases of a group that are taken, spread over it: plain, seen through views, differentiated. */
const CASES_PER_KIND_GROUP = 2;

/** What a device of 32 bits refuses shows nothing of its kernels. */
const isComputed = ({ name }: ConformanceCase): boolean => !/64/.test(name);

/**
 * Some cases of groups that together come to every kind of kernel.
 *
 * @throws {RangeError} when the suite has no case of one of these groups
 */
export function someOfEveryKind(cases: readonly ConformanceCase[]): ConformanceCase[] {
  return Object.values(GROUPS_OF_KINDS).flatMap((groups) =>
    groups.flatMap((group) => {
      const members = cases.filter((each) => each.group === group && isComputed(each));
      if (members.length === 0) throw new RangeError(`the conformance suite has no cases of ${group}`);
      return members.filter((_, i) => {
        const place = (at: number): number => Math.floor((at * CASES_PER_KIND_GROUP) / members.length);
        return i === 0 || place(i) !== place(i - 1);
      });
    }),
  );
}
