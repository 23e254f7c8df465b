/**
 * Mechanical corruptions of true continuations: the bad samples whose badness needs no opinion. Fixed before any filter
 * was tuned. `breaks`: kept as a sample only where the whole file, clean before, no longer parses.
 */
import type { LanguageId } from '../../src/core/languages.ts';
import type { TruePlace } from './places.ts';

export interface Corruption {
  readonly id: string;
  readonly breaks?: boolean;
  /** The bad text, or undefined where the corruption does not apply. */
  make(sample: TruePlace, random: () => number): string | undefined;
}

const MULTI = new Set(['newLine', 'emptyBody', 'docComment', 'paragraph']);
const TALK = [
  'Here is the completed code:\n',
  "Here's the implementation:\n\n",
  'Sure, here you go:\n',
  'Certainly! The code below does that.\n',
  'This function returns the value that was asked for.\n',
  "I'm sorry, but I cannot help with that.\n",
  'The following code completes the function:\n',
];
const MARKERS = [
  '<|endoftext|>',
  '<|fim_prefix|>',
  '<|fim_middle|>',
  '<|file_sep|>',
  '<|im_end|>',
  '<fim_middle>',
  '<file_sep>',
  '<EOT>',
  '<｜end▁of▁sentence｜>',
  '<|end_of_text|>',
  '[/INST]',
  '<end_of_turn>',
];
const CIRCLES = [
  'the value of the value of the value of the value of the value',
  'TODO TODO TODO TODO TODO',
  'and then the next one and then the next one and then the next one and then',
];

const begunLine = ({ place }: TruePlace) => place.prefix.slice(place.prefix.lastIndexOf('\n') + 1);
const typed = (sample: TruePlace) => begunLine(sample).trim() !== '';
const pick = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)] as T;
const comment = (language: LanguageId) => (language === 'python' ? '#' : '//');
const indent = (line: string) => /^[ \t]*/.exec(line)?.[0] ?? '';
const below = ({ place }: TruePlace, count: number) =>
  place.suffix
    .slice(place.suffix.indexOf('\n') + 1 || place.suffix.length)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, count);
const telling = (lines: readonly string[]) => lines.length > 0 && lines.some((line) => /\w{3}/.test(line));
const bareRest = ({ place }: TruePlace) => place.suffix.slice(0, place.suffix.indexOf('\n')).trim() === '';
/** Where a line of its own is put: on the cursor's empty line, or on a new one. */
const ownLine = (sample: TruePlace, line: string) => (typed(sample) ? `\n${indent(begunLine(sample))}${line}` : line);

