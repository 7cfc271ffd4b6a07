/** Words of GitHub's paths that the app calls. Everything else in a path is somebody's name, a number or an id. */
const WORDS = new Set(
  'app installations access_tokens hook deliveries attempts installation repositories repos issues comments events labels pulls reviews requested_reviewers merge commits check-runs annotations check-suites status statuses branches protection required_status_checks rules collaborators permission users user git trees blobs contents rate_limit timeline'.split(
    ' ',
  ),
);
/** What follows these is a name with slashes in it. */
const OPEN_ENDED: Readonly<Record<string, string>> = {
  contents: '{path}',
  ref: '{ref}',
  refs: '{ref}',
  compare: '{range}',
};
const MOST_SEGMENTS = 9;

/** The template of a REST path: no name, number or id in it, so that there are never many. */
export function routeOf(path: string): string {
  const segments = path
    .replace(/^\/api\/v3(?=\/)/, '')
    .split('/')
    .filter(Boolean)
    .slice(0, MOST_SEGMENTS);
  const route: string[] = [];
  for (const [i, segment] of segments.entries()) {
    if (segments[0] === 'repos' && i === 1) route.push('{owner}');
    else if (segments[0] === 'repos' && i === 2) route.push('{repo}');
    else if (OPEN_ENDED[segment] !== undefined) return `/${[...route, segment, OPEN_ENDED[segment]].join('/')}`;
    else route.push(WORDS.has(segment) ? segment : '{id}');
  }
  return `/${route.join('/')}`;
}

/** Whether GitHub counts the call among those that create content, which it limits apart. */
export const creates = (method: string, route: string): boolean =>
  method === 'POST' && !/\/(?:access_tokens|attempts)$/.test(route);
