import { type ApiDescription, type DescribedOperation, dereference } from './description.ts';

type DescribedParameter = NonNullable<DescribedOperation['parameters']>[number];

export interface Route {
  readonly method: string;
  readonly template: string;
  readonly operation: DescribedOperation;
  readonly parameters: readonly DescribedParameter[];
}

export interface Router {
  readonly routes: readonly Route[];
  /** The operation that a method and path mean, with the path's parameters decoded. */
  match(method: string, pathname: string): { route: Route; parameters: Record<string, string> } | null;
}

interface Matcher extends Route {
  readonly pattern: RegExp;
  readonly names: readonly string[];
  readonly literal: number;
}

/** GitHub's description is the routing table: the forge has none of its own. */
export function makeRouter(api: ApiDescription): Router {
  const routes = Object.entries(api.paths)
    .flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => makeMatcher(method.toUpperCase(), template, operation, api)),
    )
    .sort((a, b) => b.literal - a.literal);
  return {
    routes,
    match(method, pathname) {
      for (const route of routes) {
        const found = route.method === method ? route.pattern.exec(pathname) : null;
        const parameters = found && decodeAll(route.names, found.slice(1));
        if (parameters) return { route, parameters };
      }
      return null;
    },
  };
}

function makeMatcher(method: string, template: string, operation: DescribedOperation, api: ApiDescription): Matcher {
  const parameters = (operation.parameters ?? []).map((parameter) => dereference(parameter, api));
  const isLong = (name: string) => parameters.some((one) => one.name === name && one['x-multi-segment']);
  const names: string[] = [];
  // The root directory is an empty path, and clients then leave out the slash before it.
  const optional = template.replace('/{path}', '{/path}');
  const pattern = optional.replace(/\{([^}]+)\}|[.*+?^$()|[\]\\]/g, (piece, name: string | undefined) => {
    if (!name) return `\\${piece}`;
    if (name === '/path') {
      names.push('path');
      return '(?:/(.*))?';
    }
    names.push(name);
    return isLong(name) ? '(.*)' : '([^/]+)';
  });
  const literal = template.replace(/\{[^}]+\}/g, '').length;
  return { method, template, operation, parameters, pattern: new RegExp(`^${pattern}$`), names, literal };
}

function decodeAll(names: readonly string[], values: readonly (string | undefined)[]): Record<string, string> | null {
  try {
    return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(values[index] ?? '')]));
  } catch {
    return null;
  }
}
