/**
 * Functions in double precision against values computed with 40 digits: the conformance suite cannot see an error that
 * the interpreter makes as well.
 */
import { describe, expect, it } from 'vitest';
import * as hadal from '../../src/index';
import { valuesOf } from '../support/differences';

/** Each function with arguments and values; the latter from mpmath 1.3, rounded to float64. */
const KNOWN: readonly (readonly [
  (x: hadal.Tensor) => hadal.Tensor,
  readonly (readonly [number, number])[],
])[] = [
  [
    hadal.tan,
    [
      [0.7, 0.8422883804630794],
      [-1.57, -1255.7655915007897],
      [20.5, -12.528721729997956],
    ],
  ],
  [
    hadal.asin,
    [
      [1e-5, 1.0000000000166668e-5],
      [-0.3, -0.3046926540153975],
      [0.999, 1.526071239626163],
    ],
  ],
  [
    hadal.acos,
    [
      [1e-5, 1.5707863267948965],
      [-0.3, 1.8754889808102941],
      [0.999, 0.044725087168733454],
    ],
  ],
  [
    hadal.atan,
    [
      [1e-5, 9.999999999666668e-6],
      [-0.4, -0.3805063771123649],
      [0.9, 0.7328151017865066],
      [30, 1.5374753309166493],
    ],
  ],
  [
    hadal.sinh,
    [
      [1e-5, 1.0000000000166668e-5],
      [-2, -3.6268604078470186],
      [30, 5343237290762.231],
    ],
  ],
  [
    hadal.cosh,
    [
      [1e-5, 1.00000000005],
      [-2, 3.7621956910836314],
      [30, 5343237290762.231],
    ],
  ],
  [
    hadal.asinh,
    [
      [1e-5, 9.999999999833334e-6],
      [-2, -1.4436354751788103],
      [1000000000000.0, 28.324168296488494],
    ],
  ],
  [
    hadal.acosh,
    [
      [1.001, 0.04471763360830685],
      [2, 1.3169578969248168],
      [1000000000000.0, 28.324168296488494],
    ],
  ],
  [
    hadal.atanh,
    [
      [1e-5, 1.0000000000333334e-5],
      [-0.7, -0.8673005276940531],
      [0.9999, 4.951718775643099],
    ],
  ],
  [
    hadal.cbrt,
    [
      [2, 1.2599210498948732],
      [-1e-20, -2.1544346900318838e-7],
      [1e200, 4.641588833612779e66],
    ],
  ],
  [
    hadal.sinc,
    [
      [0.3, 0.8583936913341398],
      [-2.5, 0.12732395447351627],
      [7.25, -0.031045390212314002],
    ],
  ],
  [
    hadal.erfc,
    [
      [-1, 1.8427007929497148],
      [0.3, 0.6713732405408726],
      [2, 0.004677734981047266],
      [6, 2.1519736712498913e-17],
      [20, 5.395865611607901e-176],
    ],
  ],
  [
    hadal.erfInv,
    [
      [1e-5, 8.862269254759594e-6],
      [-0.4, -0.37080715859355795],
      [0.7, 0.7328690779592167],
      [0.9999, 2.75106390571208],
      [0.999999999999, 5.042031898572696],
    ],
  ],
  [
    hadal.lgamma,
    [
      [1e-5, 11.512919692895826],
      [0.4, 0.7966778177017837],
      [1.0001, -5.771334222047127e-5],
      [1.7, -0.09580769740706588],
      [2.3, 0.15418945495963046],
      [6.5, 5.662562059857142],
      [40, 106.63176026064346],
      [-2.3, 0.36956666345500805],
    ],
  ],
  [
    hadal.digamma,
    [
      [1e-5, -100000.57719921567],
      [0.4, -2.561384544585116],
      [1.7, 0.2085478748734939],
      [6.5, 1.792911330399933],
      [40, 3.676327374034843],
      [-2.3, 3.3173231575618227],
    ],
  ],
  [
    hadal.trigamma,
    [
      [1e-5, 10000000001.644909],
      [0.4, 7.275356590529597],
      [1.7, 0.7932328301639984],
      [6.5, 0.16628453574995825],
      [40, 0.02531510384129103],
      [-2.3, 14.725912160961292],
    ],
  ],
];

describe('functions in float64', () => {
  it.each(KNOWN.map(([f, pairs]) => [f.name, f, pairs] as const))(
    '%s is right to 14 digits',
    (_, f, pairs) => {
      const x = hadal.tensor(
        pairs.map(([argument]) => argument),
        { dtype: 'float64' },
      );
      const values = valuesOf(f(x));
      pairs.forEach(([argument, value], index) => {
        expect(Math.abs((values[index] ?? 0) / value - 1), `at ${argument}`).toBeLessThan(1e-14);
      });
    },
  );
});

describe('functions in float16', () => {
  it('are computed in float32 and rounded once', () => {
    const x = hadal.tensor([0.5, 3, 20], { dtype: 'float16' });
    for (const f of [hadal.lgamma, hadal.erfc, hadal.atan, hadal.asinh, hadal.mish, hadal.logSigmoid]) {
      const result = f(x);
      expect(result.dtype).toBe('float16');
      expect(valuesOf(result)).toEqual(valuesOf(f(x.cast('float32')).cast('float16')));
    }
  });
});
