/** The cursors of the golden prompts: one function in a small shop, and texts that a prompt must carry unharmed. */
import type { PromptParts } from '../../src/core/completion/prompt/prompt.ts';

export type GoldenParts = Omit<PromptParts, 'prefixLine' | 'repository' | 'path'>;

/** Names in the order of the alphabet, so that a reader sees which lines a cut left out. */
const ABOVE =
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu';
const BELOW = 'apple banana cherry date elder fig grape hazel iris juniper kiwi lemon';

const PREFIX = `import { shop } from './shop';

export async function collectOrders(): Promise<Order[]> {
${ABOVE.split(' ')
  .map((name) => `  const ${name} = await shop.find('${name}');\n`)
  .join('')}  return [alpha, `;
const SUFFIX = `];
}

export function prices(): Price[] {
${BELOW.split(' ')
  .map((name) => `  const ${name} = shop.price('${name}');\n`)
  .join('')}  return [apple, banana];
}
`;

/** About 320 bytes. */
const BLOCK = `// await shop.find(name: string): Promise<Order>
// await shop.close(order: Order): Promise<Order>
// shop.price(name: string): Price
// e.g. const order = await shop.find(name);
//      const price = shop.price(name);
//      return await shop.close(order);
// calls: shop.find shop.close shop.price return Promise Order Price
`;

const RELATED = [
  { path: 'src/tax.ts', text: 'export const tax = 2;\n' },
  {
    path: 'src/shop.ts',
    text: `export const shop = {
  find: async (name: string) => order(name),
  close: async (order: Order) => order,
  price: (name: string) => price(name),
};

const price = (name: string) => prices().find((price) => price.name === name);
const order = async (name: string): Promise<Order> => {
  const order = await orders.find(name);
  return order;
};
`,
  },
];

const BARE = { considerBlock: '', seed: '', related: RELATED, prefix: PREFIX, suffix: SUFFIX };

/** With block and seed, and without. */
export const PARTS: Readonly<Record<'with block' | 'without block', GoldenParts>> = {
  'with block': { ...BARE, considerBlock: BLOCK, seed: '// calls: shop.find shop.close' },
  'without block': BARE,
};

const SHORT: GoldenParts = {
  considerBlock: '// calls: shop.find\n',
  seed: '// uses shop.find',
  related: RELATED.slice(0, 1),
  prefix: 'export const alpha = ',
  suffix: ';\n',
};

/** What stands at the edges of a file, and what may stand in any. */
export const TEXTS: Readonly<Record<string, GoldenParts>> = {
  'nothing after the cursor': { ...SHORT, suffix: '' },
  'nothing before the cursor': { ...SHORT, prefix: '' },
  'CRLF, tabs, right-to-left text and emoji': {
    ...SHORT,
    prefix: 'export const greet = {\r\n\t"שלום": "👩‍👩‍👧",\r\n\t\tgrüße: "مرحبا \u200f👍🏽',
    suffix: '\u05d0é\u0301 🎉",\r\n\t\t\tlast: 1,\t\r\n};\r\n',
  },
};

/** Code that names special tokens wherever a prompt has code. */
export function naming(special: readonly string[]): { parts: GoldenParts; path: string; repository: string } {
  const all = special.join(' ');
  const joined = special.join('');
  return {
    parts: {
      considerBlock: `// calls: ${all}\n`,
      seed: `// uses ${special[0]}`,
      related: [{ path: `src/${special.at(-1)?.replaceAll('/', '')}.ts`, text: `const all = '${joined}';\n` }],
      prefix: `const special = ['${joined}', '${all}'];\nconst alpha = '`,
      suffix: `'; // ${joined}\n`,
    },
    path: `src/${special[1]?.replaceAll('/', '')}.ts`,
    repository: `shop${special[2]?.replaceAll('/', '')}`,
  };
}

/** Words that the tokenizers know whole: all of the texts above, so that a prompt fits as many bytes into a token as a real one's. */
export const WORDS: readonly string[] = [
  ...new Set(
    [PREFIX, SUFFIX, BLOCK, ...RELATED.flatMap(({ path, text }) => [path, text])].join(' ').match(/[A-Za-z]+/g) ?? [],
  ),
  ...["('", "');", '//', '=', '.find', '.price', '.close', '(name', '=>', '):', 'conventions', 'ts'],
];
