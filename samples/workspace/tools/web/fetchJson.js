/** GETs JSON from the service; rejects with its message. */
export async function fetchJson(path, query = {}) {
  const response = await fetch(`/api${path}?${new URLSearchParams(query)}`);
  const body = await response.json();
  if (!response.ok) throw new Error(body.message);
  return body;
}
