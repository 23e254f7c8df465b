/** What looks like a credential does not reach a prompt; code that only talks of one does. */
import { strict as assert } from 'node:assert';
import { maskSecrets } from '../../../src/core/completion/prompt/secretMask.ts';

describe('secret mask', () => {
  it('takes the value out and leaves the line', () => {
    for (const [line, masked] of [
      ["const key = 'AKIAIOSFODNN7EXAMPLE';", "const key = '…';"],
      ['token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"', 'token = "…"'],
      [
        "client.connect('postgres://app:hunter2hunter2@db.example.org/shop')",
        "client.connect('postgres://app:…@db.example.org/shop')",
      ],
      ['API_KEY=sk-proj-1234567890abcdefABCDEF12', 'API_KEY=…'],
      ["  password: 'x7Kq9vR2mZp4Wd'", "  password: '…'"],
    ] as const)
      assert.equal(maskSecrets(line), masked);
  });

  it('empties a private key', () => {
    const key = `const pem = \`-----BEGIN RSA PRIVATE KEY-----\n${'MIIEowIBAAKCAQEA\n'.repeat(3)}-----END RSA PRIVATE KEY-----\`;`;
    assert.equal(maskSecrets(key), 'const pem = `-----BEGIN RSA PRIVATE KEY-----…-----END RSA PRIVATE KEY-----`;');
    assert.doesNotMatch(maskSecrets(key.slice(0, 70)), /MIIE/, 'one that the window cuts');
  });

  it('leaves code alone', () => {
    const code = [
      "if (password === '') throw new Error('password is missing');",
      'const token = await readToken(request.headers.authorization);',
      "router.post('/auth/token', issueToken);",
      "import { createHash } from 'node:crypto';\r",
      "assert.equal(secret, 'correct horse battery staple');",
      'https://example.org/path?x=1',
    ].join('\n');
    assert.equal(maskSecrets(code), code);
  });
});
