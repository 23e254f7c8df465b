/** Where a model server is asked: reads every form that people and OLLAMA_HOST write, and says what to do where none answers. */
import { LodestoneError } from '../../base/errors.ts';

/** An address without credentials, query or trailing slash. */
export interface Endpoint {
  /** "http://127.0.0.1:11434", with a path where one was given. */
  readonly url: string;
  /** Host and port as messages name them. */
  readonly host: string;
  /** The server is on the machine that asks (which in a remote window is the remote one). */
  readonly loopback: boolean;
}

export const DEFAULT_PORT = 11434;
const DEFAULT_ENDPOINT = `http://127.0.0.1:${DEFAULT_PORT}`;

/** The sources of an endpoint, the first that says something wins; empty text says nothing. */
export interface EndpointSources {
  /** `--endpoint` of the command line. */
  readonly option?: string | undefined;
  /** The environment's OLLAMA_HOST. */
  readonly environment?: string | undefined;
  readonly setting?: string | undefined;
}

/** Throws badArguments, naming the source, where the text is no address. */
export function chooseEndpoint({ option, environment, setting }: EndpointSources): Endpoint {
  if (option?.trim()) return parseEndpoint(option, '--endpoint');
  if (environment?.trim()) return parseEndpoint(environment, 'OLLAMA_HOST');
  if (setting?.trim()) return parseEndpoint(setting, 'the setting');
  return parseEndpoint(DEFAULT_ENDPOINT, 'the default');
}

/**
 * Reads `host`, `host:port`, `:port`, `http(s)://host[:port][/path]` and the addresses that a server listens on
 * (`0.0.0.0`, `[::]`), which a client reaches over loopback. Without a scheme the port is 11434, as in Ollama itself.
 */
export function parseEndpoint(text: string, source: string): Endpoint {
  const given = text.trim().replace(/^["']|["']$/g, '');
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given)?.[1]?.toLowerCase();
  const bare = scheme === undefined ? given : given.slice(scheme.length + 3);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    throw notAnAddress(source, `it has ${scheme}://`);
  const authority = bare.replace(/[/?#].*$/s, '');
  // What stands before an @ may be a password: nothing of it reaches the message.
  if (authority.includes('@'))
    throw new LodestoneError(
      'badArguments',
      `The model server's address in ${source} has a user name or password in it.`,
      {
        advice: 'Give the address alone; an API key is stored by "Lodestone: Set the Model Server\'s API Key".',
        args: { source },
      },
    );
  const url = parse(`${scheme ?? 'http'}://${withHost(bare)}`, source);
  if (url.search || url.hash) throw notAnAddress(source, 'it has a query');
  const reached = LISTENING.get(url.hostname);
  if (reached !== undefined) url.hostname = reached;
  const port = scheme === undefined && url.port === '' && !/:80$/.test(authority) ? String(DEFAULT_PORT) : url.port;
  const host = port === '' ? url.hostname : `${url.hostname}:${port}`;
  return {
    url: `${url.protocol}//${host}${url.pathname.replace(/\/+$/, '')}`,
    host,
    loopback: isLoopback(url.hostname),
  };
}

/** Addresses to listen on, by the one that reaches them. */
const LISTENING = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['[::]', '[::1]'],
]);

function withHost(bare: string): string {
  if (bare.startsWith(':') && !bare.startsWith('::')) return `127.0.0.1${bare}`;
  // An IPv6 address without brackets has more than one colon.
  return /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(bare) ? `[${bare}]` : bare;
}

function parse(text: string, source: string): URL {
  if (!URL.canParse(text)) throw notAnAddress(source, 'it cannot be read');
  return new URL(text);
}

function notAnAddress(source: string, why: string): LodestoneError {
  return new LodestoneError('badArguments', `The model server's address in ${source} is not one: ${why}.`, {
    advice: `Write it as http://host:port, for instance ${DEFAULT_ENDPOINT}.`,
    args: { source },
  });
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}
