/** Mocha's spec reporter that also writes {passed, failed, skipped} as JSON to $LODESTONE_MOCHA_REPORT. */
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class MochaReport extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const report = { passed: 0, failed: [], skipped: [] };
    runner.on('pass', () => report.passed++);
    runner.on('fail', (test, error) =>
      report.failed.push({ title: test.fullTitle(), message: String(error?.message ?? error) }),
    );
    // A test may say what it missed: this.test.missing = 'ruff is not installed'; see test/missing.ts.
    runner.on('pending', (test) => report.skipped.push({ title: test.fullTitle(), reason: missing(test) }));
    runner.on('end', () => writeFileSync(process.env.LODESTONE_MOCHA_REPORT, JSON.stringify(report)));
  }
};

function missing(test) {
  for (let at = test; at; at = at.parent) if (at.missing) return at.missing;
  return '';
}