export const CORRUPTIONS: readonly Corruption[] = [
  {
    id: 'a bracket dropped',
    breaks: true,
    make: ({ truth }, random) => {
      const at = [...truth.matchAll(/[()[\]{}]/g)].map((match) => match.index);
      if (at.length === 0) return undefined;
      const dropped = pick(at, random);
      return truth.slice(0, dropped) + truth.slice(dropped + 1);
    },
  },
  {
    id: 'a bracket added',
    breaks: true,
    make: ({ truth }, random) => {
      const ends = [...truth.matchAll(/[\w)\]]/g)].map((match) => match.index + 1);
      if (ends.length === 0) return undefined;
      const at = random() < 0.5 ? truth.trimEnd().length : pick(ends, random);
      return truth.slice(0, at) + pick([')', ']', '}', '(', '[', '{'], random) + truth.slice(at);
    },
  },
  {
    id: 'a quote added',
    breaks: true,
    make: ({ truth }, random) => {
      const ends = [...truth.matchAll(/[\w)\]]/g)].map((match) => match.index + 1);
      return ends.length > 0 ? `${truth.slice(0, pick(ends, random))}"${truth.slice(ends.at(-1))}` : undefined;
    },
  },
  {
    id: 'the next lines instead',
    make: (sample, random) => {
      const lines = below(sample, 1 + Math.floor(random() * 3));
      if (!bareRest(sample) || !telling(lines)) return undefined;
      const first = typed(sample) ? `\n${lines[0]}` : (lines[0] as string).slice(begunLine(sample).length);
      return typed(sample) || indent(lines[0] as string).startsWith(begunLine(sample))
        ? [first, ...lines.slice(1)].join('\n')
        : undefined;
    },
  },
  {
    id: 'the next lines after it',
    make: (sample) => {
      const lines = below(sample, 2);
      return bareRest(sample) && telling(lines) ? `${sample.truth}\n${lines.join('\n')}` : undefined;
    },
  },
  {
    id: 'a line four times',
    make: (sample, random) => {
      const lines = sample.truth.split('\n').filter((line) => /\w{2}/.test(line));
      if (!MULTI.has(sample.kind) || lines.length === 0) return undefined;
      const at = Math.floor(random() * lines.length);
      const line = lines[at] as string;
      const full = at === 0 && !typed(sample) ? begunLine(sample) + line : line;
      return [...lines.slice(0, at), line, full, full, full]
        .join('\n')
        .replace(/^/, sample.kind === 'emptyBody' ? '\n' : '');
    },
  },
  {
    id: 'tokens in a loop',
    make: ({ truth }, random) => {
      const tokens = truth.match(/\w+|[^\s\w]/g) ?? [];
      const run = tokens.slice(0, 2 + Math.floor(random() * 4));
      return /\w{3}/.test(run.join('')) ? run.join('').repeat(12) : undefined;
    },
  },
  {
    id: 'a line indented wrong',
    make: (sample, random) => {
      const lines = sample.truth.split('\n');
      if (!MULTI.has(sample.kind)) return undefined;
      const own = lines.flatMap((line, i) =>
        line.trim() !== '' && (i > 0 || !typed(sample)) && opensStatement(lines, i) ? [i] : [],
      );
      if (own.length === 0) return undefined;
      const at = pick(own, random);
      const unit = /\n\t/.test(sample.place.prefix) ? '\t' : '    ';
      const line = lines[at] as string;
      const shifted =
        random() < 0.5 || indent(line) === '' ? unit + line : line.slice(Math.max(1, indent(line).length >> 1));
      return [...lines.slice(0, at), shifted, ...lines.slice(at + 1)].join('\n');
    },
  },
  {
    id: 'all lines at the margin',
    make: ({ truth, kind }) => {
      const lines = truth.split('\n');
      const flat = lines.map((line, i) => (i === 0 ? line : line.trimStart()));
      return MULTI.has(kind) && flat.join('\n') !== truth ? flat.join('\n') : undefined;
    },
  },
  {
    id: 'a fence around it',
    make: ({ truth, place }, random) => `${random() < 0.5 ? `\`\`\`${place.language}` : '```'}\n${truth}\n\`\`\``,
  },
  { id: 'talk before it', make: ({ truth }, random) => pick(TALK, random) + truth },
  {
    id: 'a marker and another text after it',
    make: ({ truth, place }, random) => `${truth}${pick(MARKERS, random)}${place.prefix.slice(0, 60)}`,
  },
  { id: 'a marker before it', make: ({ truth }, random) => pick(MARKERS, random) + truth },
  {
    id: 'the lines above again',
    make: (sample, random) => {
      const lines = sample.place.prefix
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.trim() !== '')
        .slice(-2 - Math.floor(random() * 3));
      if (typed(sample) || !telling(lines) || lines.join('').replace(/\W/g, '').length < 8) return undefined;
      const first = (lines[0] as string).startsWith(begunLine(sample))
        ? (lines[0] as string).slice(begunLine(sample).length)
        : undefined;
      return first === undefined ? undefined : [first, ...lines.slice(1), begunLine(sample) + sample.truth].join('\n');
    },
  },
  {
    id: 'a comment in a circle',
    make: (sample, random) => {
      const line = `${comment(sample.place.language)} ${pick(CIRCLES, random)}`;
      return bareRest(sample) ? (typed(sample) ? ` ${line}` : line) : undefined;
    },
  },
  {
    id: 'the same comment on four lines',
    make: (sample) => {
      if (!bareRest(sample) || typed(sample)) return undefined;
      const line = `${comment(sample.place.language)} Set the default value`;
      return Array.from({ length: 4 }, (_, i) => (i === 0 ? line : begunLine(sample) + line)).join('\n');
    },
  },
  {
    id: 'a key in it',
    make: (sample, random) => {
      if (!bareRest(sample)) return undefined;
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
      const noise = (length: number) => Array.from({ length }, () => pick([...letters], random)).join('');
      const key = pick(
        [`sk-${noise(40)}`, `ghp_${noise(36)}`, `AKIA${noise(16).toUpperCase()}`, `AIza${noise(35)}`, noise(40)],
        random,
      );
      const declared: Record<LanguageId, string> = {
        python: `API_KEY = "${key}"`,
        go: `apiKey := "${key}"`,
        rust: `let api_key = "${key}";`,
        typescript: `const apiKey = '${key}';`,
        tsx: `const apiKey = '${key}';`,
        javascript: `const apiKey = '${key}';`,
      };
      const line = ownLine(sample, declared[sample.place.language]);
      return MULTI.has(sample.kind) && !typed(sample) ? `${line}\n${begunLine(sample)}${sample.truth}` : line;
    },
  },
  {
    id: 'the head of a file before it',
    make: (sample, random) =>
      pick(
        [
          `${comment(sample.place.language)} Path: ${sample.path}\n`,
          `diff --git a/${sample.path} b/${sample.path}\n`,
          `${comment(sample.place.language)} ${sample.path}\n`,
          '<COMPLETION>\n',
        ],
        random,
      ) + sample.truth,
  },
  {
    id: 'the rest of the line',
    make: (sample) => {
      const rest = sample.place.suffix.slice(0, sample.place.suffix.indexOf('\n'));
      return /\w{3}/.test(rest) ? rest : undefined;
    },
  },
  { id: 'blanks', make: (_, random) => pick([' ', '\n', '\n\n    ', '\t'], random) },
];

/** Whether a line begins a statement, so that its indentation has one right value. */
function opensStatement(lines: readonly string[], at: number): boolean {
  const line = (lines[at] as string).trim();
  const above = (lines.slice(0, at).findLast((each) => each.trim() !== '') ?? ';').trim();
  return /^\w/.test(line) && /[;{}:]$/.test(above) && !/^(?:case|default|else|elif|except|finally|where)\b/.test(line);
}
