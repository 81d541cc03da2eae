/**
 * Expected points as a person writes them down: `30 + 30`, `10 * 1.5`, `floor(0.4 + 0.7)`. Exact
 * fractions of integers; nothing of the product is used.
 */
interface Exact {
  over: bigint;
  under: bigint;
}

const exact = (over: bigint, under: bigint): Exact =>
  under < 0n ? { over: -over, under: -under } : { over, under };

/** The value of an expression in billionths of a point; throws when it has more than nine places. */
export function billionthsOf(text: string): bigint {
  const tokens = text.match(/\d+(?:\.\d+)?|[a-z]+|[-+*/(),]/g) ?? [];
  if (tokens.join('') !== text.replace(/\s/g, '')) throw new Error(`No expression: ${text}`);
  const reader = new Reader(tokens);
  const { over, under } = reader.sum();
  if (!reader.isDone) throw new Error(`No expression: ${text}`);
  if ((over * 10n ** 9n) % under !== 0n) throw new Error(`More than nine places: ${text}`);
  return (over * 10n ** 9n) / under;
}

class Reader {
  private place = 0;

  constructor(private readonly tokens: readonly string[]) {}

  get isDone(): boolean {
    return this.place === this.tokens.length;
  }

  sum(): Exact {
    let sum = this.product();
    for (let sign = this.take('+', '-'); sign !== undefined; sign = this.take('+', '-')) {
      const next = this.product();
      const over = sign === '+' ? next.over : -next.over;
      sum = exact(sum.over * next.under + over * sum.under, sum.under * next.under);
    }
    return sum;
  }

  private product(): Exact {
    let product = this.factor();
    for (let sign = this.take('*', '/'); sign !== undefined; sign = this.take('*', '/')) {
      const next = this.factor();
      product =
        sign === '*'
          ? exact(product.over * next.over, product.under * next.under)
          : exact(product.over * next.under, product.under * next.over);
    }
    return product;
  }

  private factor(): Exact {
    if (this.take('-') !== undefined) {
      const { over, under } = this.factor();
      return exact(-over, under);
    }
    const name = this.take('floor', 'min', 'max', '(');
    if (name === undefined) return this.number();
    if (name !== '(') this.expect('(');
    const values = [this.sum()];
    while (this.take(',') !== undefined) values.push(this.sum());
    this.expect(')');
    return apply(name, values);
  }

  private number(): Exact {
    const token = this.tokens[this.place];
    if (token === undefined || !/^\d/.test(token)) throw new Error(`No number: ${String(token)}`);
    this.place += 1;
    const [whole = '', fraction = ''] = token.split('.');
    return exact(BigInt(whole + fraction), 10n ** BigInt(fraction.length));
  }

  private take(...wanted: string[]): string | undefined {
    const token = this.tokens[this.place];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.place += 1;
    return token;
  }

  private expect(token: string): void {
    if (this.take(token) === undefined) throw new Error(`There must be a ${token}.`);
  }
}

function apply(name: string, values: readonly Exact[]): Exact {
  const [first, ...others] = values;
  if (first === undefined) throw new Error('A function is of something.');
  if (name === '(') return first;
  if (name === 'floor') {
    const rest = ((first.over % first.under) + first.under) % first.under;
    return exact((first.over - rest) / first.under, 1n);
  }
  return others.reduce((best, each) => {
    const isLess = each.over * best.under < best.over * each.under;
    return isLess === (name === 'min') ? each : best;
  }, first);
}
