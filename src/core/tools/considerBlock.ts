/** What a model should be told at a line of a file: the consider-block and the APIs in reach, as completion uses them. */
import { cleanWords } from './clean.ts';
import { minedReport } from './findAttractors.ts';
import { pathIn, type Tool } from './tool.ts';

const APIS = 12;
const text = { type: 'string' } as const;

export const considerBlock: Tool = {
  name: 'considerBlock',
  title: 'What to consider at a place',
  description:
    "Gives what is worth considering before code is written at a line of a file of this repository: the calls that its other code makes in such places, with their real signatures and where they are declared, and the repository's own idioms. A few hundred tokens. Use it for each function that you write or change here. Reads only.",
  inputSchema: {
    type: 'object',
    properties: {
      path: { type: 'string', maxLength: 1000, description: 'A source file, relative to the root.' },
      line: { type: 'integer', minimum: 1, maximum: 10_000_000, description: 'The line, from 1.' },
    },
    required: ['path', 'line'],
    additionalProperties: false,
  },
  outputSchema: {
    type: 'object',
    properties: {
      considerBlock: { ...text, description: "Comment lines in the file's language; '' where nothing is known." },
      apis: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: text,
            signature: text,
            path: { ...text, description: "Where it is declared; '' for a dependency's." },
            score: { type: 'number', description: 'Probability that the code needs it.' },
          },
          required: ['name', 'signature', 'path', 'score'],
        },
      },
    },
    required: ['considerBlock', 'apis'],
  },
  async run(input, host, options) {
    const path = pathIn(host, String(input.path));
    await minedReport(host, options);
    const unsaved = host.unsaved[path];
    const request = { path, line: Number(input.line), ...(unsaved === undefined ? {} : { text: unsaved }) };
    // The block is clean already: it is made for prompts.
    const { considerBlock: block, apis } = await host.engine.context(request, options);
    return {
      considerBlock: block,
      apis: apis.slice(0, APIS).map(({ name, signature, path: declared, score }) => ({
        ...{ name: cleanWords(name, 120), signature: cleanWords(signature), path: cleanWords(declared, 1000) },
        score: Math.round(score * 100) / 100,
      })),
    };
  },
};
