/** `lodestone bench replay|completion DIR…`: measures completion on repositories, beside baselines. */
import { LodestoneError } from '../../base/errors.ts';
import { chooseEndpoint } from '../../node/models/endpoint.ts';
import { benchCompletion } from '../bench/completionBench.ts';
import { benchReplay } from '../bench/replayBench.ts';
import type { Command } from '../command.ts';
import { locateFolder } from '../repositoryRoot.ts';

const MOST_FOLDERS = 1000;
/** Options that one benchmark alone knows. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  completion: ['functions', 'prompts', 'ablate', 'no-tools', 'run-tests'],
  replay: ['commits', 'lines', 'positions'],
};

export const bench: Command = {
  name: 'bench',
  summary: 'Measure completion on repositories: typing their last commits again, or writing held-out functions.',
  usage:
    'bench completion|replay [DIR…] [--no-model | --model NAME] [--endpoint URL] [--seed S] [--functions N | --prompts FILE] [--ablate] [--run-tests --trust] [--commits N] [--json]',
  arity: [1, MOST_FOLDERS],
  options: {
    model: { type: 'string', value: 'NAME', help: 'Ask this model (default: the one of the settings).' },
    'no-model': { type: 'boolean', help: 'Ask no model: the repository alone answers.' },
    endpoint: { type: 'string', value: 'URL', help: "Where the model's server is." },
    seed: { type: 'string', value: 'S', help: 'Draws other samples (default 1).' },
    'context-tokens': { type: 'string', value: 'N', help: 'Most tokens of prompt and answer.' },
    'block-bytes': { type: 'string', value: 'N', help: 'Most bytes of the consider-block (default and maximum 1536).' },
    functions: {
      type: 'string',
      value: 'N',
      help: 'completion: most held-out functions of a repository (default 30).',
    },
    prompts: {
      type: 'string',
      value: 'FILE',
      help: 'completion: JSON lines {prompt, context, fileExt} in place of functions.',
    },
    ablate: { type: 'boolean', help: 'completion: also leave out one source of the context at a time.' },
    'no-tools': { type: 'boolean', help: 'completion: ask no compiler or linter.' },
    'run-tests': { type: 'boolean', help: "completion: run the project's own tests, in a copy (with --trust)." },
    commits: { type: 'string', value: 'N', help: 'replay: the last N commits (default 200).' },
    lines: { type: 'string', value: 'N', help: 'replay: most added lines of one commit (default 8).' },
    positions: {
      type: 'string',
      value: 'N',
      help: 'replay: ask at most N places of a repository (default: 300 with a model, else all).',
    },
  },
  async run(invocation) {
    const { options, positionals, cwd } = invocation;
    const [what, ...names] = positionals;
    const usage = `Usage: lodestone ${this.usage}`;
    const fail = (message: string) => new LodestoneError('badArguments', message, { advice: usage });
    const own = OWN[what as string];
    if (!own) throw fail(`There is no benchmark "${what}".`);
    const given = (option: string) => options[option] !== undefined;
    const strange = Object.values(OWN)
      .flat()
      .find((option) => given(option) && !own.includes(option));
    if (strange !== undefined) throw fail(`--${strange} is no option of "bench ${what}".`);
    for (const [one, other] of [
      ['model', 'no-model'],
      ['ablate', 'no-model'],
      ['functions', 'prompts'],
      // No test knows of what a prompt asks for.
      ['run-tests', 'prompts'],
    ] as const)
      if (given(one) && given(other)) throw fail(`--${one} and --${other} exclude each other.`);
    chooseEndpoint({ option: options.endpoint as string | undefined, environment: process.env.OLLAMA_HOST });
    const folders = (names.length > 0 ? names : ['.']).map((name) => locateFolder(cwd, name));
    return what === 'completion' ? benchCompletion(invocation, folders) : benchReplay(invocation, folders);
  },
};
