/** Letter cases of identifiers and file names. */

export type NameCase = 'camelCase' | 'PascalCase' | 'snake_case' | 'SCREAMING_CASE' | 'kebab-case' | 'flat';

/** The case of a name, leading and trailing underscores aside; undefined for what is no plain name. */
export function caseOf(name: string): NameCase | undefined {
  const plain = name.replace(/^[_$]+|[_$]+$/g, '');
  if (/^[a-z][a-z0-9]*$/.test(plain)) return 'flat';
  if (/^[a-z][A-Za-z0-9]*$/.test(plain)) return 'camelCase';
  if (/^[a-z0-9]+(?:_[a-z0-9]+)+$/.test(plain)) return 'snake_case';
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(plain) && plain.length > 1) return 'SCREAMING_CASE';
  if (/^[A-Z][A-Za-z0-9]*$/.test(plain)) return 'PascalCase';
  if (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(plain)) return 'kebab-case';
  return undefined;
}
