/** What to do where no model server answers: in a remote window the server of the user's own machine is out of reach. */
import type { Endpoint } from './endpoint.ts';

/** Where the asking process runs. */
export interface Surroundings {
  /** VS Code's `env.remoteName` ("ssh-remote", "wsl", "dev-container", "codespaces", "tunnel"); undefined in a local window. */
  readonly remoteName?: string | undefined;
  /** Inside the Windows Subsystem for Linux. */
  readonly wsl?: boolean;
  /** Inside a container. */
  readonly container?: boolean;
}

/** Names the host that was asked and the one change that fixes it. */
export function whyUnreachable(endpoint: Endpoint, surroundings: Surroundings = {}): string {
  if (!endpoint.loopback)
    return (
      `Check that Ollama runs on ${endpoint.host.replace(/:\d+$/, '')} and listens beyond its own machine ` +
      `(OLLAMA_HOST=0.0.0.0 ollama serve), and that no firewall stops port ${portOf(endpoint)}.`
    );
  const port = portOf(endpoint);
  const asked = `${endpoint.host} was asked, which is`;
  switch (kind(surroundings)) {
    case 'ssh':
      return (
        `${asked} the SSH host, not your own machine. To use the Ollama of your machine, add "RemoteForward ${port} localhost:${port}" ` +
        `to this host's entry in your ~/.ssh/config and reconnect; or run "ollama serve" on the SSH host.`
      );
    case 'container':
      return (
        `${asked} the container itself. To use the Ollama of the machine around it, set the endpoint to http://host.docker.internal:${port} ` +
        `(on Linux also start the container with --add-host=host.docker.internal:host-gateway and Ollama with OLLAMA_HOST=0.0.0.0).`
      );
    case 'wsl':
      return (
        `${asked} inside WSL, not Windows. To use the Ollama of Windows, put "networkingMode=mirrored" under [wsl2] into ` +
        `%UserProfile%\\.wslconfig and run "wsl --shutdown"; or run "ollama serve" inside WSL.`
      );
    case 'cloud':
      return `${asked} the remote machine, which cannot reach yours. Run "ollama serve" there, or set the endpoint to a server that it can reach.`;
    default:
      return `Start it with "ollama serve", or set the endpoint to where it runs. It is at https://ollama.com/download.`;
  }
}

/** A dev container may run on an SSH host or in WSL: the innermost wall is the one that stops the request. */
function kind({ remoteName = '', wsl, container }: Surroundings): 'ssh' | 'container' | 'wsl' | 'cloud' | 'local' {
  if (/codespaces|tunnel|^github/.test(remoteName)) return 'cloud';
  if (/container/.test(remoteName) || container) return 'container';
  if (/^wsl/.test(remoteName) || wsl) return 'wsl';
  if (/ssh/.test(remoteName)) return 'ssh';
  return remoteName === '' ? 'local' : 'cloud';
}

function portOf({ url }: Endpoint): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === 'https:' ? '443' : '80');
}
