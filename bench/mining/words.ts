/** Words of code and of prose alike: `useMutation` is use and mutation. */
export function subwords(text: string): string[] {
  return (text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());
}
