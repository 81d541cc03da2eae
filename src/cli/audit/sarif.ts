/** Findings in SARIF 2.1.0, which code hosts show beside the lines of a change. */
import type { Audited } from '../../incentives/audit.js';
import type { Finding, Severity } from '../../incentives/finding.js';

const levels = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
} as const satisfies Record<Severity, string>;

/** `file` as the change names it. */
export function sarifOf({ findings }: Audited, file: string): object {
  const rules = [...new Set(findings.map(({ check }) => check))].map((id) => ({ id }));
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'fealty audit', rules } },
        results: findings.map((found) => resultOf(found, file)),
      },
    ],
  };
}

function resultOf(
  { check, severity, title, explanation, pointer, id }: Finding,
  file: string,
): object {
  return {
    ruleId: check,
    level: levels[severity],
    message: { text: `${title}. ${explanation}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: file } },
        logicalLocations: [{ fullyQualifiedName: pointer }],
      },
    ],
    partialFingerprints: { finding: id },
  };
}
