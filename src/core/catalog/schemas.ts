/** JSON Schema validation of YAML and JSON data files, with line numbers and advice a person can follow. */
import Ajv, { type ErrorObject } from 'ajv';
import { isNode, LineCounter, type ParsedNode, parseDocument } from 'yaml';
import type { DataFiles } from '../ports.ts';

export interface FileProblem {
  readonly line: number;
  readonly message: string;
  readonly advice: string;
}

export type FileValidator = (path: string, text: string) => { value?: unknown; problems: FileProblem[] };

/** More than this many problems of one file help nobody. */
const MAX_PROBLEMS = 5;
const SCHEMA_FOLDER = 'schemas/catalog';

/** One validator per `<name>.json` in schemas/catalog, keyed by name. A broken schema is our own defect and throws. */
export async function compileSchemas(dataFiles: DataFiles): Promise<Map<string, FileValidator>> {
  const validators = new Map<string, FileValidator>();
  for (const name of await dataFiles.list(SCHEMA_FOLDER)) {
    if (!name.endsWith('.json')) continue;
    const schema = JSON.parse(await dataFiles.read(`${SCHEMA_FOLDER}/${name}`)) as Record<string, unknown>;
    validators.set(name.slice(0, -'.json'.length), validatorOf(schema));
  }
  return validators;
}

/** The validator of one schema. Its draft's name is passed over: the keywords in use are the same in all of them. */
export function validatorOf({ $schema: _draft, ...schema }: Readonly<Record<string, unknown>>): FileValidator {
  const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true, verbose: true });
  ajv.addFormat('regex', { type: 'string', validate: isRegularExpression });
  const validate = ajv.compile(schema);
  return (path, text) => {
    const parsed = parseData(path, text);
    if ('problem' in parsed) return { problems: [parsed.problem] };
    if (validate(parsed.value)) return { value: parsed.value, problems: [] };
    const seen = new Set<string>();
    const problems: FileProblem[] = [];
    for (const error of validate.errors ?? []) {
      const problem = { line: parsed.lineOf(error.instancePath), ...describe(error) };
      const key = `${problem.line} ${problem.message}`;
      if (!seen.has(key) && problems.length < MAX_PROBLEMS) problems.push(problem);
      seen.add(key);
    }
    return { problems };
  };
}

function parseData(
  path: string,
  text: string,
): { value: unknown; lineOf: (pointer: string) => number } | { problem: FileProblem } {
  const lines = new LineCounter();
  // JSON is read as YAML's JSON schema too: one reader, positions for both.
  const document = parseDocument(text, { lineCounter: lines, schema: path.endsWith('.json') ? 'json' : 'core' });
  const error = document.errors[0];
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    const message = (error.message.split('\n')[0] as string).replace(/ at line \d+, column \d+:$/, '');
    return { problem: { line: Math.max(1, line), message: `${message}.`, advice: 'Correct the file at this line.' } };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    return { problem: { line: 1, message: (cause as Error).message, advice: 'Write values out instead of aliases.' } };
  }
  const lineOf = (pointer: string) => {
    const keys = pointer
      .split('/')
      .slice(1)
      .map((key) => key.replace(/~1/g, '/').replace(/~0/g, '~'));
    for (; ; keys.pop()) {
      const node = document.getIn(keys, true) as ParsedNode | undefined;
      if (isNode(node) && node.range) return Math.max(1, lines.linePos(node.range[0]).line);
      if (!keys.length) return 1;
    }
  };
  return { value, lineOf };
}

function isRegularExpression(pattern: string): boolean {
  try {
    return Boolean(new RegExp(pattern, 'u'));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Ajv's error in words, with what to change. */
function describe({ keyword, params, instancePath, message }: ErrorObject): Omit<FileProblem, 'line'> {
  const place = instancePath === '' ? 'The file' : `"${instancePath.slice(1).replaceAll('/', '.')}"`;
  switch (keyword) {
    case 'required':
      return {
        message: `${place} lacks "${params['missingProperty']}".`,
        advice: `Add "${params['missingProperty']}".`,
      };
    case 'additionalProperties':
      return {
        message: `${place} has an unknown key "${params['additionalProperty']}".`,
        advice: 'Remove it or correct its spelling.',
      };
    case 'type':
      return { message: `${place} has the wrong type.`, advice: `Make it: ${String(params['type'])}.` };
    case 'enum':
      return {
        message: `${place} is none of the allowed values.`,
        advice: `Use one of ${(params['allowedValues'] as unknown[]).join(', ')}.`,
      };
    case 'format':
      return { message: `${place} is no valid regular expression.`, advice: 'Correct the pattern (flag u applies).' };
    default:
      return { message: `${place} ${message ?? 'is not valid'}.`, advice: 'Change the value accordingly.' };
  }
}
