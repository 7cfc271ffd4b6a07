/** A host that may be reached, or all below it, at one port. */
export interface AllowedHost {
  readonly name: string;
  readonly below: boolean;
  readonly port: 443 | 80;
}

const LABEL = '[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?';
/** At least two labels, the last of which is no number: so no address, and no name of this machine. */
const NAME = new RegExp(`^(?:${LABEL}\\.)+(?!\\d+$)${LABEL}$`);

/** A host's name as it is compared; null for an address, and for what is no name of a host on the internet. */
export function hostName(given: string): string | null {
  const name = given.toLowerCase().replace(/\.$/, '');
  return name.length <= 253 && NAME.test(name) ? name : null;
}

/** What an operator's `name`, `*.name` or `name:80` allows; null when it is none of these. */
export function parseAllowedHost(text: string): AllowedHost | null {
  const [, star, given = '', port] = /^(\*\.)?([^:*]+?)(:80|:443)?$/.exec(text) ?? [];
  const name = hostName(given);
  return name === null ? null : { name, below: star !== undefined, port: port === ':80' ? 80 : 443 };
}

/** Whether a host that was asked for is allowed at this port. What is no host's name never is. */
export const isAllowedHost = (allowed: readonly AllowedHost[], host: string, port: number): boolean =>
  hostName(host) === host &&
  allowed.some((one) => one.port === port && (one.below ? host.endsWith(`.${one.name}`) : host === one.name));
