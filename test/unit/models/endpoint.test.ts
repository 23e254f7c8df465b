/** Addresses of model servers in every form that people write, and the advice where none answers. */
import { strict as assert } from 'node:assert';
import { LodestoneError } from '../../../src/base/errors.ts';
import { chooseEndpoint, parseEndpoint } from '../../../src/node/models/endpoint.ts';
import { type Surroundings, whyUnreachable } from '../../../src/node/models/unreachable.ts';

describe('endpoint of a model server', () => {
  const forms: [string, string, boolean][] = [
    ['127.0.0.1', 'http://127.0.0.1:11434', true],
    ['localhost', 'http://localhost:11434', true],
    ['0.0.0.0', 'http://127.0.0.1:11434', true],
    ['0.0.0.0:11500', 'http://127.0.0.1:11500', true],
    ['http://0.0.0.0:11500/', 'http://127.0.0.1:11500', true],
    [':11500', 'http://127.0.0.1:11500', true],
    ['[::]:11500', 'http://[::1]:11500', true],
    ['::1', 'http://[::1]:11434', true],
    ['::', 'http://[::1]:11434', true],
    ['fe80::1:2', 'http://[fe80::1:2]:11434', false],
    ['gpu.lan', 'http://gpu.lan:11434', false],
    ['gpu.lan:80', 'http://gpu.lan', false],
    ['gpu.lan:8080/ollama/', 'http://gpu.lan:8080/ollama', false],
    ['http://gpu.lan', 'http://gpu.lan', false],
    ['https://gpu.lan', 'https://gpu.lan', false],
    ['HTTPS://Gpu.Lan:443/v1', 'https://gpu.lan/v1', false],
    ['https://ollama.example.com:8443/', 'https://ollama.example.com:8443', false],
    [' "10.0.0.7" ', 'http://10.0.0.7:11434', false],
    ['127.evil.example', 'http://127.evil.example:11434', false],
    ['localhost.evil.example', 'http://localhost.evil.example:11434', false],
  ];
  for (const [text, url, loopback] of forms)
    it(`reads ${text}`, () => {
      const endpoint = parseEndpoint(text, 'the test');
      assert.equal(endpoint.url, url);
      assert.equal(endpoint.loopback, loopback);
      assert.equal(`${url.split('/')[0]}//${endpoint.host}`, url.split('/').slice(0, 3).join('/'));
    });

  const refused = (work: () => unknown): LodestoneError => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof LodestoneError && error.code === 'badArguments' && error.advice, String(error));
      return error;
    }
    throw new assert.AssertionError({ message: 'it was taken' });
  };

  it('refuses what is no address, naming where it stands', () => {
    for (const text of ['ftp://host', 'http://', 'host:port', 'host:99999', 'http://host/?a=b', 'a b'])
      assert.match(refused(() => parseEndpoint(text, 'OLLAMA_HOST')).message, /OLLAMA_HOST/, text);
  });

  it('refuses credentials without repeating them', () => {
    for (const text of ['http://me:hunter2@host', 'me:hunter2@host:11434', 'https://hunter2@host/v1']) {
      const { message, advice, stack } = refused(() => parseEndpoint(text, 'the setting'));
      assert.match(`${message} ${advice}`, /password.*API key/);
      assert.doesNotMatch(`${message} ${advice} ${stack}`, /hunter2/);
    }
  });

  it('asks the option first, then OLLAMA_HOST, then the setting, then this machine', () => {
    const all = { option: 'one', environment: 'two', setting: 'three' };
    assert.equal(chooseEndpoint(all).host, 'one:11434');
    assert.equal(chooseEndpoint({ ...all, option: undefined }).host, 'two:11434');
    assert.equal(chooseEndpoint({ ...all, option: ' ', environment: '' }).host, 'three:11434');
    assert.equal(chooseEndpoint({}).url, 'http://127.0.0.1:11434');
  });
});

describe('advice where no model server answers', () => {
  const cases: [string, string, Surroundings, RegExp][] = [
    ['a local window', 'localhost', {}, /ollama serve/],
    ['SSH', ':11500', { remoteName: 'ssh-remote' }, /127\.0\.0\.1:11500.*"RemoteForward 11500 localhost:11500"/],
    ['WSL by name', 'localhost', { remoteName: 'wsl' }, /networkingMode=mirrored/],
    ['WSL in a terminal', 'localhost', { wsl: true }, /networkingMode=mirrored/],
    [
      'a dev container',
      'localhost',
      { remoteName: 'dev-container', wsl: true },
      /http:\/\/host\.docker\.internal:11434/,
    ],
    ['a container in a terminal', ':11500', { container: true }, /http:\/\/host\.docker\.internal:11500/],
    ['a codespace', 'localhost', { remoteName: 'codespaces', container: true }, /cannot reach yours/],
    ['another machine', 'https://gpu.lan', { remoteName: 'ssh-remote' }, /runs on gpu\.lan.*port 443/],
  ];
  for (const [where, address, surroundings, expected] of cases)
    it(`in ${where}`, () => {
      assert.match(whyUnreachable(parseEndpoint(address, 'the test'), surroundings), expected);
    });
});
