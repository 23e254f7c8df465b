/** "How does this repository do X?": the mined attractors that answer a question, with code from its files. */
import { LANGUAGE_IDS } from '../languages.ts';
import type { Attractor, MiningReport } from '../mining/attractor.ts';
import { directoryOf, subwords } from '../retrieval/subwords.ts';
import { cleanCode, cleanWords } from './clean.ts';
import { MOST_CHARACTERS, pathIn, type Tool, type ToolHost } from './tool.ts';

const KINDS = [
  ...['idiom', 'apiSequence', 'naming', 'errorHandling', 'async', 'imports', 'tests', 'decorator', 'style'],
  ...['antipattern', 'curated'],
] as const satisfies readonly Attractor['kind'][];

const DEFAULT_LIMIT = 5;
const SNIPPETS = 2;
const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;

export const findAttractors: Tool = {
  name: 'findAttractors',
  title: 'How this repository does it',
  description:
    'Finds how this repository writes code: recurring idioms, call sequences, conventions and anti-patterns mined from its own files, each with examples (path, line, code). Use it before writing new code here, with words of what you are about to do ("load a record", "retry http", "test fixture") or the names of APIs. Without a query it lists what is strongest. Reads only.',
  inputSchema: {
    type: 'object',
    properties: {
      query: { type: 'string', maxLength: 400, description: 'Words of what is to be done, or names of APIs.' },
      kind: { type: 'string', enum: KINDS, description: 'Only attractors of this kind.' },
      language: { type: 'string', enum: LANGUAGE_IDS, description: 'Only this language.' },
      path: {
        type: 'string',
        maxLength: 1000,
        description: 'The file that is being written, relative to the root: what is used near it comes first.',
      },
      limit: { type: 'integer', minimum: 1, maximum: 20, description: `How many (default ${DEFAULT_LIMIT}).` },
    },
    required: [],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      found: { ...integer, description: 'How many match, of which the best are listed.' },
      attractors: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: text,
            summary: text,
            kind: text,
            language: text,
            support: { ...integer, description: 'Places in the repository that do it.' },
            files: integer,
            resonance: { type: 'number', description: 'How strong it is, in [0, 1].' },
            apis: { type: 'array', items: text },
            antipatterns: { type: 'array', items: text, description: 'What is not done here.' },
            examples: {
              type: 'array',
              items: {
                type: 'object',
                properties: { path: text, line: integer, code: text },
                required: ['path', 'line', 'code'],
              },
            },
          },
          required: ['name', 'summary', 'kind', 'language', 'support', 'files', 'resonance', 'apis', 'examples'],
        },
      },
      notice: { ...text, description: 'Why there is nothing.' },
    },
    required: ['found', 'attractors'],
  },
  async run(input, host, options) {
    const report = await minedReport(host, options);
    const found = rankedAttractors(report, {
      query: String(input.query ?? ''),
      ...(input.kind === undefined ? {} : { kind: String(input.kind) }),
      ...(input.language === undefined ? {} : { language: String(input.language) }),
      ...(input.path === undefined ? {} : { path: pathIn(host, String(input.path)) }),
    });
    const attractors: ReturnType<typeof shown>[] = [];
    let size = 0;
    for (const attractor of found.slice(0, Number(input.limit ?? DEFAULT_LIMIT))) {
      const value = shown(attractor);
      size += JSON.stringify(value).length;
      if (size > MOST_CHARACTERS * 0.8) break;
      attractors.push(value);
    }
    return {
      found: found.length,
      attractors,
      ...(found.length > 0 ? {} : { notice: 'Nothing that was mined here matches. Try other words, or none.' }),
    };
  },
};

/** The last report, of a first mining where there is none yet. */
export async function minedReport(
  { engine }: Pick<ToolHost, 'engine'>,
  options: Parameters<Tool['run']>[2],
): Promise<MiningReport> {
  return (await engine.report({}, options)) ?? (await engine.mine({}, options));
}

export interface AttractorQuery {
  readonly query: string;
  readonly kind?: string;
  readonly language?: string;
  readonly path?: string;
}

/** Those that share a word with the query, best first; without a query all, by resonance. */
export function rankedAttractors(report: Pick<MiningReport, 'attractors'>, query: AttractorQuery): Attractor[] {
  const words = [...new Set((query.query.match(/[\p{L}\p{N}_$]+/gu) ?? []).flatMap(subwords))].filter(
    (word) => !STOP.has(word),
  );
  const folder = query.path === undefined ? undefined : directoryOf(query.path);
  return report.attractors
    .filter(
      ({ kind, language }) =>
        (query.kind === undefined || kind === query.kind) &&
        (query.language === undefined || language === query.language),
    )
    .map((attractor) => ({ attractor, score: scoreOf(attractor, words, folder) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.attractor.id < b.attractor.id ? -1 : 1))
    .map(({ attractor }) => attractor);
}

/** Words of a question that say nothing of what is asked. */
const STOP: ReadonlySet<string> = new Set(
  'the an of to in on is are we do does did how what where when why here this that it for and or with from by my our you should can use used'.split(
    ' ',
  ),
);

function scoreOf(attractor: Attractor, words: readonly string[], folder: string | undefined): number {
  const { name, summary, apis, kind, snippets, resonance } = attractor;
  const near = folder !== undefined && snippets.some(({ path }) => directoryOf(path) === folder) ? 0.2 : 0;
  if (words.length === 0) return resonance + near + 0.01;
  const inApis = new Set(apis.flatMap(subwords));
  const inName = new Set([...subwords(kind), ...`${name} ${summary}`.split(/[^\p{L}\p{N}_$]+/u).flatMap(subwords)]);
  const inCode = new Set(
    snippets
      .slice(0, SNIPPETS)
      .flatMap(({ text }) => text.match(/\p{L}{3,}/gu) ?? [])
      .flatMap(subwords),
  );
  let hits = 0;
  for (const word of words) hits += inApis.has(word) || inName.has(word) ? 1 : inCode.has(word) ? 0.4 : 0;
  return hits === 0 ? 0 : hits / words.length + 0.3 * resonance + near;
}

function shown(attractor: Attractor) {
  const { name, summary, kind, language, support, files, resonance, apis, snippets, antipatterns, example } = attractor;
  const examples = snippets
    .slice(0, SNIPPETS)
    .map(({ path, line, text: code }) => ({ path: cleanWords(path, 1000), line, code: cleanCode(code) }));
  if (examples.length === 0 && example) examples.push({ path: '', line: 0, code: cleanCode(example) });
  return {
    ...{ name: cleanWords(name), summary: cleanWords(summary), kind, language, support, files },
    resonance: Math.round(resonance * 100) / 100,
    apis: apis.slice(0, 12).map((api) => cleanWords(api, 120)),
    antipatterns: antipatterns.slice(0, 4).map((each) => cleanWords(each.summary)),
    examples,
  };
}
